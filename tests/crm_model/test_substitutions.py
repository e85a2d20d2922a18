"""Who stands in for whom: times, chains, circles, and what may not be entered."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from crm_model import notifications, substitutions
from crm_model.users import User, actor_of
from kernel.context import Context
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from tests.conftest import MakeContext, MakeUser
from tests.crm_model.sales import NOW

WEEK = {"begins": NOW, "ends": NOW + timedelta(days=7)}


def ctx(session: Session, user: User) -> Context:
    return Context(session, actor_of(user), lambda: NOW)


def stands_for(session: Session, user: User, **later: float) -> frozenset[int]:
    return substitutions.actor_at(session, user, NOW + timedelta(**later)).stands_for


@pytest.fixture
def three(session: Session, make_user: MakeUser) -> list[User]:
    return [make_user(session) for _ in range(3)]


def test_somebody_stands_in_for_as_long_as_it_is_said_and_no_longer(session: Session, three: list[User]) -> None:
    away, substitute, _ = three
    substitutions.create_substitution(ctx(session, away), {"substitute_id": substitute.id, **WEEK})
    assert stands_for(session, substitute) == {away.id}
    assert stands_for(session, substitute, days=-1) == stands_for(session, substitute, days=7) == frozenset()
    assert stands_for(session, away) == frozenset()


def test_who_stands_in_for_a_substitute_stands_in_for_both(session: Session, three: list[User]) -> None:
    first, second, third = three
    substitutions.create_substitution(ctx(session, first), {"substitute_id": second.id, **WEEK})
    late = {"begins": NOW + timedelta(days=2), "ends": NOW + timedelta(days=3)}
    substitutions.create_substitution(ctx(session, second), {"substitute_id": third.id, **late})
    assert stands_for(session, third) == frozenset()
    assert stands_for(session, third, days=2) == {first.id, second.id}


def test_a_circle_ends_where_it_began(session: Session, three: list[User]) -> None:
    for away, substitute in zip(three, (*three[1:], three[0]), strict=True):
        substitutions.create_substitution(ctx(session, away), {"substitute_id": substitute.id, **WEEK})
    for user in three:
        assert stands_for(session, user) == {other.id for other in three} - {user.id}


@pytest.mark.parametrize(("given", "field"), [
    ({"ends": NOW}, "ends"), ({"begins": NOW - timedelta(days=9), "ends": NOW - timedelta(days=8)}, "ends"),
    ({"substitute_id": 2**40}, "substitute_id"), ({"begins": None}, "begins"), ({"substitute_id": "self"}, "substitute_id"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused(session: Session, three: list[User], given: dict, field: str) -> None:
    away, substitute, _ = three
    values = {"substitute_id": substitute.id, **WEEK, **given}
    if given.get("substitute_id") == "self":
        values["substitute_id"] = away.id
    with pytest.raises(ValidationFailed) as refused:
        substitutions.create_substitution(ctx(session, away), values)
    assert list(refused.value.fields) == [field]


def test_one_time_has_one_substitute(session: Session, three: list[User]) -> None:
    away, substitute, other = three
    substitutions.create_substitution(ctx(session, away), {"substitute_id": substitute.id, **WEEK})
    with pytest.raises(ValidationFailed) as refused:
        substitutions.create_substitution(ctx(session, away), {"substitute_id": other.id, **WEEK})
    assert list(refused.value.fields) == ["begins"]
    after = {"begins": WEEK["ends"], "ends": WEEK["ends"] + timedelta(days=1)}
    assert substitutions.create_substitution(ctx(session, away), {"substitute_id": other.id, **after}).id


def test_only_the_administrator_says_it_for_others(
    session: Session, three: list[User], make_context: MakeContext
) -> None:
    away, substitute, stranger = three
    values = {"user_id": away.id, "substitute_id": substitute.id, **WEEK}
    with pytest.raises(PermissionDenied):
        substitutions.create_substitution(ctx(session, stranger), values)
    admin = Context(session, make_context(session, "administrator").actor, lambda: NOW)
    made = substitutions.create_substitution(admin, values)
    for user in (away, substitute):
        assert [row.id for row in substitutions.list_substitutions(ctx(session, user), Page()).items] == [made.id]
    assert substitutions.list_substitutions(ctx(session, stranger), Page()).items == []
    for user in (substitute, stranger):
        with pytest.raises(NotFound):
            substitutions.end_substitution(ctx(session, user), made.id)


def test_one_may_be_back_early(session: Session, three: list[User]) -> None:
    away, substitute, _ = three
    began = {"begins": NOW - timedelta(days=1), "ends": NOW + timedelta(days=1)}
    made = substitutions.create_substitution(ctx(session, away), {"substitute_id": substitute.id, **began})
    substitutions.end_substitution(ctx(session, away), made.id)
    assert stands_for(session, substitute) == frozenset() and made.ends == NOW
    planned = substitutions.create_substitution(
        ctx(session, away),
        {"substitute_id": substitute.id, "begins": NOW + timedelta(days=3), "ends": NOW + timedelta(days=4)},
    )
    substitutions.end_substitution(ctx(session, away), planned.id)
    assert session.get(substitutions.Substitution, planned.id) is None


def test_a_substitute_is_told_beforehand_on_the_day_and_when_it_ends(session: Session, three: list[User]) -> None:
    away, substitute, _ = three
    away.name, later = "Анна Ковалёва", NOW + timedelta(days=3)
    made = substitutions.create_substitution(
        ctx(session, away), {"substitute_id": substitute.id, "begins": later, "ends": later + timedelta(days=7)}
    )

    def told(at: datetime) -> list[str]:
        asking = Context(session, actor_of(substitute), lambda: at)
        substitutions.announce(asking)
        substitutions.announce(asking)
        return [row.text_in("ru") for row in notifications.list_notifications(asking, Page()).items]

    (beforehand,) = told(NOW)
    assert "Вы замещаете сотрудника Анна Ковалёва: с " in beforehand
    on_the_day, _ = told(later + timedelta(hours=1))
    assert "среди ваших задач" in on_the_day
    assert len(told(later + timedelta(days=1))) == 2
    at = later + timedelta(days=2)
    substitutions.end_substitution(Context(session, actor_of(away), lambda: at), made.id)
    assert told(at)[0] == "Вы больше не замещаете сотрудника Анна Ковалёва."


def test_a_substitute_sees_for_whom_they_stand_in(session: Session, three: list[User]) -> None:
    away, substitute, _ = three
    substitutions.create_substitution(ctx(session, away), {"substitute_id": substitute.id, **WEEK})
    assert [row.user_id for row in substitutions.stood_in_for(ctx(session, substitute))] == [away.id]
    assert substitutions.stood_in_for(ctx(session, away)) == []
