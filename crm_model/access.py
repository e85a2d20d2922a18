"""Who sees which record: the whole policy on one screen, as SQL. What one may not see does not exist.

A record is seen by its owner, by the head of the owner's team, by administrators and supervisors. Besides:
- a deal by whoever has an open task on it (`deal_guests`, kept by the processes);
- a lead by marketing;
- an account by whoever sees a deal of it, a contact by whoever sees its account or a deal it takes part in,
  because the task card needs them. Both are then for reading only (`get_for_change`);
- activities, notes and documents by their own owner and by whoever sees what they hang on. Of several links
  the closest decides: deal, then account, contact, lead;
- a letter by marketing, by its sender and by whoever sees the person it is to.
- campaigns by everyone who sees records.
Designers see no records at all. Whoever stands in for somebody who is away sees what that person sees as an owner, a
head or a guest, for that time.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ForeignKey,
    TextClause,
    and_,
    bindparam,
    column,
    delete,
    exists,
    false,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from kernel import statements
from kernel.context import ADMINISTRATOR, CALL_CENTRE, HEAD, MANAGER, MARKETING, SUPERVISOR, Context
from kernel.db import Base
from kernel.errors import NotFound, PermissionDenied

T = TypeVar("T")
Predicate = ColumnElement[bool]
Seen = Callable[[Context, str, Any], Predicate]
"""Whether the record of a kind that a link leads to is seen."""

SEES_EVERYTHING = frozenset({ADMINISTRATOR, SUPERVISOR})
SEES_RECORDS = SEES_EVERYTHING | {HEAD, MANAGER, MARKETING, CALL_CENTRE}
BIGGEST_ID = 2**63 - 1

# The tables by name, because the entities' modules build on this one.
DEALS = table("deals", column("id"), column("owner_id"), column("account_id"), column("contact_id"))
PARTICIPANTS = table("deal_participants", column("deal_id"), column("contact_id"))
MERGES = table("merge_batches", column("kind"), column("loser_id"), column("survivor_id"), column("state"))
MERGED = {"accounts": "account", "contacts": "contact", "leads": "lead"}
"""Tables whose records may have become one with another, by the name of their kind."""


class DealGuest(Base):
    """Somebody who sees a deal without owning it, and the reason, like `task:17`."""

    __tablename__ = "deal_guests"

    source: Mapped[str] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)


Ways = tuple[tuple[str, str, str], ...]
"""(column, operator, what it is compared with): any one of them is enough. In the SQL, `:people` are the actor and those
the actor stands in for."""

THEIRS = (
    "= ANY",
    "ARRAY(SELECT id FROM users WHERE id = ANY(:people)"
    " OR team_id IN (SELECT id FROM teams WHERE head_id = ANY(:people)))",
)
"""The owner is one of the people, or led by one of them. Looked up once a query, so an index serves it."""


def _in_sql(ways: Ways) -> str:
    return " OR ".join(f"{column} {operator} ({other})" for column, operator, other in ways)


OF_DEALS: Ways = (
    ("owner_id", *THEIRS),
    ("id", "IN", "SELECT deal_id FROM deal_guests WHERE user_id = ANY(:people)"),
)
SEEN_DEALS = f"FROM deals WHERE {_in_sql(OF_DEALS)}"
OF_ACCOUNTS: Ways = (("owner_id", *THEIRS), ("id", "IN", f"SELECT account_id {SEEN_DEALS}"))
OF_CONTACTS: Ways = (
    ("owner_id", *THEIRS),
    ("account_id", "IN", f"SELECT id FROM accounts WHERE {_in_sql(OF_ACCOUNTS)}"),
    ("id", "IN", f"SELECT contact_id {SEEN_DEALS}"),
    ("id", "IN", f"SELECT contact_id FROM deal_participants WHERE deal_id IN (SELECT id {SEEN_DEALS})"),
)
OF_LEADS: Ways = (("owner_id", *THEIRS),)
WAYS = {"deal": OF_DEALS, "account": OF_ACCOUNTS, "contact": OF_CONTACTS, "lead": OF_LEADS}
"""Of the records that others hang on, the closest first."""
SEEN = {kind: f"SELECT id FROM {kind}s WHERE {_in_sql(ways)}" for kind, ways in WAYS.items()}


@cache
def _said(sql: str) -> TextClause:
    return text(sql).bindparams(bindparam("people", type_=ARRAY(BigInteger)))


def _compared(ctx: Context, column: Any, operator: str, other: str) -> Predicate:
    """Said to the database in its own words: to compose these questions from parts took longer than their answers."""
    told: Predicate = column.bool_op(operator)(_said(f"({other})").bindparams(people=ctx.actor.people))
    return told


def _any_of(ctx: Context, record: Any, ways: Ways) -> Predicate:
    return or_(*(_compared(ctx, getattr(record, column), operator, other) for column, operator, other in ways))


def owned(ctx: Context, owner: Any) -> Predicate:
    """The owner is the actor, someone the actor leads, or either of those the actor stands in for."""
    return _compared(ctx, owner, *THEIRS)


def _seen(ctx: Context, kind: str, link: Any) -> Predicate:
    """The link leads to a record that the actor sees."""
    if kind == "lead" and ctx.actor.has_role(MARKETING, CALL_CENTRE):
        return link.is_not(None)  # type: ignore[no-any-return]
    return _compared(ctx, link, "IN", SEEN[kind])


def _leads(ctx: Context, lead: Any) -> Predicate:
    return true() if ctx.actor.has_role(MARKETING, CALL_CENTRE) else _any_of(ctx, lead, OF_LEADS)


def _letters(ctx: Context, letter: Any) -> Predicate:
    if ctx.actor.has_role(MARKETING):
        return true()
    return or_(
        _compared(ctx, letter.sender_id, "= ANY", ":people"),
        _seen(ctx, "contact", letter.contact_id),
        _seen(ctx, "lead", letter.lead_id),
    )


def _hanging(ctx: Context, record: Any, link: str = "", seen: Seen = _seen) -> Predicate:
    """By its author or by the closest record it hangs on; what hangs on the `link` is there because that one is seen."""
    ways = [owned(ctx, record.owner_id if hasattr(record, "owner_id") else record.created_by_id)]
    closer: list[Predicate] = []
    for kind in WAYS:
        if f"{kind}_id" == link:
            ways.append(and_(true(), *closer))
            break
        other = getattr(record, f"{kind}_id", None)
        if other is not None:
            ways.append(and_(*closer, seen(ctx, kind, other)))
            closer.append(other.is_(None))
    return or_(*ways)


RULES: dict[str, Callable[[Context, Any], Predicate]] = {
    "deals": lambda ctx, deal: _any_of(ctx, deal, OF_DEALS),
    "accounts": lambda ctx, account: _any_of(ctx, account, OF_ACCOUNTS),
    "contacts": lambda ctx, contact: _any_of(ctx, contact, OF_CONTACTS),
    "leads": _leads,
    "activities": _hanging,
    "notes": _hanging,
    "documents": _hanging,
    "letters": _letters,
    "campaigns": lambda ctx, campaign: true(),
}
FOR_EVERYONE = frozenset({"users", "teams", "products", "business_lines", "working_calendars", "articles"})
"""What everyone signed in may choose from, designers too."""
READ_ONLY_FOR_GUESTS = frozenset({"accounts", "contacts"})


def has_rule(model: type[Any]) -> bool:
    return model.__tablename__ in RULES


def sees_everything(ctx: Context) -> bool:
    return ctx.actor.is_system or ctx.actor.has_role(*SEES_EVERYTHING)


def visible(ctx: Context, model: Any) -> Predicate:
    """Keeps what the actor may see, in any list, search or count of a model (or an alias of it)."""
    if sees_everything(ctx) or model.__tablename__ in FOR_EVERYONE:
        return true()
    if not ctx.actor.has_role(*SEES_RECORDS):
        return false()
    return RULES[model.__tablename__](ctx, model)


def visible_beside(ctx: Context, model: Any, link: str) -> Predicate:
    """`visible` for what hangs by a link on a record that the actor sees, asked row by row: right for the first few of
    very many, where finding all that the actor sees would take longer than all the rest."""
    hangs = RULES[model.__tablename__] is _hanging
    if not hangs or sees_everything(ctx) or not ctx.actor.has_role(*SEES_RECORDS):
        return visible(ctx, model)
    return _hanging(ctx, model, link, _sees_it)


def _sees_it(ctx: Context, kind: str, link: Any) -> Predicate:
    """`_seen`, asked for one row."""
    parent = table(f"{kind}s", column("id"))
    seen = select(true()).select_from(parent).where(parent.c.id == link)
    if not (kind == "lead" and ctx.actor.has_role(MARKETING, CALL_CENTRE)):
        seen = seen.where(_said(f"({_in_sql(WAYS[kind])})").bindparams(people=ctx.actor.people))
    return seen.scalar_subquery()


def shape(ctx: Context) -> Hashable:
    """What `visible` depends on besides the people, whom a prepared query takes by the name `people`."""
    return ctx.actor.is_system, ctx.actor.roles


def find(ctx: Context, model: type[T], record_id: Any, *, lock: bool = False) -> T | None:
    """The record if it exists for the actor; to readers, the one it was merged into. `lock` waits for whoever is changing
    it, and reads it afresh."""
    if isinstance(record_id, bool) or not isinstance(record_id, int) or not 0 < record_id <= BIGGEST_ID:
        return None
    locking = {"with_for_update": {"of": model}, "populate_existing": True} if lock else {}
    record = ctx.session.get(model, record_id, **locking)  # type: ignore[arg-type]
    if record is None and not lock and model.__tablename__ in MERGED:  # type: ignore[attr-defined]
        taken_over = successor(ctx, MERGED[model.__tablename__], record_id)  # type: ignore[attr-defined]
        return find(ctx, model, taken_over) if taken_over is not None else None
    if record is None or sees_everything(ctx) or _is_own(ctx, record):
        return record
    seen = select(model.id).where(model.id == record_id, visible(ctx, model))  # type: ignore[attr-defined]
    return record if ctx.session.scalar(seen) is not None else None


def successor(ctx: Context, kind: str, record_id: int) -> int | None:
    """The record that a merged one has become; None for one that was never merged."""
    became = select(MERGES.c.survivor_id).where(
        MERGES.c.kind == kind, MERGES.c.loser_id == record_id, MERGES.c.state != "undone"
    )
    return ctx.session.scalar(became)


def _is_own(ctx: Context, record: Any) -> bool:
    """The commonest case, for which the rules need not be asked: each of them lets owners see what is theirs."""
    owner = record.owner_id if hasattr(record, "owner_id") else getattr(record, "created_by_id", None)
    return owner is not None and owner == ctx.actor.user_id and ctx.actor.has_role(*SEES_RECORDS)


def get_visible(ctx: Context, model: type[T], record_id: Any, *, lock: bool = False) -> T:
    """The record; NotFound alike for one that does not exist and one the actor may not see."""
    record = find(ctx, model, record_id, lock=lock)
    if record is None:
        raise NotFound()
    return record


def get_for_change(ctx: Context, model: type[T], record_id: int) -> T:
    """The record, locked; PermissionDenied where the actor sees it only through somebody's deal."""
    record = get_visible(ctx, model, record_id, lock=True)
    if not may_change(ctx, record):
        raise PermissionDenied()
    return record


