"""Working calendars: the days and hours that count, for the whole company, a business line or a team.

A deal goes by its business line's calendar, else by that of its owner's team, else by the default one; other records by
their owner's team. What has been issued keeps its times when a calendar changes.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Index, SmallInteger, String, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from crm_model import access, fields, inputs, listing, references
from crm_model.inputs import Field, Wrong
from crm_model.records import Record, change
from kernel.context import Context
from kernel.db import Base
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case
from kernel.working_time import DEFAULT, Calendar

MOST_DAYS = 1000
NO_TIME = N_("Write a time of day, for example 09:00.")
NO_DAY = N_("Choose days of the week: 0 is Monday, 6 is Sunday.")
ENDS_FIRST = N_("Work must end after it begins.")
NO_DAYS = N_("Choose at least one working day.")
TWIN = N_("There is a calendar with this name already.")


class WorkingCalendar(Record, Base):
    """Рабочий календарь. `weekdays` are 0 (Monday) to 6, days are ISO texts; `national`: Russian public holidays are free."""

    __tablename__ = "working_calendars"
    __table_args__ = (
        Index("uq_working_calendars_default", "is_default", unique=True, postgresql_where=text("is_default")),
    )

    name: Mapped[str] = mapped_column(String(255), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64), default="Europe/Moscow")
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=lambda: [0, 1, 2, 3, 4])
    begins: Mapped[str] = mapped_column(String(5), default="09:00")
    ends: Mapped[str] = mapped_column(String(5), default="18:00")
    national: Mapped[bool] = mapped_column(default=True)
    days_off: Mapped[list[str]] = mapped_column(ARRAY(String(10)), default=list)
    days_on: Mapped[list[str]] = mapped_column(ARRAY(String(10)), default=list)
    is_default: Mapped[bool] = mapped_column(default=False)


def _clock(ctx: Context, value: Any) -> str:
    try:
        return time.fromisoformat(value).strftime("%H:%M")
    except (TypeError, ValueError):
        raise Wrong(NO_TIME) from None


def _day(ctx: Context, value: Any) -> str:
    return inputs.day(ctx, value).isoformat()


def _weekday(ctx: Context, value: Any) -> int:
    if str(value) not in "0123456" or len(str(value)) != 1:
        raise Wrong(NO_DAY)
    return int(value)


FIELDS = {
    "name": Field(inputs.name, required=True),
    "time_zone": Field(fields.time_zone, nullable=False),
    "weekdays": Field(inputs.many(_weekday), nullable=False),
    "begins": Field(_clock, nullable=False),
    "ends": Field(_clock, nullable=False),
    "national": Field(inputs.boolean, nullable=False),
    "days_off": Field(inputs.many(_day), nullable=False),
    "days_on": Field(inputs.many(_day), nullable=False),
    "is_default": Field(inputs.boolean, nullable=False),
}


@use_case("users.read")
def list_working_calendars(ctx: Context, page: Page, *, q: str | None = None) -> Slice[WorkingCalendar]:
    query = select(WorkingCalendar)
    if q:
        query = query.where(listing.has_text(q, WorkingCalendar.name))
    return listing.paged(ctx.session, query, page, WorkingCalendar, "name")


@use_case("users.read")
def get_working_calendar(ctx: Context, calendar_id: int) -> WorkingCalendar:
    return access.get_visible(ctx, WorkingCalendar, calendar_id)


@use_case("catalogue.manage")
def create_working_calendar(ctx: Context, values: Mapping[str, Any]) -> WorkingCalendar:
    calendar = WorkingCalendar(
        time_zone="Europe/Moscow", weekdays=[0, 1, 2, 3, 4], begins="09:00", ends="18:00", days_off=[], days_on=[]
    )
    _assign(ctx, calendar, inputs.read(ctx, values, FIELDS))
    ctx.session.add(calendar)
    ctx.session.flush()
    return calendar


@use_case("catalogue.manage")
def update_working_calendar(ctx: Context, calendar_id: int, values: Mapping[str, Any]) -> WorkingCalendar:
    """What has been issued keeps its times; those reckoned from now on go by the new calendar."""
    calendar = access.get_visible(ctx, WorkingCalendar, calendar_id, lock=True)
    inputs.check_version(calendar, values)
    _assign(ctx, calendar, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return calendar


@use_case("catalogue.manage")
def delete_working_calendar(ctx: Context, calendar_id: int) -> None:
    """Only one that no team and no business line goes by."""
    calendar = access.get_visible(ctx, WorkingCalendar, calendar_id, lock=True)
    references.refuse_if_used(ctx, calendar)
    ctx.session.delete(calendar)
    ctx.session.flush()


def _assign(ctx: Context, calendar: WorkingCalendar, clean: dict[str, Any]) -> None:
    references.refuse_twin(ctx, calendar, "name", clean, TWIN)
    if clean.get("begins", calendar.begins) >= clean.get("ends", calendar.ends):
        raise ValidationFailed({"ends": [ENDS_FIRST]})
    if not clean.get("weekdays", calendar.weekdays):
        raise ValidationFailed({"weekdays": [NO_DAYS]})
    if clean.get("is_default") and not calendar.is_default:
        ctx.session.execute(update(WorkingCalendar).where(WorkingCalendar.is_default).values(is_default=False))
    for name in ("weekdays", "days_off", "days_on"):
        if name in clean:
            clean[name] = sorted(clean[name])[:MOST_DAYS]
    change(calendar, clean)


WHICH = (
    "(SELECT to_jsonb(c) FROM working_calendars c WHERE c.id = coalesce("
    "(SELECT l.calendar_id FROM business_lines l WHERE l.id = {line}),"
    " (SELECT t.calendar_id FROM teams t JOIN users u ON u.team_id = t.id WHERE u.id = {owner}),"
    " (SELECT d.id FROM working_calendars d WHERE d.is_default)))"
)
OF_DEAL = text(WHICH.format(line="deals.business_line_id", owner="deals.owner_id") + " AS calendar")
"""The calendar a deal goes by, beside other columns of it; read it with `calendar_of`."""
OF = text("SELECT " + WHICH.format(line="CAST(:line AS bigint)", owner="CAST(:owner AS bigint)"))


def calendar_for(session: Session, *, business_line_id: int | None = None, owner_id: int | None = None) -> Calendar:
    """By which work on a record of this line and owner goes; without either, the default."""
    return calendar_of(session.scalar(OF, {"line": business_line_id, "owner": owner_id}))


def calendar_of(row: Mapping[str, Any] | None) -> Calendar:
    """A row of the table as a calendar; the built-in one where there is none."""
    if row is None:
        return DEFAULT
    return Calendar(
        zone=ZoneInfo(row["time_zone"]),
        weekdays=frozenset(row["weekdays"]),
        begins=time.fromisoformat(row["begins"]),
        ends=time.fromisoformat(row["ends"]),
        national=row["national"],
        days_off=frozenset(date.fromisoformat(day) for day in row["days_off"]),
        days_on=frozenset(date.fromisoformat(day) for day in row["days_on"]),
    )
