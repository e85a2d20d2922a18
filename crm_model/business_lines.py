"""Business lines: directions of sales, each with the head who decides on its new deals."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, ScalarSelect, SQLColumnExpression, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from crm_model import access, inputs, listing, references, users
from crm_model.inputs import Field
from crm_model.records import Record, change
from crm_model.users import User
from crm_model.working_calendars import WorkingCalendar
from kernel.context import Context
from kernel.db import Base
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case


class BusinessLine(Record, Base):
    __tablename__ = "business_lines"

    name: Mapped[str] = mapped_column(String(255), unique=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("working_calendars.id"), index=True)

    head: Mapped[User | None] = relationship(foreign_keys=head_id)


FIELDS = {
    "name": Field(inputs.name, required=True),
    "head_id": Field(inputs.record(User)),
    "calendar_id": Field(inputs.record(WorkingCalendar)),
}


@use_case("users.read")
def list_business_lines(ctx: Context, page: Page, *, q: str | None = None) -> Slice[BusinessLine]:
    query = select(BusinessLine)
    if q:
        query = query.where(listing.has_text(q, BusinessLine.name))
    return listing.paged(ctx.session, query, page, BusinessLine, "name")


@use_case("users.read")
def get_business_line(ctx: Context, line_id: int) -> BusinessLine:
    return access.get_visible(ctx, BusinessLine, line_id)


@use_case("catalogue.manage")
def create_business_line(ctx: Context, values: Mapping[str, Any]) -> BusinessLine:
    line = BusinessLine()
    _assign(ctx, line, inputs.read(ctx, values, FIELDS))
    ctx.session.add(line)
    ctx.session.flush()
    return line


@use_case("catalogue.manage")
def update_business_line(ctx: Context, line_id: int, values: Mapping[str, Any]) -> BusinessLine:
    line = access.get_visible(ctx, BusinessLine, line_id, lock=True)
    inputs.check_version(line, values)
    _assign(ctx, line, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return line


@use_case("catalogue.manage")
def delete_business_line(ctx: Context, line_id: int) -> None:
    """Only one that has no deals."""
    line = access.get_visible(ctx, BusinessLine, line_id, lock=True)
    references.refuse_if_used(ctx, line)
    ctx.session.delete(line)
    ctx.session.flush()


def head_of(session: Session, line_id: int) -> int | None:
    """Who decides on the line's deals, if it is somebody who still works here."""
    return session.scalar(select(head(line_id)))


def head(line_id: int | SQLColumnExpression[int | None] | None) -> ScalarSelect[int]:
    """`head_of`, as part of a query."""
    query = select(User.id).join(BusinessLine, BusinessLine.head_id == User.id)
    return query.where(BusinessLine.id == line_id, User.active).scalar_subquery()


def _assign(ctx: Context, line: BusinessLine, clean: dict[str, Any]) -> None:
    if clean.get("head_id") is not None:
        users.require_active(ctx.session, clean["head_id"], "head_id")
    references.refuse_twin(ctx, line, "name", clean, N_("There is a business line with this name already."))
    change(line, clean)
