"""Letters are queued once, and not to people who may not get them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crm_model import consents, letters, suppressions
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.letters import Letter
from kernel.context import Context
from kernel.errors import Conflict, NotFound, PermissionDenied
from kernel.paging import Page
from tests.crm_model.people import NOON, Company


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def lead_of(company: Company, owner: str = "manager", **values: object) -> Lead:
    given = {"name": "Анна Ким", "email": "anna@example.com", "consent": True, **values}
    lead = Lead(owner_id=company.id(owner), **given)
    company.session.add(lead)
    company.session.flush()
    return lead


def letter(ctx: Context, lead: Lead | None = None, key: str = "one", **values: object) -> Letter:
    given = {"to": "Anna@example.com", "subject": "Hello", "html": "<p>Hello</p>", "purpose": "marketing"} | values
    return letters.queue(ctx, key=key, lead_id=lead.id if lead else None, **given)  # type: ignore[arg-type]


def test_a_letter_is_queued_once_under_its_key(company: Company) -> None:
    lead = lead_of(company)
    first = letter(company.as_("marketing"), lead)
    again = letter(company.as_("marketing"), lead, subject="Another")
    assert again is first
    assert (first.status, first.reason, first.subject) == ("queued", None, "Hello")
    assert first.message_id.startswith("<") and first.message_id.endswith("@letters.procession>")
    assert letter(company.as_("marketing"), lead, key="two").message_id != first.message_id


def test_scripts_are_taken_out_and_the_text_is_made_of_the_html(company: Company) -> None:
    html = '<p onclick="x()">Read <a href="https://example.com/a">this</a>.</p><script>alert(1)</script>'
    made = letter(company.as_("marketing"), lead_of(company), html=html)
    assert "script" not in made.html and "onclick" not in made.html
    assert made.text == "Read this (https://example.com/a)."


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"consent": False}, "no_consent"), ({"consent": False, "opted_out": True}, "opted_out")],
)
def test_advertising_goes_only_to_those_who_agreed(company: Company, values: dict[str, bool], reason: str) -> None:
    lead = lead_of(company, **values)
    refused = letter(company.as_("marketing"), lead)
    assert (refused.status, refused.reason) == ("suppressed", reason)
    assert letter(company.as_("marketing"), lead, key="bill", purpose="service").status == "queued"


def test_whoever_opted_out_as_a_contact_gets_none_as_a_lead(company: Company, session: Session) -> None:
    session.add(Contact(name="Anna", emails=["anna@example.com"], opted_out=True))
    session.flush()
    assert letter(company.as_("marketing"), lead_of(company)).reason == "opted_out"


def test_the_last_word_counts(company: Company, session: Session) -> None:
    ctx = company.as_("marketing")
    old = lead_of(company, consent=False, opted_out=True, opted_out_at=NOON)
    for hours, reason in ((-1, "opted_out"), (1, None)):
        fresh = lead_of(company, consent_at=NOON + timedelta(hours=hours))
        assert letter(ctx, fresh, key=f"after {hours}").reason == reason
    suppressions.add(ctx, "anna@example.com", suppressions.OPTED_OUT)
    consents.give(ctx, old, source=consents.IMPORT, proof={})
    assert letter(ctx, old, key="imported").reason == "opted_out"
    consents.give(ctx, old, source="web_form", proof={})
    assert letter(ctx, old, key="said").reason is None


def test_an_address_that_bounced_gets_nothing_and_one_that_opted_out_no_advertising(company: Company) -> None:
    ctx, lead = company.as_("marketing"), lead_of(company)
    suppressions.add(ctx, "Anna@Example.com", suppressions.OPTED_OUT)
    assert letter(ctx, lead).reason == "opted_out"
    assert letter(ctx, lead, key="bill", purpose="service").status == "queued"
    suppressions.add(ctx, "anna@example.com", suppressions.BOUNCED, "550 no such user")
    assert letter(ctx, lead, key="bill 2", purpose="service").reason == "bounced"
    suppressions.add(ctx, "anna@example.com", suppressions.OPTED_OUT)
    assert suppressions.reason_for(ctx, "anna@example.com") == "bounced"


def test_who_agrees_again_is_off_the_list_but_not_who_bounced(company: Company) -> None:
    ctx = company.as_("marketing")
    suppressions.add(ctx, "one@example.com", suppressions.OPTED_OUT)
    suppressions.add(ctx, "two@example.com", suppressions.BOUNCED)
    suppressions.lift_refusal(ctx, ["One@example.com", "two@example.com"])
    assert suppressions.reason_for(ctx, "one@example.com") is None
    assert suppressions.reason_for(ctx, "two@example.com") == "bounced"


def test_without_an_address_nothing_leaves(company: Company) -> None:
    assert letter(company.as_("marketing"), lead_of(company), to="").reason == "no_address"


def test_what_waits_for_somebody_who_opts_out_stops(company: Company) -> None:
    ctx, lead, other = company.as_("marketing"), lead_of(company), lead_of(company, email="other@example.com")
    waiting = letter(ctx, lead)
    bill = letter(ctx, lead, key="bill", purpose="service")
    others = letter(ctx, other, key="other", to="other@example.com")
    assert letters.stop_for(ctx, ["ANNA@example.com"], [lead.id], []) == [waiting.id]
    for one in (waiting, bill, others):
        ctx.session.refresh(one)
    assert [one.status for one in (waiting, bill, others)] == ["suppressed", "queued", "queued"]


def test_letters_are_seen_by_who_sees_the_person(company: Company) -> None:
    made = letter(company.as_("marketing"), lead_of(company))
    for name in ("manager", "head", "marketing", "supervisor", "administrator"):
        assert letters.list_letters(company.as_(name), Page()).items == [made], name
        assert letters.get_letter(company.as_(name), made.id) is made
    for name in ("manager2", "stranger", "other_head"):
        assert letters.list_letters(company.as_(name), Page()).items == [], name
        with pytest.raises(NotFound):
            letters.get_letter(company.as_(name), made.id)
    with pytest.raises(PermissionDenied):
        letters.list_letters(company.as_("designer"), Page())


def test_only_what_failed_or_may_have_left_is_sent_again(company: Company) -> None:
    ctx, lead = company.as_("marketing"), lead_of(company)
    made = letter(ctx, lead)
    with pytest.raises(Conflict):
        letters.resend_letter(ctx, made.id)
    message_id = made.message_id
    made.status, made.error, made.attempts = letters.UNKNOWN, "?", 3
    ctx.session.flush()
    again = letters.resend_letter(ctx, made.id)
    assert (again.status, again.error, again.attempts, again.message_id) == ("queued", None, 0, message_id)
    made.status, lead.opted_out = letters.FAILED, True
    ctx.session.flush()
    assert letters.resend_letter(ctx, made.id).reason == "opted_out"


def test_the_list_is_searched_and_filtered(company: Company) -> None:
    ctx, lead = company.as_("marketing"), lead_of(company)
    one = letter(ctx, lead, subject="Price list")
    other = letter(ctx, None, key="other", to="boss@romashka.example", purpose="service")
    assert letters.list_letters(ctx, Page(), q="price").items == [one]
    assert letters.list_letters(ctx, Page(), q="Romashka").items == [other]
    assert letters.list_letters(ctx, Page(), purpose="service").items == [other]
    assert letters.count_letters(ctx, lead_id=lead.id) == 1


def test_the_list_of_refused_addresses_is_marketings(company: Company) -> None:
    ctx = company.as_("marketing")
    made = suppressions.create_suppression(ctx, {"address": "Rude@example.com", "note": "Asked by phone"})
    assert (made.address, made.reason, made.created_by_id) == ("rude@example.com", "by_hand", company.id("marketing"))
    assert suppressions.list_suppressions(ctx, Page(), q="rude", reason="by_hand").items == [made]
    suppressions.delete_suppression(ctx, made.id)
    assert suppressions.list_suppressions(ctx, Page()).items == []
    with pytest.raises(PermissionDenied):
        suppressions.list_suppressions(company.as_("manager"), Page())
