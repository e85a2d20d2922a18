"""Who takes part in a campaign: invited, registered, attended; coming to an event is a touch."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import joinedload

from crm_model import access, bulk, campaigns, inputs, listing, touches
from crm_model.campaigns import (
    ABSENT,
    ATTENDED,
    DECLINED,
    INVITED,
    MEMBER_STATES,
    REGISTERED,
    Campaign,
    CampaignMember,
)
from crm_model.contacts import Contact
from crm_model.inputs import Field
from crm_model.leads import Lead
from crm_model.records import change
from kernel.context import Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

LEAD, CONTACT = "lead_id", "contact_id"
RANKS = {INVITED: 0, DECLINED: 0, ABSENT: 1, REGISTERED: 1, ATTENDED: 2}
ONE_PERSON = N_("Name either a lead or a contact.")
THERE_ALREADY = N_("This person takes part already.")
FIELDS = {
    "lead_id": Field(inputs.record(Lead)),
    "contact_id": Field(inputs.record(Contact)),
    "state": Field(inputs.choice(MEMBER_STATES), nullable=False),
}
CHANGES = {"state": Field(inputs.choice(MEMBER_STATES), required=True)}


@use_case("campaigns.read")
def list_members(
    ctx: Context, campaign_id: int, page: Page, *, state: str | None = None, q: str | None = None
) -> Slice[CampaignMember]:
    """Of the people the caller sees, who came last first."""
    campaigns.get_campaign(ctx, campaign_id)
    query = select(CampaignMember).where(CampaignMember.campaign_id == campaign_id, seen(ctx))
    if state:
        query = query.where(CampaignMember.state == state)
    if q:
        query = query.where(_named(q))
    people = (
        joinedload(CampaignMember.lead).joinedload(Lead.owner),
        joinedload(CampaignMember.contact).joinedload(Contact.account),
    )
    return listing.paged(ctx.session, query.options(*people), page, CampaignMember, "-id")


@use_case("campaigns.read")
def get_member(ctx: Context, campaign_id: int, member_id: int) -> CampaignMember:
    return _get(ctx, campaign_id, member_id)


@use_case("campaigns.read")
def count_by_state(ctx: Context, campaign_id: int) -> dict[str, int]:
    """How many of the people the caller sees are in which state, in the order of the states."""
    query = select(CampaignMember.state, func.count()).where(CampaignMember.campaign_id == campaign_id, seen(ctx))
    counted: dict[str, int] = dict(ctx.session.execute(query.group_by(CampaignMember.state)).all())  # type: ignore[arg-type]
    return {state: counted[state] for state in MEMBER_STATES if state in counted}


@use_case("campaigns.read")
def list_campaigns_of(
    ctx: Context, *, lead_id: int | None = None, contact_id: int | None = None
) -> list[CampaignMember]:
    """Where a person took part, the newest first; for the cards of leads and contacts."""
    who = CampaignMember.lead_id == lead_id if lead_id is not None else CampaignMember.contact_id == contact_id
    query = select(CampaignMember).where(who, seen(ctx)).options(joinedload(CampaignMember.campaign))
    return list(ctx.session.scalars(query.order_by(CampaignMember.id.desc()).limit(20)))


@use_case("campaigns.write")
def add_member(ctx: Context, campaign_id: int, values: Mapping[str, Any]) -> CampaignMember:
    """A lead or a contact takes part from now on."""
    campaign = campaigns.get_campaign(ctx, campaign_id)
    clean = inputs.read(ctx, values, FIELDS)
    who = {key: clean[key] for key in (LEAD, CONTACT) if clean.get(key) is not None}
    if len(who) != 1:
        raise ValidationFailed({LEAD: [ONE_PERSON]})
    (link, person), *_ = who.items()
    mine = select(CampaignMember).where(CampaignMember.campaign_id == campaign_id, _column(link) == person)
    if ctx.session.scalar(mine) is not None:
        raise Conflict("member_exists", THERE_ALREADY)
    enrol(ctx, campaign, clean.get("state") or INVITED, link, [person])
    return ctx.session.scalars(mine).one()


@use_case("campaigns.write")
def update_member(ctx: Context, campaign_id: int, member_id: int, values: Mapping[str, Any]) -> CampaignMember:
    """Registered, attended, absent: what has become of the invitation."""
    member = _get(ctx, campaign_id, member_id, lock=True)
    inputs.check_version(member, values)
    clean = inputs.read(ctx, values, CHANGES, partial=True)
    _move(ctx, member, clean.get("state", member.state))
    return member


@use_case("campaigns.write")
def set_states(ctx: Context, campaign_id: int, member_ids: Sequence[int], state: str) -> int:
    """The same for several at once; how many there were."""
    state = inputs.read(ctx, {"state": state}, CHANGES)["state"]
    query = select(CampaignMember).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.id.in_(member_ids), seen(ctx)
    )
    query = query.options(joinedload(CampaignMember.campaign)).order_by(CampaignMember.id)
    found = ctx.session.scalars(query.with_for_update(of=CampaignMember)).all()
    for member in found:
        _move(ctx, member, state)
    return len(found)


@use_case("campaigns.write")
def remove_member(ctx: Context, campaign_id: int, member_id: int) -> None:
    """Takes a person out of the campaign; what has happened with it stays in the timeline."""
    ctx.session.delete(_get(ctx, campaign_id, member_id, lock=True))
    ctx.session.flush()


def enrol(
    ctx: Context, campaign: Campaign, state: str, link: str, ids: Sequence[int], *, import_id: int | None = None
) -> None:
    """Makes people members, or brings members farther: who has attended is never again only invited.

    `link` is `lead_id` or `contact_id`. Locks the campaign, so that nobody becomes a member twice.
    """
    ctx.session.get(Campaign, campaign.id, with_for_update=True)
    query = select(CampaignMember).where(CampaignMember.campaign_id == campaign.id, _column(link).in_(ids))
    there = list(ctx.session.scalars(query.order_by(CampaignMember.id).with_for_update(of=CampaignMember)))
    known = {getattr(member, link) for member in there}
    cause = {"import_id": import_id} if import_id else {}
    new = [
        CampaignMember(campaign_id=campaign.id, state=state, import_id=import_id, **{link: one})
        for one in dict.fromkeys(ids)
        if one not in known
    ]
    noted = [touch for member in new for touch in _note(ctx, campaign, member, cause)]
    bulk.insert_records(ctx, new, cause=cause)
    for member in there:
        if RANKS[state] > RANKS[member.state]:
            change(member, {"state": state})
            noted += _note(ctx, campaign, member, {})
    bulk.insert_rows(ctx.session, touches.Touch, noted)
    ctx.session.flush()


def take_back_import(ctx: Context, import_id: int) -> None:
    """Whoever an import has made a member is one no longer, and the touches noted with it are gone."""
    noted = touches.Touch.detail["import_id"].as_integer() == import_id
    of_its_campaigns = select(CampaignMember.campaign_id).where(CampaignMember.import_id == import_id)
    ctx.session.execute(delete(touches.Touch).where(touches.Touch.campaign_id.in_(of_its_campaigns), noted))
    ctx.session.execute(delete(CampaignMember).where(CampaignMember.import_id == import_id))


def seen(ctx: Context) -> ColumnElement[bool]:
    """The member is somebody the caller sees."""
    if access.sees_everything(ctx):
        return CampaignMember.id.is_not(None)
    return or_(*(among(link, model, access.visible(ctx, model)) for link, model in PEOPLE))


PEOPLE: tuple[tuple[Any, Any], ...] = ((CampaignMember.lead_id, Lead), (CampaignMember.contact_id, Contact))


def _column(link: str) -> Any:
    return CampaignMember.lead_id if link == LEAD else CampaignMember.contact_id


def among(link: Any, model: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    people: Select[Any] = select(model.id).where(condition)
    return and_(link.is_not(None), link.in_(people))


def _named(q: str) -> ColumnElement[bool]:
    return or_(*(among(link, model, listing.has_folded(q, model.search_key)) for link, model in PEOPLE))


def _get(ctx: Context, campaign_id: int, member_id: int, *, lock: bool = False) -> CampaignMember:
    query = select(CampaignMember).where(
        CampaignMember.id == member_id, CampaignMember.campaign_id == campaign_id, seen(ctx)
    )
    query = query.options(joinedload(CampaignMember.campaign))
    if lock:
        query = query.with_for_update(of=CampaignMember).execution_options(populate_existing=True)
    member = ctx.session.scalar(query)
    if member is None:
        raise NotFound()
    return member


def _move(ctx: Context, member: CampaignMember, state: str) -> None:
    change(member, {"state": state})
    bulk.insert_rows(ctx.session, touches.Touch, _note(ctx, member.campaign, member, {}))
    ctx.session.flush()


def _note(ctx: Context, campaign: Campaign, member: CampaignMember, detail: dict[str, Any]) -> list[dict[str, Any]]:
    """The first registration for an event and the first coming to it, as touches that are still to be written."""
    if not campaign.is_event or member.state not in (REGISTERED, ATTENDED):
        return []
    kinds = []
    if member.registered_at is None:
        member.registered_at = ctx.now()
        kinds.append(touches.EVENT_REGISTERED)
    if member.state == ATTENDED and member.attended_at is None:
        member.attended_at = ctx.now()
        kinds.append(touches.EVENT_ATTENDED)
    who = {"lead_id": member.lead_id, "contact_id": member.contact_id, "campaign_id": campaign.id}
    return [{"kind": kind, "at": str(ctx.now()), "detail": detail, **who} for kind in kinds]
