"""The records of customers, as their clients use them."""

import pytest

from tests.api.contract.office import Caller, Office


@pytest.fixture
def me(office: Office) -> Caller:
    return office.as_("manager")


def test_money_is_text_with_its_currency_beside_it(me: Caller) -> None:
    made = me.post("/deals", {"title": "Servers", "amount": "1500000.5"}).json
    assert (made["amount"], made["currency"]) == ("1500000.50", "RUB")
    refused = me.patch(f"/deals/{made['id']}", {"amount": "-1"})
    assert (refused.status, list(refused.json["details"]["fields"])) == (422, ["amount"])


@pytest.mark.parametrize("name", ["", "   ", "a" * 256, "two\nlines", "bell\x07"])
def test_a_name_is_one_line_of_1_to_255_characters(me: Caller, name: str) -> None:
    for path, key in (("/accounts", "name"), ("/contacts", "name"), ("/leads", "name"), ("/deals", "title")):
        answer = me.post(path, {key: name})
        assert (answer.status, list(answer.json["details"]["fields"])) == (422, [key])


def test_lists_take_their_filters(office: Office, me: Caller) -> None:
    account = me.post("/accounts", {"name": "Filtered"}).json["id"]
    deal = me.post("/deals", {"title": "Filtered", "account_id": account, "stage": "proposal"}).json["id"]
    contact = me.post("/contacts", {"name": "Filtered", "account_id": account}).json["id"]
    activity = me.post("/activities", {"kind": "call", "subject": "Filtered", "deal_id": deal}).json["id"]
    for path, number in (
        (f"/deals?account_id={account}", deal),
        (f"/deals?q=filtered&stage=proposal&status=open&owner_id={office.people['manager']}", deal),
        (f"/contacts?account_id={account}", contact),
        (f"/activities?deal_id={deal}&status=planned", activity),
        ("/accounts?q=filtered", account),
    ):
        assert [item["id"] for item in me.get(path).json["items"]] == [number], path
    assert me.get(f"/deals?account_id={account}&stage=needs").json["items"] == []


def test_a_list_holds_only_what_its_caller_may_see(office: Office) -> None:
    for path in ("/accounts", "/contacts", "/deals", "/activities", "/notes", "/documents", "/leads"):
        assert office.as_("manager").get(path).json["items"], path
        for who in ("stranger", "manager2", "designer"):
            owners = {item.get("owner_id", item["created_by_id"]) for item in office.as_(who).get(path).json["items"]}
            assert office.people["manager"] not in owners, (who, path)


def test_whoever_hands_a_deal_on_no_longer_sees_it(office: Office, me: Caller) -> None:
    deal = me.post("/deals", {"title": "Handed on"}).json["id"]
    given = me.patch(f"/deals/{deal}", {"owner_id": office.people["manager2"]})
    assert given.status == 200
    assert me.get(f"/deals/{deal}").status == 404
    assert office.as_("manager2").get(f"/deals/{deal}").json["title"] == "Handed on"


def test_an_activity_is_completed_with_a_result_once(me: Caller) -> None:
    made = me.post("/activities", {"kind": "call", "subject": "Call", "start": "2026-03-02T10:00:00+03:00"}).json
    assert made["status"] == "planned"
    done = me.post(f"/activities/{made['id']}/complete", {"result": "completed", "note": "All well"})
    assert (done.status, done.json["status"], done.json["result_note"]) == (200, "completed", "All well")
    assert me.post(f"/activities/{made['id']}/complete", {"result": "completed"}).status == 409


def test_an_activity_that_shows_a_task_is_completed_as_the_task(office: Office, me: Caller) -> None:
    deal = me.post("/deals", {"title": "With a process"}).json["id"]
    sale = me.post("/process-instances", {"definition_key": "corporate_sale", "subject": {"type": "deal", "id": deal}})
    activity = me.get(f"/activities?instance_id={sale.json['id']}").json["items"][0]
    assert activity["element_id"] == "collect_information"
    assert me.post(f"/activities/{activity['id']}/complete", {"result": "completed"}).status == 200
    assert me.get(f"/tasks/{activity['task_id']}").json["state"] == "completed"


def test_participants_and_competitors_have_the_codes_of_the_contract(office: Office, me: Caller) -> None:
    deal = me.post("/deals", {"title": "Many people"}).json["id"]
    contact = me.post("/contacts", {"name": "Decides"}).json["id"]
    person = {
        "contact_id": contact,
        "role": "decision_maker",
        "influence": "high",
        "loyalty": "neutral",
        "motives": "Save",
    }
    added = me.post(f"/deals/{deal}/participants", person)
    assert (added.status, {key: added.json[key] for key in person}) == (201, person)
    assert me.post(f"/deals/{deal}/participants", {**person, "role": "king"}).status == 422
    rival = me.post(f"/deals/{deal}/competitors", {"name": "Rival", "strengths": "Cheap"}).json
    assert rival["is_winner"] is False
    assert [one["id"] for one in me.get(f"/deals/{deal}/competitors").json["items"]] == [rival["id"]]


def test_line_items_make_the_amount(office: Office, me: Caller) -> None:
    deal = me.post("/deals", {"title": "By the piece"}).json["id"]
    me.post(f"/deals/{deal}/line-items", {"product_id": office.ids["product"], "quantity": "3"})
    assert me.get(f"/deals/{deal}").json["amount"] == "3000.00"
    assert list(me.patch(f"/deals/{deal}", {"amount": "1"}).json["details"]["fields"]) == ["amount"]


