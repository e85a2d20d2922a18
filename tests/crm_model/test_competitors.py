"""Competitors in a deal, and that at most one of them won it."""

import pytest
from sqlalchemy.orm import Session

from crm_model import competitors
from kernel.errors import NotFound, ValidationFailed
from tests.crm_model.sales import PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def test_marking_a_winner_unmarks_the_others(sales: Sales) -> None:
    deal = sales.deal()
    first = competitors.create_competitor(sales.manager, deal.id, {"name": "First", "is_winner": True})
    second = competitors.create_competitor(sales.manager, deal.id, {"name": "Second", "strengths": "Cheap"})
    assert (first.is_winner, second.is_winner) == (True, False)
    competitors.update_competitor(sales.manager, deal.id, second.id, {"is_winner": True})
    assert (first.is_winner, second.is_winner) == (False, True)
    assert deal.winner_competitor_id == second.id
    competitors.update_competitor(sales.manager, deal.id, second.id, {"is_winner": False})
    assert deal.winner_competitor_id is None


def test_a_winner_in_one_deal_says_nothing_of_another(sales: Sales) -> None:
    deal, other = sales.deal(), sales.deal()
    here = competitors.create_competitor(sales.manager, deal.id, {"name": "Rival", "is_winner": True})
    there = competitors.create_competitor(sales.manager, other.id, {"name": "Rival"})
    assert (here.is_winner, there.is_winner) == (True, False)
    assert competitors.list_competitors(sales.manager, other.id, PAGE).items == [there]


def test_a_winner_that_is_removed_wins_no_more(sales: Sales) -> None:
    deal = sales.deal()
    rival = competitors.create_competitor(sales.manager, deal.id, {"name": "Rival", "is_winner": True})
    competitors.delete_competitor(sales.manager, deal.id, rival.id)
    assert deal.winner_competitor_id is None


def test_a_form_names_competitors_bare_by_row_or_by_id(sales: Sales) -> None:
    deal = sales.deal()
    known = competitors.create_competitor(sales.manager, deal.id, {"name": "Альфа", "strengths": "Name"})
    rows = ["Бета", {"name": "альфа", "weaknesses": "Slow"}, {"id": known.id, "strengths": "Brand"}]
    competitors.set_competitors(sales.manager, deal, rows)
    found = competitors.list_competitors(sales.manager, deal.id, PAGE).items
    assert [(c.strengths, c.weaknesses) for c in found] == [("Brand", "Slow"), (None, None)]


def test_what_is_wrong_in_a_form_is_told_at_its_row(sales: Sales) -> None:
    with pytest.raises(ValidationFailed) as error:
        competitors.set_competitors(sales.manager, sales.deal(), [{"name": ""}])
    assert set(error.value.fields) == {"competitors.0.name"}
    with pytest.raises(ValidationFailed) as error:
        competitors.set_competitors(sales.manager, sales.deal(), ["Fine", {"name": "Fine too", "price": 1}])
    assert set(error.value.fields) == {"competitors.1.price"}


def test_competitors_are_for_those_who_see_the_deal(sales: Sales) -> None:
    deal = sales.deal()
    rival = competitors.create_competitor(sales.manager, deal.id, {"name": "Rival"})
    for ctx in (sales.colleague, sales.stranger):
        with pytest.raises(NotFound):
            competitors.get_competitor(ctx, deal.id, rival.id)
        with pytest.raises(NotFound):
            competitors.create_competitor(ctx, deal.id, {"name": "Spy"})
