"""Activities: what people do with clients, by hand or because a process asked them to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access, inputs, links, listing, users
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.inputs import Field
from crm_model.records import Record, change, one_of
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.errors import Conflict, Message, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

KINDS = ("call", "meeting", "presentation", "email", "task", "document_work", "approval")
CONTACT_KINDS = ("call", "meeting", "presentation", "email")
"""Kinds that count as a contact with the client unless an activity says otherwise."""

PLANNED, IN_PROGRESS = "planned", "in_progress"
COMPLETED, CANCELLED, RESCHEDULED = "completed", "cancelled", "rescheduled"
OPEN_STATUSES = (PLANNED, IN_PROGRESS)
RESULTS = (COMPLETED, CANCELLED, RESCHEDULED)
"""Of activities made by hand; each is also the status it leads to."""
STATUSES = (*OPEN_STATUSES, *RESULTS)


class Activity(links.Linked, Record, Base):
    """A call, a meeting, a piece of work. `task_id` is filled where it shows a task of a process.

    `result` is one of `RESULTS`, or the result code of the task. A rescheduled activity is over; `next_id` is the one
    that replaced it. `instance_id` and `element_id` say which process made it and where. Calls that the
    telephone exchange tells of have their `direction` (in, out), length in `seconds` and recording.
    """

    __tablename__ = "activities"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("status", STATUSES),
        Index("ix_activities_owner_id_id", "owner_id", "id"),
        Index("ix_activities_owner_id_start", "owner_id", "start"),
        Index("ix_activities_open", "owner_id", "due", "id", postgresql_where=text("completed_at is null")),
        Index(
            "ix_activities_account_contacts",
            "account_id",
            "completed_at",
            postgresql_where=text("counts_as_contact"),
        ),
        Index(
            "ix_activities_contact_contacts",
            "contact_id",
            "completed_at",
            postgresql_where=text("counts_as_contact"),
        ),
        *(
            Index(
                f"ix_activities_{link}_moment",
                link,
                text("coalesce(completed_at, start, due, created_at)"),
                "id",
                postgresql_where=text(f"{link} is not null"),
            )
            for link in links.FIELDS
        ),
        Index(
            "ix_activities_instance_id_element_id",
            "instance_id",
            "element_id",
            postgresql_where=text("instance_id is not null"),
        ),
        Index("ix_activities_next_id", "next_id", postgresql_where=text("next_id is not null")),
        Index("uq_activities_task_id", "task_id", unique=True, postgresql_where=text("task_id is not null")),
    )

    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    start: Mapped[datetime | None]
    due: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20), default=PLANNED)
    result: Mapped[str | None] = mapped_column(String(100))
    result_note: Mapped[str | None] = mapped_column(Text)
    completed_at: Mapped[datetime | None]
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    counts_as_contact: Mapped[bool] = mapped_column(default=False)
    next_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="SET NULL"))

    direction: Mapped[str | None] = mapped_column(String(3))
    answered: Mapped[bool | None]
    seconds: Mapped[int | None]
    recording_url: Mapped[str | None] = mapped_column(Text)

    instance_id: Mapped[int | None]
    element_id: Mapped[str | None] = mapped_column(String(255))
    task_id: Mapped[int | None]

    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    deal: Mapped[Deal | None] = relationship()
    account: Mapped[Account | None] = relationship()
    contact: Mapped[Contact | None] = relationship()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES


FIELDS = {
    "kind": Field(inputs.choice(KINDS), required=True),
    "subject": Field(inputs.name, required=True),
    "description": Field(inputs.long_text),
    "owner_id": Field(inputs.record(User), nullable=False),
    "start": Field(inputs.moment),
    "due": Field(inputs.moment),
    "status": Field(inputs.choice(OPEN_STATUSES), nullable=False),
    "counts_as_contact": Field(inputs.boolean, nullable=False),
    **links.FIELDS,
}
READ_ONLY = (
    "id",
    "result",
    "result_note",
    "completed_at",
    "completed_by_id",
    "next_id",
    "instance_id",
    "element_id",
    "task_id",
    "direction",
    "answered",
    "seconds",
    "recording_url",
)
COMPLETION = {"note": Field(inputs.long_text), "start": Field(inputs.moment), "due": Field(inputs.moment)}
FIXED_WHEN_CLOSED = ("kind", "owner_id", "start", "due", "status")
SORTS = {sort: sort for sort in ("id", "-id", "start", "-start", "due", "-due", "completed_at", "-completed_at")}


@dataclass(frozen=True, slots=True)
class ActivityCounts:
    """Open activities by when they are due, in the caller's time zone."""

    overdue: int
    today: int
    later: int
    no_date: int


