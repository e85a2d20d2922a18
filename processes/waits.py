"""Why an instance waits: one entry for each thing that could happen next."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from bpmn.model import Node
from crm_model.activities import Activity
from engine import definitions
from engine import state as kinds
from engine.definitions import Definition
from engine.state import State, Token, decode
from engine.tables import ACTIVE, EXTERNAL, SUSPENDED, IncidentRow, InstanceRow, JobRow, SubscriptionRow, UserTaskRow
from kernel.context import Context
from kernel.i18n import N_, translate
from processes import presentation, presenting
from processes.views import Wait

CANCELLED_BY_HAND = N_("The presentation was cancelled; plan it again or let the process go on by hand.")
AWAITS_PROGRAM = N_("Waits until a program outside fetches the work “%(topic)s”.")
AT_WORK = N_("The program “%(worker)s” does the work “%(topic)s”.")
AWAITS_PRESENTATION = N_("Waits until the presentation has been given.")


def of(context: Context, row: InstanceRow) -> list[Wait]:
    """The waits of an instance, in the order in which they began; none once it has ended."""
    if row.state not in (ACTIVE, SUSPENDED):
        return []
    definition = definitions.load(context.session, row.definition_id)
    rows = _Rows(context, row)
    return [*_by_token(context, definition, row, rows).values(), *rows.job_incidents(context, definition)]


def by_token(context: Context, row: InstanceRow) -> dict[tuple[int, int], Wait]:
    """The waits of an instance under the token that waits and the place of each among its own; none once it has
    ended."""
    if row.state not in (ACTIVE, SUSPENDED):
        return {}
    return _by_token(context, definitions.load(context.session, row.definition_id), row, _Rows(context, row))


def _by_token(context: Context, definition: Definition, row: InstanceRow, rows: _Rows) -> dict[tuple[int, int], Wait]:
    state = decode(row.content)
    return {
        (token.id, index): wait
        for token in sorted(state.tokens.values(), key=lambda token: token.id)
        for index, wait in enumerate(_waits(context, definition, state, token, rows))
    }


class _Rows:
    """The rows that belong to an instance's tokens."""

    def __init__(self, context: Context, row: InstanceRow) -> None:
        session = self._session = context.session
        self.instance_id = row.id
        self.tasks: dict[int, UserTaskRow] = {
            task.token: task
            for task in session.scalars(
                select(UserTaskRow).where(UserTaskRow.instance_id == row.id, UserTaskRow.state == "open")
            )
        }
        self.jobs: dict[int, JobRow] = {
            job.token: job
            for job in session.scalars(select(JobRow).where(JobRow.instance_id == row.id))
            if job.token is not None
        }
        self.incidents: list[IncidentRow] = list(
            session.scalars(
                select(IncidentRow).where(IncidentRow.instance_id == row.id, IncidentRow.resolved_at.is_(None))
            )
        )
        self.called: dict[int, int] = {
            child.parent_token: child.id
            for child in session.execute(
                select(InstanceRow.id, InstanceRow.parent_token).where(
                    InstanceRow.parent_id == row.id, InstanceRow.state.in_((ACTIVE, SUSPENDED))
                )
            )
        }

    @cached_property
    def subscriptions(self) -> dict[tuple[int, int], int]:
        """The ids of subscriptions by token and event."""
        found = select(SubscriptionRow.token, SubscriptionRow.event, SubscriptionRow.id).where(
            SubscriptionRow.instance_id == self.instance_id
        )
        return {(row.token, row.event): row.id for row in self._session.execute(found)}

    def incident_of(self, token: int) -> IncidentRow | None:
        return next((incident for incident in self.incidents if incident.token == token), None)

    def job_incidents(self, context: Context, definition: Definition) -> list[Wait]:
        return [
            Wait(
                "incident", i.element_id, _name(context, definition, i.element_id), incident_id=i.id, job_id=i.job_id,
                text=translate(i.message, context.actor.language, **i.params),
            )
            for i in self.incidents
            if i.job_id is not None
        ]  # fmt: skip


def _name(context: Context, definition: Definition, element_id: str) -> str:
    return definition.graph.node(element_id).title(context.actor.language)


def _waits(context: Context, definition: Definition, state: State, token: Token, rows: _Rows) -> list[Wait]:
    node = definition.graph.node(token.node)
    name = node.title(context.actor.language)
    if token.kind in (kinds.TASK, kinds.CHOICE):
        task = rows.tasks.get(token.id)
        if task is None:
            return []
        flows = presenting.flows_of(context, definition, node, task.kind)
        kind = "choice" if token.kind == kinds.CHOICE else "task"
        return [Wait(kind, node.id, name, task_id=task.id, due=task.due, flows=flows)]
    if token.kind in (kinds.CATCH, kinds.LISTEN):
        return _events(context, state, token, node, name, rows)
    if token.kind == kinds.JOB:
        job = rows.jobs.get(token.id)
        text = _program(context, job) if job is not None and job.kind == EXTERNAL else None
        return [Wait("job", node.id, name, due=job.due if job else None, job_id=job.id if job else None, text=text)]
    if token.kind == kinds.CALL:
        return [Wait("call", node.id, name, instance_id=rows.called.get(token.id))]
    if token.kind == kinds.JOIN:
        return [Wait("join", node.id, name)]
    if token.kind == kinds.INCIDENT:
        incident = rows.incident_of(token.id)
        text = translate(incident.message, context.actor.language, **incident.params) if incident else None
        return [Wait("incident", node.id, name, incident_id=incident.id if incident else None, text=text)]
    return []


def _events(context: Context, state: State, token: Token, node: Node, name: str, rows: _Rows) -> list[Wait]:
    if node.type == "receiveTask":
        kind, subscription = (
            ("message", rows.subscriptions.get((token.id, 0))) if node.message else ("manual_release", None)
        )
        return [Wait(kind, node.id, name, message=node.message, subscription_id=subscription)]
    found = []
    for index, event in enumerate(node.events):
        if index in token.data.get("seen", ()):
            continue
        if event.kind == "timer":
            due = token.data.get(f"due{index}")
            moment = datetime.fromtimestamp(due, UTC) if due is not None else None
            job = rows.jobs.get(token.id)
            found.append(
                Wait("timer" if moment else "manual_release", node.id, name, due=moment, job_id=job.id if job else None)
            )
        elif event.kind in ("message", "signal"):
            kind = event.kind if event.reference else "manual_release"
            subscription = rows.subscriptions.get((token.id, index)) if event.reference else None
            found.append(Wait(kind, node.id, name, message=event.reference, subscription_id=subscription))
        elif event.kind == "conditional":
            found.append(Wait("condition", node.id, name, text=_condition_text(context, state, event.condition)))
    return found


def _program(context: Context, job: JobRow) -> str:
    topic = (job.payload or {}).get("topic", "")
    at_work = job.locked_by is not None and job.locked_until is not None and job.locked_until > context.now()
    return translate(AT_WORK if at_work else AWAITS_PROGRAM, context.actor.language, topic=topic, worker=job.locked_by)


def _condition_text(context: Context, state: State, condition: str | None) -> str | None:
    """What a waiting condition means to people, where we know it."""
    if condition != presentation.GIVEN:
        return condition
    number: Any = state.variables.get(presentation.ACTIVITY)
    activity = context.session.get(Activity, number) if isinstance(number, int) else None
    cancelled = activity is not None and activity.status == "cancelled"
    return translate(CANCELLED_BY_HAND if cancelled else AWAITS_PRESENTATION, context.actor.language)
