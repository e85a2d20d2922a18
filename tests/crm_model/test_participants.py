"""Participants of a deal: by hand, and as a process form gives them."""

import pytest
from sqlalchemy.orm import Session

from crm_model import access, participants
from kernel.errors import NotFound, ValidationFailed
from tests.crm_model.sales import PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def test_a_participant_has_role_influence_loyalty_and_motives(sales: Sales) -> None:
    deal, contact = sales.deal(), sales.contact()
    values = {
        "contact_id": contact.id,
        "role": "decision_maker",
        "influence": "high",
        "loyalty": "positive",
        "motives": "Wants peace and quiet",
    }
    made = participants.create_participant(sales.manager, deal.id, values)
    assert {key: getattr(made, key) for key in values} == values
    assert participants.list_participants(sales.manager, deal.id, PAGE).items == [made]


@pytest.mark.parametrize("field", ["role", "influence", "loyalty"])
def test_codes_come_from_closed_lists(sales: Sales, field: str) -> None:
    values = {"contact_id": sales.contact().id, "role": "user", field: "king"}
    with pytest.raises(ValidationFailed) as error:
        participants.create_participant(sales.manager, sales.deal().id, values)
    assert set(error.value.fields) == {field}


def test_a_contact_takes_part_once(sales: Sales) -> None:
    deal, contact = sales.deal(), sales.contact()
    participants.create_participant(sales.manager, deal.id, {"contact_id": contact.id, "role": "user"})
    with pytest.raises(ValidationFailed) as error:
        participants.create_participant(sales.manager, deal.id, {"contact_id": contact.id, "role": "owner"})
    assert set(error.value.fields) == {"contact_id"}


def test_a_form_adds_new_ones_updates_known_ones_and_keeps_the_others(sales: Sales) -> None:
    deal, noise = sales.deal(), sales.deal()
    known, new, kept = sales.contact(), sales.contact(), sales.contact()
    for contact in (known, kept):
        participants.create_participant(sales.manager, deal.id, {"contact_id": contact.id, "role": "user"})
    participants.create_participant(sales.manager, noise.id, {"contact_id": new.id, "role": "lawyer"})
    participants.set_participants(
        sales.manager,
        deal,
        [
            {"contact_id": known.id, "role": "owner"},
            {"contact_id": new.id, "role": "accountant", "loyalty": "neutral"},
        ],
    )
    roles = {p.contact_id: p.role for p in participants.list_participants(sales.manager, deal.id, PAGE).items}
    assert roles == {known.id: "owner", kept.id: "user", new.id: "accountant"}


def test_what_is_wrong_in_a_form_is_told_at_its_row(sales: Sales) -> None:
    hidden = sales.contact(sales.stranger_user)
    rows = [
        {"contact_id": sales.contact().id, "role": "user"},
        {"contact_id": hidden.id, "role": "king", "rank": 1},
    ]
    with pytest.raises(ValidationFailed) as error:
        participants.set_participants(sales.manager, sales.deal(), rows)
    assert set(error.value.fields) == {
        "participants.1.contact_id",
        "participants.1.role",
        "participants.1.rank",
    }
    with pytest.raises(ValidationFailed) as error:
        participants.set_participants(sales.manager, sales.deal(), "everyone")  # type: ignore[arg-type]
    assert set(error.value.fields) == {"participants"}


def test_who_came_to_the_presentation_takes_part_with_the_role_at_work(sales: Sales) -> None:
    deal, lawyer, guest = sales.deal(), sales.contact(role="lawyer"), sales.contact()
    participants.add_contacts(sales.manager, deal, [lawyer.id])
    participants.add_contacts(sales.manager, deal, [lawyer.id, guest.id], attended=True)
    found = participants.list_participants(sales.manager, deal.id, PAGE).items
    assert [(p.role, p.attended_presentation) for p in found] == [("lawyer", True), ("influencer", True)]
    with pytest.raises(ValidationFailed) as error:
        participants.add_contacts(sales.manager, deal, [10**9])
    assert set(error.value.fields) == {"attendee_ids"}


def test_a_participant_is_changed_and_removed_through_its_own_deal_only(sales: Sales) -> None:
    deal, other = sales.deal(), sales.deal()
    made = participants.create_participant(sales.manager, deal.id, {"contact_id": sales.contact().id, "role": "user"})
    participants.update_participant(sales.manager, deal.id, made.id, {"influence": "low"})
    assert made.influence == "low"
    with pytest.raises(NotFound):
        participants.update_participant(sales.manager, other.id, made.id, {"influence": "high"})
    participants.delete_participant(sales.manager, deal.id, made.id)
    assert participants.list_participants(sales.manager, deal.id, PAGE).items == []


def test_who_sees_the_deal_sees_and_changes_its_participants_and_nobody_else(sales: Sales) -> None:
    deal = sales.deal()
    participants.create_participant(sales.manager, deal.id, {"contact_id": sales.contact().id, "role": "user"})
    access.grant_deal(sales.manager, deal.id, sales.stranger_user.id, "task:1")
    for ctx in (sales.head, sales.supervisor, sales.stranger):
        assert len(participants.list_participants(ctx, deal.id, PAGE).items) == 1
    with pytest.raises(NotFound):
        participants.list_participants(sales.colleague, deal.id, PAGE)
