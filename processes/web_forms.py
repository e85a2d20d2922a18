"""A visitor fills a web form: counted, checked, and made a lead whose qualification begins in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from crm_model import inputs, leads, touches, web_forms
from crm_model.inputs import Field, Fields
from crm_model.web_form_entries import Origin, WebFormEntry
from crm_model.web_form_fields import CONSENT, EMAIL, REACHED_BY
from crm_model.web_forms import WebForm
from kernel import rate_limit
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import LANGUAGES, N_
from kernel.permissions import use_case
from processes import web_form_confirmation
from processes.leads import create_lead

TRAP = "website"
"""A field that people do not see; programs that fill in everything fill it too."""
ALLOWED, WINDOW = 30, timedelta(minutes=1)
REACHED_HOW = N_("Give a phone or an e-mail address, so that we can answer.")
TICK = N_("Tick this box to send the form.")


@use_case("web_forms.fill")
def show(context: Context, key: str) -> WebForm:
    """The form as a visitor sees it; NotFound for one that is switched off."""
    form = web_forms.find(context, key)
    if not form.active or form.key != key:
        raise NotFound()
    return form


@use_case("web_forms.fill")
def admit(context: Context, key: str, address: str | None) -> None:
    """Counts a post. Call it in a transaction of its own, before the work: refused ones count too.

    TooManyRequests where the address has sent too many."""
    form = show(context, key)
    rate_limit.use(context.session, f"web form {address or ''}", context.now(), allowed=ALLOWED, window=WINDOW)
    _count(context, form, posts=WebForm.posts + 1)


@use_case("web_forms.fill")
def receive(context: Context, key: str, values: Mapping[str, Any], origin: Origin) -> WebForm:
    """Makes the lead of a post. Who fills the trap gets the same answer and makes none."""
    form = show(context, key)
    given = dict(values)
    if given.pop(TRAP, None) not in (None, ""):
        _count(context, form, trapped=WebForm.trapped + 1)
        return form
    clean = _read(context, form, given)
    agreed = clean.pop(CONSENT, None) is True
    entry = _entry(context, form, origin, agreed)
    values = {**_given(clean), **_of_form(form), CONSENT: agreed and not _asks_again(form, clean)}
    entry.lead = create_lead(context, values, proof=entry.proof)
    context.session.add(entry)
    if agreed and not values[CONSENT]:
        web_form_confirmation.ask(context, entry)
    _touch(context, form, entry)
    _count(context, form, accepted=WebForm.accepted + 1)
    return form


def _read(context: Context, form: WebForm, values: dict[str, Any]) -> dict[str, Any]:
    """What came, by the lead's own rules; a number or an address that is wrong is for the process to find."""
    errors: dict[str, Any] = {}
    clean: dict[str, Any] = {}
    try:
        clean = inputs.read(context, values, _fields(form))
    except ValidationFailed as error:
        errors = dict(error.fields)
    asked = {row["key"]: row["required"] for row in form.fields}
    if asked.get(CONSENT) and values.get(CONSENT) in (None, False):
        errors.setdefault(CONSENT, [TICK])
    channels = [key for key in REACHED_BY if key in asked]
    if all(inputs.is_empty(values.get(key)) for key in channels):
        errors |= {key: [REACHED_HOW] for key in channels}
    if errors:
        raise ValidationFailed(errors)
    return clean


def _fields(form: WebForm) -> Fields:
    own = {row["key"]: row["required"] and row["key"] != CONSENT for row in form.fields}
    return {key: Field(leads.FIELDS[key].read, required=required) for key, required in own.items()}


def _given(clean: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in clean.items() if value is not None}


def _of_form(form: WebForm) -> dict[str, Any]:
    linked = {"campaign_id": form.campaign_id, "product_id": form.product_id}
    return {"source": "web_form", "form": form.key, **_given(linked)}


def _asks_again(form: WebForm, clean: Mapping[str, Any]) -> bool:
    """Whether the consent counts only once a letter's link is followed."""
    return form.double_opt_in and bool(clean.get(EMAIL))


def _entry(context: Context, form: WebForm, origin: Origin, agreed: bool) -> WebFormEntry:
    language = origin.language if origin.language in LANGUAGES else form.language
    return WebFormEntry(
        form=form,
        at=context.now(),
        language=language,
        address=(origin.address or "")[:64] or None,
        page=origin.page,
        referrer=origin.referrer,
        utm=dict(origin.utm),
        consent_text=form.text("consent_text", language) if agreed else None,
        consent_version=form.consent_version if agreed else None,
    )


def _touch(context: Context, form: WebForm, entry: WebFormEntry) -> None:
    campaign_id, lead_id = form.campaign_id, entry.lead.id
    touches.note(context, touches.FORM, lead_id=lead_id, campaign_id=campaign_id, at=entry.at, form=form.key)


def _count(context: Context, form: WebForm, **raised: Any) -> None:
    """In one statement, at the end of the work: many visitors post to one form at the same time."""
    counting = update(WebForm).where(WebForm.id == form.id).values(raised)
    context.session.execute(counting.execution_options(synchronize_session=False))