def may_change(ctx: Context, record: Any) -> bool:
    """Whether a record the actor sees is also theirs to change."""
    if record.__tablename__ not in READ_ONLY_FOR_GUESTS or sees_everything(ctx):
        return True
    model = type(record)
    return bool(ctx.session.scalar(select(owned(ctx, model.owner_id)).where(model.id == record.id)))


CHANGE_GUESTS = (
    "WITH ended AS (DELETE FROM deal_guests WHERE source = ANY(%(revoked)s))"
    " INSERT INTO deal_guests (source, deal_id, user_id)"
    " SELECT * FROM unnest(CAST(%(sources)s AS text[]), CAST(%(deals)s AS bigint[]), CAST(%(users)s AS bigint[]))"
    " ON CONFLICT DO NOTHING"
)


def change_guests(ctx: Context, granted: Sequence[tuple[str, int, int]], revoked: Sequence[str]) -> None:
    """Lets users see deals for as long as a source lasts, (source, deal id, user id), and ends what sources gave that are
    over. Granting twice is granting once."""
    if granted or revoked:
        sources, deals, users = (list(column) for column in zip(*granted, strict=True)) if granted else ([], [], [])
        values = {"revoked": list(revoked), "sources": sources, "deals": deals, "users": users}
        statements.rows(ctx.session, CHANGE_GUESTS, values)


