"""People on the client's side of a deal: their role, influence, loyalty and motives."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm_model import access, inputs, listing
from crm_model.competitors import set_competitors
from crm_model.contacts import Contact
from crm_model.deal_entities import INFLUENCES, LOYALTIES, PARTICIPANT_ROLES, Deal, DealParticipant
from crm_model.inputs import Field
from crm_model.records import change
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

__all__ = [
    "add_contacts",
    "create_participant",
    "delete_participant",
    "get_participant",
    "list_participants",
    "set_competitors",
    "set_participants",
    "update_participant",
]

FIELDS = {
    "contact_id": Field(inputs.record(Contact), required=True),
    "role": Field(inputs.choice(PARTICIPANT_ROLES), required=True),
    "influence": Field(inputs.choice(INFLUENCES)),
    "loyalty": Field(inputs.choice(LOYALTIES)),
    "motives": Field(inputs.long_text),
    "attended_presentation": Field(inputs.boolean, nullable=False),
}
DEFAULT_ROLE = "influencer"


@use_case("records.read")
def list_participants(ctx: Context, deal_id: int, page: Page) -> Slice[DealParticipant]:
    access.get_visible(ctx, Deal, deal_id)
    query = select(DealParticipant).where(DealParticipant.deal_id == deal_id)
    query = query.options(joinedload(DealParticipant.contact))
    return listing.paged(ctx.session, query, page, DealParticipant, "id")


@use_case("records.read")
def get_participant(ctx: Context, deal_id: int, participant_id: int) -> DealParticipant:
    access.get_visible(ctx, Deal, deal_id)
    return _of(ctx, deal_id, participant_id)


@use_case("deals.write")
def create_participant(ctx: Context, deal_id: int, values: Mapping[str, Any]) -> DealParticipant:
    deal = access.get_for_change(ctx, Deal, deal_id)
    clean = inputs.read(ctx, values, FIELDS)
    if clean["contact_id"] in _known(ctx, deal):
        raise ValidationFailed({"contact_id": [N_("This contact takes part in the deal already.")]})
    return _add(ctx, deal, clean)


@use_case("deals.write")
def update_participant(ctx: Context, deal_id: int, participant_id: int, values: Mapping[str, Any]) -> DealParticipant:
    access.get_for_change(ctx, Deal, deal_id)
    participant = _of(ctx, deal_id, participant_id)
    change(participant, inputs.read(ctx, values, FIELDS, partial=True, read_only=["contact_id"]))
    ctx.session.flush()
    return participant


@use_case("deals.write")
def delete_participant(ctx: Context, deal_id: int, participant_id: int) -> None:
    access.get_for_change(ctx, Deal, deal_id)
    ctx.session.delete(_of(ctx, deal_id, participant_id))
    ctx.session.flush()


def set_participants(ctx: Context, deal: Deal, rows: list[Any]) -> list[DealParticipant]:
    """What a process form says of the participants: one row a contact, known ones brought up to date.

    Participants the form does not mention stay. What is wrong is told at `participants.0.role`.
    """
    known = _known(ctx, deal)
    found: list[DealParticipant] = []
    for index, row in enumerate(inputs.rows(rows, "participants", key="contact_id")):
        with inputs.at(f"participants.{index}"):
            clean = inputs.read(ctx, {key: value for key, value in row.items() if key != "id"}, FIELDS)
        participant = known.get(clean["contact_id"])
        if participant is None:
            participant = known[clean["contact_id"]] = _add(ctx, deal, clean)
        else:
            change(participant, clean)
        found.append(participant)
    ctx.session.flush()
    return found


def add_contacts(ctx: Context, deal: Deal, contact_ids: Iterable[int], *, attended: bool = False) -> None:
    """Contacts that came, or are to come, to the presentation; new ones take part with the role they have at work."""
    known = _known(ctx, deal)
    for contact_id in contact_ids:
        participant = known.get(contact_id)
        if participant is None:
            contact = access.find(ctx, Contact, contact_id)
            if contact is None:
                raise ValidationFailed({"attendee_ids": [inputs.NO_RECORD]})
            role = contact.role if contact.role in PARTICIPANT_ROLES else DEFAULT_ROLE
            participant = known[contact_id] = _add(ctx, deal, {"contact_id": contact_id, "role": role})
        if attended:
            participant.attended_presentation = True
    ctx.session.flush()


def _add(ctx: Context, deal: Deal, clean: dict[str, Any]) -> DealParticipant:
    participant = DealParticipant(deal_id=deal.id, **clean)
    ctx.session.add(participant)
    ctx.session.flush()
    return participant


def _known(ctx: Context, deal: Deal) -> dict[int, DealParticipant]:
    rows = ctx.session.scalars(select(DealParticipant).where(DealParticipant.deal_id == deal.id))
    return {participant.contact_id: participant for participant in rows}


def _of(ctx: Context, deal_id: int, participant_id: int) -> DealParticipant:
    participant = ctx.session.get(DealParticipant, participant_id)
    if participant is None or participant.deal_id != deal_id:
        raise NotFound()
    return participant
