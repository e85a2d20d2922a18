"""Segments: saved questions about leads or contacts, and lists put together by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access, campaign_members, campaigns, inputs, listing, references
from crm_model.campaign_members import CONTACT, LEAD
from crm_model.campaigns import INVITED
from crm_model.inputs import Field
from crm_model.records import Record, change, one_of, search_key, sort_key
from crm_model.segment_fields import CONTACTS, FIELDS, LEADS, SUBJECTS
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.errors import Conflict, Message, NotFound, PermissionDenied, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

LINKS = {LEADS: LEAD, CONTACTS: CONTACT}
MOST_CONDITIONS = 30
ASKS_CAREFULLY = N_("A segment asks at most %(count)d things.")
NO_SUCH_FIELD = N_("There is no such field.")
NOT_A_LIST = N_("This segment finds its people by itself. Make a list of it to put people in by hand.")
CHUNK = 5000


class Segment(Record, Base):
    """Сегмент. All `conditions` hold for each of its people; a list (`is_list`) has those who were put into it."""

    __tablename__ = "segments"
    __table_args__ = (one_of("subject", tuple(SUBJECTS)),)

    name: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(20), default=LEADS)
    is_list: Mapped[bool] = mapped_column(default=False)
    shared: Mapped[bool] = mapped_column(default=False)
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    sort_key: Mapped[str] = sort_key("name")
    search_key: Mapped[str] = search_key("name")

    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)


class SegmentMember(Base):
    """Somebody in a list; `person_id` is a lead or a contact, as the segment's `subject` says."""

    __tablename__ = "segment_members"
    __table_args__ = (Index("ix_segment_members_person_id", "person_id"),)

    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)


@dataclass(frozen=True, slots=True)
class Preview:
    """How many there are now, and the latest of them."""

    count: int
    rows: list[Any]


