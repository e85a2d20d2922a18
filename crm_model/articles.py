"""The knowledge base: presentations, scripts and cases that managers choose from."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_model import access, fields, files, inputs, listing
from crm_model.files import File
from crm_model.inputs import Field
from crm_model.products import Product
from crm_model.records import Record, change, one_of, sort_key
from kernel.context import Context
from kernel.db import Base
from kernel.errors import NotFound
from kernel.paging import Page, Slice
from kernel.permissions import use_case

KINDS = ("presentation", "script", "case")

article_products = Table(
    "article_products",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Article(Record, Base):
    """`body` is plain text in paragraphs. The file, if there is one, is described here and kept in `ArticleFile`."""

    __tablename__ = "articles"
    __table_args__ = (one_of("kind", KINDS), Index("ix_articles_tags", "tags", postgresql_using="gin"))

    title: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(50)), default=list)
    file_name: Mapped[str | None] = mapped_column(String(255))
    content_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    sort_key: Mapped[str] = sort_key("title")

    products: Mapped[list[Product]] = relationship(secondary=article_products, order_by=Product.id, lazy="selectin")

    @property
    def product_ids(self) -> list[int]:
        return [product.id for product in self.products]


class ArticleFile(Base):
    __tablename__ = "article_files"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


FIELDS = {
    "title": Field(inputs.name, required=True),
    "kind": Field(inputs.choice(KINDS), required=True),
    "summary": Field(inputs.long_text),
    "body": Field(inputs.long_text),
    "tags": Field(inputs.many(fields.text(50)), nullable=False),
    "product_ids": Field(inputs.many(inputs.record(Product)), nullable=False),
}


@use_case("records.read")
def list_articles(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    kind: str | None = None,
    tag: str | None = None,
    product_id: int | None = None,
) -> Slice[Article]:
    """By title."""
    query = select(Article).where(access.visible(ctx, Article))
    if kind is not None:
        query = query.where(Article.kind == kind)
    if tag is not None:
        query = query.where(Article.tags.contains([tag]))
    if product_id is not None:
        query = query.where(Article.products.any(Product.id == product_id))
    if q:
        query = query.where(listing.has_text(q, Article.title, Article.summary, Article.body))
    return listing.paged(ctx.session, query, page, Article, "sort_key")


@use_case("records.read")
def get_article(ctx: Context, article_id: int) -> Article:
    return access.get_visible(ctx, Article, article_id)


@use_case("knowledge.manage")
def create_article(ctx: Context, values: Mapping[str, Any]) -> Article:
    article = Article()
    _assign(ctx, article, inputs.read(ctx, values, FIELDS))
    ctx.session.add(article)
    ctx.session.flush()
    return article


@use_case("knowledge.manage")
def update_article(ctx: Context, article_id: int, values: Mapping[str, Any]) -> Article:
    article = access.get_for_change(ctx, Article, article_id)
    inputs.check_version(article, values)
    _assign(ctx, article, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return article


@use_case("knowledge.manage")
def delete_article(ctx: Context, article_id: int) -> None:
    ctx.session.delete(access.get_for_change(ctx, Article, article_id))
    ctx.session.flush()


@use_case("knowledge.manage")
def set_file(
    ctx: Context, article_id: int, *, file_name: str | None, content: bytes, content_type: str | None = None
) -> Article:
    """Attaches a file in place of the one there was."""
    article = access.get_for_change(ctx, Article, article_id)
    file = files.take(file_name, content, content_type)
    ctx.session.merge(ArticleFile(article_id=article.id, content=file.content))
    change(article, {"file_name": file.name, "content_type": file.content_type, "size": file.size})
    ctx.session.flush()
    return article


@use_case("knowledge.manage")
def remove_file(ctx: Context, article_id: int) -> Article:
    article = access.get_for_change(ctx, Article, article_id)
    kept = ctx.session.get(ArticleFile, article.id)
    if kept is not None:
        ctx.session.delete(kept)
    change(article, {"file_name": None, "content_type": None, "size": None})
    ctx.session.flush()
    return article


@use_case("records.read")
def get_file(ctx: Context, article_id: int) -> File:
    """NotFound for an article without a file."""
    article = access.get_visible(ctx, Article, article_id)
    kept = ctx.session.get(ArticleFile, article.id)
    if kept is None:
        raise NotFound()
    return File(article.file_name or "", article.content_type or files.UNKNOWN_TYPE, kept.content)


def _assign(ctx: Context, article: Article, clean: dict[str, Any]) -> None:
    if "product_ids" in clean:
        wanted = select(Product).where(Product.id.in_(clean.pop("product_ids"))).order_by(Product.id)
        article.products = list(ctx.session.scalars(wanted))
    change(article, clean)
