"""Consents as people see and write them down on the card of a lead or a contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_model import access, consents, fields, inputs
from crm_model.consents import ANY, EMAIL, MANUAL, MARKETING, Consent
from crm_model.contacts import Contact
from crm_model.inputs import Field
from crm_model.leads import Lead
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case
from processes import lead_flow

PEOPLE: dict[str, type[Any]] = {"lead": Lead, "contact": Contact}
NOT_YET = N_("This time has not come yet.")
GIVE = {
    "purpose": Field(inputs.choice(consents.PURPOSES), required=True),
    "channel": Field(inputs.choice(consents.CHANNELS), required=True),
    "basis": Field(inputs.choice(consents.BASES), required=True),
    "given_at": Field(inputs.moment),
    "reason": Field(inputs.long_text, required=True),
    "proof": Field(fields.mapping),
}
WITHDRAW = {
    "purpose": Field(inputs.choice(consents.PURPOSES), required=True),
    "channel": Field(inputs.choice(consents.CHANNELS), required=True),
    "reason": Field(inputs.long_text, required=True),
}


@use_case("records.read")
def list_consents(context: Context, kind: str, record_id: int, page: Page) -> Slice[Consent]:
    """What the person has allowed and taken back, newest first; `kind` is lead or contact."""
    return consents.page_of(context, access.get_visible(context, PEOPLE[kind], record_id), page)


@use_case("records.write")
def give_consent(context: Context, kind: str, record_id: int, values: Mapping[str, Any]) -> Consent:
    """Writes down by hand that a person allows something, with how that came about."""
    person = access.get_for_change(context, PEOPLE[kind], record_id)
    clean = inputs.read(context, values, GIVE)
    given_at = clean.get("given_at") or context.now()
    if given_at > context.now():
        raise ValidationFailed({"given_at": [NOT_YET]})
    proof = {**(clean.get("proof") or {}), "reason": clean["reason"]}
    return consents.give(
        context,
        person,
        purpose=clean["purpose"],
        channel=clean["channel"],
        basis=clean["basis"],
        source=MANUAL,
        proof=proof,
        given_at=given_at,
    )


@use_case("records.write")
def withdraw_consent(context: Context, kind: str, record_id: int, values: Mapping[str, Any]) -> None:
    """Takes a consent back by hand; taking back letters is the same act as the person's own refusal of them."""
    person = access.get_visible(context, PEOPLE[kind], record_id)
    clean = inputs.read(context, values, WITHDRAW)
    if clean["purpose"] == MARKETING and clean["channel"] in (EMAIL, ANY):
        _stop_letters(context, person, clean["reason"])
    access.get_for_change(context, PEOPLE[kind], record_id)
    consents.withdraw(context, person, source=MANUAL, **clean)


def _stop_letters(context: Context, person: Any, reason: str) -> None:
    which = {"lead": person} if isinstance(person, Lead) else {"contact": person}
    try:
        lead_flow.opt_out(context, source=MANUAL, reason=reason, **which)
    except NotFound:
        # He has refused already, and nothing that would write to him runs.
        return
