"""What a person allows stands in the ledger with its proof, and `consent` on the record never says anything else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import consents, contacts, leads
from crm_model.consents import ANY, EMAIL, PHONE, PROCESSING, Consent
from crm_model.contacts import Contact
from crm_model.leads import Lead
from kernel.context import Context
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import consents as consent_work
from processes import leads as lead_work
from tests.conftest import NOON, MakeContext
from tests.crm_model.people import Company

PROOF = {"text": "I agree to receive letters.", "version": "3", "page": "/landing", "address": "203.0.113.7"}


@pytest.fixture
def ctx(session: Session, make_context: MakeContext) -> Context:
    return make_context(session)


def ledger(ctx: Context, person: Any) -> list[Consent]:
    return list(consents.page_of(ctx, person, Page()).items)


def agrees(session: Session) -> bool:
    return not consents.disagreeing(session, Lead) and not consents.disagreeing(session, Contact)


def test_a_new_lead_that_agrees_has_its_consent_in_the_ledger_with_the_proof(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", "source": "web_form", "consent": True}, proof=PROOF)
    [row] = ledger(ctx, lead)
    assert (row.purpose, row.channel, row.basis, row.source, row.proof) == (
        "marketing", "email", "consent", "web_form", PROOF,
    )  # fmt: skip
    assert (row.given_at, lead.consent_at, lead.version) == (NOON, NOON, 1)
    assert agrees(ctx.session)


@pytest.mark.parametrize("told", [{}, {"consent": False}, {"consent": True, "opted_out": True}])
def test_who_does_not_agree_or_refuses_at_once_gets_no_letters(ctx: Context, told: dict[str, Any]) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", **told})
    contact = contacts.create_contact(ctx, {"name": "Boris", **told})
    assert not lead.consent and not contact.consent
    assert [row.holds for row in ledger(ctx, contact)] == ([False] if "opted_out" in told else [])
    assert agrees(ctx.session)


def test_somebody_without_an_address_may_agree_too(ctx: Context) -> None:
    assert contacts.create_contact(ctx, {"name": "Boris", "consent": True}).consent


def test_the_tick_of_a_form_gives_and_takes_back(ctx: Context) -> None:
    contact = contacts.create_contact(ctx, {"name": "Boris"})
    contacts.update_contact(ctx, contact.id, {"consent": True})
    contacts.update_contact(ctx, contact.id, {"consent": True})
    assert [row.holds for row in ledger(ctx, contact)] == [True]
    contacts.update_contact(ctx, contact.id, {"consent": False})
    [row] = ledger(ctx, contact)
    assert (row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_source) == (NOON, ctx.actor.user_id, "manual")
    assert not contact.consent and agrees(ctx.session)


def test_letters_are_allowed_only_by_consent_to_advertising_by_mail(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna"})
    consents.give(ctx, lead, channel=PHONE, source="phone", proof={})
    consents.give(ctx, lead, purpose=PROCESSING, channel=ANY, source="manual", proof={})
    consents.give(ctx, lead, basis="contract", source="manual", proof={})
    assert not lead.consent and agrees(ctx.session)
    consents.give(ctx, lead, channel=ANY, source="manual", proof={})
    assert lead.consent and agrees(ctx.session)


def test_taking_back_one_channel_ends_what_was_allowed_for_any(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", "consent": True})
    consents.give(ctx, lead, channel=ANY, source="manual", proof={})
    consents.give(ctx, lead, channel=PHONE, source="manual", proof={})
    consents.withdraw(ctx, lead, channel=EMAIL, source="manual", reason="Too many letters")
    assert [(row.channel, row.holds) for row in ledger(ctx, lead)] == [
        ("phone", True),
        ("any", False),
        ("email", False),
    ]
    assert not lead.consent and agrees(ctx.session)


def test_consents_for_another_purpose_stay(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", "consent": True})
    consents.give(ctx, lead, purpose=PROCESSING, channel=EMAIL, source="manual", proof={})
    consents.withdraw(ctx, lead, channel=ANY, source="manual")
    assert [(row.purpose, row.holds) for row in ledger(ctx, lead)] == [("processing", True), ("marketing", False)]


def test_a_refusal_is_kept_even_by_someone_who_had_allowed_nothing(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", "email": "anna@consents.example"})
    lead_work.update_lead(ctx, lead.id, {"opted_out": True})
    with pytest.raises(NotFound):
        lead_work.lead_flow.opt_out(ctx, lead=lead)
    [row] = ledger(ctx, lead)
    assert (row.given_at, row.withdrawn_at, row.withdrawn_source) == (None, NOON, "refusal")
    assert (lead.opted_out, lead.opted_out_at, agrees(ctx.session)) == (True, NOON, True)


def test_the_ledger_says_so_where_a_record_was_changed_past_it(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna"})
    lead.consent = True
    ctx.session.flush()
    assert consents.disagreeing(ctx.session, Lead) == [lead.id]


def test_a_consent_by_hand_needs_its_reason_and_a_time_that_has_come(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna"})
    given = {"purpose": "marketing", "channel": "email", "basis": "consent"}
    late = {**given, "reason": "x", "given_at": (NOON + timedelta(days=1)).isoformat()}
    for values, field in (
        (given, "reason"),
        (late, "given_at"),
        ({**given, "reason": "x", "channel": "pigeon"}, "channel"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            consent_work.give_consent(ctx, "lead", lead.id, values)
        assert list(refused.value.fields_in("en")) == [field]
    row = consent_work.give_consent(ctx, "lead", lead.id, {**given, "reason": "Signed at the fair"})
    assert (row.proof, lead.consent) == ({"reason": "Signed at the fair"}, True)


def test_taking_back_letters_by_hand_is_a_refusal_everywhere_the_person_is_kept(ctx: Context) -> None:
    contact = contacts.create_contact(ctx, {"name": "Anna", "emails": ["anna@all.example"], "consent": True})
    lead = leads.create_lead(ctx, {"name": "Anna", "email": "anna@all.example", "consent": True})
    told = {"purpose": "marketing", "channel": "email", "reason": "Asked by phone"}
    consent_work.withdraw_consent(ctx, "lead", lead.id, told)
    for person in (contact, lead):
        ctx.session.refresh(person)
        assert (person.consent, person.opted_out) == (False, True)
        assert [row.withdrawn_reason for row in ledger(ctx, person)] == ["Asked by phone"]
    consent_work.withdraw_consent(ctx, "lead", lead.id, told)
    assert len(ledger(ctx, lead)) == 1


def test_who_allows_letters_again_has_no_longer_refused_them(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", "opted_out": True})
    consents.give(ctx, lead, source="web_form", proof=PROOF)
    assert (lead.consent, lead.opted_out, lead.opted_out_at) == (True, False, None)
    assert [row.holds for row in ledger(ctx, lead)] == [True, False]


def test_consents_of_others_clients_cannot_be_seen_or_changed(session: Session) -> None:
    company = Company(session)
    lead = leads.create_lead(company.as_("manager"), {"name": "Anna"})
    given = {"purpose": "other", "channel": "any", "basis": "contract", "reason": "x"}
    with pytest.raises(NotFound):
        consent_work.list_consents(company.as_("stranger"), "lead", lead.id, Page())
    with pytest.raises(NotFound):
        consent_work.give_consent(company.as_("stranger"), "lead", lead.id, given)
    with pytest.raises(PermissionDenied):
        consent_work.withdraw_consent(company.as_("designer"), "lead", lead.id, given)


def test_a_deleted_lead_takes_its_consents_along(ctx: Context) -> None:
    lead = leads.create_lead(ctx, {"name": "Anna", "consent": True})
    leads.delete_lead(ctx, lead.id)
    assert ctx.session.scalar(select(Consent.id).where(Consent.lead_id == lead.id)) is None
