"""A company to look at records from every side: two teams with heads, and everyone who is in neither."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from crm_model.users import Team, User, actor_of, add_user
from kernel.context import Context

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Company:
    """`manager` and `manager2` are led by `head`; `stranger` is led by `other_head`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.sales, self.others = Team(name="Sales of the test"), Team(name="Others of the test")
        session.add_all([self.sales, self.others])
        session.flush()
        self.people = {
            name: self._hire(name, role, team)
            for name, role, team in (
                ("manager", "manager", self.sales),
                ("manager2", "manager", self.sales),
                ("head", "head", self.sales),
                ("stranger", "manager", self.others),
                ("other_head", "head", self.others),
                ("administrator", "administrator", None),
                ("supervisor", "supervisor", None),
                ("marketing", "marketing", None),
                ("caller", "call_centre", None),
                ("designer", "designer", None),
            )
        }
        self.sales.head_id = self.people["head"].id
        self.others.head_id = self.people["other_head"].id
        session.flush()

    def _hire(self, name: str, role: str, team: Team | None) -> User:
        user = add_user(self.session, username=f"{name}.people", name=name.title(), roles=[role])
        user.team_id = team.id if team else None
        self.session.flush()
        return user

    def id(self, name: str) -> int:
        return self.people[name].id

    def as_(self, name: str, clock: Callable[[], datetime] = lambda: NOON) -> Context:
        return Context(self.session, actor_of(self.people[name], "en"), clock)
