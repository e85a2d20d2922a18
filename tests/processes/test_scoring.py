"""Points are counted as soon as something happens; a changed card counts all of its leads; a ripe lead is given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from crm_model import touches, users
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.scoring import cards
from crm_model.scoring.entities import ScoreCard, ScoreEntry, ScoreRun
from crm_model.users import User, actor_of
from engine import jobs
from engine.tables import InstanceRow, UserTaskRow
from kernel.context import SYSTEM, Context
from kernel.db import Database
from kernel.errors import NotFound
from kernel.paging import Page
from processes import leads, scoring
from processes.catalogue import deploy_shipped
from processes.engine_room import PORTS
from tests.conftest import NOON


class Office:
    """Does each step in a transaction of its own, as requests and the worker do."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, NOON
        with database.transaction() as session:
            system = Context(session, SYSTEM, lambda: NOON)
            self.marketing = users.add_user(session, username="marketing", name="Marketing", roles=["marketing"])
            self.manager = users.add_user(session, username="manager", name="Manager", roles=["manager"])
            deploy_shipped(system)
            self.card_id = session.scalars(select(ScoreCard.id)).one()

    def do(self, what: Callable[..., Any], *args: Any, user: User | None = None, **named: Any) -> Any:
        with self.database.transaction() as session:
            return what(Context(session, actor_of(user or self.marketing, "ru"), lambda: self.now), *args, **named)

    def work(self) -> None:
        while jobs.run_batch(self.database, PORTS, lambda: self.now, "worker", 20):
            pass

    def lead(self, **values: Any) -> Lead:
        reached = {"name": "Anna", "email": f"{uuid4().hex}@example.com"}
        return self.do(leads.create_lead, {**reached, **values}, user=self.manager)

    def nurtured(self, **values: Any) -> Lead:
        """A lead whose introduction was sent, and who waits for the next touch."""
        lead = self.lead(**values)
        self.do(self._send_letter, lead.id, user=self.manager)
        return self.again(lead)

    def _send_letter(self, context: Context, lead_id: int) -> None:
        from processes import tasks

        task = context.session.scalars(
            select(UserTaskRow.id).where(UserTaskRow.subject_id == lead_id, UserTaskRow.state == "open")
        ).one()
        tasks.complete_task(context, task, result="skipped")

    def again(self, lead: Lead) -> Lead:
        with self.database.read_only() as session:
            return session.get_one(Lead, lead.id)

    def touch(self, lead: Lead, kind: str) -> None:
        self.do(touches.note, kind, lead_id=lead.id)

    def ends(self, lead: Lead) -> list[tuple[str, str]]:
        with self.database.read_only() as session:
            query = select(InstanceRow.definition_key, InstanceRow.state).where(
                InstanceRow.business_key == f"lead:{lead.id}"
            )
            return [(key, state) for key, state in session.execute(query.order_by(InstanceRow.id))]


@pytest.fixture(scope="module")
def office(own_database: Database) -> Office:
    return Office(own_database)


@pytest.fixture(autouse=True)
def _noon(office: Office) -> None:
    office.now = NOON


def test_the_process_counts_by_the_card_and_the_thresholds_of_the_card_decide(office: Office) -> None:
    meeting = office.lead(request="meeting", need="Two lathes")
    assert (meeting.score, meeting.stars, meeting.status) == (115, 5, "sql")
    webinar = office.lead(request="webinar")
    assert (webinar.score, webinar.stars, webinar.status) == (30, 2, "mql")


def test_a_touch_counts_in_the_transaction_that_records_it(office: Office) -> None:
    lead = office.lead(request="webinar")
    office.touch(lead, touches.LETTER_CLICKED)
    assert office.again(lead).score == 50
    office.touch(lead, touches.LETTER_OPENED)
    assert office.again(lead).score == 50


def test_the_stars_of_an_account_follow_its_leads_and_people_at_once(office: Office) -> None:
    def client(context: Context) -> tuple[int, int, Lead]:
        account = Account(name="Lathe Works")
        context.session.add(account)
        context.session.flush()
        contact, lead = Contact(name="Anna", account_id=account.id), Lead(name="Boris", account_id=account.id)
        context.session.add_all([contact, lead])
        context.session.flush()
        return account.id, contact.id, lead

    def stars(number: int) -> int:
        with office.database.read_only() as session:
            return session.get_one(Account, number).stars

    account_id, contact_id, lead = office.do(client)
    assert stars(account_id) == 0
    office.touch(lead, touches.LETTER_CLICKED)
    assert (office.again(lead).stars, stars(account_id)) == (1, 1)
    office.do(touches.note, touches.LETTER_CLICKED, contact_id=contact_id)
    assert stars(account_id) == 2


def test_what_is_changed_of_a_lead_counts_at_once(office: Office) -> None:
    lead = office.lead()
    office.do(leads.update_lead, lead.id, {"need": "Two lathes"}, user=office.manager)
    assert office.again(lead).score == 15