@use_case("records.read")
def list_activities(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    owner_id: int | None = None,
    deal_id: int | None = None,
    account_id: int | None = None,
    contact_id: int | None = None,
    lead_id: int | None = None,
    kind: str | None = None,
    status: str | None = None,
    is_open: bool | None = None,
    element_id: str | None = None,
    instance_id: int | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    due_before: datetime | None = None,
    sort: str | None = None,
) -> Slice[Activity]:
    """The activities the caller sees. The range of `starts_…` is the calendar's: what has no start counts by its due."""
    equal = {
        Activity.owner_id: owner_id,
        Activity.deal_id: deal_id,
        Activity.account_id: account_id,
        Activity.contact_id: contact_id,
        Activity.lead_id: lead_id,
        Activity.kind: kind,
        Activity.status: status,
        Activity.element_id: element_id,
        Activity.instance_id: instance_id,
    }
    wanted = [access.visible(ctx, Activity), *(c == value for c, value in equal.items() if value is not None)]
    if q:
        wanted.append(listing.has_text(q, Activity.subject, Activity.description))
    if is_open is not None:
        wanted.append(Activity.completed_at.is_(None) if is_open else Activity.completed_at.is_not(None))
    if starts_from is not None or starts_before is not None:
        wanted.append(_in_calendar(starts_from, starts_before))
    if due_before is not None:
        wanted.append(Activity.due < due_before)
    query = select(Activity).where(*wanted)
    query = query.options(
        *(joinedload(link) for link in (Activity.owner, Activity.deal, Activity.account, Activity.contact))
    )
    return listing.paged(ctx.session, query, page, Activity, listing.chosen(sort or "-id", SORTS))


