"""Accounts, as the example of every kind of record."""

from tests.api.contract.office import Office


def test_a_made_account_can_be_read_changed_and_deleted(office: Office) -> None:
    me = office.as_("manager")
    made = me.post("/accounts", {"name": "Ladoga", "type": "customer", "phones": ["+7 812 320-10-10"]})
    assert made.status == 201
    account = made.json
    assert account["owner_id"] == office.people["manager"]
    assert me.get(f"/accounts/{account['id']}").json == account

    changed = me.patch(f"/accounts/{account['id']}", {"region": "Karelia", "version": account["version"]})
    assert (changed.status, changed.json["region"]) == (200, "Karelia")

    gone = me.delete(f"/accounts/{account['id']}")
    assert (gone.status, gone.data) == (204, b"")
    assert me.get(f"/accounts/{account['id']}").status == 404


def test_a_change_made_on_an_older_state_is_a_conflict(office: Office) -> None:
    me = office.as_("manager")
    account = me.post("/accounts", {"name": "Onega"}).json
    me.patch(f"/accounts/{account['id']}", {"region": "North"})
    answer = me.patch(f"/accounts/{account['id']}", {"region": "South", "version": account["version"]})
    assert (answer.status, answer.json["code"]) == (409, "conflict")
    assert answer.json["details"] == {"version": account["version"] + 1}
    assert me.get(f"/accounts/{account['id']}").json["region"] == "North"


def test_what_is_wrong_is_told_by_field(office: Office) -> None:
    answer = office.as_("manager").post("/accounts", {"name": " ", "type": "planet", "moon": 1, "employees": "many"})
    assert (answer.status, answer.json["code"]) == (422, "validation_failed")
    assert set(answer.json["details"]["fields"]) >= {"type", "employees"}


def test_unknown_and_read_only_keys_are_told_by_field(office: Office) -> None:
    answer = office.as_("manager").post("/accounts", {"name": "Neva", "moon": 1, "id": 7, "created_at": "2026-01-01"})
    assert (answer.status, set(answer.json["details"]["fields"])) == (422, {"moon", "id", "created_at"})


def test_a_list_is_walked_page_by_page_without_gaps_or_repeats(office: Office) -> None:
    me = office.as_("manager2")
    made = {me.post("/accounts", {"name": f"Walk {number}"}).json["id"] for number in range(5)}
    seen: list[int] = []
    after = ""
    while True:
        page = me.get(f"/accounts?q=Walk&limit=2{after}").json
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert (len(seen), set(seen)) == (5, made)


def test_messages_come_in_the_language_of_the_caller(office: Office) -> None:
    visitor = office.as_(None)
    english = visitor.get("/accounts", headers={"Accept-Language": "en"}).json
    russian = visitor.get("/accounts", headers={"Accept-Language": "ru"}).json
    assert english["code"] == russian["code"] == "not_signed_in"
    assert english["message"].startswith("Sign in")
    assert russian["message"].startswith("Войдите")
