"""Notes: about a record, by an author, pinned by anybody who sees them."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import deals, notes
from crm_model.notes import Note
from kernel.context import Context
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from tests.crm_model.sales import PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def note(ctx: Context, **values: Any) -> Note:
    return notes.create_note(ctx, {"text": "They like blue", **values})


def test_a_note_has_an_author_and_hangs_on_a_record(sales: Sales) -> None:
    account = sales.account()
    deal = sales.deal(account_id=account.id)
    made = note(sales.manager, deal_id=deal.id)
    sales.session.refresh(made)
    assert (made.author, made.account_id, made.pinned) == (sales.manager_user, account.id, False)
    assert made.created_at == sales.manager.now()


def test_a_note_needs_text_and_something_to_be_about(sales: Sales) -> None:
    with pytest.raises(ValidationFailed) as error:
        notes.create_note(sales.manager, {"text": " \n"})
    assert set(error.value.fields) == {"text"}
    with pytest.raises(ValidationFailed) as error:
        note(sales.manager)
    assert set(error.value.fields) == {"deal_id"}
    with pytest.raises(ValidationFailed) as error:
        note(sales.manager, deal_id=sales.deal(by=sales.stranger).id)
    assert set(error.value.fields) == {"deal_id"}


def test_lists_filter_by_record_pin_and_text(sales: Sales) -> None:
    deal, lead = sales.deal(), sales.lead()
    on_deal, on_lead = (
        note(sales.manager, deal_id=deal.id, text="50% off"),
        note(sales.manager, lead_id=lead.id),
    )
    notes.update_note(sales.manager, on_lead.id, {"pinned": True})
    assert notes.list_notes(sales.manager, PAGE).items == [on_lead, on_deal]
    assert notes.list_notes(sales.manager, PAGE, deal_id=deal.id).items == [on_deal]
    assert notes.list_notes(sales.manager, PAGE, pinned=True).items == [on_lead]
    assert notes.list_notes(sales.manager, PAGE, q="0% O").items == [on_deal]


def test_the_text_is_its_authors_the_pin_everybodys(sales: Sales) -> None:
    made = note(sales.manager, deal_id=sales.deal().id)
    notes.update_note(sales.head, made.id, {"pinned": True})
    for change in (
        lambda: notes.update_note(sales.head, made.id, {"text": "No"}),
        lambda: notes.delete_note(sales.head, made.id),
    ):
        with pytest.raises(PermissionDenied):
            change()
    notes.update_note(sales.manager, made.id, {"text": "They like green"})
    notes.delete_note(sales.supervisor, made.id)


def test_a_note_stays_about_what_it_was_written_about(sales: Sales) -> None:
    made = note(sales.manager, deal_id=sales.deal().id)
    with pytest.raises(ValidationFailed) as error:
        notes.update_note(sales.manager, made.id, {"deal_id": sales.deal().id})
    assert set(error.value.fields) == {"deal_id"}


def test_a_note_is_seen_by_its_author_and_whoever_sees_the_record(sales: Sales) -> None:
    made = note(sales.manager, deal_id=sales.deal().id)
    for ctx in (sales.manager, sales.head, sales.supervisor):
        assert notes.get_note(ctx, made.id) is made
    for ctx in (sales.colleague, sales.stranger):
        with pytest.raises(NotFound):
            notes.get_note(ctx, made.id)
        assert notes.list_notes(ctx, PAGE).items == []


def test_a_process_writes_down_what_was_agreed(sales: Sales) -> None:
    deal = sales.deal()
    deals.add_note(sales.manager, deal, "The head agrees")
    assert [row.text for row in notes.list_notes(sales.manager, PAGE, deal_id=deal.id).items] == ["The head agrees"]
