"""Web forms as other sites' pages use them, without a token."""

import uuid
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from crm_model.consents import Consent
from crm_model.leads import Lead
from crm_model.touches import Touch
from crm_model.web_form_entries import WebFormEntry
from tests.api.contract.office import Answer, Office

Post = Callable[..., Answer]
VISITORS = count(1)
ANNA = {"name": "Anna", "phone": "+7 916 111-22-01"}


def new_form(office: Office, **values: Any) -> str:
    key = f"f{uuid.uuid4().hex[:12]}"
    fields = [{"key": "name"}, "company", "phone", "email", "need", "request", "consent"]
    made = office.as_("marketing").post("/web-forms", {"key": key, "name": "Landing", "fields": fields, **values})
    assert made.status == 201, made.json
    return key


@pytest.fixture
def form(office: Office) -> str:
    return new_form(office)


@pytest.fixture
def post(office: Office) -> Post:
    """A visitor from an address where nobody else comes from."""
    there = f"198.51.{next(VISITORS)}.7"

    def send(form: str, body: Any, **more: Any) -> Answer:
        return office.as_(None).post(f"/web-forms/{form}", body, environ_base={"REMOTE_ADDR": there}, **more)

    return send


def leads_of(office: Office, form: str) -> list[Lead]:
    with office.database.read_only() as session:
        return list(session.scalars(select(Lead).where(Lead.form == form).order_by(Lead.id)))


def test_a_post_makes_a_lead_whose_qualification_runs(office: Office, form: str, post: Post) -> None:
    answer = post(form, {**ANNA, "email": "anna@vector.example", "request": "webinar", "consent": True})
    assert (answer.status, answer.json["redirect_url"]) == (202, None)
    (lead,) = leads_of(office, form)
    assert (lead.name, lead.source, lead.form, lead.request, lead.consent) == (
        "Anna",
        "web_form",
        form,
        "webinar",
        True,
    )
    runs = office.as_("admin").get(f"/process-instances?business_key=lead:{lead.id}").json["items"]
    assert [run["definition"]["key"] for run in runs] == ["lead_qualification"]


def test_what_is_known_of_the_visitor_is_kept(office: Office, form: str, post: Post) -> None:
    marks = {
        "utm_source": "ya",
        "utm_campaign": "осень",
        "page": "https://sklad.example/racks?x=1",
        "referrer": "https://ya.ru/",
    }
    post(form, {**ANNA, "consent": True, **marks})
    (lead,) = leads_of(office, form)
    with office.database.read_only() as session:
        entry = session.scalars(select(WebFormEntry).where(WebFormEntry.lead_id == lead.id)).one()
        touch = session.scalars(select(Touch).where(Touch.lead_id == lead.id)).one()
        consent = session.scalars(select(Consent).where(Consent.lead_id == lead.id)).one()
    assert entry.utm == {"utm_source": "ya", "utm_campaign": "осень"}
    assert (entry.page, entry.referrer) == (marks["page"], marks["referrer"])
    assert (consent.source, consent.proof["text"]) == ("web_form", "Согласен получать письма компании")
    assert (consent.proof["page"], consent.proof["address"][:6]) == (marks["page"], "198.51")
    assert (touch.kind, touch.detail) == ("form", {"form": form})


def test_consent_is_given_only_by_whoever_ticked(office: Office, form: str, post: Post) -> None:
    post(form, ANNA)
    post(form, {**ANNA, "consent": False})
    assert [lead.consent for lead in leads_of(office, form)] == [False, False]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"phone": "1"}, ["name"]),
        ({"name": " ", "phone": "1"}, ["name"]),
        ({"name": "Anna"}, ["email", "phone"]),
        ({"name": "Anna", "phone": "  "}, ["email", "phone"]),
        ({**ANNA, "company": 5}, ["company"]),
        ({**ANNA, "consent": "yes"}, ["consent"]),
        ({**ANNA, "request": "lunch"}, ["request"]),
        ({**ANNA, "name": "a" * 256}, ["name"]),
        ({**ANNA, "need": "a" * 20_001}, ["need"]),
        ({**ANNA, "budget": "1"}, ["budget"]),
        ({**ANNA, "status": "sql"}, ["status"]),
        ({**ANNA, "owner_id": 1}, ["owner_id"]),
    ],
)
def test_what_is_wrong_is_told_by_field_and_makes_no_lead(
    office: Office, form: str, post: Post, body: dict[str, Any], wrong: list[str]
) -> None:
    answer = post(form, body)
    assert (answer.status, sorted(answer.json["details"]["fields"])) == (422, wrong)
    assert leads_of(office, form) == []


def test_a_number_too_short_and_an_address_without_at_are_for_the_process(
    office: Office, form: str, post: Post
) -> None:
    assert post(form, {"name": "Anna", "phone": "12", "email": "anna.vector"}).status == 202
    assert [lead.disqualify_reason for lead in leads_of(office, form)] == ["incorrect_data"]


def test_a_field_that_the_form_does_not_have_is_refused(office: Office, post: Post) -> None:
    short = new_form(office, fields=["name", "phone"])
    assert list(post(short, {**ANNA, "email": "a@b.example"}).json["details"]["fields"]) == ["email"]
    assert list(post(short, {"name": "Anna"}).json["details"]["fields"]) == ["phone"]


def test_whoever_fills_the_trap_is_thanked_and_makes_nothing(office: Office, form: str, post: Post) -> None:
    assert post(form, {"website": "http://pills.example", "nonsense": True}).status == 202
    assert post(form, {**ANNA, "website": ""}).status == 202
    assert len(leads_of(office, form)) == 1


