"""When an account or a contact was last in touch with us, and when it will be next: kept as its activities change."""

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, event, func, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value

from crm_model.accounts import Account
from crm_model.activities import COMPLETED, Activity
from crm_model.contacts import Contact

OF = {"account_id": Account, "contact_id": Contact}
MATTER = ("account_id", "contact_id", "status", "start", "due", "completed_at", "counts_as_contact")


@event.listens_for(Session, "after_flush")
def collect(session: Session, _flush: UOWTransaction) -> None:
    """Notes whose times a changed activity can move, before the flush forgets what changed."""
    touched: set[tuple[str, int]] = session.info.setdefault("contact_times", set())
    for activity in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(activity, Activity):
            continue
        history = {name: inspect(activity).attrs[name].history for name in MATTER}
        if activity in session.dirty and not any(change.has_changes() for change in history.values()):
            continue
        if not activity.counts_as_contact and True not in (history["counts_as_contact"].deleted or ()):
            continue
        for link in OF:
            ids = (getattr(activity, link), *(history[link].deleted or ()))
            touched |= {(link, key) for key in ids if key is not None}


@event.listens_for(Session, "after_flush_postexec")
def keep(session: Session, _flush: UOWTransaction) -> None:
    """Writes the times, accounts before contacts and each in the order of ids, so that two writers cannot deadlock."""
    for link, key in sorted(session.info.pop("contact_times", ())):
        _keep(session, link, key)


@cache
def _statement(link: str) -> Any:
    """Built once: it runs with every change of an activity."""
    model: type[Any] = OF[link]
    key = bindparam("key", type_=BigInteger)
    its = select(Activity.id).where(getattr(Activity, link) == key, Activity.counts_as_contact)
    last = its.with_only_columns(func.max(Activity.completed_at)).where(Activity.status == COMPLETED)
    following = its.with_only_columns(func.min(func.coalesce(Activity.start, Activity.due)))
    return (
        update(model.__table__)
        .where(model.id == key)
        .values(
            last_contact_at=last.scalar_subquery(),
            next_contact_at=following.where(Activity.completed_at.is_(None)).scalar_subquery(),
        )
        .returning(model.last_contact_at, model.next_contact_at)
    )


def _keep(session: Session, link: str, key: int) -> None:
    model: type[Any] = OF[link]
    row = session.connection().execute(_statement(link), {"key": key}).one_or_none()
    loaded = session.identity_map.get(session.identity_key(model, key))
    if row is not None and loaded is not None:
        set_committed_value(loaded, "last_contact_at", row.last_contact_at)
        set_committed_value(loaded, "next_contact_at", row.next_contact_at)
