"""What happened with a deal, an account, a contact or a lead: one list of all kinds, newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Select, Text, bindparam, func, literal, select, tuple_, union_all
from sqlalchemy.orm import joinedload

from crm_model import access
from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal, StageHistory
from crm_model.documents import Document
from crm_model.leads import Lead
from crm_model.letters import Letter
from crm_model.notes import Note
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from kernel.statements import prepared

ACTIVITY, NOTE, DOCUMENT, STAGE, LETTER = "activity", "note", "document", "stage", "letter"
ENTITIES: dict[str, type[Any]] = {
    ACTIVITY: Activity,
    DOCUMENT: Document,
    LETTER: Letter,
    NOTE: Note,
    STAGE: StageHistory,
}
MOMENTS = {
    ACTIVITY: func.coalesce(Activity.completed_at, Activity.start, Activity.due, Activity.created_at),
    DOCUMENT: Document.created_at,
    LETTER: func.coalesce(Letter.sent_at, Letter.created_at),
    NOTE: Note.created_at,
    STAGE: StageHistory.at,
}
AFTER: dict[str, Any] = {"after_at": DateTime(timezone=True), "after_kind": Text(), "after_id": BigInteger()}
"""The last row of the page before."""
PARENTS: dict[str, type[Any]] = {
    "deal_id": Deal,
    "account_id": Account,
    "contact_id": Contact,
    "lead_id": Lead,
}


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """`kind` is activity, note, document, letter or stage; `record` the Activity, Note, Document, Letter or StageHistory."""

    kind: str
    at: datetime
    record: Any


@use_case("records.read")
def timeline(
    ctx: Context,
    *,
    page: Page,
    deal_id: int | None = None,
    account_id: int | None = None,
    contact_id: int | None = None,
    lead_id: int | None = None,
    kinds: Collection[str] | None = None,
) -> Slice[TimelineItem]:
    """Of exactly one record; `at` of an activity is when it was closed, else when it is planned for."""
    ids = {"deal_id": deal_id, "account_id": account_id, "contact_id": contact_id, "lead_id": lead_id}
    (link, key), *more = [(name, value) for name, value in ids.items() if value is not None]
    assert not more
    access.get_visible(ctx, PARENTS[link], key)
    if not set(kinds or ()) <= set(ENTITIES):
        raise ValidationFailed({"kinds": [N_("The timeline has no such kind.")]})

    wanted = tuple(
        kind for kind in ENTITIES
        if (not kinds or kind in kinds) and (kind == STAGE or hasattr(ENTITIES[kind], link))
    )  # fmt: skip
    if not wanted:
        return Slice([])
    shape = ("timeline", access.shape(ctx), link, wanted, page.after is None)
    query = prepared(shape, lambda: _newest(ctx, wanted, link, goes_on=page.after is not None))
    after = dict(zip(AFTER, page.key(datetime, str, int), strict=True)) if page.after is not None else {}
    rows = query.rows(ctx.session, key=key, people=ctx.actor.people, limit=page.limit + 1, **after)
    found = slice_of(rows, page, lambda row: [row.at.isoformat(), row.kind, row.id])
    records = _records(ctx, [(row.kind, row.id) for row in found.items])
    return found.map(lambda row: TimelineItem(row.kind, row.at, records[row.kind, row.id]))


def _newest(ctx: Context, kinds: Collection[str], link: str, *, goes_on: bool) -> Select[Any]:
    """The ids of the newest records of the kinds with the moment of each: those of `key`, `limit` of them, after `AFTER`
    where the page `goes_on`."""
    merged = union_all(*(select(_part(ctx, kind, link, goes_on).subquery()) for kind in kinds)).subquery()
    newest = (merged.c.at.desc(), merged.c.kind.desc(), merged.c.id.desc())
    return select(merged).order_by(*newest).limit(bindparam("limit", type_=Integer))


def _part(ctx: Context, kind: str, link: str, goes_on: bool) -> Select[Any]:
    """The newest rows of one kind."""
    entity, at = ENTITIES[kind], MOMENTS[kind]
    key: Any = bindparam("key", type_=BigInteger)
    query: Any
    if kind == STAGE and link != "deal_id":
        query = select(StageHistory.id, at.label("at")).join(Deal, Deal.id == StageHistory.deal_id)
        query = query.where(getattr(Deal, link) == key, access.visible(ctx, Deal))
    else:
        query = select(entity.id, at.label("at")).where(getattr(entity, link) == key)
        if link != "deal_id":
            query = query.where(access.visible_beside(ctx, entity, link))
    query = query.add_columns(literal(kind).label("kind"))
    if goes_on:
        after = tuple_(*(bindparam(name, type_=type) for name, type in AFTER.items()))
        query = query.where(tuple_(at, literal(kind), entity.id) < after)
    return query.order_by(at.desc(), entity.id.desc()).limit(bindparam("limit", type_=Integer))  # type: ignore[no-any-return]


def _records(ctx: Context, keys: list[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    people = {
        ACTIVITY: [joinedload(Activity.owner), joinedload(Activity.deal)],
        NOTE: [joinedload(Note.author)],
        DOCUMENT: [joinedload(Document.owner)],
        LETTER: [joinedload(Letter.sender)],
        STAGE: [joinedload(StageHistory.by), joinedload(StageHistory.deal)],
    }
    found: dict[tuple[str, int], Any] = {}
    for kind, entity in ENTITIES.items():
        ids = [key for of, key in keys if of == kind]
        if ids:
            query = select(entity).where(entity.id.in_(ids)).options(*people[kind])
            found |= {(kind, row.id): row for row in ctx.session.scalars(query)}
    return found
