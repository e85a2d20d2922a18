"""The way of a deal through its stages: one writer, one row an entry, and what a stage requires."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import crm_model
from crm_model import competitors, stages
from crm_model.deal_entities import CLOSE_REASONS
from crm_model.stage_history import list_stage_history, missing_for, move_to_stage
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.paging import Page, decode_cursor
from tests.crm_model.sales import NOW, PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def test_every_entry_is_a_row_with_cause_place_and_time_spent(sales: Sales) -> None:
    deal, noise = sales.deal(), sales.deal(stage="proposal")
    two_days_on = sales.later(sales.head_user, days=2)
    move_to_stage(two_days_on, deal, "negotiation", cause="process", instance_id=7, element_id="negotiation")
    first, second = list_stage_history(sales.manager, deal.id, PAGE).items
    assert (first.from_stage, first.to_stage, first.cause, first.visit) == (None, "needs", "made", 1)
    assert (first.at, first.duration, first.by) == (NOW, None, sales.manager_user)
    assert (second.from_stage, second.to_stage, second.cause) == ("needs", "negotiation", "process")
    assert (second.instance_id, second.element_id) == (7, "negotiation")
    assert (second.duration, second.by) == (timedelta(days=2), sales.head_user)
    assert deal.stage_entered_at == two_days_on.now()
    assert noise.stage == "proposal"


def test_a_stage_entered_again_counts_its_visits(sales: Sales) -> None:
    deal = sales.deal()
    visits = [
        entry.visit
        for stage in ("proposal", "needs", "proposal", "proposal", "needs")
        if (entry := move_to_stage(sales.manager, deal, stage, cause="process"))
    ]
    assert visits == [1, 2, 2, 3]


def test_moving_where_it_is_leaves_no_row(sales: Sales) -> None:
    deal = sales.deal()
    assert move_to_stage(sales.manager, deal, "needs", cause="process") is None
    assert len(list_stage_history(sales.manager, deal.id, PAGE).items) == 1


def test_entering_the_same_stage_again_is_another_visit(sales: Sales) -> None:
    deal = sales.deal()
    entry = move_to_stage(sales.manager, deal, "needs", cause="process", again=True)
    assert entry is not None
    assert (entry.from_stage, entry.to_stage, entry.visit) == ("needs", "needs", 2)


@pytest.mark.parametrize("stage", ["interest", "nowhere", ""])
def test_interest_and_unknown_stages_are_refused(sales: Sales, stage: str) -> None:
    deal = sales.deal()
    with pytest.raises(ValidationFailed) as error:
        move_to_stage(sales.manager, deal, stage, cause="manual")
    assert set(error.value.fields) == {"stage"}


@pytest.mark.parametrize(("stage", "probability"), [("won", 100), ("lost", 0), ("rerouted", 0)])
def test_a_final_stage_closes_the_deal_for_everyone(sales: Sales, stage: str, probability: int) -> None:
    deal = sales.deal()
    move_to_stage(sales.manager, deal, stage, cause="process")
    assert (deal.status, deal.closed_at, deal.probability) == (stage, NOW, probability)
    for ctx in (sales.manager, sales.head, sales.supervisor):
        with pytest.raises(Conflict) as error:
            move_to_stage(ctx, deal, "needs", cause="manual")
        assert error.value.code == "deal_closed"
    assert move_to_stage(sales.manager, deal, stage, cause="process") is None


def test_reopening_forgets_how_the_deal_was_closed(sales: Sales) -> None:
    deal = sales.deal()
    rival = competitors.create_competitor(sales.manager, deal.id, {"name": "Rival", "is_winner": True})
    deal.close_reason, deal.rerouted_to = "competitor_won", "tender"
    move_to_stage(sales.manager, deal, "lost", cause="process")
    entry = move_to_stage(sales.supervisor, deal, "negotiation", cause="reopen", reason="They called back")
    assert entry is not None and (entry.cause, entry.reason) == ("reopen", "They called back")
    assert deal.is_open
    assert [deal.closed_at, deal.close_reason, deal.rerouted_to] == [None] * 3
    assert deal.probability == 70
    assert not rival.is_winner


def test_the_history_is_for_those_who_see_the_deal(sales: Sales) -> None:
    deal = sales.deal()
    assert list_stage_history(sales.head, deal.id, PAGE).items
    for ctx in (sales.colleague, sales.stranger):
        with pytest.raises(NotFound):
            list_stage_history(ctx, deal.id, PAGE)


def test_the_history_comes_in_pages_in_the_order_of_the_entries(sales: Sales) -> None:
    deal = sales.deal()
    for stage in ("proposal", "needs", "proposal"):
        move_to_stage(sales.manager, deal, stage, cause="process")
    first = list_stage_history(sales.manager, deal.id, Page(limit=3))
    assert first.next is not None
    rest = list_stage_history(sales.manager, deal.id, Page(limit=3, after=decode_cursor(first.next)))
    assert [row.to_stage for row in (*first.items, *rest.items)] == ["needs", "proposal", "needs", "proposal"]


def missing(sales: Sales, stage: str, **values: object) -> list[str]:
    return [field for field, _message in missing_for(sales.manager, sales.deal(), stage, values)]


def test_open_stages_and_a_win_require_nothing_more(sales: Sales) -> None:
    for stage in stages.DEAL_CODES:
        if stage not in (stages.LOST, stages.REROUTED):
            assert missing(sales, stage) == []


def test_a_loss_requires_a_reason_from_the_list(sales: Sales) -> None:
    assert missing(sales, "lost") == ["close_reason"]
    assert missing(sales, "lost", close_reason="bad luck") == ["close_reason"]
    for reason in set(CLOSE_REASONS) - {"competitor_won"}:
        assert missing(sales, "lost", close_reason=reason) == []


def test_a_loss_to_a_competitor_requires_the_winner_among_the_deals_own(sales: Sales) -> None:
    deal, other = sales.deal(), sales.deal()
    rival = competitors.create_competitor(sales.manager, deal.id, {"name": "Rival"})
    foreign = competitors.create_competitor(sales.manager, other.id, {"name": "Rival"})

    def asked(winner: object) -> list[str]:
        values = {"close_reason": "competitor_won", "winner_competitor_id": winner}
        return [field for field, _message in missing_for(sales.manager, deal, "lost", values)]

    assert asked(rival.id) == []
    for winner in (None, foreign.id, 10**9, "Rival"):
        assert asked(winner) == ["winner_competitor_id"]
    competitors.update_competitor(sales.manager, deal.id, rival.id, {"is_winner": True})
    assert asked(None) == []


def test_moving_to_another_process_requires_the_process(sales: Sales) -> None:
    assert missing(sales, "rerouted") == ["reroute_to"]
    assert missing(sales, "rerouted", reroute_to="tender") == []


def test_nothing_else_writes_the_stage_of_a_deal() -> None:
    root = Path(crm_model.__file__).parent.parent
    writes = re.compile(r"\bdeal\.stage\s*=[^=]|values\([^)]*\bstage=|setattr\(deal, [\"']stage")
    rooms = ("crm_model", "processes", "api", "task_ui", "server")
    found = {
        path.relative_to(root).as_posix()
        for room in rooms
        for path in (root / room).rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"crm_model/stage_history.py"}


def test_what_was_recorded_just_before_is_not_lost_when_the_stage_changes(sales: Sales) -> None:
    deal = sales.deal()
    deal.tactics = "Show the plant"
    move_to_stage(sales.manager, deal, "proposal", cause="process")
    assert (deal.tactics, deal.stage) == ("Show the plant", "proposal")
