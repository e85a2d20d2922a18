"""Consent that counts twice: ticked on a form, and confirmed by the link of a letter that only the right person gets."""

from __future__ import annotations

import secrets
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm_model import consents, letters
from crm_model.letter_html import HERE
from crm_model.web_form_entries import WebFormEntry
from kernel.context import Context
from kernel.errors import NotFound
from kernel.i18n import N_, translate
from kernel.permissions import use_case

SUBJECT = N_("Please confirm that we may write to you")
ASKED = N_("You have filled in the form “%(form)s” and ticked: “%(text)s”")
PRESS = N_("If it was you, confirm it. If it was not, do nothing: we will not write.")
CONFIRM = N_("Yes, write to me")


def ask(context: Context, entry: WebFormEntry) -> None:
    """Sends the letter with the link, once a post."""
    entry.confirm_key = secrets.token_urlsafe(24)
    context.session.flush()
    lead, form, language = entry.lead, entry.form, entry.language
    asked = translate(ASKED, language, form=form.text("title", language) or form.name, text=entry.consent_text)
    press, button = translate(PRESS, language), translate(CONFIRM, language)
    link = f"{HERE}/f/{form.key}/confirm/{entry.confirm_key}"
    letters.queue(
        context,
        to=lead.email or "",
        subject=translate(SUBJECT, language),
        html=f'<p>{escape(asked)}</p><p>{escape(press)}</p><p><a href="{link}">{escape(button)}</a></p>',
        purpose=letters.SERVICE,
        key=f"web-form-entry:{entry.id}",
        lead_id=lead.id,
        campaign_id=form.campaign_id,
    )


@use_case("web_forms.fill")
def find(context: Context, token: str) -> WebFormEntry:
    return _find(context, token)


@use_case("web_forms.fill")
def confirm(context: Context, token: str, *, address: str | None) -> WebFormEntry:
    """The consent counts from now on; pressed again it changes nothing, nor after the person has refused letters."""
    entry = _find(context, token, lock=True)
    if entry.confirmed_at is None:
        entry.confirmed_at = context.now()
        if not entry.lead.opted_out:
            confirmed = {"confirmed_at": context.now().isoformat(), "confirmed_from": address}
            consents.give(context, entry.lead, source="web_form", proof={**entry.proof, **confirmed})
        context.session.flush()
    return entry


def _find(context: Context, token: str, *, lock: bool = False) -> WebFormEntry:
    query = select(WebFormEntry).where(WebFormEntry.confirm_key == token)
    query = query.options(joinedload(WebFormEntry.form), joinedload(WebFormEntry.lead))
    if lock:
        query = query.with_for_update(of=WebFormEntry).execution_options(populate_existing=True)
    entry = context.session.scalars(query).one_or_none()
    if entry is None:
        raise NotFound()
    return entry