def _conditions(ctx: Context, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise inputs.Wrong(N_("This must be a list."))
    return value


TEXTS = {
    "name": Field(inputs.name, required=True),
    "subject": Field(inputs.choice(SUBJECTS), nullable=False),
    "is_list": Field(inputs.boolean, nullable=False),
    "shared": Field(inputs.boolean, nullable=False),
    "conditions": Field(_conditions, nullable=False),
}
CHANGES = {key: TEXTS[key] for key in ("name", "shared", "conditions")}


@use_case("campaigns.read")
def list_segments(ctx: Context, page: Page, *, q: str | None = None, subject: str | None = None) -> Slice[Segment]:
    """One's own and those that are shared, by name."""
    query = select(Segment).where(_seen(ctx)).options(joinedload(Segment.owner))
    if subject:
        query = query.where(Segment.subject == subject)
    if q:
        query = query.where(listing.has_folded(q, Segment.search_key))
    return listing.paged(ctx.session, query, page, Segment, "sort_key")


@use_case("campaigns.read")
def get_segment(ctx: Context, segment_id: int) -> Segment:
    return _get(ctx, segment_id)


@use_case("campaigns.write")
def create_segment(ctx: Context, values: Mapping[str, Any]) -> Segment:
    """A question by `conditions`, or an empty list."""
    clean = inputs.read(ctx, values, TEXTS)
    clean["conditions"] = read_conditions(ctx, clean.get("subject") or LEADS, clean.get("conditions") or [])
    segment = Segment(owner_id=ctx.actor.user_id, **clean)
    ctx.session.add(segment)
    ctx.session.flush()
    return segment


@use_case("campaigns.write")
def update_segment(ctx: Context, segment_id: int, values: Mapping[str, Any]) -> Segment:
    """Whoever owns it changes it; the subject and whether it is a list stay."""
    segment = _get_own(ctx, segment_id)
    inputs.check_version(segment, values)
    clean = inputs.read(ctx, values, CHANGES, partial=True, read_only=("subject", "is_list"))
    if "conditions" in clean:
        clean["conditions"] = read_conditions(ctx, segment.subject, clean["conditions"])
    change(segment, clean)
    ctx.session.flush()
    return segment


@use_case("campaigns.write")
def delete_segment(ctx: Context, segment_id: int) -> None:
    """Only one that no mailing goes to."""
    segment = _get_own(ctx, segment_id)
    ctx.session.execute(delete(SegmentMember).where(SegmentMember.segment_id == segment.id))
    references.refuse_if_used(ctx, segment)
    ctx.session.delete(segment)
    ctx.session.flush()


@use_case("campaigns.read")
def list_segment_members(ctx: Context, segment_id: int, page: Page) -> Slice[Any]:
    """The leads or contacts that are in the segment now and that the caller sees, the latest first."""
    segment = _get(ctx, segment_id)
    return listing.paged(ctx.session, people_of(ctx, segment), page, SUBJECTS[segment.subject], "-id")


@use_case("campaigns.read")
def preview(ctx: Context, subject: str, conditions: Sequence[Any], *, rows: int = 10) -> Preview:
    """What a question would find, before it is kept."""
    if subject not in SUBJECTS:
        raise ValidationFailed({"subject": [Message(N_("Choose one of: %(options)s."), options=", ".join(SUBJECTS))]})
    return _look(ctx, asked(ctx, subject, read_conditions(ctx, subject, conditions)), SUBJECTS[subject], rows)


@use_case("campaigns.read")
def look_at(ctx: Context, segment_id: int, *, rows: int = 10) -> Preview:
    """The same for a segment that is kept."""
    segment = _get(ctx, segment_id)
    return _look(ctx, people_of(ctx, segment), SUBJECTS[segment.subject], rows)


@use_case("campaigns.write")
def put_in(ctx: Context, segment_id: int, person_ids: Sequence[int]) -> int:
    """Puts leads or contacts that the caller sees into a list; how many of them are in it now."""
    segment = _get_list(ctx, segment_id)
    model = SUBJECTS[segment.subject]
    seen = select(model.id).where(model.id.in_(person_ids), access.visible(ctx, model))
    found = list(ctx.session.scalars(seen))
    if set(person_ids) - set(found):
        raise ValidationFailed({"ids": [inputs.NO_RECORD]})
    _put(ctx, segment, select(model.id).where(model.id.in_(found)))
    return len(found)


@use_case("campaigns.write")
def take_out(ctx: Context, segment_id: int, person_id: int) -> None:
    """Takes one of its people out of a list."""
    segment = _get_list(ctx, segment_id)
    where = (SegmentMember.segment_id == segment.id, SegmentMember.person_id == person_id)
    if ctx.session.execute(delete(SegmentMember).where(*where).returning(SegmentMember.person_id)).first() is None:
        raise NotFound()


@use_case("campaigns.write")
def freeze(ctx: Context, segment_id: int, *, name: str) -> Segment:
    """A list of those who are in the segment now, which may then be changed by hand."""
    segment = _get(ctx, segment_id)
    made = create_segment(ctx, {"name": name, "subject": segment.subject, "is_list": True, "shared": segment.shared})
    _put(ctx, made, people_of(ctx, segment).with_only_columns(SUBJECTS[segment.subject].id, maintain_column_froms=True))
    return made


@use_case("campaigns.write")
def invite(ctx: Context, campaign_id: int, segment_id: int) -> int:
    """Makes everybody in the segment a member of a campaign; how many were asked."""
    campaign, segment = campaigns.get_campaign(ctx, campaign_id), _get(ctx, segment_id)
    people = people_of(ctx, segment).with_only_columns(SUBJECTS[segment.subject].id, maintain_column_froms=True)
    ids = list(ctx.session.scalars(people))
    for start in range(0, len(ids), CHUNK):
        campaign_members.enrol(ctx, campaign, INVITED, LINKS[segment.subject], ids[start : start + CHUNK])
    return len(ids)


def people_of(ctx: Context, segment: Segment) -> Select[Any]:
    """The leads or contacts in the segment that the caller sees, in no order."""
    if not segment.is_list:
        return asked(ctx, segment.subject, segment.conditions)
    model = SUBJECTS[segment.subject]
    put = select(SegmentMember.person_id).where(SegmentMember.segment_id == segment.id)
    return select(model).where(model.id.in_(put), access.visible(ctx, model))


def asked(ctx: Context, subject: str, conditions: Sequence[Mapping[str, Any]]) -> Select[Any]:
    """Conditions that were read before, as a query."""
    model = SUBJECTS[subject]
    parts: list[ColumnElement[bool]] = [
        FIELDS[one["field"]].sql(ctx, model, one["operator"], one["value"]) for one in conditions
    ]
    return select(model).where(access.visible(ctx, model), *parts)


def read_conditions(ctx: Context, subject: str, conditions: Sequence[Any]) -> list[dict[str, Any]]:
    """`[{"field": "status", "operator": "is", "value": ["mql"]}]` with every field, operator and value checked."""
    if len(conditions) > MOST_CONDITIONS:
        raise ValidationFailed({"conditions": [Message(ASKS_CAREFULLY, count=MOST_CONDITIONS)]})
    errors: dict[str, list[str | Message]] = {}
    clean = []
    for number, given in enumerate(conditions):
        try:
            clean.append(_condition(ctx, subject, given))
        except ValidationFailed as wrong:
            errors |= wrong.prefixed(f"conditions.{number}").fields
    if errors:
        raise ValidationFailed(errors)
    return clean


def _condition(ctx: Context, subject: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ValidationFailed({"field": [inputs.REQUIRED]})
    name = given.get("field")
    field = FIELDS.get(name) if isinstance(name, str) else None
    if field is None or subject not in field.subjects:
        raise ValidationFailed({"field": [NO_SUCH_FIELD]})
    operator = given.get("operator") or field.operators[0]
    if operator not in field.operators:
        told = Message(N_("Choose one of: %(options)s."), options=", ".join(field.operators))
        raise ValidationFailed({"operator": [told]})
    value = given.get("value")
    if value in (None, "", []):
        raise ValidationFailed({"value": [inputs.REQUIRED]})
    try:
        return {"field": name, "operator": operator, "value": field.read(ctx, value)}
    except inputs.Wrong as wrong:
        raise ValidationFailed({"value": [wrong.message]}) from None


def _look(ctx: Context, people: Select[Any], model: Any, rows: int) -> Preview:
    count = ctx.session.scalar(people.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    return Preview(count, list(ctx.session.scalars(people.order_by(model.id.desc()).limit(rows))) if count else [])


def _put(ctx: Context, segment: Segment, ids: Select[Any]) -> None:
    people = ids.subquery()
    rows = select(literal(segment.id), people.c[0])
    ctx.session.execute(insert(SegmentMember).from_select(["segment_id", "person_id"], rows).on_conflict_do_nothing())


def _seen(ctx: Context) -> ColumnElement[bool]:
    if access.sees_everything(ctx):
        return Segment.id.is_not(None)
    return or_(Segment.shared, Segment.owner_id == ctx.actor.user_id)


def _get(ctx: Context, segment_id: int, *, lock: bool = False) -> Segment:
    query = select(Segment).where(Segment.id == segment_id, _seen(ctx))
    if lock:
        query = query.with_for_update(of=Segment).execution_options(populate_existing=True)
    segment = ctx.session.scalar(query)
    if segment is None:
        raise NotFound()
    return segment


def _get_own(ctx: Context, segment_id: int) -> Segment:
    segment = _get(ctx, segment_id, lock=True)
    if segment.owner_id != ctx.actor.user_id and not access.sees_everything(ctx):
        raise PermissionDenied()
    return segment


def _get_list(ctx: Context, segment_id: int) -> Segment:
    segment = _get_own(ctx, segment_id)
    if not segment.is_list:
        raise Conflict("segment_is_not_a_list", NOT_A_LIST)
    return segment
