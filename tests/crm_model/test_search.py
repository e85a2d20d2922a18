"""What the search finds: Russian as people type it, numbers, addresses, every character as itself."""

import pytest
from sqlalchemy.orm import Session

from crm_model import articles, search
from crm_model.documents import Document
from crm_model.inputs import UNREADABLE
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.paging import Page, decode_cursor
from tests.crm_model.sales import Sales, add


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def found(ctx: Context, q: str) -> list[tuple[str, str]]:
    return [(hit.type, hit.title) for hit in search.search(ctx, q, Page()).items]


@pytest.mark.parametrize("q", ["зелёный", "ЗЕЛЕНЫЙ", "зел", "  Зелёный дом ", "7707083893", "770708", "zeleny.example",
                               "Info@Zeleny.example", "8 (495) 123-45-67", "+7 495 1234567", "1234567", "123-45"])  # fmt: skip
def test_an_account_is_found_by(sales: Sales, q: str) -> None:
    sales.account(
        name="Зелёный дом", inn="7707083893", website="https://zeleny.example",
        phones=["+7 495 123-45-67"], emails=["info@zeleny.example"],
    )  # fmt: skip
    sales.account(name="Красный дом", inn="5024093363", phones=["+7 812 765-43-21"])
    assert found(sales.manager, q) == [("account", "Зелёный дом")]


def test_every_kind_of_record_is_found(sales: Sales) -> None:
    sales.account(name="Ромашка")
    sales.contact(name="Пётр Ромашкин")
    deal = sales.deal(title="Ромашка: склад")
    sales.lead(name="Ромашка с сайта")
    add(sales.session, Document(title="КП Ромашка", kind="proposal", deal_id=deal.id, owner_id=sales.manager_user.id))
    articles.create_article(sales.head, {"title": "Рассказ о «Ромашке»", "kind": "case"})
    assert found(sales.manager, "ромашк") == [
        ("account", "Ромашка"),
        ("deal", "Ромашка: склад"),
        ("lead", "Ромашка с сайта"),
        ("contact", "Пётр Ромашкин"),
        ("document", "КП Ромашка"),
        ("article", "Рассказ о «Ромашке»"),
    ]


def test_what_one_may_not_see_is_not_found(sales: Sales) -> None:
    sales.account(name="Ромашка")
    sales.contact(name="Ромашкин", phones=["+7 916 111-22-33"])
    sales.lead(name="Ромашка")
    sales.deal(title="Ромашка")
    for q in ("ромашка", "9161112233"):
        assert found(sales.stranger, q) == found(sales.colleague, q) == []
        assert found(sales.head, q) == found(sales.supervisor, q) == found(sales.manager, q) != []


@pytest.mark.parametrize("q", ["%", "_", "\\", "а%б", "'", '"', ")", "*", ".", "&", "|", "!", "a:*"])
def test_every_character_stands_for_itself(sales: Sales, q: str) -> None:
    sales.account(name=f"Завод {q} Север")
    sales.account(name="Завод Юг")
    assert found(sales.manager, q) == [("account", f"Завод {q} Север")]


@pytest.mark.parametrize("q", ["", "   ", "x" * 201])
def test_nothing_to_look_for_or_too_much_is_refused(sales: Sales, q: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        search.search(sales.manager, q, Page())
    assert list(refused.value.fields) == ["q"]


def test_characters_that_no_record_can_hold_find_nothing(sales: Sales) -> None:
    assert "Cc" in UNREADABLE
    assert found(sales.manager, "a\x00b") == []


def test_pages_together_are_the_whole_without_repeats(sales: Sales) -> None:
    for number in range(7):
        sales.account(name=f"Лес {number}" if number % 2 else f"Тёмный лес {number}")
    seen: list[int] = []
    after = None
    while True:
        part = search.search(sales.manager, "лес", Page(limit=2, after=after))
        seen += [hit.id for hit in part.items]
        if part.next is None:
            break
        after = decode_cursor(part.next)
    assert len(seen) == len(set(seen)) == 7
    assert seen == [hit.id for hit in search.search(sales.manager, "лес", Page()).items]


def test_the_snippet_shows_where_it_was_found() -> None:
    body = "а" * 200 + " склад " + "б" * 200
    shown = search.excerpt(body, "Склад")
    assert "склад" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 140
