"""Users and teams."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from crm_model import auth, teams, users
from crm_model.users import Person
from kernel.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page, decode_cursor
from tests.crm_model.people import Company

NEW = {"username": "Anna.K", "name": "Анна Ким", "roles": ["manager"], "password": "correct horse"}


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def test_everyone_learns_four_facts_of_everyone_and_no_more(company: Company) -> None:
    for name in company.people:
        people = users.list_users(company.as_(name), Page(limit=200)).items
        assert {"manager.people", "designer.people"} <= {person.username for person in people}
        assert all(type(person) is Person for person in people)
    assert [field.name for field in fields(Person)] == ["id", "username", "name", "roles"]


def test_only_the_administrator_manages_users(company: Company) -> None:
    for name in set(company.people) - {"administrator"}:
        ctx = company.as_(name)
        for forbidden in (
            lambda: users.create_user(ctx, NEW),
            lambda: users.update_user(ctx, company.id("manager"), {"name": "X"}),
            lambda: users.list_user_records(ctx, Page()),
            lambda: users.get_user(ctx, company.id("manager")),
            lambda: teams.create_team(ctx, {"name": "X"}),
        ):
            with pytest.raises(PermissionDenied):
                forbidden()


def test_a_user_name_is_kept_in_lower_case_and_taken_once(company: Company) -> None:
    ctx = company.as_("administrator")
    assert users.create_user(ctx, NEW).username == "anna.k"
    with pytest.raises(ValidationFailed) as error:
        users.create_user(ctx, {**NEW, "username": "ANNA.k"})
    assert set(error.value.fields) == {"username"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "two words"), ("username", "x" * 151), ("username", " "), ("name", "a\x07b"), ("password", "short"),
        ("roles", ["king"]), ("team_id", 10**12), ("language", "de"), ("time_zone", "Mars/Base"), ("email", "nobody"),
        ("nickname", "x"), ("active", "yes"), ("settings", []),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(company: Company, field: str, value: Any) -> None:
    with pytest.raises(ValidationFailed) as error:
        users.create_user(company.as_("administrator"), {**NEW, field: value})
    assert set(error.value.fields) == {field}


def test_people_are_found_by_name_and_role_and_paged_by_name(company: Company) -> None:
    ctx = company.as_("administrator")
    for name in ("Ёлкин Пётр", "Ерин Иван", "Жуков Ян"):
        users.create_user(ctx, {**NEW, "username": name.split()[0], "name": name, "roles": ["marketing"]})
    ours = users.list_users(ctx, Page(), q="ин", role="marketing").items
    assert [person.name for person in ours] == ["Ёлкин Пётр", "Ерин Иван"]
    first = users.list_users(ctx, Page(limit=3))
    rest = users.list_users(ctx, Page(limit=200, after=decode_cursor(first.next or "")))
    names = [person.name.lower().replace("ё", "е") for person in (*first.items, *rest.items)]
    assert names == sorted(names)


def test_deactivating_ends_sessions_and_hides_from_the_pickers(company: Company) -> None:
    user = company.people["manager"]
    cookie, _ = auth.start_session(company.session, user)
    users.deactivate_user(company.as_("administrator"), user.id)
    user.active = True
    company.session.flush()
    assert auth.authenticate_session(company.session, cookie) is None
    users.deactivate_user(company.as_("administrator"), user.id)
    listed = {person.id for person in users.list_users(company.as_("head"), Page(limit=200)).items}
    everyone = {person.id for person in users.list_users(company.as_("head"), Page(limit=200), active=None).items}
    assert user.id not in listed and user.id in everyone
    with pytest.raises(ValidationFailed) as error:
        users.require_active(company.session, user.id, "user_id")
    assert set(error.value.fields) == {"user_id"}
    assert users.roles_of(company.session, user.id) == frozenset()


@pytest.mark.parametrize("values", [{"active": False}, {"roles": ["manager"]}])
def test_the_last_administrator_stays(company: Company, values: dict[str, Any]) -> None:
    ctx = company.as_("administrator")
    for other in users.list_user_records(ctx, Page(limit=200)).items:
        if other.id != company.id("administrator") and "administrator" in other.roles:
            other.active = False
    company.session.flush()
    with pytest.raises(Conflict) as error:
        users.update_user(ctx, company.id("administrator"), values)
    assert error.value.code == "last_administrator"
    company.people["head"].roles = ["head", "administrator"]
    company.session.flush()
    users.update_user(ctx, company.id("administrator"), values)


def test_an_old_version_is_a_conflict_that_tells_the_present_one(company: Company) -> None:
    ctx, number = company.as_("administrator"), company.id("manager")
    version = users.update_user(ctx, number, {"name": "First"}).version
    with pytest.raises(Conflict) as error:
        users.update_user(ctx, number, {"name": "Second", "version": version - 1})
    assert error.value.details == {"version": version}
    assert users.update_user(ctx, number, {"name": "Second", "version": version}).name == "Second"


def test_people_change_their_own_profile_but_not_their_roles(company: Company) -> None:
    ctx = company.as_("designer")
    users.update_profile(ctx, {"language": "en", "settings": {"theme": "dark", "rows": 20}})
    user = users.update_profile(ctx, {"settings": {"rows": None, "density": "high"}})
    assert user.settings == {"theme": "dark", "density": "high"} and user.language == "en"
    with pytest.raises(ValidationFailed) as error:
        users.update_profile(ctx, {"roles": ["administrator"]})
    assert set(error.value.fields) == {"roles"}


def test_the_head_of_a_person_is_somebody_else_who_works_here(company: Company) -> None:
    session = company.session
    assert users.head_of(session, company.id("manager")) == company.id("head")
    assert users.head_of(session, company.id("head")) is None
    assert users.head_of(session, company.id("supervisor")) is None
    assert sorted(users.led_by(session, company.id("head"))) == [
        company.id("manager"),
        company.id("manager2"),
    ]
    assert users.led_by(session, company.id("manager")) == []
    company.people["head"].active = False
    session.flush()
    assert users.head_of(session, company.id("manager")) is None


def test_tomorrow_starts_where_the_person_lives(company: Company) -> None:
    company.people["manager"].time_zone = "Asia/Vladivostok"
    company.session.flush()
    expected = datetime(2026, 3, 3, tzinfo=ZoneInfo("Asia/Vladivostok"))
    assert users.start_of_tomorrow(company.as_("manager")) == expected


def test_teams_are_made_by_the_administrator_and_seen_by_all(company: Company) -> None:
    ctx = company.as_("administrator")
    team = teams.create_team(ctx, {"name": "Export", "head_id": company.id("head")})
    assert teams.get_team(company.as_("manager"), team.id).head_id == company.id("head")
    assert [row.name for row in teams.list_teams(ctx, Page(), q="xpor").items] == ["Export"]
    with pytest.raises(ValidationFailed):
        teams.create_team(ctx, {"name": "Export"})
    with pytest.raises(ValidationFailed):
        teams.update_team(ctx, team.id, {"head_id": 10**12})
    teams.update_team(ctx, team.id, {"name": "Import", "head_id": None})
    teams.delete_team(ctx, team.id)
    with pytest.raises(NotFound):
        teams.get_team(ctx, team.id)


def test_a_team_with_people_is_not_deleted(company: Company) -> None:
    with pytest.raises(Conflict) as error:
        teams.delete_team(company.as_("administrator"), company.sales.id)
    assert (error.value.code, error.value.details) == ("in_use", {"used_by": {"users": 3}})
