"""Segments: each field asks what it says, wrong questions are told in place, lists are filled by hand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import accounts, campaign_members, campaigns, contacts, leads, segments, touches
from crm_model.leads import Lead
from crm_model.segment_fields import FIELDS
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from tests.crm_model.people import NOON, Company


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def lead(company: Company, who: str = "manager", **values: Any) -> Lead:
    return leads.create_lead(company.as_(who), {"name": "Anna", **values})


def found(company: Company, *conditions: dict[str, Any], subject: str = "leads", who: str = "marketing") -> list[int]:
    return sorted(row.id for row in segments.preview(company.as_(who), subject, conditions, rows=100).rows)


def asks(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def test_what_a_lead_is_and_has(company: Company) -> None:
    ripe = lead(company, source="phone", request="tender", email="a@ripe.example", consent=True)
    raw = lead(company, source="email")
    leads.set_status(company.as_("manager"), ripe, "mql")
    leads.set_score(company.as_("manager"), ripe, 40)
    both = sorted([ripe.id, raw.id])
    for question, wanted in (
        (asks("status", "is", ["mql", "sql"]), [ripe.id]),
        (asks("status", "is_not", "mql"), [raw.id]),
        (asks("source", "is", ["phone", "email"]), both),
        (asks("request", "is_not", ["none"]), [ripe.id]),
        (asks("disqualify_reason", "is_not", ["spam"]), both),
        (asks("score", "at_least", 40), [ripe.id]),
        (asks("score", "at_most", "39"), [raw.id]),
        (asks("consent", "is", True), [ripe.id]),
        (asks("opted_out", "is", "false"), both),
        (asks("has_email", "is", False), [raw.id]),
        (asks("owner_id", "is", [company.id("manager")]), both),
        (asks("text", "contains", "RIPE.example"), [ripe.id]),
        (asks("created", "within", 5), both),
    ):
        assert found(company, question) == wanted, question
    assert found(company, asks("source", "is", "phone"), asks("score", "at_most", 10)) == []


def test_the_account_behind_the_person(company: Company) -> None:
    boss = company.as_("manager")
    plant = accounts.create_account(boss, {"name": "Завод", "region": "Орёл", "industry": "Металл", "abc_class": "A"})
    known, free = lead(company, account_id=plant.id), lead(company)
    contact = contacts.create_contact(boss, {"name": "Пётр", "account_id": plant.id, "role": "lawyer"})
    assert found(company, asks("region", "is", ["орел", "Тула"])) == [known.id]
    assert found(company, asks("region", "is_not", "Орёл")) == [free.id]
    assert found(company, asks("abc_class", "is", ["A"]), asks("industry", "is", "металл")) == [known.id]
    mine = found(company, asks("role", "is", "lawyer"), asks("region", "is", "Орёл"), subject="contacts", who="manager")
    assert mine == [contact.id]


def test_the_stars_of_the_company_behind_the_person(company: Company) -> None:
    boss = company.as_("manager")
    good, poor = (accounts.create_account(boss, {"name": name}) for name in ("Hopeful", "Hopeless"))
    good.stars, poor.stars = 4, 1
    boss.session.flush()
    ripe, cold, _free = lead(company, account_id=good.id), lead(company, account_id=poor.id), lead(company)
    contact = contacts.create_contact(boss, {"name": "Пётр", "account_id": good.id})
    assert found(company, asks("account_stars", "at_least", 4)) == [ripe.id]
    assert found(company, asks("account_stars", "at_most", "1")) == [cold.id]
    assert found(company, asks("account_stars", "at_least", 3), subject="contacts", who="manager") == [contact.id]


def test_touches_and_campaigns(company: Company) -> None:
    marketing = company.as_("marketing")
    event = campaigns.create_campaign(marketing, {"name": "Форум", "kind": "exhibition"})
    other = campaigns.create_campaign(marketing, {"name": "Другой", "kind": "exhibition"})
    guest, quiet, brought = lead(company), lead(company), lead(company, campaign_id=event.id)
    campaign_members.add_member(marketing, event.id, {"lead_id": guest.id, "state": "attended"})
    campaign_members.add_member(marketing, other.id, {"lead_id": quiet.id})
    touches.note(marketing, touches.CALL, lead_id=quiet.id, at=NOON - timedelta(days=40))
    everybody = sorted([guest.id, quiet.id, brought.id])
    assert found(company, asks("last_touch", "within", 30)) == [guest.id]
    assert found(company, asks("last_touch", "older", 30)) == sorted([quiet.id, brought.id])
    assert found(company, asks("last_touch", "within", 50)) == sorted([guest.id, quiet.id])
    assert found(company, asks("member", "is", [event.id])) == [guest.id]
    assert found(company, asks("member_attended", "is", [event.id, other.id])) == [guest.id]
    assert found(company, asks("member_invited", "is_not", [other.id])) == sorted([guest.id, brought.id])
    assert found(company, asks("campaign_id", "is", [event.id])) == [brought.id]
    assert found(company) == everybody


def test_nobody_counts_whom_he_may_not_see(company: Company) -> None:
    mine, _other = lead(company, "manager"), lead(company, "stranger")
    assert segments.preview(company.as_("manager"), "leads", []).count == 1
    assert found(company, who="manager") == [mine.id]
    assert segments.preview(company.as_("marketing"), "leads", []).count == 2


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ({"field": "password", "operator": "is", "value": 1}, "conditions.0.field"),
        ({"field": ["status"], "value": 1}, "conditions.0.field"),
        ({"field": "role", "operator": "is", "value": ["lawyer"]}, "conditions.0.field"),
        ({"field": "status", "operator": "contains", "value": ["mql"]}, "conditions.0.operator"),
        ({"field": "status", "operator": "is", "value": ["'; DROP TABLE leads"]}, "conditions.0.value"),
        ({"field": "status", "operator": "is", "value": []}, "conditions.0.value"),
        ({"field": "score", "operator": "at_least", "value": "1 OR 1"}, "conditions.0.value"),
        ({"field": "product_id", "operator": "is", "value": [10**12]}, "conditions.0.value"),
        ({"field": "last_touch", "operator": "older", "value": 0}, "conditions.0.value"),
        ({"field": "consent", "operator": "is", "value": "perhaps"}, "conditions.0.value"),
        ("status", "conditions.0.field"),
    ],
)
def test_a_wrong_question_is_told_where_it_is_wrong(company: Company, question: Any, place: str) -> None:
    with pytest.raises(ValidationFailed) as wrong:
        segments.preview(company.as_("marketing"), "leads", [question])
    assert list(wrong.value.fields) == [place]


def test_every_field_has_an_operator_and_is_for_somebody() -> None:
    assert all(field.operators and field.subjects for field in FIELDS.values())


def test_own_segments_are_ones_own_and_shared_ones_are_for_reading(company: Company) -> None:
    owner, other = company.as_("marketing"), company.as_("head")
    mine = segments.create_segment(owner, {"name": "Мои"})
    shared = segments.create_segment(owner, {"name": "Общие", "shared": True})
    assert [row.id for row in segments.list_segments(other, Page()).items] == [shared.id]
    with pytest.raises(NotFound):
        segments.get_segment(other, mine.id)
    with pytest.raises(PermissionDenied):
        segments.update_segment(other, shared.id, {"name": "Чужие"})
    segments.update_segment(company.as_("administrator"), shared.id, {"name": "Все"})
    with pytest.raises(ValidationFailed):
        segments.update_segment(owner, mine.id, {"subject": "contacts"})


def test_a_list_is_filled_by_hand_and_a_question_is_frozen_into_one(company: Company) -> None:
    marketing, one, two = company.as_("marketing"), lead(company), lead(company, source="phone")
    by_hand = segments.create_segment(marketing, {"name": "Список", "is_list": True})
    assert segments.put_in(marketing, by_hand.id, [one.id, two.id, one.id]) == 2
    segments.take_out(marketing, by_hand.id, one.id)
    with pytest.raises(NotFound):
        segments.take_out(marketing, by_hand.id, one.id)
    assert [row.id for row in segments.list_segment_members(marketing, by_hand.id, Page()).items] == [two.id]
    with pytest.raises(ValidationFailed):
        segments.put_in(marketing, by_hand.id, [10**12])
    question = segments.create_segment(marketing, {"name": "Звонки", "conditions": [asks("source", "is", "phone")]})
    with pytest.raises(Conflict):
        segments.put_in(marketing, question.id, [one.id])
    frozen = segments.freeze(marketing, question.id, name="Звонки сегодня")
    lead(company, source="phone")
    assert segments.look_at(marketing, frozen.id).count == 1
    assert segments.look_at(marketing, question.id).count == 2


def test_a_segment_is_invited_to_a_campaign(company: Company) -> None:
    marketing = company.as_("marketing")
    event = campaigns.create_campaign(marketing, {"name": "Форум", "kind": "exhibition"})
    question = segments.create_segment(marketing, {"name": "Все", "conditions": []})
    lead(company), lead(company)
    assert segments.invite(marketing, event.id, question.id) == 2
    assert segments.invite(marketing, event.id, question.id) == 2
    assert campaign_members.count_by_state(marketing, event.id) == {"invited": 2}
