"""Notes: what somebody wrote down about a deal, an account, a contact or a lead."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Index, Text, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access, inputs, links, listing
from crm_model.inputs import Field
from crm_model.records import Record, change
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.errors import PermissionDenied, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case


class Note(links.Linked, Record, Base):
    """Text by its author (`created_by_id`). A pinned note stands above the others."""

    __tablename__ = "notes"
    __table_args__ = tuple(
        Index(f"ix_notes_{link}_id", link, "id", postgresql_where=text(f"{link} is not null")) for link in links.FIELDS
    )

    text: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool] = mapped_column(default=False)

    author: Mapped[User | None] = relationship(foreign_keys="Note.created_by_id")


FIELDS = {
    "text": Field(inputs.long_text, required=True),
    "pinned": Field(inputs.boolean, nullable=False),
    **links.FIELDS,
}


@use_case("records.read")
def list_notes(
    ctx: Context,
    page: Page,
    *,
    q: str | None = None,
    deal_id: int | None = None,
    account_id: int | None = None,
    contact_id: int | None = None,
    lead_id: int | None = None,
    pinned: bool | None = None,
) -> Slice[Note]:
    """Newest first."""
    equal = {
        Note.deal_id: deal_id,
        Note.account_id: account_id,
        Note.contact_id: contact_id,
        Note.lead_id: lead_id,
        Note.pinned: pinned,
    }
    query = select(Note).where(
        access.visible(ctx, Note), *(c == value for c, value in equal.items() if value is not None)
    )
    if q:
        query = query.where(listing.has_text(q, Note.text))
    return listing.paged(ctx.session, query.options(joinedload(Note.author)), page, Note)


@use_case("records.read")
def get_note(ctx: Context, note_id: int) -> Note:
    return access.get_visible(ctx, Note, note_id)


@use_case("records.write")
def create_note(ctx: Context, values: Mapping[str, Any]) -> Note:
    clean = links.filled(ctx, inputs.read(ctx, values, FIELDS))
    if not any(clean.get(link) for link in links.FIELDS):
        raise ValidationFailed(
            {"deal_id": [N_("Say what the note is about: a deal, an account, a contact or a lead.")]}
        )
    return make(ctx, **clean)


def make(ctx: Context, *, text: str, **columns: Any) -> Note:
    """A note by the actor, or by the system where a process writes it down unattended."""
    note = Note(text=text, **columns)
    ctx.session.add(note)
    ctx.session.flush()
    return note


@use_case("records.write")
def update_note(ctx: Context, note_id: int, values: Mapping[str, Any]) -> Note:
    """Everyone who sees a note may pin it; its text is its author's."""
    note = access.get_for_change(ctx, Note, note_id)
    inputs.check_version(note, values)
    clean = inputs.read(ctx, values, FIELDS, partial=True, read_only=links.FIELDS)
    if "text" in clean:
        _require_author(ctx, note)
    change(note, clean)
    ctx.session.flush()
    return note


@use_case("records.write")
def delete_note(ctx: Context, note_id: int) -> None:
    note = access.get_for_change(ctx, Note, note_id)
    _require_author(ctx, note)
    ctx.session.delete(note)
    ctx.session.flush()


def _require_author(ctx: Context, note: Note) -> None:
    if note.created_by_id != ctx.actor.user_id and not access.sees_everything(ctx):
        raise PermissionDenied(message=N_("Only its author can change a note."))
