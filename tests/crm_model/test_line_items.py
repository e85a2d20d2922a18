"""What is sold in a deal, and that the amount of the deal follows it."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from crm_model import deals, line_items
from crm_model.stage_history import move_to_stage
from kernel.errors import Conflict, NotFound, ValidationFailed
from tests.crm_model.sales import PAGE, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def test_the_amount_of_the_deal_is_the_sum_of_its_items(sales: Sales) -> None:
    deal, noise = sales.deal(amount="5"), sales.deal(amount="7")
    first = line_items.create_line_item(sales.manager, deal.id, {"name": "A", "price": "100", "quantity": "2"})
    second = line_items.create_line_item(sales.manager, deal.id, {"name": "B", "price": "10.50"})
    assert deal.amount == Decimal("210.50")
    line_items.update_line_item(sales.manager, deal.id, first.id, {"quantity": "3"})
    assert deal.amount == Decimal("310.50")
    line_items.delete_line_item(sales.manager, deal.id, first.id)
    assert deal.amount == Decimal("10.50")
    line_items.delete_line_item(sales.manager, deal.id, second.id)
    assert deal.amount is None
    assert noise.amount == Decimal(7)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("1", "99.99", "0", "99.99"),
        ("3", "33.33", "10", "89.99"),
        ("0.5", "0.01", "0", "0.01"),
        ("0.333", "10", "0", "3.33"),
        ("2", "100", "100", "0.00"),
    ],
)
def test_an_item_costs_quantity_times_price_less_discount_to_the_kopeck(
    sales: Sales, quantity: str, price: str, discount: str, amount: str
) -> None:
    values = {"name": "Thing", "quantity": quantity, "price": price, "discount": discount}
    item = line_items.create_line_item(sales.manager, sales.deal().id, values)
    assert item.amount == Decimal(amount)


def test_vat_is_inside_the_price(sales: Sales) -> None:
    item = line_items.create_line_item(sales.manager, sales.deal().id, {"name": "A", "price": "122", "vat": "22"})
    assert (item.amount, item.vat_amount) == (Decimal("122.00"), Decimal("22.00"))


def test_a_product_brings_its_name_and_its_price_in_the_same_currency(sales: Sales) -> None:
    roubles, dollars = sales.product(), sales.product(currency="USD")
    deal = sales.deal()
    item = line_items.create_line_item(sales.manager, deal.id, {"product_id": roubles.id})
    assert (item.name, item.amount) == (roubles.name, Decimal("100.00"))
    with pytest.raises(ValidationFailed) as error:
        line_items.create_line_item(sales.manager, deal.id, {"product_id": dollars.id})
    assert set(error.value.fields) == {"price"}


def test_without_a_product_an_item_needs_name_and_price(sales: Sales) -> None:
    with pytest.raises(ValidationFailed) as error:
        line_items.create_line_item(sales.manager, sales.deal().id, {"quantity": 1})
    assert set(error.value.fields) == {"name", "price"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "0"),
        ("quantity", "-1"),
        ("price", "-1"),
        ("discount", "101"),
        ("vat", "-5"),
        ("amount", "1"),
    ],
)
def test_senseless_numbers_are_refused_at_their_field(sales: Sales, field: str, value: str) -> None:
    with pytest.raises(ValidationFailed) as error:
        line_items.create_line_item(sales.manager, sales.deal().id, {"name": "A", "price": "1", field: value})
    assert set(error.value.fields) == {field}


def test_a_sum_that_no_column_holds_is_refused(sales: Sales) -> None:
    deal = sales.deal()
    with pytest.raises(ValidationFailed):
        values = {"name": "A", "price": "9999999999999.99", "quantity": "2"}
        line_items.create_line_item(sales.manager, deal.id, values)


def test_with_items_the_amount_is_read_only(sales: Sales) -> None:
    deal = sales.deal()
    line_items.create_line_item(sales.manager, deal.id, {"name": "A", "price": "1"})
    deals.update_deal(sales.manager, deal.id, {"amount": "1.00", "need": "Same amount is no change"})
    with pytest.raises(ValidationFailed) as error:
        deals.update_deal(sales.manager, deal.id, {"amount": "2"})
    assert set(error.value.fields) == {"amount"}


def test_items_keep_their_order_and_can_be_moved(sales: Sales) -> None:
    deal = sales.deal()
    made = [line_items.create_line_item(sales.manager, deal.id, {"name": n, "price": 1}) for n in "ABC"]
    line_items.update_line_item(sales.manager, deal.id, made[2].id, {"position": 1})
    line_items.update_line_item(sales.manager, deal.id, made[0].id, {"position": 3})
    found = line_items.list_line_items(sales.manager, deal.id, PAGE).items
    assert [item.name for item in found] == ["C", "B", "A"]


def test_what_was_sold_in_a_closed_deal_stays(sales: Sales) -> None:
    deal = sales.deal()
    item = line_items.create_line_item(sales.manager, deal.id, {"name": "A", "price": 1})
    move_to_stage(sales.manager, deal, "won", cause="process")
    with pytest.raises(Conflict):
        line_items.delete_line_item(sales.manager, deal.id, item.id)


def test_items_are_for_those_who_see_the_deal(sales: Sales) -> None:
    deal = sales.deal()
    item = line_items.create_line_item(sales.manager, deal.id, {"name": "A", "price": 1})
    with pytest.raises(NotFound):
        line_items.get_line_item(sales.stranger, deal.id, item.id)
    with pytest.raises(NotFound):
        line_items.list_line_items(sales.colleague, deal.id, PAGE)
