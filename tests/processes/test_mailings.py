"""A mailing: who gets the letter and who does not and why, once each, paused, stopped, and refusals in the middle."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import campaign_members, campaigns, leads, letter_templates, mailings, segments, suppressions
from crm_model.campaigns import Campaign
from crm_model.leads import Lead
from crm_model.letters import Letter
from crm_model.mailings import Mailing
from engine import background
from engine.tables import JobRow
from kernel.context import Context
from kernel.errors import Conflict, ValidationFailed
from processes import lead_flow
from processes import mailings as work
from tests.conftest import NOON, MakeContext


class Office:
    """Marketing with a segment of phone leads, a letter and a campaign."""

    def __init__(self, ctx: Context) -> None:
        self.ctx, self.session = ctx, ctx.session
        asked = [{"field": "source", "operator": "is", "value": ["phone"]}]
        self.segment = segments.create_segment(ctx, {"name": "Звонившие", "conditions": asked})
        written = {"name": "Приглашение", "subject": "Приглашаем", "text": "Здравствуйте!"}
        self.template = letter_templates.create_template(ctx, written)
        self.campaign = campaigns.create_campaign(ctx, {"name": "Осень", "kind": "mailing"})
        chosen = {"segment_id": self.segment.id, "template_id": self.template.id, "sender_id": ctx.actor.user_id}
        mailings.plan_mailing(ctx, self.campaign.id, chosen)

    def lead(self, email: str | None, *, consent: bool = True, **more: Any) -> Lead:
        given = {"name": "Анна", "source": "phone", "email": email, "consent": consent, **more}
        return leads.create_lead(self.ctx, given)

    def plan(self, **values: Any) -> Mailing:
        return mailings.plan_mailing(self.ctx, self.campaign.id, values)

    def chunk(self, run: int | None = None) -> Any:
        mailing = mailings.get_mailing(self.ctx, self.campaign.id)
        payload = {"campaign_id": self.campaign.id, "run": run or mailing.run}
        return background._tasks[work.SEND](self.ctx.as_system(), payload)

    def letters(self) -> list[tuple[str, str]]:
        query = select(Letter.to_address, Letter.status).where(Letter.campaign_id == self.campaign.id)
        return sorted((to, status) for to, status in self.session.execute(query))


@pytest.fixture
def office(session: Session, make_context: MakeContext) -> Office:
    return Office(make_context(session, "marketing"))


def test_the_audience_says_who_gets_it_and_why_the_others_do_not(office: Office) -> None:
    office.lead("a@x.example"), office.lead("A@x.example "), office.lead("b@x.example")
    office.lead(None), office.lead("no address"), office.lead("c@x.example", consent=False)
    office.lead("gone@x.example", opted_out=True), office.lead("dead@x.example")
    office.lead("same@x.example"), office.lead("same@x.example", source="email", opted_out=True)
    admin = Context(office.session, office.ctx.actor, office.ctx.clock)
    suppressions.create_suppression(admin, {"address": "dead@x.example", "reason": "bounced"})
    found = mailings.audience_of(office.ctx, office.campaign.id)
    assert (found.gets, found.repeated) == (2, 1)
    assert dict(found.counts) == {"gets": 3, "no_address": 2, "no_consent": 1, "opted_out": 2, "suppressed": 1}


def test_everybody_gets_one_letter_and_becomes_a_member(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 2)
    for email in ("a@x.example", "b@x.example", "A@x.example", "c@x.example", "d@x.example"):
        office.lead(email)
    office.lead("e@x.example", consent=False)
    started = work.start_mailing(office.ctx, office.campaign.id)
    assert (started.state, started.total) == ("running", 4)
    while office.chunk() is not None:
        assert started.state == "running"
    assert [to for to, _ in office.letters()] == ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]
    assert (started.state, started.done) == ("done", 4)
    assert campaign_members.count_by_state(office.ctx, office.campaign.id) == {"invited": 4}
    assert office.campaign.status == "active"
    with pytest.raises(Conflict):
        work.start_mailing(office.ctx, office.campaign.id)


def test_a_refusal_in_the_middle_is_respected(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 1)
    first, second = office.lead("a@x.example"), office.lead("b@x.example")
    work.start_mailing(office.ctx, office.campaign.id)
    assert office.chunk() is not None
    for one in (first, second):
        lead_flow.opt_out(office.ctx, lead=one)
    while office.chunk() is not None:
        pass
    assert office.letters() == [("a@x.example", "suppressed")]


def test_a_paused_mailing_takes_its_letters_back_and_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "CHUNK", 1)
    office.lead("a@x.example"), office.lead("b@x.example")
    run = work.start_mailing(office.ctx, office.campaign.id).run
    office.chunk()
    paused = work.pause_mailing(office.ctx, office.campaign.id)
    assert (office.letters(), paused.done) == ([], 0)
    assert office.chunk(run) is None and office.letters() == []
    office.plan(working_hours=True)
    work.start_mailing(office.ctx, office.campaign.id)
    assert office.chunk(run) is None, "work of the first start has ended by itself"
    while office.chunk() is not None:
        pass
    assert [to for to, _ in office.letters()] == ["a@x.example", "b@x.example"]


def test_a_stopped_mailing_calls_off_what_has_not_left(office: Office) -> None:
    office.lead("a@x.example")
    work.start_mailing(office.ctx, office.campaign.id)
    office.chunk()
    work.stop_mailing(office.ctx, office.campaign.id)
    assert office.letters() == [("a@x.example", "suppressed")]
    with pytest.raises(Conflict):
        work.start_mailing(office.ctx, office.campaign.id)


def test_it_begins_at_its_time_and_keeps_working_hours(office: Office) -> None:
    evening = datetime(2026, 3, 6, 20, tzinfo=ZoneInfo("Europe/Moscow"))
    office.lead("a@x.example")
    office.plan(starts_at=evening.isoformat(), working_hours=True)
    assert work.start_mailing(office.ctx, office.campaign.id).state == "scheduled"
    job = select(JobRow.due).where(JobRow.element_id == work.SEND, JobRow.due == evening)
    assert office.session.scalar(job) == evening > NOON
    office.ctx.clock, office.ctx._now = lambda: evening, evening
    office.chunk()
    due = office.session.scalars(select(Letter.due).where(Letter.campaign_id == office.campaign.id)).one()
    assert due == datetime(2026, 3, 10, 9, tzinfo=ZoneInfo("Europe/Moscow")), "after the weekend and the holiday"


def test_what_is_not_chosen_or_reaches_nobody_does_not_start(office: Office) -> None:
    with pytest.raises(Conflict) as nobody:
        work.start_mailing(office.ctx, office.campaign.id)
    assert nobody.value.code == "mailing_to_nobody"
    office.plan(template_id=None)
    with pytest.raises(ValidationFailed) as missing:
        work.start_mailing(office.ctx, office.campaign.id)
    assert list(missing.value.fields) == ["template_id"]
    webinar: Campaign = campaigns.create_campaign(office.ctx, {"name": "Вебинар", "kind": "webinar"})
    with pytest.raises(Conflict):
        mailings.get_mailing(office.ctx, webinar.id)


def test_a_test_letter_goes_to_oneself_and_counts_for_nothing(office: Office) -> None:
    with pytest.raises(Conflict):
        work.send_test(office.ctx, office.campaign.id)
    from crm_model.users import User

    office.session.get_one(User, office.ctx.actor.user_id).email = "me@x.example"
    office.lead("a@x.example")
    sent = work.send_test(office.ctx, office.campaign.id)
    assert (sent.to_address, sent.campaign_id, sent.subject) == ("me@x.example", None, "Приглашаем")
    assert office.letters() == []


def test_a_running_mailing_is_not_changed(office: Office) -> None:
    office.lead("a@x.example")
    office.plan(starts_at=(NOON + timedelta(days=1)).isoformat())
    work.start_mailing(office.ctx, office.campaign.id)
    with pytest.raises(Conflict):
        office.plan(template_id=office.template.id)