def _in_calendar(first: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    def inside(column: Any) -> ColumnElement[bool]:
        return and_(*([column >= first] if first else []), *([column < end] if end else []))

    return or_(inside(Activity.start), and_(Activity.start.is_(None), inside(Activity.due)))


@use_case("records.read")
def count_activities(ctx: Context, *, owner_id: int | None = None) -> ActivityCounts:
    """The open activities of one person, of the caller unless said."""
    owner = owner_id if owner_id is not None else ctx.actor.user_id
    tomorrow = users.start_of_tomorrow(ctx)
    late, today = Activity.due < ctx.now(), and_(Activity.due >= ctx.now(), Activity.due < tomorrow)
    groups = (late, today, Activity.due >= tomorrow, Activity.due.is_(None))
    query = select(*(func.count().filter(group) for group in groups)).where(
        Activity.owner_id == owner, Activity.completed_at.is_(None), access.visible(ctx, Activity)
    )
    counts: Sequence[int] = ctx.session.execute(query).one()
    return ActivityCounts(*counts)


@use_case("records.read")
def get_activity(ctx: Context, activity_id: int) -> Activity:
    return access.get_visible(ctx, Activity, activity_id)


@use_case("records.write")
def create_activity(ctx: Context, values: Mapping[str, Any]) -> Activity:
    """An activity made by hand; the actor's own unless it is given to somebody else."""
    clean = links.filled(ctx, inputs.read(ctx, values, FIELDS, read_only=READ_ONLY))
    users.settle_owner(ctx, clean)
    _check_order(clean.get("start"), clean.get("due"))
    return make(ctx, **clean)


def make(ctx: Context, *, kind: str, subject: str, counts_as_contact: bool | None = None, **columns: Any) -> Activity:
    """A planned activity with the given columns, for a person or for a process."""
    counts = kind in CONTACT_KINDS if counts_as_contact is None else counts_as_contact
    activity = Activity(kind=kind, subject=subject, counts_as_contact=counts, **columns)
    ctx.session.add(activity)
    ctx.session.flush()
    return activity


@use_case("records.write")
def update_activity(ctx: Context, activity_id: int, values: Mapping[str, Any]) -> Activity:
    """Changes what is given; when and by whom a closed activity was to be done stays as it was."""
    activity = access.get_for_change(ctx, Activity, activity_id)
    inputs.check_version(activity, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=READ_ONLY)
    if not activity.is_open and any(key in clean for key in FIXED_WHEN_CLOSED):
        raise not_open(activity)
    _check_order(clean.get("start", activity.start), clean.get("due", activity.due))
    users.settle_owner(ctx, clean, activity)
    if any(key in links.FIELDS for key in clean):
        clean = links.filled(ctx, clean)
    change(activity, clean)
    ctx.session.flush()
    return activity


@use_case("records.write")
def complete_activity(
    ctx: Context,
    activity_id: int,
    *,
    result: str | None,
    note: str | None = None,
    start: datetime | None = None,
    due: datetime | None = None,
) -> Activity:
    """Closes an activity with one of `RESULTS`. A rescheduled one goes on as a fresh one at `start` and `due`."""
    activity = access.get_for_change(ctx, Activity, activity_id)
    if not activity.is_open:
        raise not_open(activity)
    if result not in RESULTS:
        raise ValidationFailed({"result": [Message(N_("Choose one of: %(options)s."), options=", ".join(RESULTS))]})
    if activity.task_id is not None:
        raise Conflict(
            "activity_of_task",
            N_("A process waits for this. Answer its task, and the activity closes with it."),
            details={"task_id": activity.task_id},
        )
    given = inputs.read(ctx, {"note": note, "start": start, "due": due}, COMPLETION)
    _check_order(given["start"], given["due"])
    close(ctx, activity, status=result, result=result, note=given["note"])
    if result == RESCHEDULED:
        _go_on(ctx, activity, start=given["start"], due=given["due"])
    return activity


@use_case("records.write")
def cancel_activity(ctx: Context, activity_id: int, *, note: str | None = None) -> Activity:
    return complete_activity(ctx, activity_id, result=CANCELLED, note=note)


@use_case("records.write")
def reschedule_activity(
    ctx: Context,
    activity_id: int,
    *,
    start: datetime | None,
    due: datetime | None = None,
    note: str | None = None,
) -> Activity:
    """Closes the activity as rescheduled and answers the fresh one."""
    if start is None and due is None:
        raise ValidationFailed({"start": [N_("Choose the new time.")]})
    closed = complete_activity(ctx, activity_id, result=RESCHEDULED, note=note, start=start, due=due)
    return access.get_visible(ctx, Activity, closed.next_id)


@use_case("records.write")
def reopen_activity(ctx: Context, activity_id: int) -> Activity:
    """Takes back the closing of an activity made by hand that nothing followed from."""
    activity = access.get_for_change(ctx, Activity, activity_id)
    if activity.is_open:
        return activity
    if activity.instance_id is not None or activity.next_id is not None:
        raise Conflict("activity_followed", N_("Work has gone on after this activity. Make a new one instead."))
    activity.status = PLANNED
    activity.result = activity.result_note = activity.completed_at = activity.completed_by_id = None
    ctx.session.flush()
    return activity


@use_case("records.write")
def delete_activity(ctx: Context, activity_id: int) -> None:
    """Only an open activity made by hand; what was done, and what a process asked for, stays."""
    activity = access.get_for_change(ctx, Activity, activity_id)
    if activity.instance_id is not None or not activity.is_open:
        raise Conflict("activity_in_use", N_("Only an open activity made by hand can be deleted. Cancel it instead."))
    ctx.session.delete(activity)
    ctx.session.flush()


def close(ctx: Context, activity: Activity, *, status: str, result: str | None, note: str | None = None) -> None:
    """The activity is over; Conflict for one that is already."""
    if not activity.is_open:
        raise not_open(activity)
    activity.status = status
    activity.result = result
    activity.result_note = note
    activity.completed_at = ctx.now()
    activity.completed_by_id = ctx.actor.user_id
    ctx.session.flush()


def end_by_process(ctx: Context, activity: Activity, *, status: str, result: str | None) -> None:
    """The task that the activity shows has ended; its result may itself be one of `RESULTS`."""
    if activity.is_open:
        ended = result if status == COMPLETED and result in RESULTS else status
        close(ctx, activity, status=ended, result=result)


def cancel_by_process(ctx: Context, activity: Activity) -> None:
    if activity.is_open:
        close(ctx, activity, status=CANCELLED, result=None)


def not_open(activity: Activity) -> Conflict:
    """The answer to whoever closes or moves what is closed."""
    closed_at = activity.completed_at.isoformat() if activity.completed_at else None
    return Conflict(
        "activity_not_open",
        N_("The activity is closed already."),
        details={"activity": {"id": activity.id, "status": activity.status, "completed_at": closed_at}},
    )


def _go_on(ctx: Context, activity: Activity, *, start: datetime | None, due: datetime | None) -> None:
    kept = (
        "kind",
        "subject",
        "description",
        "owner_id",
        "counts_as_contact",
        "instance_id",
        "element_id",
        *links.FIELDS,
    )
    fresh = make(ctx, start=start, due=due or start, **{name: getattr(activity, name) for name in kept})
    activity.next_id = fresh.id
    ctx.session.flush()


def _check_order(start: datetime | None, due: datetime | None) -> None:
    if start is not None and due is not None and due < start:
        raise ValidationFailed({"due": [N_("This is before the start.")]})
