"""Deals: who makes, sees and changes them, and what is whose to set."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import access, deals, line_items
from crm_model.activities import make as make_activity
from crm_model.deal_entities import CLOSE_REASONS, Deal, StageHistory
from crm_model.stage_history import move_to_stage
from kernel.context import DESIGNER, MARKETING
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page, decode_cursor
from tests.crm_model.sales import PAGE, Sales, acting, person


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def wrong(error: pytest.ExceptionInfo[ValidationFailed]) -> set[str]:
    return set(error.value.fields)


def test_a_deal_made_by_hand_starts_in_needs_and_belongs_to_its_maker(sales: Sales) -> None:
    deal = deals.create_deal(sales.manager, {"title": "Spring order"})
    assert (deal.stage, deal.status, deal.owner_id) == ("needs", "open", sales.manager_user.id)
    assert (deal.currency, deal.amount, deal.probability) == ("RUB", None, 20)
    assert deal.number == f"D-{deal.id}"
    assert deal.stage_entered_at == sales.manager.now()


def test_its_maker_chooses_any_open_stage_but_interest(sales: Sales) -> None:
    assert sales.deal(stage="negotiation").stage == "negotiation"
    for stage in ("interest", "won", "lost", "rerouted", "nowhere"):
        with pytest.raises(ValidationFailed) as error:
            sales.deal(stage=stage)
        assert wrong(error) == {"stage"}


def test_everything_wrong_is_told_at_once(sales: Sales) -> None:
    with pytest.raises(ValidationFailed) as error:
        deals.create_deal(
            sales.manager,
            {
                "title": "  ",
                "amount": "-1",
                "currency": "rubles",
                "probability": 101,
                "expected_close_date": "tomorrow",
                "account_id": 10**12,
                "color": "red",
            },
        )
    assert wrong(error) == {
        "title",
        "amount",
        "currency",
        "probability",
        "expected_close_date",
        "account_id",
        "color",
    }


@pytest.mark.parametrize("title", ["", " \t", "a" * 256, "two\nlines", "nul\x00", "\ud800", 7, None])
def test_a_title_is_one_line_of_1_to_255_characters(sales: Sales, title: object) -> None:
    with pytest.raises(ValidationFailed) as error:
        deals.create_deal(sales.manager, {"title": title})
    assert wrong(error) == {"title"}


@pytest.mark.parametrize("amount", ["-0.01", "1e20", "NaN", "Infinity", "1.001", True, "много", [1]])
def test_an_amount_is_a_number_of_roubles_and_kopecks_and_never_negative(sales: Sales, amount: object) -> None:
    with pytest.raises(ValidationFailed) as error:
        sales.deal(amount=amount)
    assert wrong(error) == {"amount"}


def test_amounts_are_taken_as_text_and_kept_exactly(sales: Sales) -> None:
    assert sales.deal(amount="1500000.10").amount == Decimal("1500000.10")
    assert sales.deal(amount="9999999999999.99").amount == Decimal("9999999999999.99")


def test_what_one_may_not_see_cannot_be_linked(sales: Sales) -> None:
    hidden = sales.account(sales.stranger_user)
    with pytest.raises(ValidationFailed) as error:
        sales.deal(account_id=hidden.id)
    assert wrong(error) == {"account_id"}


def test_a_contact_brings_its_account(sales: Sales) -> None:
    account = sales.account()
    contact = sales.contact(account_id=account.id)
    assert sales.deal(contact_id=contact.id).account_id == account.id


def test_an_owner_must_still_work_here(sales: Sales) -> None:
    sales.colleague_user.active = False
    sales.session.flush()
    with pytest.raises(ValidationFailed) as error:
        sales.deal(owner_id=sales.colleague_user.id)
    assert wrong(error) == {"owner_id"}


@pytest.mark.parametrize(
    "field",
    ["id", "number", "stage", "status", "closed_at", "close_reason", "winner_competitor_id", "rerouted_to"],
)
@pytest.mark.parametrize("is_closed", [False, True])
def test_what_the_process_sets_is_read_only(sales: Sales, field: str, is_closed: bool) -> None:
    deal = sales.deal()
    if is_closed:
        move_to_stage(sales.manager, deal, "won", cause="process")
    with pytest.raises(ValidationFailed) as error:
        deals.update_deal(sales.manager, deal.id, {field: getattr(deal, field), "need": "More"})
    assert wrong(error) == {field}
    assert deal.need is None


def test_a_change_raises_the_version_and_an_old_version_is_a_conflict(sales: Sales) -> None:
    deal = sales.deal()
    seen = deal.version
    deals.update_deal(sales.manager, deal.id, {"need": "Ten licences", "version": seen})
    assert deal.version == seen + 1
    with pytest.raises(Conflict):
        deals.update_deal(sales.manager, deal.id, {"need": "Twenty", "version": seen})
    assert deal.need == "Ten licences"


def test_a_probability_given_by_hand_stays_until_it_is_taken_back_or_the_deal_ends(sales: Sales) -> None:
    deal = sales.deal(probability=90)
    move_to_stage(sales.manager, deal, "negotiation", cause="process")
    assert deal.probability == 90
    deals.update_deal(sales.manager, deal.id, {"probability": None})
    assert deal.probability == 70
    deals.update_deal(sales.manager, deal.id, {"probability": 90})
    move_to_stage(sales.manager, deal, "won", cause="process")
    assert deal.probability == 100


def test_products_of_interest_are_replaced_as_a_whole(sales: Sales) -> None:
    first, second = sales.product(), sales.product()
    deal = sales.deal(product_ids=[first.id])
    deals.update_deal(sales.manager, deal.id, {"product_ids": [second.id, second.id]})
    assert deal.products == [second]


def test_a_deal_is_seen_by_its_owner_the_owners_head_and_the_supervisor(sales: Sales) -> None:
    deal, _noise = sales.deal(), sales.deal(by=sales.stranger)
    for ctx in (sales.manager, sales.head, sales.supervisor):
        assert deals.get_deal(ctx, deal.id) is deal
    for ctx in (sales.colleague, sales.stranger, acting(sales.session, person(sales.session, MARKETING))):
        with pytest.raises(NotFound):
            deals.get_deal(ctx, deal.id)
        assert deal not in deals.list_deals(ctx, PAGE).items


def test_designers_see_no_deals_and_make_none(sales: Sales) -> None:
    designer = acting(sales.session, person(sales.session, DESIGNER))
    deal = sales.deal()
    assert deals.list_deals(designer, PAGE).items == []
    with pytest.raises(NotFound):
        deals.get_deal(designer, deal.id)
    with pytest.raises(PermissionDenied):
        deals.create_deal(designer, {"title": "Mine"})


def test_a_guest_sees_the_deal_as_long_as_the_task_is_open(sales: Sales) -> None:
    deal = sales.deal()
    access.grant_deal(sales.manager, deal.id, sales.colleague_user.id, "task:1")
    assert deals.get_deal(sales.colleague, deal.id) is deal
    access.revoke_deal(sales.manager, "task:1")
    with pytest.raises(NotFound):
        deals.get_deal(sales.colleague, deal.id)


def test_who_handed_a_deal_on_no_longer_sees_it(sales: Sales) -> None:
    deal = sales.deal()
    deals.update_deal(sales.manager, deal.id, {"owner_id": sales.stranger_user.id})
    assert deals.get_deal(sales.stranger, deal.id) is deal
    with pytest.raises(NotFound):
        deals.get_deal(sales.manager, deal.id)


def test_lists_filter_by_every_link(sales: Sales) -> None:
    account = sales.account()
    contact = sales.contact(account_id=account.id)
    lead, line, product = sales.lead(), sales.line(), sales.product()
    wanted = sales.deal(
        title="Ёлка 100%",
        contact_id=contact.id,
        lead_id=lead.id,
        business_line_id=line.id,
        product_ids=[product.id],
        stage="proposal",
        amount="500",
        expected_close_date=date(2026, 5, 1),
    )
    sales.deal(title="Ёлка 1000", amount="100", expected_close_date=date(2026, 7, 1))
    filters: list[dict[str, object]] = [
        {"q": "елка 100%"},
        {"account_id": account.id},
        {"contact_id": contact.id},
        {"lead_id": lead.id},
        {"business_line_id": line.id},
        {"product_id": product.id},
        {"stage": "proposal"},
        {"amount_from": 200, "owner_id": sales.manager_user.id},
        {"close_to": date(2026, 6, 1), "status": "open"},
    ]
    for asked in filters:
        assert deals.list_deals(sales.manager, PAGE, **asked).items == [wanted], asked  # type: ignore[arg-type]
    assert deals.list_deals(sales.manager, PAGE, q="\x00").items == []


@pytest.mark.parametrize("sort", sorted(deals.SORTS))
def test_pages_neither_repeat_nor_miss_a_deal_in_any_order(sales: Sales, sort: str) -> None:
    made = [sales.deal(amount=amount, title=f"T{amount}") for amount in ("5", None, "5", "7", None)]
    seen: list[Deal] = []
    page = Page(limit=2)
    while True:
        part = deals.list_deals(sales.manager, page, sort=sort)
        seen += part.items
        if part.next is None:
            break
        page = Page(limit=2, after=decode_cursor(part.next))
    assert sorted(deal.id for deal in seen) == sorted(deal.id for deal in made)


def test_dearest_first_puts_unknown_amounts_last(sales: Sales) -> None:
    for amount in ("5", None, "7"):
        sales.deal(amount=amount)
    amounts = [deal.amount for deal in deals.list_deals(sales.manager, PAGE, sort="-amount").items]
    assert amounts == [Decimal(7), Decimal(5), None]


@pytest.mark.parametrize("after", [("x",), (1, 2, 3), ("not a number", 5), (None, "5")])
def test_a_foreign_cursor_is_refused(sales: Sales, after: tuple[object, ...]) -> None:
    with pytest.raises(ValidationFailed):
        deals.list_deals(sales.manager, Page(after=after), sort="-amount")


def test_a_deal_that_no_process_has_touched_can_be_deleted_with_what_hangs_on_it(sales: Sales) -> None:
    deal = sales.deal()
    make_activity(sales.manager, kind="call", subject="Call", deal_id=deal.id)
    line_items.create_line_item(sales.manager, deal.id, {"name": "Box", "price": "1"})
    deals.delete_deal(sales.manager, deal.id)
    assert sales.session.scalar(select(Deal).where(Deal.id == deal.id)) is None


def test_a_deal_with_a_history_of_its_own_is_closed_rather_than_deleted(sales: Sales) -> None:
    moved, worked, won, watched = (sales.deal() for _ in range(4))
    move_to_stage(sales.manager, moved, "proposal", cause="process", instance_id=5)
    make_activity(sales.manager, kind="call", subject="Call", deal_id=worked.id, instance_id=5)
    move_to_stage(sales.manager, won, "won", cause="manual")
    access.grant_deal(sales.manager, watched.id, sales.colleague_user.id, "task:2")
    for deal in (moved, worked, won, watched):
        with pytest.raises(Conflict) as error:
            deals.delete_deal(sales.manager, deal.id)
        assert error.value.code == "deal_in_use"


def test_facts_are_flat_and_tell_the_heads(sales: Sales) -> None:
    line = sales.line(head=sales.supervisor_user)
    deal = sales.deal(amount="1500.50", business_line_id=line.id, tactics="Slowly")
    facts = deals.facts(deal, deals.heads(sales.session, deal.owner_id, deal.business_line_id))
    assert facts["amount"] == 1500.5
    assert facts["business_line_head_id"] == sales.supervisor_user.id
    assert facts["owner_head_id"] == sales.head_user.id
    assert (facts["stage"], facts["status"], facts["tactics"]) == ("needs", "open", "Slowly")
    assert not any(isinstance(value, dict | list) for value in facts.values())


def test_a_process_makes_a_deal_with_its_own_cause(sales: Sales) -> None:
    deal = deals.make(
        sales.manager,
        {"title": "Born"},
        stage="potential",
        cause="process",
        instance_id=3,
        element_id="create_deal",
    )
    entry = sales.session.scalars(select(StageHistory).where(StageHistory.deal_id == deal.id)).one()
    assert (entry.cause, entry.instance_id, entry.element_id) == ("process", 3, "create_deal")


def test_closing_keeps_the_reason_and_rerouting_the_process(sales: Sales) -> None:
    lost, moved = sales.deal(), sales.deal()
    deals.record_closing(sales.manager, lost, close_reason="price")
    deals.record_rerouting(sales.manager, moved, "tender")
    assert lost.close_reason in CLOSE_REASONS
    assert moved.rerouted_to == "tender"


def test_a_new_owner_is_set_by_a_process(sales: Sales) -> None:
    deal = sales.deal()
    deals.set_owner(sales.manager, deal, sales.colleague_user.id)
    assert deals.get_deal(sales.colleague, deal.id) is deal
