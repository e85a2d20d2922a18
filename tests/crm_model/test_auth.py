"""Signing in, the throttle of wrong passwords, sessions and tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_model import auth, users
from crm_model.auth import ApiToken, NotSignedIn, TooManyAttempts, UserSession, WrongPassword
from kernel.context import Context
from kernel.db import Database
from kernel.errors import NotFound, ValidationFailed
from kernel.paging import Page
from tests.crm_model.people import NOON, Company

PASSWORD = "correct horse"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def company(session: Session) -> Company:
    made = Company(session)
    for name in ("manager", "manager2"):
        made.people[name].password_hash = users.hash_password(PASSWORD)
    session.flush()
    return made


def attempt(
    company: Company, clock: Clock, password: str, name: str = "manager.people", address: str = "10.0.0.1"
) -> Any:
    return auth.sign_in(company.session, name, password, address, clock)


def test_the_right_password_signs_in_whatever_the_case_of_the_name(company: Company, clock: Clock) -> None:
    assert attempt(company, clock, PASSWORD, " Manager.PEOPLE ").user() is company.people["manager"]


@pytest.mark.parametrize("name", ["manager.people", "nobody", "manager.people\x00", "\ud800", "x" * 9000, ""])
@pytest.mark.parametrize("password", ["wrong", "", "x" * 5000, "\ud800", PASSWORD + "\x00"])
def test_wrong_ones_and_unknown_names_look_the_same(company: Company, clock: Clock, name: str, password: str) -> None:
    with pytest.raises(NotSignedIn) as error:
        attempt(company, clock, password, name).user()
    assert (error.value.code, error.value.details) == ("invalid_credentials", {})


def test_an_unknown_name_costs_a_hash_as_well(company: Company, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    real = auth.users.hasher()

    class Counting:
        def verify(self, stored: str, given: str) -> bool:
            verified.append(given)
            return real.verify(stored, given)

        def hash(self, password: str) -> str:
            return real.hash(password)

    monkeypatch.setattr(auth.users, "hasher", Counting)
    attempt(company, clock, "wrong", "nobody", "10.1.1.1")
    attempt(company, clock, "wrong", "manager.people", "10.1.1.2")
    assert verified == ["wrong", "wrong"]


def test_a_deactivated_user_and_one_without_a_password_cannot_sign_in(company: Company, clock: Clock) -> None:
    company.people["manager"].active = False
    for name in ("manager.people", "head.people"):
        with pytest.raises(NotSignedIn):
            attempt(company, clock, PASSWORD, name).user()


def test_ten_wrong_passwords_shut_a_name_for_the_right_one_too(company: Company, clock: Clock) -> None:
    for number in range(10):
        clock.forward(seconds=1)
        with pytest.raises(NotSignedIn):
            attempt(company, clock, "wrong", address=f"10.0.0.{number}").user()
    with pytest.raises(TooManyAttempts) as error:
        attempt(company, clock, PASSWORD).user()
    assert 0 < error.value.retry_after <= 600
    assert error.value.details == {"retry_after": error.value.retry_after}
    assert attempt(company, clock, PASSWORD, "manager2.people").user()
    clock.forward(seconds=error.value.retry_after)
    assert attempt(company, clock, PASSWORD).user()


def test_unknown_names_are_throttled_alike(company: Company, clock: Clock) -> None:
    for _ in range(10):
        attempt(company, clock, "wrong", "nobody")
    with pytest.raises(TooManyAttempts):
        attempt(company, clock, "wrong", "nobody").user()


def test_nine_wrong_ones_and_old_ones_shut_nobody_out(company: Company, clock: Clock) -> None:
    for _ in range(9):
        attempt(company, clock, "wrong")
    clock.forward(minutes=11)
    for _ in range(9):
        attempt(company, clock, "wrong")
    assert attempt(company, clock, PASSWORD).user()


def test_refusals_while_throttled_do_not_prolong_it(company: Company, clock: Clock) -> None:
    for _ in range(10):
        attempt(company, clock, "wrong")
    for _ in range(9):
        clock.forward(minutes=1)
        assert attempt(company, clock, "wrong").retry_after
    clock.forward(minutes=1, seconds=1)
    assert attempt(company, clock, PASSWORD).user()


def test_a_hundred_from_an_address_shut_it_but_not_for_who_signed_in_there(company: Company, clock: Clock) -> None:
    assert attempt(company, clock, PASSWORD).user()
    for number in range(100):
        company.session.add(WrongPassword(username=f"guess{number}", address="10.0.0.1", at=clock.now))
    company.session.flush()
    with pytest.raises(TooManyAttempts):
        attempt(company, clock, PASSWORD, "manager2.people").user()
    with pytest.raises(TooManyAttempts):
        attempt(company, clock, "wrong", "nobody").user()
    assert attempt(company, clock, PASSWORD).user()
    assert attempt(company, clock, PASSWORD, "manager2.people", "10.0.0.2").user()


def test_a_refused_attempt_outlives_its_request(database: Database) -> None:
    with database.transaction() as session:
        users.add_user(session, username="remembered", name="R", password=PASSWORD)
    with pytest.raises(NotSignedIn):
        with database.transaction() as session:
            refused = auth.sign_in(session, "remembered", "wrong", "10.9.9.9")
        refused.user()
    with database.read_only() as session:
        kept = select(func.count()).select_from(WrongPassword).where(WrongPassword.username == "remembered")
        assert session.scalar(kept) == 1


def test_many_guesses_at_once_get_no_more_than_ten(database: Database) -> None:
    def guess(number: int) -> bool:
        with database.transaction() as session:
            return auth.sign_in(session, "victim", "wrong", f"10.8.0.{number}").retry_after is not None

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(guess, range(25)))
    assert refused.count(False) == 10


def test_a_session_lasts_until_it_ends_or_the_user_does(company: Company, clock: Clock) -> None:
    session, user = company.session, company.people["manager"]
    cookie, row = auth.start_session(session, user, address="10.0.0.1", user_agent="Browser\x00", clock=clock)
    signed_in = auth.authenticate_session(session, cookie, clock)
    assert signed_in is not None
    assert (signed_in.actor.user_id, signed_in.csrf_secret, signed_in.id) == (
        user.id,
        row.csrf_secret,
        row.id,
    )
    assert cookie.encode() not in row.token_hash and row.user_agent == "Browser"
    assert auth.authenticate_session(session, cookie + "x", clock) is None
    assert auth.authenticate_session(session, "\ud800", clock) is None
    user.active = False
    session.flush()
    assert auth.authenticate_session(session, cookie, clock) is None
    user.active = True
    session.flush()
    clock.forward(days=15)
    assert auth.authenticate_session(session, cookie, clock) is None


def test_signing_out_ends_one_session(company: Company, clock: Clock) -> None:
    session, user = company.session, company.people["manager"]
    here, _ = auth.start_session(session, user, clock=clock)
    there, _ = auth.start_session(session, user, clock=clock)
    auth.sign_out(session, here)
    assert auth.authenticate_session(session, here, clock) is None
    assert auth.authenticate_session(session, there, clock) is not None


def test_signing_out_elsewhere_keeps_this_one_and_other_people_s(company: Company, clock: Clock) -> None:
    session = company.session
    here, row = auth.start_session(session, company.people["manager"], clock=clock)
    there, _ = auth.start_session(session, company.people["manager"], clock=clock)
    noise, _ = auth.start_session(session, company.people["head"], clock=clock)
    auth.sign_out_elsewhere(company.as_("manager"), keep=row.id)
    alive = [auth.authenticate_session(session, cookie, clock) is not None for cookie in (here, there, noise)]
    assert alive == [True, False, True]


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(company: Company, clock: Clock) -> None:
    here, row = auth.start_session(company.session, company.people["manager"], clock=clock)
    there, _ = auth.start_session(company.session, company.people["manager"], clock=clock)
    ctx = company.as_("manager")
    for current, new, field in (("wrong", "battery staple", "current"), (PASSWORD, "short", "new")):
        with pytest.raises(ValidationFailed) as error:
            auth.change_password(ctx, current=current, new=new, keep=row.id)
        assert set(error.value.fields) == {field}
    auth.change_password(ctx, current=PASSWORD, new="battery staple", keep=row.id)
    assert attempt(company, clock, "battery staple").user()
    assert auth.authenticate_session(company.session, here, clock) is not None
    assert auth.authenticate_session(company.session, there, clock) is None


def test_a_token_works_until_it_ends_or_is_revoked(company: Company, clock: Clock) -> None:
    ctx = company.as_("manager", clock)
    token, expires_at = auth.issue_token(ctx, name="Script", lasts=timedelta(days=1))
    assert expires_at == NOON + timedelta(days=1)
    signed_in = auth.authenticate_token(company.session, token, clock)
    assert signed_in is not None and signed_in.actor.user_id == company.id("manager")
    assert signed_in.csrf_secret is None
    assert auth.authenticate_session(company.session, token, clock) is None
    clock.forward(days=2)
    assert auth.authenticate_token(company.session, token, clock) is None


def test_people_see_and_revoke_their_own_tokens_only(company: Company, clock: Clock) -> None:
    ctx = company.as_("manager", clock)
    token, _ = auth.issue_token(ctx, name="Mine")
    auth.issue_token(company.as_("head", clock), name="Noise")
    (row,) = auth.list_tokens(ctx, Page()).items
    assert row.name == "Mine" and token.encode() not in row.token_hash
    for number in (row.id, 2**63, 0):
        with pytest.raises(NotFound):
            auth.revoke_token(company.as_("head"), number)
    auth.revoke_token(ctx, row.id)
    assert auth.authenticate_token(company.session, token, clock) is None


def test_the_use_of_a_token_is_noted_to_the_hour(company: Company, clock: Clock) -> None:
    token, _ = auth.issue_token(company.as_("manager", clock))

    def use() -> datetime | None:
        signed_in = auth.authenticate_token(company.session, token, clock)
        assert signed_in is not None
        auth.note_use(company.session, signed_in, clock)
        mine = ApiToken.user_id == company.people["manager"].id
        return company.session.scalar(select(ApiToken.last_used_at).where(mine))

    assert use() == NOON
    clock.forward(minutes=30)
    assert use() == NOON
    clock.forward(minutes=31)
    assert use() == clock.now


def test_a_token_is_found_with_one_query_that_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        user = users.add_user(session, username="robot", name="Robot", roles=["manager"])
        session.flush()
        token, _ = auth.issue_token(Context(session, users.actor_of(user)))
    with database.read_only() as session:
        assert auth.authenticate_token(session, token) is not None


def test_the_browser_s_language_counts_where_none_is_chosen(company: Company, clock: Clock) -> None:
    user = company.people["manager"]
    cookie, _ = auth.start_session(company.session, user, clock=clock)
    signed_in = auth.authenticate_session(company.session, cookie, clock)
    assert signed_in is not None and not signed_in.language_chosen
    user.language = "en"
    company.session.flush()
    signed_in = auth.authenticate_session(company.session, cookie, clock)
    assert signed_in is not None and signed_in.language_chosen and signed_in.actor.language == "en"


def test_housekeeping_forgets_what_is_over(company: Company, clock: Clock) -> None:
    attempt(company, clock, "wrong")
    auth.start_session(company.session, company.people["manager"], clock=clock)
    clock.forward(days=20)
    auth.start_session(company.session, company.people["head"], clock=clock)
    auth.forget_what_is_over(company.session, clock)
    assert company.session.scalars(select(WrongPassword.id).where(WrongPassword.at == NOON)).all() == []
    assert company.session.scalars(select(UserSession.user_id)).all() == [company.id("head")]
