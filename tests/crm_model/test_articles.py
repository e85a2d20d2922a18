"""The knowledge base: written by those who manage it, read by everyone."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import articles
from crm_model.articles import Article
from kernel.context import DESIGNER
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from tests.crm_model.sales import PAGE, Sales, acting, person


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def article(sales: Sales, **values: Any) -> Article:
    return articles.create_article(sales.head, {"title": "Overview", "kind": "presentation", **values})


def test_everyone_reads_and_managers_do_not_write(sales: Sales) -> None:
    made = article(sales)
    for ctx in (sales.manager, sales.stranger, acting(sales.session, person(sales.session, DESIGNER))):
        assert articles.get_article(ctx, made.id) is made
        assert articles.list_articles(ctx, PAGE).items == [made]
        with pytest.raises(PermissionDenied):
            articles.create_article(ctx, {"title": "Mine", "kind": "script"})


def test_lists_filter_by_kind_tag_product_and_text_and_sort_by_title(sales: Sales) -> None:
    product = sales.product()
    wanted = article(sales, title="Ель", kind="case", tags=["лес"], product_ids=[product.id], body="100% wood")
    other = article(sales, title="Ёж")
    last = article(sales, title="дом", tags=["город"])
    assert articles.list_articles(sales.manager, PAGE).items == [last, other, wanted]
    for asked in ({"kind": "case"}, {"tag": "лес"}, {"product_id": product.id}, {"q": "0% WOOD"}):
        assert articles.list_articles(sales.manager, PAGE, **asked).items == [wanted], asked


def test_what_is_wrong_is_told_at_its_field(sales: Sales) -> None:
    for values in ({"kind": "novel"}, {"tags": "forest"}, {"tags": ["a" * 51]}, {"product_ids": [10**9]}):
        with pytest.raises(ValidationFailed) as error:
            article(sales, **values)
        assert set(error.value.fields) == set(values)


def test_a_file_is_attached_replaced_and_removed(sales: Sales) -> None:
    made = article(sales)
    with pytest.raises(NotFound):
        articles.get_file(sales.manager, made.id)
    articles.set_file(sales.head, made.id, file_name="slides.pdf", content=b"one")
    articles.set_file(sales.head, made.id, file_name="slides v2.pdf", content=b"two!")
    assert (made.file_name, made.size) == ("slides v2.pdf", 4)
    assert articles.get_file(sales.manager, made.id).content == b"two!"
    articles.remove_file(sales.head, made.id)
    assert made.file_name is None
    with pytest.raises(NotFound):
        articles.get_file(sales.manager, made.id)


def test_an_article_is_changed_and_deleted_with_its_file(sales: Sales) -> None:
    made = article(sales)
    articles.set_file(sales.head, made.id, file_name="slides.pdf", content=b"one")
    articles.update_article(sales.head, made.id, {"summary": "Short", "tags": ["a", "a", "b"]})
    assert (made.summary, made.tags) == ("Short", ["a", "b"])
    articles.delete_article(sales.head, made.id)
    with pytest.raises(NotFound):
        articles.get_article(sales.manager, made.id)
