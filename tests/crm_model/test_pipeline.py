"""The pipeline: columns, sums, next steps and age, of what the caller sees."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from benchmarks.statements import of_one
from crm_model import activities
from crm_model.pipeline import Column, pipeline
from crm_model.stage_history import move_to_stage
from kernel.context import DESIGNER, Context
from tests.crm_model.sales import NOW, Sales, acting, person


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def column(ctx: Context, stage: str, **asked: Any) -> Column:
    (found,) = (column for column in pipeline(ctx, **asked) if column.stage.code == stage)
    return found


def test_there_is_a_column_for_each_open_stage_a_deal_can_have_in_order(sales: Sales) -> None:
    codes = [column.stage.code for column in pipeline(sales.manager)]
    assert codes[0] == "potential" and codes[-1] == "contracting" and len(codes) == 8


def test_a_column_adds_up_what_is_open_in_roubles(sales: Sales) -> None:
    sales.deal(stage="proposal", amount="100")
    sales.deal(stage="proposal", amount="50", probability=10)
    sales.deal(stage="proposal", amount="900", currency="USD")
    sales.deal(stage="proposal")
    sales.deal(stage="needs", amount="7")
    move_to_stage(sales.manager, sales.deal(amount="1000"), "won", cause="process")
    found = column(sales.manager, "proposal")
    assert (found.count, found.amount, found.weighted, found.in_other_currencies) == (
        4,
        Decimal("150.00"),
        Decimal("55.00"),
        1,
    )
    assert column(sales.manager, "negotiation").amount == Decimal(0)


def test_tiles_are_the_dearest_with_client_owner_next_step_and_age(sales: Sales) -> None:
    account = sales.account()
    dear = sales.deal(amount="100", account_id=account.id)
    cheap, unknown = sales.deal(amount="1"), sales.deal()
    done = activities.create_activity(
        sales.manager, {"kind": "call", "subject": "Done", "deal_id": dear.id, "due": NOW}
    )
    activities.complete_activity(sales.manager, done.id, result="completed")
    for hours, subject in ((5, "Later"), (2, "Next")):
        values = {"kind": "call", "subject": subject, "deal_id": dear.id, "due": NOW + timedelta(hours=hours)}
        activities.create_activity(sales.manager, values)
    tiles = column(sales.later(days=8), "needs").deals
    assert [tile.id for tile in tiles] == [dear.id, cheap.id, unknown.id]
    first = tiles[0]
    assert (first.account_name, first.owner_name) == (account.name, sales.manager_user.name)
    assert first.next_step is not None and first.next_step.subject == "Next"
    assert (first.days_in_stage, first.norm, first.is_stale) == (8, 7, True)
    assert (tiles[1].account_name, tiles[1].next_step) == ("", None)
    assert not column(sales.manager, "needs").deals[0].is_stale


def test_a_column_shows_so_many_tiles_and_counts_them_all(sales: Sales) -> None:
    for amount in range(1, 6):
        sales.deal(amount=amount)
    found = column(sales.manager, "needs", tiles=2)
    assert (found.count, [tile.amount for tile in found.deals]) == (5, [Decimal(5), Decimal(4)])


def test_filters_hold_for_sums_and_tiles_alike(sales: Sales) -> None:
    account, line = sales.account(), sales.line()
    wanted = sales.deal(title="Ёлка", amount="5", account_id=account.id, business_line_id=line.id)
    sales.deal(by=sales.colleague, amount="7")
    asked: list[dict[str, Any]] = [
        {"q": "елка"},
        {"account_id": account.id},
        {"business_line_id": line.id},
        {"owner_id": sales.manager_user.id},
    ]
    for filters in asked:
        found = column(sales.head, "needs", **filters)
        assert (found.count, found.amount, [t.id for t in found.deals]) == (1, Decimal(5), [wanted.id]), filters


def test_everyone_sees_the_pipeline_of_their_own_deals(sales: Sales) -> None:
    for ctx in (sales.manager, sales.colleague, sales.stranger):
        sales.deal(by=ctx)
    designer = acting(sales.session, person(sales.session, DESIGNER))
    counts = [
        column(ctx, "needs").count
        for ctx in (sales.manager, sales.colleague, sales.stranger, sales.head, sales.supervisor, designer)
    ]
    assert counts == [1, 1, 1, 2, 3, 0]


def test_two_statements_do_it_however_many_deals(sales: Sales) -> None:
    for _ in range(5):
        sales.deal()
    said = of_one(sales.session.connection().engine, lambda: pipeline(sales.manager))
    assert len(said.statements) == 2
