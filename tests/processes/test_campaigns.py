"""Registering for an event makes a lead whose process begins, once; a list of attendees makes members and is undone."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_model import campaign_members, campaigns
from crm_model.campaigns import Campaign
from crm_model.leads import Lead
from crm_model.touches import Touch
from engine import background
from engine.tables import InstanceRow
from kernel.context import SYSTEM, Context
from kernel.errors import ValidationFailed
from processes import campaigns as campaign_work
from processes import imports
from processes.catalogue import deploy_shipped
from processes.imports import CHECK, RUN, UNDO
from tests.conftest import MakeContext


@pytest.fixture
def marketing(session: Session, make_context: MakeContext) -> Context:
    deploy_shipped(Context(session, SYSTEM))
    return make_context(session, "marketing")


@pytest.fixture
def webinar(marketing: Context) -> Campaign:
    return campaigns.create_campaign(marketing, {"name": "Склад без бумаги", "kind": "webinar"})


def states(ctx: Context, campaign: Campaign) -> dict[str, int]:
    return campaign_members.count_by_state(ctx, campaign.id)


def test_a_line_registers_a_new_lead_that_is_worked_on(marketing: Context, webinar: Campaign) -> None:
    lead = campaign_work.register(marketing, webinar.id, "Анна Седова, Ромашка, anna@webinar.example")
    assert (lead.source, lead.campaign_id, lead.request, lead.status) == ("campaign", webinar.id, "webinar", "mql")
    begun = select(InstanceRow.definition_key).where(InstanceRow.business_key == f"lead:{lead.id}")
    assert list(marketing.session.scalars(begun)) == ["lead_qualification"]
    assert states(marketing, webinar) == {"registered": 1}


def test_whoever_is_known_is_not_made_again(marketing: Context, webinar: Campaign) -> None:
    first = campaign_work.register(marketing, webinar.id, "Анна Седова, +7 921 111-22-33")
    again = campaign_work.register(marketing, webinar.id, "Седова А., 8 (921) 111-22-33", state="attended")
    assert again.id == first.id
    assert states(marketing, webinar) == {"attended": 1}


def test_a_line_without_a_name_registers_nobody(marketing: Context, webinar: Campaign) -> None:
    with pytest.raises(ValidationFailed):
        campaign_work.register(marketing, webinar.id, "  ")
    assert states(marketing, webinar) == {}


def played(ctx: Context, name: str, import_id: int) -> None:
    payload: dict[str, object] | None = {"import_id": import_id}
    while payload is not None:
        more = background._tasks[name](ctx.as_system(), payload)
        payload = dict(more) if more is not None else None


def test_a_list_of_attendees_makes_members_of_new_and_known_and_goes_back(
    marketing: Context, webinar: Campaign, session: Session
) -> None:
    known = campaign_work.register(marketing, webinar.id, "Пётр Лунин, petr@webinar.example")
    other = campaigns.create_campaign(marketing, {"name": "Выставка", "kind": "exhibition"})
    sheet = "Имя;Почта\nПётр Лунин;petr@webinar.example\nОльга Ким;olga@webinar.example\n;nobody@webinar.example\n"
    batch = imports.upload_import(
        marketing, kind="leads", file_name="list.csv", content=sheet.encode(), campaign_id=other.id
    )
    imports.check_import(marketing, batch.id, options={"member_state": "attended"})
    played(marketing, CHECK, batch.id)
    imports.run_import(marketing, batch.id)
    played(marketing, RUN, batch.id)
    assert states(marketing, other) == {"attended": 2}
    olga = session.scalars(select(Lead).where(Lead.email_key == "olga@webinar.example")).one()
    assert olga.campaign_id == other.id
    kinds = select(Touch.kind).where(Touch.lead_id == known.id, Touch.campaign_id == other.id).order_by(Touch.id)
    assert list(session.scalars(kinds)) == ["event_registered", "event_attended"]
    imports.undo_import(marketing, batch.id)
    played(marketing, UNDO, batch.id)
    session.expire_all()
    assert states(marketing, other) == {} and states(marketing, webinar) == {"registered": 1}
    assert session.scalar(select(func.count()).where(Touch.campaign_id == other.id)) == 0
    assert session.get(Lead, olga.id) is None and session.get(Lead, known.id) is not None


def test_the_next_file_of_the_kind_is_for_no_campaign(marketing: Context, webinar: Campaign) -> None:
    sheet = b"name;phone\nAnna;+79161112233\n"
    first = imports.upload_import(marketing, kind="leads", file_name="a.csv", content=sheet, campaign_id=webinar.id)
    imports.check_import(marketing, first.id)
    second = imports.upload_import(marketing, kind="leads", file_name="b.csv", content=sheet)
    assert "campaign_id" not in second.options
    with pytest.raises(ValidationFailed):
        imports.check_import(marketing, second.id, options={"campaign_id": 10**9})
