"""The timeline: everything about a record in one order, page by page, and only what the caller may see."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import activities, documents, notes
from crm_model.stage_history import move_to_stage
from crm_model.timeline import timeline
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.paging import Page, decode_cursor
from tests.crm_model.sales import NOW, PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def kinds(ctx: Context, **asked: Any) -> list[str]:
    return [item.kind for item in timeline(ctx, **{"page": PAGE, **asked}).items]


def test_a_deal_shows_all_kinds_newest_first(sales: Sales) -> None:
    deal, noise = sales.deal(), sales.deal()
    for target in (noise, deal):
        notes.create_note(sales.later(hours=1), {"text": "Note", "deal_id": target.id})
        documents.create_document(sales.later(hours=2), {"deal_id": target.id}, file_name="a.txt", content=b"a")
        move_to_stage(sales.later(hours=3), target, "proposal", cause="process")
        activities.create_activity(
            sales.manager,
            {"kind": "call", "subject": "Call", "deal_id": target.id, "start": NOW + timedelta(hours=4)},
        )
    items = timeline(sales.manager, deal_id=deal.id, page=PAGE).items
    assert [item.kind for item in items] == ["activity", "stage", "document", "note", "stage"]
    assert [item.at for item in items] == [NOW + timedelta(hours=h) for h in (4, 3, 2, 1, 0)]
    assert all(item.record.deal_id == deal.id for item in items)


def test_a_closed_activity_stands_where_it_was_closed(sales: Sales) -> None:
    deal = sales.deal()
    planned = activities.create_activity(
        sales.manager,
        {"kind": "call", "subject": "Call", "deal_id": deal.id, "start": NOW + timedelta(days=9)},
    )
    activities.complete_activity(sales.later(hours=1), planned.id, result="completed")
    first = timeline(sales.manager, deal_id=deal.id, page=PAGE).items[0]
    assert (first.record, first.at) == (planned, NOW + timedelta(hours=1))


def test_pages_neither_repeat_nor_miss_even_at_the_same_moment(sales: Sales) -> None:
    deal = sales.deal()
    for number in range(4):
        notes.create_note(sales.manager, {"text": str(number), "deal_id": deal.id})
        documents.create_document(sales.manager, {"deal_id": deal.id}, file_name="a.txt", content=b"a")
    seen: list[tuple[str, int]] = []
    after: tuple[Any, ...] | None = None
    while True:
        part = timeline(sales.manager, deal_id=deal.id, page=Page(limit=2, after=after))
        seen += [(item.kind, item.record.id) for item in part.items]
        if part.next is None:
            break
        after = decode_cursor(part.next)
    assert len(seen) == len(set(seen)) == 9


def test_only_the_kinds_asked_for_are_shown(sales: Sales) -> None:
    deal = sales.deal()
    notes.create_note(sales.manager, {"text": "Note", "deal_id": deal.id})
    assert kinds(sales.manager, deal_id=deal.id, kinds=["stage"]) == ["stage"]
    assert kinds(sales.manager, deal_id=deal.id, kinds=["note", "activity"]) == ["note"]
    with pytest.raises(ValidationFailed):
        kinds(sales.manager, deal_id=deal.id, kinds=["gossip"])


def test_an_account_shows_what_the_caller_may_see_of_its_deals(sales: Sales) -> None:
    account = sales.account()
    mine = sales.deal(account_id=account.id)
    theirs = sales.deal(account_id=account.id)
    theirs.owner_id = sales.stranger_user.id
    sales.session.flush()
    for ctx, deal in ((sales.manager, mine), (sales.stranger, theirs)):
        notes.create_note(ctx, {"text": "Note", "deal_id": deal.id})
    assert kinds(sales.manager, account_id=account.id) == ["stage", "note"]
    assert len(kinds(sales.supervisor, account_id=account.id)) == 4


def test_contacts_and_leads_have_their_timelines_too(sales: Sales) -> None:
    contact, lead = sales.contact(), sales.lead()
    sales.deal(contact_id=contact.id, lead_id=lead.id)
    notes.create_note(sales.manager, {"text": "Note", "contact_id": contact.id})
    notes.create_note(sales.manager, {"text": "Note", "lead_id": lead.id})
    assert kinds(sales.manager, contact_id=contact.id) == ["stage", "note"]
    assert kinds(sales.manager, lead_id=lead.id) == ["stage", "note"]


def test_the_timeline_of_a_hidden_record_does_not_exist(sales: Sales) -> None:
    deal, account = sales.deal(), sales.account()
    with pytest.raises(NotFound):
        kinds(sales.stranger, deal_id=deal.id)
    with pytest.raises(NotFound):
        kinds(sales.stranger, account_id=account.id)


@pytest.mark.parametrize("after", [("x", "note", 1), (1,), (NOW.isoformat(), "note", "x")])
def test_a_foreign_cursor_is_refused(sales: Sales, after: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationFailed):
        timeline(sales.manager, deal_id=sales.deal().id, page=Page(after=after))


def test_a_kind_that_no_such_record_has_leaves_an_empty_timeline(sales: Sales) -> None:
    assert timeline(sales.manager, contact_id=sales.contact().id, page=Page(), kinds=["document"]).items == []
