"""Campaigns, who takes part in them and what came of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import campaign_members, campaign_results, campaigns, leads
from crm_model.campaign_members import LEAD
from crm_model.campaigns import Campaign
from crm_model.leads import Lead
from crm_model.stage_history import move_to_stage
from crm_model.touches import Touch
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from tests.crm_model.people import NOON, Company
from tests.crm_model.sales import Sales


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def campaign(company: Company, kind: str = "exhibition", **values: Any) -> Campaign:
    return campaigns.create_campaign(company.as_("marketing"), {"name": "Мир склада", "kind": kind, **values})


def lead(company: Company, who: str = "manager", **values: Any) -> Lead:
    return leads.create_lead(company.as_(who), {"name": "Anna", **values})


def touches_of(session: Session, lead_id: int) -> list[str]:
    return list(session.scalars(select(Touch.kind).where(Touch.lead_id == lead_id).order_by(Touch.id)))


def test_coming_to_an_event_is_noted_once_as_registration_and_as_attendance(company: Company) -> None:
    marketing, event, anna = company.as_("marketing"), campaign(company), lead(company)
    member = campaign_members.add_member(marketing, event.id, {"lead_id": anna.id})
    assert (member.state, touches_of(company.session, anna.id)) == ("invited", [])
    for state in ("registered", "attended", "absent", "attended"):
        campaign_members.update_member(marketing, event.id, member.id, {"state": state})
    assert touches_of(company.session, anna.id) == ["event_registered", "event_attended"]
    assert member.attended_at == member.registered_at == marketing.now()


def test_taking_part_in_what_is_no_event_is_no_touch(company: Company) -> None:
    advertising, anna = campaign(company, "advertising"), lead(company)
    campaign_members.add_member(company.as_("marketing"), advertising.id, {"lead_id": anna.id, "state": "attended"})
    assert touches_of(company.session, anna.id) == []


def test_nobody_takes_part_twice_and_a_member_is_one_person(company: Company) -> None:
    marketing, event, anna = company.as_("marketing"), campaign(company), lead(company)
    campaign_members.add_member(marketing, event.id, {"lead_id": anna.id})
    with pytest.raises(Conflict) as refused:
        campaign_members.add_member(marketing, event.id, {"lead_id": anna.id})
    assert refused.value.code == "member_exists"
    for who in ({}, {"lead_id": anna.id, "contact_id": None, "state": "gone"}):
        with pytest.raises(ValidationFailed):
            campaign_members.add_member(marketing, event.id, who)


def test_whoever_has_come_is_not_made_a_mere_guest_again(company: Company) -> None:
    marketing, event, anna, boris = company.as_("marketing"), campaign(company), lead(company), lead(company)
    campaign_members.add_member(marketing, event.id, {"lead_id": anna.id, "state": "attended"})
    campaign_members.enrol(marketing, event, "registered", LEAD, [anna.id, boris.id, boris.id])
    states = {row.lead_id: row.state for row in campaign_members.list_members(marketing, event.id, Page()).items}
    assert states == {anna.id: "attended", boris.id: "registered"}
    assert touches_of(company.session, boris.id) == ["event_registered"]


def test_a_seller_sees_only_his_own_leads_among_the_members(company: Company) -> None:
    marketing, event = company.as_("marketing"), campaign(company)
    mine, other = lead(company, "manager"), lead(company, "stranger")
    for one in (mine, other):
        campaign_members.add_member(marketing, event.id, {"lead_id": one.id})
    seller = company.as_("manager")
    (shown,) = campaign_members.list_members(seller, event.id, Page()).items
    assert shown.lead_id == mine.id
    assert campaign_members.count_by_state(seller, event.id) == {"invited": 1}
    assert campaign_members.count_by_state(marketing, event.id) == {"invited": 2}
    assert campaign_results.results_of(seller, event.id).members == 1
    hidden = next(
        row for row in campaign_members.list_members(marketing, event.id, Page()).items if row.lead_id == other.id
    )
    with pytest.raises(NotFound):
        campaign_members.get_member(seller, event.id, hidden.id)
    with pytest.raises(PermissionDenied):
        campaign_members.remove_member(seller, event.id, shown.id)
    with pytest.raises(PermissionDenied):
        campaigns.list_campaigns(company.as_("designer"), Page())


def test_several_are_moved_at_once_and_found_by_name(company: Company) -> None:
    marketing, event = company.as_("marketing"), campaign(company)
    ids = [
        campaign_members.add_member(marketing, event.id, {"lead_id": lead(company, name=name).id}).id
        for name in ("Фёдор", "Ольга", "Пётр")
    ]
    assert campaign_members.set_states(marketing, event.id, ids[:2], "attended") == 2
    assert campaign_members.count_by_state(marketing, event.id) == {"invited": 1, "attended": 2}
    found = campaign_members.list_members(marketing, event.id, Page(), q="федор").items
    assert [row.id for row in found] == ids[:1]


def test_a_campaign_with_members_stays_and_a_lead_with_touches_may_go(company: Company) -> None:
    marketing, event, anna = company.as_("marketing"), campaign(company), lead(company)
    campaign_members.add_member(marketing, event.id, {"lead_id": anna.id, "state": "attended"})
    with pytest.raises(Conflict):
        campaigns.delete_campaign(marketing, event.id)
    leads.delete_lead(marketing, anna.id)
    company.session.expire_all()
    assert campaign_members.count_by_state(marketing, event.id) == {}


def test_results_follow_the_leads_to_the_money(session: Session) -> None:
    sales, company = Sales(session), Company(session)
    event = campaign(company, cost="1000")
    won, lost = sales.deal(amount="4000"), sales.deal(amount="9000")
    foreign = sales.deal(amount="77", currency="USD")
    brought = [lead(company, campaign_id=event.id) for _ in range(3)]
    for one, deal in zip(brought, (won, lost, foreign), strict=True):
        leads.set_deal(company.as_("manager"), one, deal.id, None)
    move_to_stage(sales.manager, won, "won", cause="process")
    move_to_stage(sales.manager, foreign, "won", cause="process")
    guest, elsewhere = lead(company), lead(company)
    campaign_members.enrol(company.as_("marketing"), event, "registered", LEAD, [guest.id, brought[0].id])
    assert elsewhere.campaign_id is None
    results = campaign_results.results_of(company.as_("marketing"), event.id)
    assert (results.members, results.leads, results.ready, results.deals, results.won) == (2, 4, 3, 3, 2)
    assert (results.won_amount, results.roi) == (Decimal("4000.00"), Decimal("300.0"))
    assert (results.reached or {})["registered"] == 2


def test_only_members_who_answered_count_and_only_what_became_of_them_later(company: Company) -> None:
    """Inviting whom we know, some of them sold to long ago, is no result yet."""
    event = campaign(company)
    silent, guest, sold, won = (lead(company) for _ in range(4))
    for one in (silent, guest, sold, won):
        campaign_members.add_member(company.as_("marketing"), event.id, {"lead_id": one.id})
    for one in (silent, sold):
        leads.set_status(company.as_("manager"), one, "sql")
    on_the_day, afterwards = (lambda: NOON + timedelta(days=1)), (lambda: NOON + timedelta(days=2))
    came = [guest.id, sold.id, won.id]
    campaign_members.enrol(company.as_("marketing", on_the_day), event, "attended", LEAD, came)
    leads.set_status(company.as_("manager", afterwards), won, "sql")
    results = campaign_results.results_of(company.as_("marketing"), event.id)
    assert (results.members, results.leads, results.ready) == (4, 3, 1)


def test_nothing_spent_has_no_return(company: Company) -> None:
    assert campaign_results.results_of(company.as_("marketing"), campaign(company).id).roi is None
