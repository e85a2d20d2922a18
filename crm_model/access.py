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

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    and_,
    column,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    table,
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

SEES_EVERYTHING = frozenset({ADMINISTRATOR, SUPERVISOR})
SEES_RECORDS = SEES_EVERYTHING | {HEAD, MANAGER, MARKETING, CALL_CENTRE}
BIGGEST_ID = 2**63 - 1

# The tables by name, because the entities' modules build on this one.
DEALS = table("deals", column("id"), column("owner_id"), column("account_id"), column("contact_id"))
PARTICIPANTS = table("deal_participants", column("deal_id"), column("contact_id"))
ACCOUNTS = table("accounts", column("id"), column("owner_id"))
CONTACTS = table("contacts", column("id"), column("owner_id"), column("account_id"))
LEADS = table("leads", column("id"), column("owner_id"))
MERGES = table("merge_batches", column("kind"), column("loser_id"), column("survivor_id"), column("state"))
MERGED = {"accounts": "account", "contacts": "contact", "leads": "lead"}
"""Tables whose records may have become one with another, by the name of their kind."""
USERS = table("users", column("id"), column("team_id"))
TEAMS = table("teams", column("id"), column("head_id"))


class DealGuest(Base):
    """Somebody who sees a deal without owning it, and the reason, like `task:17`."""

    __tablename__ = "deal_guests"

    source: Mapped[str] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)


def owned(ctx: Context, owner: Any) -> Predicate:
    """The owner is the actor, someone the actor leads, or either of those the actor stands in for. Looked up once a
    query, so an index serves it."""
    people = ctx.actor.people
    led = select(TEAMS.c.id).where(TEAMS.c.head_id.in_(people))
    mine = select(USERS.c.id).where(or_(USERS.c.id.in_(people), USERS.c.team_id.in_(led)))
    return owner == func.any(func.array(mine.scalar_subquery()))


def _deals(ctx: Context, deal: Any) -> Predicate:
    guest = select(DealGuest.deal_id).where(DealGuest.user_id.in_(ctx.actor.people))
    return or_(owned(ctx, deal.owner_id), deal.id.in_(guest))


def _accounts(ctx: Context, account: Any) -> Predicate:
    sold_to = select(DEALS.c.account_id).where(_deals(ctx, DEALS.c))
    return or_(owned(ctx, account.owner_id), account.id.in_(sold_to))


def _contacts(ctx: Context, contact: Any) -> Predicate:
    deals = select(DEALS.c.id).where(_deals(ctx, DEALS.c))
    return or_(
        owned(ctx, contact.owner_id),
        contact.account_id.in_(select(ACCOUNTS.c.id).where(_accounts(ctx, ACCOUNTS.c))),
        contact.id.in_(select(DEALS.c.contact_id).where(_deals(ctx, DEALS.c))),
        contact.id.in_(select(PARTICIPANTS.c.contact_id).where(PARTICIPANTS.c.deal_id.in_(deals))),
    )


def _leads(ctx: Context, lead: Any) -> Predicate:
    return true() if ctx.actor.has_role(MARKETING, CALL_CENTRE) else owned(ctx, lead.owner_id)


def _letters(ctx: Context, letter: Any) -> Predicate:
    if ctx.actor.has_role(MARKETING):
        return true()
    return or_(
        letter.sender_id.in_(ctx.actor.people),
        letter.contact_id.in_(select(CONTACTS.c.id).where(_contacts(ctx, CONTACTS.c))),
        letter.lead_id.in_(select(LEADS.c.id).where(_leads(ctx, LEADS.c))),
    )


def _hanging(ctx: Context, record: Any) -> Predicate:
    links: list[tuple[Any, Any, Callable[[Context, Any], Predicate]]] = [
        (getattr(record, f"{name}_id", None), parents, rule)
        for name, parents, rule in (
            ("deal", DEALS, _deals),
            ("account", ACCOUNTS, _accounts),
            ("contact", CONTACTS, _contacts),
            ("lead", LEADS, _leads),
        )
    ]
    ways = [owned(ctx, record.owner_id if hasattr(record, "owner_id") else record.created_by_id)]
    closer: list[Predicate] = []
    for link, parents, rule in links:
        if link is not None:
            ways.append(and_(*closer, link.in_(select(parents.c.id).where(rule(ctx, parents.c)))))
            closer.append(link.is_(None))
    return or_(*ways)


RULES: dict[str, Callable[[Context, Any], Predicate]] = {
    "deals": _deals,
    "accounts": _accounts,
    "contacts": _contacts,
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


def find(ctx: Context, model: type[T], record_id: Any, *, lock: bool = False) -> T | None:
    """The record if it exists for the actor; to readers, the one it was merged into. `lock` waits for whoever is changing
    it, and reads it afresh."""
    if isinstance(record_id, bool) or not isinstance(record_id, int) or not 0 < record_id <= BIGGEST_ID:
        return None
    query = select(model).where(model.id == record_id)  # type: ignore[attr-defined]
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    record = ctx.session.scalars(query).one_or_none()
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
    seen = and_(DEALS.c.id == deal_id, true() if sees_everything(ctx) else _deals(ctx, DEALS.c))
    part = select(PARTICIPANTS.c.contact_id).where(PARTICIPANTS.c.deal_id.in_(select(DEALS.c.id).where(seen)))
    return or_(contact_id.in_(part), contact_id.in_(select(DEALS.c.contact_id).where(seen)))


def has_guests(deal_id: int) -> Predicate:
    return exists().where(DealGuest.deal_id == deal_id)