def grant_deal(ctx: Context, deal_id: int, user_id: int, source: str) -> None:
    """Lets a user see a deal for as long as the source lasts. Granting twice is granting once."""
    values = {"deal_id": deal_id, "user_id": user_id, "source": source}
    ctx.session.execute(insert(DealGuest).values(values).on_conflict_do_nothing())


def revoke_deal(ctx: Context, source: str, *, user_id: int | None = None) -> None:
    """Ends what `grant_deal` gave for this source, to everyone or to one user."""
    query = delete(DealGuest).where(DealGuest.source == source)
    if user_id is not None:
        query = query.where(DealGuest.user_id == user_id)
    ctx.session.execute(query)


def in_deal(ctx: Context, contact_id: Any, deal_id: int) -> Predicate:
    """The contact takes part in a deal that the actor sees."""
    seen = and_(DEALS.c.id == deal_id, true() if sees_everything(ctx) else _any_of(ctx, DEALS.c, OF_DEALS))
    part = select(PARTICIPANTS.c.contact_id).where(PARTICIPANTS.c.deal_id.in_(select(DEALS.c.id).where(seen)))
    return or_(contact_id.in_(part), contact_id.in_(select(DEALS.c.contact_id).where(seen)))


def has_guests(deal_id: int) -> Predicate:
    return exists().where(DealGuest.deal_id == deal_id)
