"""Consent to letters that counts only once the link of a letter is followed."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import web_forms
from crm_model.consents import Consent
from crm_model.leads import Lead
from crm_model.letter_html import HERE
from crm_model.letters import Letter
from crm_model.web_form_entries import Origin
from kernel.context import SYSTEM, Context
from kernel.errors import NotFound
from processes import lead_flow, web_form_confirmation
from processes import web_forms as filling
from tests.conftest import NOON

ANNA = {"name": "Anna", "email": "anna@vector.example", "consent": True}


@pytest.fixture
def visitor(session: Session) -> Context:
    context = Context(session, SYSTEM, lambda: NOON)
    fields = ["name", "phone", "email", "consent"]
    web_forms.create_web_form(context, {"key": "twice", "name": "Twice", "fields": fields, "double_opt_in": True})
    return context


def sent(context: Context, **values: object) -> tuple[Lead, list[Letter]]:
    filling.receive(context, "twice", {**ANNA, **values}, Origin(address="192.0.2.1", language="en"))
    lead = context.session.scalars(select(Lead).where(Lead.form == "twice").order_by(Lead.id.desc())).first()
    assert lead is not None
    written = select(Letter).where(Letter.lead_id == lead.id, Letter.key.startswith("web-form-entry:"))
    return lead, list(context.session.scalars(written))


def token_in(letter: Letter) -> str:
    found = re.search(rf'href="{HERE}/f/twice/confirm/([\w-]+)"', letter.html)
    assert found
    return found[1]


def test_the_tick_alone_does_not_count_but_a_letter_goes_out(visitor: Context) -> None:
    lead, (letter,) = sent(visitor)
    assert (lead.consent, letter.status, letter.to_address) == (False, "queued", "anna@vector.example")
    assert "I agree to receive letters from the company" in letter.text


def test_the_link_of_the_letter_makes_it_count_with_proof(visitor: Context) -> None:
    lead, (letter,) = sent(visitor)
    for _ in "twice":
        web_form_confirmation.confirm(visitor, token_in(letter), address="192.0.2.9")
    (row,) = visitor.session.scalars(select(Consent).where(Consent.lead_id == lead.id)).all()
    assert lead.consent
    assert (row.proof["address"], row.proof["confirmed_from"]) == ("192.0.2.1", "192.0.2.9")


def test_an_unknown_link_confirms_nothing(visitor: Context) -> None:
    lead, _ = sent(visitor)
    with pytest.raises(NotFound):
        web_form_confirmation.confirm(visitor, "guessed", address=None)
    assert not lead.consent


def test_a_refusal_in_between_stays(visitor: Context) -> None:
    lead, (letter,) = sent(visitor)
    lead_flow.opt_out(visitor, lead=lead)
    web_form_confirmation.confirm(visitor, token_in(letter), address=None)
    assert (lead.consent, lead.opted_out) == (False, True)


def test_nobody_is_asked_who_did_not_tick_or_gave_no_address(visitor: Context) -> None:
    assert sent(visitor, consent=False)[1] == []
    assert sent(visitor, email=None, phone="+7 916 111-22-01")[1] == []
