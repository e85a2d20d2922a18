"""No live instance without a reason to wait: finds those whose tokens nothing will ever move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definitions
from engine import state as kinds
from engine.names import awaited_names
from engine.state import State, Token, decode
from engine.tables import (
    ACTIVE,
    SUSPENDED,
    IncidentRow,
    InstanceRow,
    JobRow,
    SubscriptionRow,
    UserTaskRow,
)

BATCH = 500
REASONS = frozenset({kinds.TASK, kinds.CHOICE, kinds.CATCH, kinds.JOB, kinds.CALL, kinds.INCIDENT})


@dataclass(frozen=True, slots=True)
class Stuck:
    """`missing` is what should be there and is not; `element_id` is None where no token is left at all."""

    instance_id: int
    definition_key: str
    element_id: str | None
    missing: str


def stuck(session: Session) -> Iterator[Stuck]:
    """Active instances that nothing will move, in the order of their ids."""
    last = 0
    while True:
        rows = session.execute(
            select(InstanceRow.id, InstanceRow.definition_id, InstanceRow.definition_key, InstanceRow.content)
            .where(InstanceRow.state == ACTIVE, InstanceRow.id > last)
            .order_by(InstanceRow.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        waits = _Waits(session, [row.id for row in rows])
        for row in rows:
            found = waits.missing(row.id, row.definition_id, decode(row.content))
            if found is not None:
                yield Stuck(row.id, row.definition_key, *found)


class _Waits:
    """What the database holds for the tokens of a batch of instances."""

    def __init__(self, session: Session, ids: list[int]) -> None:
        self.session = session
        task, job, wait, trouble = UserTaskRow, JobRow, SubscriptionRow, IncidentRow
        self.tasks = self._pairs(
            select(task.instance_id, task.token).where(task.instance_id.in_(ids), task.state == "open")
        )
        self.jobs = self._pairs(
            select(job.instance_id, job.token, job.event).where(job.instance_id.in_(ids), job.state != "suspended")
        )
        self.events = self._pairs(select(wait.instance_id, wait.token, wait.event).where(wait.instance_id.in_(ids)))
        self.incidents = self._pairs(
            select(trouble.instance_id, trouble.token).where(
                trouble.instance_id.in_(ids), trouble.resolved_at.is_(None)
            )
        )
        self.called = self._pairs(
            select(InstanceRow.parent_id, InstanceRow.parent_token).where(
                InstanceRow.parent_id.in_(ids), InstanceRow.state.in_((ACTIVE, SUSPENDED))
            )
        )

    def _pairs(self, query) -> set[tuple[int, ...]]:  # type: ignore[no-untyped-def]
        return {tuple(row) for row in self.session.execute(query)}

    def missing(self, instance_id: int, definition_id: int, state: State) -> tuple[str | None, str] | None:
        """(element, what is missing), None where all is well."""
        for token in state.tokens.values():
            what = self._missing_for(instance_id, definition_id, token)
            if what is not None:
                return token.node, what
        if not any(token.kind in REASONS for token in state.tokens.values()):
            stands = next((token.node for token in state.tokens.values()), None)
            return stands, "anything to wait for"
        return None

    def _missing_for(self, instance_id: int, definition_id: int, token: Token) -> str | None:
        at = (instance_id, token.id)
        if at in self.incidents:
            return None
        if token.kind in (kinds.TASK, kinds.CHOICE):
            return None if at in self.tasks else "its open task"
        if token.kind == kinds.JOB:
            return None if (*at, 0) in self.jobs else "its job"
        if token.kind == kinds.CALL:
            return None if at in self.called else "the process it calls"
        if token.kind == kinds.INCIDENT:
            return "its incident"
        if token.kind == kinds.READY:
            return "the step that should have moved it on"
        if token.kind in (kinds.CATCH, kinds.LISTEN):
            return self._missing_event(at, definition_id, token)
        return None

    def _missing_event(self, at: tuple[int, int], definition_id: int, token: Token) -> str | None:
        node = definitions.load(self.session, definition_id).graph.node(token.node)
        seen = token.data.get("seen", [])
        for index, event in enumerate(node.events):
            armed = event.kind == "timer" and f"due{index}" in token.data and index not in seen
            if armed and (*at, index) not in self.jobs:
                return "the job of its timer"
        for index, kind, name in awaited_names(node):
            if index not in seen and (*at, index) not in self.events:
                return f"its subscription to the {kind} {name}"
        return None