def test_after_thirty_posts_a_minute_an_address_has_to_wait(office: Office, form: str, post: Post) -> None:
    assert {post(form, {}).status for _ in range(29)} == {422}
    assert post(form, ANNA).status == 202
    shut = post(form, ANNA)
    assert (shut.status, shut.json["code"]) == (429, "too_many_requests")
    assert 0 < int(shut.headers["Retry-After"]) <= 60
    assert len(leads_of(office, form)) == 1
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.200"}}
    assert office.as_(None).post(f"/web-forms/{form}", ANNA, **elsewhere).status == 202


def test_a_repeated_post_with_its_key_makes_one_lead(office: Office, form: str, post: Post) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first, again = post(form, ANNA, headers=key), post(form, ANNA, headers=key)
    assert (first.status, again.status, again.headers["Idempotency-Replayed"]) == (202, 202, "true")
    assert len(leads_of(office, form)) == 1
    assert post(form, {**ANNA, "name": "Boris"}, headers=key).json["code"] == "idempotency_key_reused"


def test_having_to_wait_is_not_the_answer_for_good(office: Office, form: str, post: Post) -> None:
    for _ in range(30):
        post(form, {})
    key = {"Idempotency-Key": uuid.uuid4().hex}
    assert "Idempotency-Replayed" not in [post(form, ANNA, headers=key).headers for _ in "12"][1]


def test_pages_of_other_sites_may_post(office: Office, form: str) -> None:
    asked = {"Origin": "https://sklad.example", "Access-Control-Request-Method": "POST"}
    allowed = office.as_(None).call("OPTIONS", f"/web-forms/{form}", headers=asked)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert "Content-Type" in allowed.headers["Access-Control-Allow-Headers"]
    assert office.as_(None).post(f"/web-forms/{form}", {}).headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in office.as_(None).get("/accounts").headers


def test_a_form_that_is_not_there_or_is_off_is_not_found(office: Office, form: str, post: Post) -> None:
    assert post("nowhere", ANNA).status == 404
    office.as_("marketing").patch(f"/web-forms/{form}", {"active": False})
    assert (post(form, ANNA).status, office.as_(None).get(f"/web-forms/{form}").status) == (404, 404)


def test_a_body_above_a_megabyte_is_too_large(form: str, post: Post) -> None:
    assert post(form, {**ANNA, "need": "a" * 1_100_000}).status == 413


def test_a_form_says_what_it_asks_in_both_languages(office: Office) -> None:
    consent = {"consent_text": {"ru": "Согласен на письма", "en": "Letters are welcome"}}
    labels = [{"key": "name", "label": {"ru": "Как вас зовут?"}}, "phone", {"key": "consent", "required": True}]
    form = new_form(office, fields=labels, **consent)
    shown = office.as_(None).get(f"/web-forms/{form}").json
    assert [(one["key"], one["label"], one["required"]) for one in shown["fields"]] == [
        ("name", "Как вас зовут?", True), ("phone", "Телефон", False), ("consent", "Согласен на письма", True),
    ]  # fmt: skip
    english = office.as_(None).get(f"/web-forms/{form}?language=en").json
    assert [one["label"] for one in english["fields"]] == ["Как вас зовут?", "Phone", "Letters are welcome"]


def test_a_required_consent_must_be_ticked(office: Office, post: Post) -> None:
    form = new_form(office, fields=["name", "phone", {"key": "consent", "required": True}])
    assert list(post(form, ANNA).json["details"]["fields"]) == ["consent"]
    assert post(form, {**ANNA, "consent": True}).status == 202


def test_another_consent_text_is_another_version(office: Office, form: str) -> None:
    marketing = office.as_("marketing")
    assert marketing.patch(f"/web-forms/{form}", {"name": "Renamed"}).json["consent_version"] == 1
    changed = marketing.patch(f"/web-forms/{form}", {"consent_text": {"ru": "Согласен"}})
    assert changed.json["consent_version"] == 2


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"key": "Big", "name": "X"}, "key"),
        ({"key": "1", "name": "X"}, "key"),
        ({"key": "office", "name": "X"}, "key"),
        ({"key": "fine", "name": ""}, "name"),
        ({"key": "fine", "name": "X", "fields": ["phone"]}, "fields"),
        ({"key": "fine", "name": "X", "fields": ["name", "company"]}, "fields"),
        ({"key": "fine", "name": "X", "fields": ["name", "phone", "phone"]}, "fields"),
        ({"key": "fine", "name": "X", "fields": ["name", "phone", "owner_id"]}, "fields"),
        ({"key": "fine", "name": "X", "fields": "name"}, "fields"),
        ({"key": "fine", "name": "X", "redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"key": "fine", "name": "X", "title": {"fr": "Bonjour"}}, "title"),
        ({"key": "fine", "name": "X", "campaign_id": 10**9}, "campaign_id"),
    ],
)
def test_a_form_that_cannot_work_is_refused_by_field(office: Office, values: dict[str, Any], wrong: str) -> None:
    answer = office.as_("marketing").post("/web-forms", values)
    assert (answer.status, list(answer.json["details"]["fields"])) == (422, [wrong])


def test_the_counters_tell_what_came(office: Office, form: str, post: Post) -> None:
    for body in (ANNA, {"name": "Anna"}, {**ANNA, "website": "x"}):
        post(form, body)
    (shown,) = office.as_("marketing").get(f"/web-forms?q={form}").json["items"]
    assert [shown[name] for name in ("posts", "accepted", "refused", "trapped")] == [3, 1, 1, 1]
