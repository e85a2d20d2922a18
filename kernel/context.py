"""Who acts, when, and in which transaction: the first argument of every use case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from kernel.i18n import DEFAULT_LANGUAGE

ADMINISTRATOR = "administrator"
DESIGNER = "designer"
SUPERVISOR = "supervisor"
HEAD = "head"
MANAGER = "manager"
MARKETING = "marketing"
CALL_CENTRE = "call_centre"
"""Calls leads, whoever they belong to, and qualifies them; sells nothing."""
INTEGRATION = "integration"
"""A program outside: it does the work that processes leave to it, and sees nothing else."""
ROLES = (ADMINISTRATOR, DESIGNER, SUPERVISOR, HEAD, MANAGER, MARKETING, CALL_CENTRE, INTEGRATION)

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, or the system itself when `user_id` is None; `stands_for` are those who are away, whose work
    is done by this person now."""

    user_id: int | None
    username: str = "system"
    name: str = "System"
    roles: frozenset[str] = frozenset()
    language: str = DEFAULT_LANGUAGE
    time_zone: str = "Europe/Moscow"
    stands_for: frozenset[int] = frozenset()

    @property
    def people(self) -> list[int | None]:
        """Oneself and those one stands in for."""
        return [self.user_id, *sorted(self.stands_for)]

    def acts_for(self, user_id: int | None) -> bool:
        """Whether that person's work is this person's now."""
        return user_id is not None and (user_id == self.user_id or user_id in self.stands_for)

    @property
    def is_system(self) -> bool:
        return self.user_id is None

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(user_id=None)


@dataclass(slots=True)
class Context:
    """One unit of work. `now()` is fixed once asked, so everything in a step carries the same time."""

    session: Session
    actor: Actor
    clock: Clock = system_clock
    _now: datetime | None = field(default=None, repr=False)

    def now(self) -> datetime:
        if self._now is None:
            self._now = self.clock()
        return self._now

    def as_system(self) -> "Context":
        return Context(self.session, SYSTEM, self.clock, self._now)


@contextmanager
def acting(context: Context) -> Iterator[None]:
    """Says on the session who acts, for the audit. The outermost wins: what follows is that person's doing."""
    info = context.session.info
    if "acting" in info:
        yield
        return
    info["acting"] = context
    try:
        yield
        context.session.flush()
    finally:
        del info["acting"]


def acting_in(session: Session) -> Context | None:
    """Who acts in a session just now; None outside every use case."""
    return session.info.get("acting")
