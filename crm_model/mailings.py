"""Mailings: which segment gets which letter from whom and when, and who of the segment may get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, String, and_, case, exists, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from crm_model import campaigns, inputs, letter_templates, segments, suppressions
from crm_model.campaigns import Campaign
from crm_model.contacts import Contact
from crm_model.inputs import Field
from crm_model.leads import Lead
from crm_model.letter_templates import LetterTemplate
from crm_model.letters import Letter
from crm_model.records import Record, change, one_of
from crm_model.segment_fields import LEADS, SUBJECTS
from crm_model.segments import LINKS, Segment
from crm_model.suppressions import Suppression
from crm_model.users import User
from kernel.context import Context
from kernel.db import Base
from kernel.errors import Conflict, NotFound
from kernel.i18n import N_
from kernel.permissions import use_case

DRAFT, SCHEDULED, RUNNING, PAUSED, STOPPED, DONE = "draft", "scheduled", "running", "paused", "stopped", "done"
STATES = (DRAFT, SCHEDULED, RUNNING, PAUSED, STOPPED, DONE)
GETS, NO_ADDRESS, OPTED_OUT, NO_CONSENT, SUPPRESSED, HAS_IT = (
    "gets", "no_address", "opted_out", "no_consent", "suppressed", "has_it",
)  # fmt: skip
VERDICTS = (GETS, HAS_IT, NO_CONSENT, OPTED_OUT, SUPPRESSED, NO_ADDRESS)
NO_MAILING = N_("Only a campaign of the kind “mailing” sends letters.")
NOT_NOW = N_("The mailing has begun, so this cannot be changed any more. Pause it to change the letter.")


class Mailing(Record, Base):
    """How a campaign writes to a segment. `run` counts the starts: work of an earlier one ends by itself."""

    __tablename__ = "mailings"
    __table_args__ = (one_of("state", STATES),)
    audit_parent = "campaign_id"
    audit_skip = frozenset({"done", "run", "after"})

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), unique=True)
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segments.id"), index=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("letter_templates.id"), index=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    starts_at: Mapped[datetime | None]
    working_hours: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default=DRAFT)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    run: Mapped[int] = mapped_column(default=0)
    after: Mapped[int] = mapped_column(default=0)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    campaign: Mapped[Campaign] = relationship(foreign_keys=campaign_id)
    segment: Mapped[Segment | None] = relationship(foreign_keys=segment_id)
    template: Mapped[LetterTemplate | None] = relationship(foreign_keys=template_id)
    sender: Mapped[User | None] = relationship(foreign_keys=sender_id)

    @property
    def is_under_way(self) -> bool:
        return self.state in (SCHEDULED, RUNNING)


@dataclass(frozen=True, slots=True)
class Audience:
    """How many of the segment get the letter, and the others by the reason why not. Of several with one address one
    gets it: `repeated` says how many more there are."""

    counts: Mapping[str, int]
    repeated: int

    @property
    def gets(self) -> int:
        return self.counts.get(GETS, 0) - self.repeated


def _segment(ctx: Context, value: Any) -> int:
    key = inputs.number(ctx, value)
    try:
        return segments.get_segment(ctx, key).id
    except NotFound:
        raise inputs.Wrong(inputs.NO_RECORD) from None


def _template(ctx: Context, value: Any) -> int:
    key = inputs.number(ctx, value)
    try:
        return letter_templates.get_template(ctx, key).id
    except NotFound:
        raise inputs.Wrong(inputs.NO_RECORD) from None


FIELDS = {
    "segment_id": Field(_segment),
    "template_id": Field(_template),
    "sender_id": Field(inputs.record(User)),
    "starts_at": Field(inputs.moment),
    "working_hours": Field(inputs.boolean, nullable=False),
}


@use_case("campaigns.read")
def get_mailing(ctx: Context, campaign_id: int) -> Mailing:
    """What was planned for the campaign so far; a draft where nothing was."""
    campaign = campaigns.get_campaign(ctx, campaign_id)
    if campaign.kind != "mailing":
        raise Conflict("campaign_is_no_mailing", NO_MAILING)
    found = ctx.session.scalar(select(Mailing).where(Mailing.campaign_id == campaign_id))
    return found or Mailing(campaign_id=campaign_id, state=DRAFT, total=0, done=0, run=0, after=0, working_hours=False)


@use_case("campaigns.write")
def plan_mailing(ctx: Context, campaign_id: int, values: Mapping[str, Any]) -> Mailing:
    """Chooses segment, letter, sender and time, before it starts or while it is paused."""
    mailing = locked(ctx, campaign_id)
    inputs.check_version(mailing, values)
    if mailing.state not in (DRAFT, PAUSED):
        raise Conflict("mailing_under_way", NOT_NOW)
    change(mailing, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return mailing


@use_case("campaigns.read")
def audience_of(ctx: Context, campaign_id: int) -> Audience:
    """Who of the segment would get the letter now, as the caller sees them."""
    mailing = get_mailing(ctx, campaign_id)
    if mailing.segment_id is None:
        return Audience({}, 0)
    segment = segments.get_segment(ctx, mailing.segment_id)
    people, address = segments.people_of(ctx, segment), _address(SUBJECTS[segment.subject])
    judged = people.with_only_columns(
        verdict(ctx, mailing, segment).label("verdict"), address.label("address"), maintain_column_froms=True
    ).subquery()
    query = select(judged.c.verdict, func.count(), func.count(func.distinct(judged.c.address)))
    rows = ctx.session.execute(query.group_by(judged.c.verdict)).all()
    repeated = next((count - distinct for name, count, distinct in rows if name == GETS), 0)
    return Audience({name: count for name, count, _ in rows}, repeated)


def next_people(ctx: Context, mailing: Mailing, segment: Segment, limit: int) -> Sequence[Any]:
    """The next of the segment in the order of their ids who may get the letter and have not had it."""
    model = SUBJECTS[segment.subject]
    wanted = segments.people_of(ctx, segment).where(model.id > mailing.after, verdict(ctx, mailing, segment) == GETS)
    return ctx.session.scalars(wanted.order_by(model.id).limit(limit)).all()


def addresses_served(ctx: Context, campaign_id: int, addresses: Sequence[str]) -> set[str]:
    """Those of the addresses for which the campaign has a letter already."""
    query = select(Letter.address_key).where(Letter.campaign_id == campaign_id, Letter.address_key.in_(addresses))
    return set(ctx.session.scalars(query))


def verdict(ctx: Context, mailing: Mailing, segment: Segment) -> ColumnElement[str]:
    """Why a person gets the letter or does not; the first reason that fits."""
    model = SUBJECTS[segment.subject]
    address = _address(model)
    other, known = aliased(Lead), aliased(Contact)
    refused = or_(
        model.opted_out,
        address.in_(select(other.email_key).where(other.opted_out, other.email_key.is_not(None))),
        address.in_(select(func.unnest(known.email_keys)).where(known.opted_out)),
        exists().where(Suppression.address == address, Suppression.reason == suppressions.OPTED_OUT),
    )
    return case(
        (~address.contains("@"), NO_ADDRESS),
        (refused, OPTED_OUT),
        (~model.consent, NO_CONSENT),
        (exists().where(Suppression.address == address), SUPPRESSED),
        (_served(mailing, segment, model), HAS_IT),
        else_=GETS,
    )


def locked(ctx: Context, campaign_id: int) -> Mailing:
    """The row, made where there was none, under a lock of the campaign."""
    mailing = get_mailing(ctx, campaign_id)
    ctx.session.get(Campaign, campaign_id, with_for_update=True)
    query = select(Mailing).where(Mailing.campaign_id == campaign_id).with_for_update(of=Mailing)
    found = ctx.session.scalar(query.execution_options(populate_existing=True))
    if found is not None:
        return found
    mailing.sender_id = ctx.actor.user_id
    ctx.session.add(mailing)
    ctx.session.flush()
    return mailing


def _address(model: Any) -> ColumnElement[str]:
    """The first address of a person, as `fields.email_key` makes it."""
    return func.coalesce(model.email_key if model is Lead else model.email_keys[1], "")


def _served(mailing: Mailing, segment: Segment, model: Any) -> ColumnElement[bool]:
    link = getattr(Letter, LINKS[segment.subject])
    return exists().where(and_(Letter.campaign_id == mailing.campaign_id, link == model.id))


def email_of(person: Any, segment: Segment) -> str:
    return (person.email if segment.subject == LEADS else next(iter(person.emails), "")) or ""
