"""Calendars that the administrator keeps, and which of them a record goes by."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from crm_model import business_lines, deals, teams, working_calendars
from kernel.context import ADMINISTRATOR, Context
from kernel.errors import Conflict, PermissionDenied, ValidationFailed
from kernel.working_time import DEFAULT, Calendar
from tests.conftest import MakeContext, MakeUser
from tests.crm_model.sales import Sales


@pytest.fixture
def admin(session: Session, make_context: MakeContext) -> Context:
    return make_context(session, ADMINISTRATOR)


def made(admin: Context, name: str, **values: Any) -> int:
    return working_calendars.create_working_calendar(admin, {"name": name, **values}).id


def zone_of(session: Session, line: int | None = None, owner: int | None = None) -> str:
    return str(working_calendars.calendar_for(session, business_line_id=line, owner_id=owner).zone)


def test_without_any_calendar_there_is_a_built_in_one(session: Session) -> None:
    assert working_calendars.calendar_for(session) == DEFAULT


def test_the_line_goes_before_the_team_and_the_team_before_the_default(
    session: Session, admin: Context, make_user: MakeUser
) -> None:
    default = made(admin, "All", time_zone="Europe/Samara", is_default=True)
    of_team = made(admin, "Team", time_zone="Asia/Omsk")
    of_line = made(admin, "Line", time_zone="Asia/Tokyo")
    team = teams.create_team(admin, {"name": "Omsk", "calendar_id": of_team}).id
    line = business_lines.create_business_line(admin, {"name": "Japan", "calendar_id": of_line}).id
    plain = business_lines.create_business_line(admin, {"name": "Plain"}).id
    owner, other = make_user(session, team_id=team).id, make_user(session).id
    assert default and zone_of(session) == zone_of(session, plain, other) == "Europe/Samara"
    assert zone_of(session, plain, owner) == zone_of(session, None, owner) == "Asia/Omsk"
    assert zone_of(session, line, owner) == "Asia/Tokyo"


def test_a_deal_brings_its_calendar_along(session: Session, admin: Context) -> None:
    line = business_lines.create_business_line(
        admin, {"name": "Japan", "calendar_id": made(admin, "L", time_zone="Asia/Tokyo")}
    )
    deal = Sales(session).deal(business_line_id=line.id)
    assert str(deals.with_heads(session, deal.id)[2].zone) == "Asia/Tokyo"


def test_what_is_kept_is_what_is_reckoned_with(session: Session, admin: Context) -> None:
    made(
        admin, "Shift", time_zone="Asia/Omsk", weekdays=[6, 1], begins="08:30", ends="16:00", national=False,
        days_off=["2027-03-02"], days_on=["2027-03-06"], is_default=True,
    )  # fmt: skip
    assert working_calendars.calendar_for(session) == Calendar(
        ZoneInfo("Asia/Omsk"), frozenset({1, 6}), time(8, 30), time(16), False, frozenset({date(2027, 3, 2)}),
        frozenset({date(2027, 3, 6)}),
    )  # fmt: skip


def test_there_is_one_default(session: Session, admin: Context) -> None:
    first, second = made(admin, "First", is_default=True), made(admin, "Second", is_default=True)
    assert not working_calendars.get_working_calendar(admin, first).is_default
    assert working_calendars.get_working_calendar(admin, second).is_default


@pytest.mark.parametrize(("values", "field"), [
    ({"begins": "nine"}, "begins"), ({"begins": "18:00"}, "ends"), ({"weekdays": []}, "weekdays"), ({"weekdays": [7]}, "weekdays.0"),
    ({"time_zone": "Mars"}, "time_zone"), ({"days_off": ["soon"]}, "days_off.0"), ({"name": "Twin"}, "name"),
])  # fmt: skip
def test_what_cannot_be_kept_is_refused_at_its_field(admin: Context, values: dict[str, Any], field: str) -> None:
    made(admin, "Twin")
    with pytest.raises(ValidationFailed) as refused:
        made(admin, values.pop("name", "Other"), **values)
    assert next(iter(refused.value.fields)).split(".")[0] == field.split(".")[0]


def test_one_in_use_stays_and_only_the_administrator_keeps_them(
    admin: Context, session: Session, make_context: MakeContext
) -> None:
    used = made(admin, "Used")
    teams.create_team(admin, {"name": "Omsk", "calendar_id": used})
    with pytest.raises(Conflict):
        working_calendars.delete_working_calendar(admin, used)
    with pytest.raises(PermissionDenied):
        working_calendars.update_working_calendar(make_context(session, "head"), used, {"name": "Mine"})