def test_a_lead_that_ripens_while_it_is_nurtured_is_given_back_once(office: Office) -> None:
    lead = office.nurtured(request="download", company="Romashka", need="Lathes")
    assert (lead.status, lead.score) == ("nurturing", 45)
    office.touch(lead, touches.LETTER_CLICKED)
    office.work()
    assert office.again(lead).status == "nurturing"
    office.touch(lead, touches.LETTER_REPLIED)
    office.touch(lead, touches.EVENT_ATTENDED)
    office.work()
    assert office.again(lead).status == "sql"
    office.touch(lead, touches.DOWNLOAD)
    office.work()
    assert office.ends(lead) == [
        ("lead_qualification", "completed"), ("lead_nurturing", "completed"), ("lead_qualification", "active"),
    ]  # fmt: skip


def test_a_changed_rule_counts_every_lead_in_chunks_and_tells_how_far_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "CHUNK", 2)
    made = [office.lead(source="campaign") for _ in range(5)]
    rule = office.do(
        scoring.create_rule, office.card_id, {"kind": "source", "condition": {"sources": ["campaign"]}, "points": 100}
    )
    assert office.again(made[0]).score == 0
    assert office.do(scoring.latest_run, office.card_id).state == "running"
    office.work()
    assert [office.again(lead).score for lead in made] == [100] * 5
    told = office.lead(source="campaign", company="Romashka")
    office.do(scoring.update_rule, office.card_id, rule.id, {"points": 90})
    office.work()
    assert office.again(told).score == 100
    office.do(scoring.update_rule, office.card_id, rule.id, {"points": 100})
    office.work()
    run = office.do(scoring.latest_run, office.card_id)
    assert (run.state, run.progress, run.changed, run.became_sql) == ("done", 100, 6, 5)
    office.do(scoring.delete_rule, office.card_id, rule.id)
    office.work()
    assert [office.again(lead).score for lead in made] == [0] * 5


def test_a_second_change_replaces_the_count_of_the_first(office: Office) -> None:
    values = {"kind": "source", "condition": {"sources": ["api"]}, "points": 7}
    rule = office.do(scoring.create_rule, office.card_id, values)
    office.do(scoring.update_rule, office.card_id, rule.id, {"points": 8})
    lead = office.lead(source="api")
    office.work()
    with office.database.read_only() as session:
        states = session.scalars(
            select(ScoreRun.state).where(ScoreRun.score_card_id == office.card_id).order_by(ScoreRun.id.desc()).limit(2)
        )
        assert list(states) == ["done", "replaced"]
    assert office.again(lead).score == 8
    office.do(scoring.delete_rule, office.card_id, rule.id)
    office.work()


def test_a_version_is_brought_back_with_its_rules_and_points(office: Office) -> None:
    lead = office.lead(source="import")
    before = office.do(scoring.list_versions, office.card_id, Page(10)).items[0]
    values = {"kind": "source", "condition": {"sources": ["import"]}, "points": 30}
    rule = office.do(scoring.create_rule, office.card_id, values)
    office.work()
    assert office.again(lead).score == 30
    newest = office.do(scoring.list_versions, office.card_id, Page(10)).items[0]
    assert (newest.by, [row["points"] for row in newest.added]) == ("Marketing", [30])
    office.do(scoring.restore_version, office.card_id, before.id)
    office.work()
    assert office.again(lead).score == 0
    with pytest.raises(NotFound):
        office.do(cards.get_rule, office.card_id, rule.id)
    office.do(scoring.restore_version, office.card_id, newest.id)
    office.work()
    assert office.again(lead).score == 30
    office.do(scoring.restore_version, office.card_id, before.id)
    office.work()


def test_the_pulse_takes_expired_points_and_counts_what_only_time_changes(office: Office) -> None:
    lead = office.lead(request="webinar")
    office.touch(lead, touches.LETTER_CLICKED)
    office.now = NOON + timedelta(days=91)
    office.do(scoring.pulse)
    assert office.again(lead).score == 30
    office.work()
    assert office.again(lead).score == 10
    """Silent for ninety days: twenty less."""
    office.now += timedelta(hours=1)
    office.do(scoring.pulse)
    with office.database.read_only() as session:
        running = select(func.count()).select_from(ScoreRun).where(ScoreRun.state == "running")
        assert session.scalar(running) == 0


def test_a_deleted_lead_takes_its_points_with_it(office: Office) -> None:
    from crm_model.leads import delete_lead

    with office.database.transaction() as session:
        lead = Lead(name="Boris", source="phone")
        session.add(lead)
        session.flush()
    assert office.again(lead).score == 20
    office.do(delete_lead, lead.id)
    with office.database.read_only() as session:
        assert session.scalars(select(ScoreEntry).where(ScoreEntry.lead_id == lead.id)).all() == []
