"""The audit: who changed which field of which record, when, from what to what, and why."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, event, inspect, select
from sqlalchemy.orm import Mapped, Session, UOWTransaction, joinedload, mapped_column, relationship

from crm_model import access
from crm_model.records import Audited, Record
from crm_model.users import User
from kernel.context import ADMINISTRATOR, Context, acting_in, system_clock
from kernel.db import Base, HasId
from kernel.errors import NotFound
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case

CREATE, UPDATE, DELETE = "create", "update", "delete"
UNINTERESTING = frozenset({"id", "created_at", "created_by_id", "updated_at", "version", "sort_key", "search_key"})
LONGEST_TEXT = 2000


class AuditEntry(HasId, Base):
    """One change. `record_type` and `record_id` name the record on whose page it is shown."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_record_type_record_id_id", "record_type", "record_id", "id"),
        Index("ix_audit_entries_at", "at", postgresql_using="brin"),
    )

    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[int]
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(10))
    changes: Mapped[dict[str, Any]]
    cause: Mapped[dict[str, Any] | None]

    actor: Mapped[User | None] = relationship(lazy="raise")


INSERT = AuditEntry.__table__.insert()  # type: ignore[attr-defined]


@use_case("audit.read")
def list_audit(ctx: Context, entity: str, entity_id: int, page: Page) -> Slice[AuditEntry]:
    """The changes of a record and of what hangs on it, newest first, to whoever sees the record."""
    model = model_named(entity)
    if model is None:
        raise NotFound()
    if access.has_rule(model):
        access.get_visible(ctx, model, entity_id)
    elif not (ctx.actor.is_system or ctx.actor.has_role(ADMINISTRATOR)):
        raise NotFound()
    query = (
        select(AuditEntry)
        .where(AuditEntry.record_type == entity, AuditEntry.record_id == entity_id)
        .options(joinedload(AuditEntry.actor))
        .order_by(AuditEntry.id.desc())
        .limit(page.limit + 1)
    )
    if page.after:
        query = query.where(AuditEntry.id < page.key(int)[0])
    return slice_of(ctx.session.scalars(query).all(), page, lambda entry: [entry.id])


@contextmanager
def caused_by(session: Session, **cause: Any) -> Iterator[None]:
    """Changes made inside carry the cause: `instance_id=…, element_id=…` of a process, `import_id=…`."""
    session.flush()
    before = session.info.get("cause")
    session.info["cause"] = cause
    try:
        yield
        session.flush()
    finally:
        session.info["cause"] = before


def name_of(model: type[Any]) -> str:
    """account for Account, deal_participant for DealParticipant."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()


def model_named(entity: str) -> type[Any] | None:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Audited) and name_of(mapper.class_) == entity:
            return mapper.class_
    return None


@event.listens_for(Session, "before_flush")
def stamp(session: Session, _flush: UOWTransaction, _instances: Any) -> None:
    """Fills who and when of new records, and raises the version of changed ones."""
    context = acting_in(session)
    now = context.now() if context else system_clock()
    for record in session.new:
        if isinstance(record, Record):
            record.created_at = record.created_at or now
            record.updated_at = record.updated_at or record.created_at
            if record.created_by_id is None and context is not None:
                record.created_by_id = context.actor.user_id
    for record in session.dirty:
        if isinstance(record, Record) and _changes(record):
            record.version += 1
            record.updated_at = now


@event.listens_for(Session, "after_flush")
def write(session: Session, _flush: UOWTransaction) -> None:
    """One entry for each record that the flush made, changed or deleted."""
    context = acting_in(session)
    common = {
        "at": context.now() if context else system_clock(),
        "actor_id": context.actor.user_id if context else None,
        "cause": session.info.get("cause"),
    }
    entries = []
    for action, records in ((CREATE, session.new), (UPDATE, session.dirty), (DELETE, session.deleted)):
        for record in records:
            if isinstance(record, Audited):
                entry = entry_of(record, action)
                if entry["changes"] or action == DELETE:
                    entries.append(common | entry)
    if entries:
        session.connection().execute(INSERT, entries)


def entry_of(record: Audited, action: str) -> dict[str, Any]:
    """What and where, without who, when and why."""
    changes = _changes(record) if action == UPDATE else _values(record, action)
    return {**_place(record), "action": action, "changes": changes}


def _place(record: Audited) -> dict[str, Any]:
    name = name_of(type(record))
    identity = inspect(type(record)).primary_key_from_instance(record)[0]
    parent = type(record).audit_parent
    shown = (name, identity) if parent is None else (parent.removesuffix("_id"), getattr(record, parent))
    return {"entity": name, "entity_id": identity, "record_type": shown[0], "record_id": shown[1]}


def _changes(record: Audited) -> dict[str, list[Any]]:
    state = inspect(record)
    found = {}
    for name in _fields(record):
        history = state.attrs[name].history
        if history.has_changes():
            was = history.deleted[0] if history.deleted else None
            became = history.added[0] if history.added else None
            if was != became:
                found[name] = [plain(was), plain(became)]
    return found


def _values(record: Audited, action: str) -> dict[str, list[Any]]:
    """What a new record starts with, or what is lost with a deleted one."""
    loaded = inspect(record).dict
    values = {name: plain(loaded.get(name)) for name in _fields(record)}
    filled = {name: value for name, value in values.items() if value not in (None, [], {})}
    return {name: [None, value] if action == CREATE else [value, None] for name, value in filled.items()}


def _fields(record: Audited) -> list[str]:
    skipped = UNINTERESTING | type(record).audit_skip
    return [column.key for column in inspect(type(record)).column_attrs if column.key not in skipped]


def plain(value: Any) -> Any:
    """The value as JSON keeps it: times and money as text, long texts cut, bytes as their length."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT] + "…"
    if isinstance(value, set | frozenset | tuple):
        return [plain(item) for item in value]
    return value
