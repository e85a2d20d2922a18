"""Search over everything the caller may see: accounts, contacts, deals, leads, activities, documents and the knowledge base."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from sqlalchemy import ColumnElement, Select, case, func, literal, select, tuple_, union_all

from crm_model import access, leads, reachable
from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.articles import Article
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.documents import Document
from crm_model.inputs import UNREADABLE
from crm_model.leads import Lead
from crm_model.records import fold, folded
from kernel.context import Context
from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case

LONGEST = 200
AROUND = 60
"""Characters of a snippet on each side of what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that fits; `key` is its place in the order: how well it fits, kind, newest first."""

    type: str
    id: int
    title: str
    snippet: str
    key: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is searched in a kind of record, and the parts of its snippet."""

    type: str
    model: Any
    title: Any
    fits: Callable[[str], ColumnElement[bool]]
    body: tuple[Any, ...] = ()


def _in(*columns: Any) -> Callable[[str], ColumnElement[bool]]:
    text = folded(func.concat_ws("\n", *columns))
    return lambda q: text.contains(fold(q), autoescape=True)


def _reached(keys: Any) -> Any:
    return func.nullif(func.array_to_string(keys, ", "), "")


KINDS = (
    Kind(
        "account",
        Account,
        Account.name,
        lambda q: reachable.has_text(q, Account),
        (Account.inn, Account.region, Account.industry),
    ),
    Kind(
        "contact",
        Contact,
        Contact.name,
        lambda q: reachable.has_text(q, Contact),
        (Contact.job_title, _reached(Contact.phone_keys), _reached(Contact.email_keys)),
    ),
    Kind("deal", Deal, Deal.title, _in(Deal.title, Deal.number, Deal.need), (Deal.number, Deal.need)),
    Kind("lead", Lead, Lead.name, leads.has_text, (Lead.company, Lead.phone, Lead.email, Lead.need)),
    Kind(
        "activity",
        Activity,
        Activity.subject,
        _in(Activity.subject, Activity.description, Activity.result_note),
        (Activity.description, Activity.result_note),
    ),
    Kind("document", Document, Document.title, _in(Document.title)),
    Kind(
        "article",
        Article,
        Article.title,
        _in(Article.title, Article.summary, Article.body),
        (Article.summary, Article.body),
    ),
)


@use_case("records.read")
def search(ctx: Context, q: str, page: Page) -> Slice[Found]:
    """Records that contain the text, taken literally; titles that begin with it come first."""
    text = q.strip()
    if not text:
        raise ValidationFailed({"q": [N_("Type what to look for.")]})
    if len(q) > LONGEST:
        raise ValidationFailed({"q": [Message(N_("At most %(count)d characters."), count=LONGEST)]})
    if any(category(char) in UNREADABLE for char in text):
        return Slice([])
    found = union_all(*(_part(ctx, kind, place, text) for place, kind in enumerate(KINDS))).subquery()
    place = (found.c.fit, found.c.kind, found.c.backwards)
    query = select(found).order_by(*place).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(tuple_(*place) > tuple_(*(literal(number) for number in _numbers(page.after))))
    rows = [
        Found(
            KINDS[row.kind].type,
            row.id,
            row.title,
            excerpt(row.body, text),
            (row.fit, row.kind, row.backwards),
        )
        for row in ctx.session.execute(query)
    ]
    return slice_of(rows, page, lambda row: row.key)


def _part(ctx: Context, kind: Kind, place: int, text: str) -> Select[Any]:
    model, wanted = kind.model, fold(text)
    title = folded(kind.title)
    fit = case((title.startswith(wanted, autoescape=True), 0), (title.contains(wanted, autoescape=True), 1), else_=2)
    return select(
        fit.label("fit"),
        literal(place).label("kind"),
        (-model.id).label("backwards"),
        model.id.label("id"),
        kind.title.label("title"),
        func.concat_ws(" · ", *kind.body, "").label("body"),
    ).where(access.visible(ctx, model), kind.fits(text))


def _numbers(after: tuple[Any, ...]) -> tuple[int, ...]:
    if len(after) != 3 or not all(isinstance(n, int) and abs(n) < 2**63 for n in after):
        raise ValidationFailed({"after": [N_("This is not a cursor of this list.")]})
    return after


def excerpt(body: str, text: str) -> str:
    """The part of the body around the text, or its beginning, on one line."""
    line = " ".join(body.removesuffix(" · ").split())
    at = max(fold(line).find(fold(text)), 0)
    start, end = max(at - AROUND, 0), at + len(text) + AROUND
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