def test_a_document_is_handed_out_to_be_saved_and_never_to_be_shown(me: Caller) -> None:
    made = me.send("/documents", (b"<script>alert(1)</script>", "предложение.html"), kind="proposal")
    assert (made.status, made.json["title"]) == (201, "предложение.html")
    file = me.get(f"/documents/{made.json['id']}/content")
    assert file.data == b"<script>alert(1)</script>"
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert "%D0%BF%D1%80" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in file.headers["Content-Security-Policy"]


def test_every_upload_is_a_version_that_stays(me: Caller) -> None:
    document = me.send("/documents", (b"one", "a.txt")).json["id"]
    assert me.send(f"/documents/{document}/versions", (b"two", "../../b.txt")).json["number"] == 2
    names = [version["file_name"] for version in me.get(f"/documents/{document}/versions").json["items"]]
    assert names == ["b.txt", "a.txt"]
    assert me.get(f"/documents/{document}/content").data == b"two"
    assert me.get(f"/documents/{document}/content?version=1").data == b"one"
    assert me.get(f"/documents/{document}/content?version=3").status == 404


def test_a_document_without_a_file_is_refused_at_the_file(me: Caller) -> None:
    answer = me.send("/documents", None, kind="other")
    assert (answer.status, list(answer.json["details"]["fields"])) == (422, ["file"])
    assert me.call("POST", "/documents", json={"title": "No file"}).status == 422


def test_an_article_keeps_one_file(office: Office) -> None:
    head = office.as_("head")
    article = head.post("/articles", {"title": "Slides", "kind": "presentation"}).json["id"]
    assert head.get(f"/articles/{article}/file").status == 404
    head.send(f"/articles/{article}/file", (b"old", "old.pdf"))
    assert head.send(f"/articles/{article}/file", (b"new", "new.pdf")).json["file_name"] == "new.pdf"
    assert office.as_("manager").get(f"/articles/{article}/file").data == b"new"
    assert head.delete(f"/articles/{article}/file").status == 204
    assert head.get(f"/articles/{article}").json["file_name"] is None


def test_the_timeline_shows_what_happened_in_one_list(me: Caller) -> None:
    deal = me.post("/deals", {"title": "With a past"}).json["id"]
    me.post("/notes", {"text": "Called us", "deal_id": deal})
    me.send("/documents", (b"text", "a.txt"), deal_id=str(deal))
    shown = me.get(f"/deals/{deal}/timeline").json["items"]
    assert sorted(item["kind"] for item in shown) == ["document", "note", "stage"]
    assert {item["record"].get("text") for item in shown} >= {"Called us"}
    assert [item["kind"] for item in me.get(f"/deals/{deal}/timeline?kind=note").json["items"]] == ["note"]


def test_search_takes_every_character_as_text(office: Office, me: Caller) -> None:
    me.post("/accounts", {"name": "100% Wool_"})
    assert [found["title"] for found in me.get("/search?q=100%25").json["items"]] == ["100% Wool_"]
    assert me.get("/search?q=100_").json["items"] == []
    assert me.get("/search?q=").status == me.get("/search").status == 422
    assert me.get(f"/search?q={'a' * 201}").status == 422
    assert office.as_("stranger").get("/search?q=Wool").json["items"] == []


def test_people_are_named_to_everyone_and_known_to_the_administrator(office: Office) -> None:
    everyone = office.as_("designer").get("/users").json["items"]
    assert {frozenset(person) for person in everyone} == {frozenset({"id", "username", "name", "roles"})}
    known = office.as_("admin").get("/user-records?q=marketing").json["items"]
    assert known[0]["language"] == "en"
    assert "password" not in known[0]
    assert "password_hash" not in known[0]


def test_one_changes_oneself_and_not_ones_roles(office: Office, me: Caller) -> None:
    assert me.patch("/me", {"phone": "+7 921 555-01-20"}).json["phone"] is not None
    refused = me.patch("/me", {"roles": ["administrator"]})
    assert (refused.status, list(refused.json["details"]["fields"])) == (422, ["roles"])


def test_notifications_are_ones_own_and_can_be_read(office: Office, me: Caller) -> None:
    mine = me.get("/notifications?unread=true").json["items"]
    assert mine
    assert office.as_("stranger").post("/notifications/read", {"ids": [mine[0]["id"]]}).json == {"read": 0}
    assert me.post("/notifications/read", {"ids": [mine[0]["id"]]}).json == {"read": 1}
    assert mine[0]["id"] not in [item["id"] for item in me.get("/notifications?unread=true").json["items"]]


def test_a_lead_cannot_be_given_a_status_by_hand(me: Caller) -> None:
    lead = me.post("/leads", {"name": "Olga", "email": "olga@example.com", "source": "phone", "consent": True}).json
    assert (lead["source"], lead["consent"]) == ("phone", True)
    refused = me.patch(f"/leads/{lead['id']}", {"status": "sql", "deal_id": 1})
    assert (refused.status, set(refused.json["details"]["fields"])) == (422, {"status", "deal_id"})


def test_what_a_record_became_is_in_its_audit(me: Caller) -> None:
    account = me.post("/accounts", {"name": "Before"}).json["id"]
    me.patch(f"/accounts/{account}", {"name": "After"})
    entries = me.get(f"/audit?entity=account&id={account}").json["items"]
    assert entries[0]["changes"]["name"] == ["Before", "After"]
    assert entries[0]["actor"]["username"] == "manager"
