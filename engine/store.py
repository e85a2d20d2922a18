"""Writing a step of one instance or of many: states, history, tasks, jobs and subscriptions in a single statement."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from bpmn.model import Node
from engine import state as kinds
from engine.names import awaited_names
from engine.state import Token
from engine.tables import ACTIVE, EXTERNAL
from kernel import statements
from kernel.errors import Conflict

if TYPE_CHECKING:
    from engine.live import Live

OPERATION_RETRIES = 3
STATE = (
    "id bigint, content text, state text, business_key text, origin_key text, subject_type text, subject_id bigint,"
    " ended_at timestamptz, end_event text"
)


@dataclass(frozen=True, slots=True)
class OpenedTask:
    id: int
    token: int
    element_id: str
    node: Node
    assignee_id: int | None
    candidate_roles: list[str]
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ClosedTask:
    id: int
    token: int
    element_id: str
    state: str
    result: str | None


@dataclass(slots=True)
class Written:
    """What a step did to the tasks of one instance."""

    live: Live
    opened: list[OpenedTask] = field(default_factory=list)
    closed: list[ClosedTask] = field(default_factory=list)


Records = list[dict[str, Any]]


def write(
    session: Session, changed: Sequence[tuple[Live, bytes]], actor_id: int | None, now: datetime
) -> list[Written]:
    """Writes what a step changed in each instance since it was loaded, its encoded state beside it; the tasks it opened
    and closed come back with their ids. Conflict if an instance was written by someone else meanwhile."""
    lives = [live for live, _ in changed]
    parts: list[str] = []
    values: dict[str, Any] = {"now": now, "actor": actor_id}
    these = _these(lives, values)
    _instances(changed, parts, values, these)
    _history(lives, parts, values)
    _steps(lives, parts, values)
    _incidents(lives, parts, values)
    endings = _closed(lives, parts, values, these)
    specs = _opened(lives, parts, values)
    _jobs_and_subscriptions(lives, parts, values, these)
    named = (("opened", specs), ("closed", endings))
    answers = [f"{_ids_of(name) if wanted else 'NULL::jsonb'} AS {name}" for name, wanted in named]
    counted = " + ".join(f"(SELECT count(*) FROM {name})" for name in ("created", "written") if name in values)
    statement = f"WITH {', '.join(parts)} SELECT {counted} AS count, {', '.join(answers)}"
    (row,) = statements.rows(session, statement, values)
    if row.count != len(changed):
        raise Conflict()
    came = {live.id: Written(live) for live in lives}
    for live in lives:
        live.version += 0 if live.is_new else 1
    ids = {(instance, token): id for instance, token, id in row.opened or []}
    for spec in specs:
        written = came[spec["instance_id"]]
        written.opened.append(
            OpenedTask(
                ids[spec["instance_id"], spec["token"]], spec["token"], spec["element_id"],
                written.live.graph.node(spec["element_id"]), spec["assignee_id"], spec["candidate_roles"],
                datetime.fromisoformat(spec["due"]) if spec["due"] else None,
            )
        )  # fmt: skip
    ended = {(ending["instance_id"], ending["token"]): ending for ending in endings}
    for instance, token, id in row.closed or []:
        ending = ended[instance, token]
        written = came[instance]
        element = written.live.before[token][1]
        written.closed.append(ClosedTask(id, token, element, ending["state"], ending["result"]))
    return list(came.values())


def _these(lives: Sequence[Live], values: dict[str, Any]) -> str:
    """What the number of an instance must be. It is said beside the records, whose count the planner does not know: it
    must not read whole tables for a few rows. Of one it is said so that any number has the same plan, which PostgreSQL
    then keeps; for a list it would plan each time anew."""
    if len(lives) == 1:
        values["ids"] = lives[0].id
        return "= %(ids)s"
    values["ids"] = [live.id for live in lives]
    return "= ANY(%(ids)s)"


def _ids_of(part: str) -> str:
    return f"(SELECT jsonb_agg(jsonb_build_array({part}.instance_id, {part}.token, {part}.id)) FROM {part})"


def _records(name: str, records: Records, columns: str, values: dict[str, Any]) -> str:
    """The records as the table `x`. One alone is said to be one, so that the planner finds its row by the key."""
    values[name] = Jsonb(records[0] if len(records) == 1 else records)
    return f"jsonb_to_record{'' if len(records) == 1 else 'set'}(%({name})s) AS x({columns})"


def _instances(changed: Sequence[tuple[Live, bytes]], parts: list[str], values: dict[str, Any], these: str) -> None:
    old = [_state(live, content) | {"version": live.version} for live, content in changed if not live.is_new]
    new = [_state(live, content) | _birth(live) for live, content in changed if live.is_new]
    if new:
        born = _records(
            "created", new, f"{STATE}, definition_id bigint, definition_key text, root_id bigint, parent_id bigint,"
            " parent_token int, started_by bigint", values,
        )  # fmt: skip
        parts.append(
            "created AS (INSERT INTO process_instance (id, definition_id, definition_key, root_id, parent_id,"
            " parent_token, business_key, origin_key, subject_type, subject_id, state, version, content, started_at,"
            " started_by, ended_at, end_event) SELECT x.id, x.definition_id, x.definition_key, x.root_id, x.parent_id,"
            " x.parent_token, x.business_key, x.origin_key, x.subject_type, x.subject_id, x.state, 1,"
            f" decode(x.content, 'base64'), %(now)s, x.started_by, x.ended_at, x.end_event FROM {born} RETURNING id)"
        )
    if old:
        states = _records("written", old, f"{STATE}, version int", values)
        parts.append(
            "written AS (UPDATE process_instance p SET content = decode(x.content, 'base64'), version = p.version + 1,"
            " state = x.state, business_key = x.business_key, origin_key = x.origin_key,"
            " subject_type = x.subject_type, subject_id = x.subject_id, ended_at = x.ended_at, end_event = x.end_event"
            f" FROM {states} WHERE p.id {these} AND p.id = x.id AND p.version = x.version RETURNING p.id)"
        )


def _state(live: Live, content: bytes) -> dict[str, Any]:
    return {
        "id": live.id,
        "content": b64encode(content).decode(),
        "state": live.status,
        "business_key": live.business_key,
        "origin_key": live.origin_key,
        "subject_type": live.subject[0] if live.subject else None,
        "subject_id": live.subject[1] if live.subject else None,
        "ended_at": live.ended_at.isoformat() if live.ended_at else None,
        "end_event": live.run.end_event if live.status != ACTIVE else None,
    }


def _birth(live: Live) -> dict[str, Any]:
    return {
        "definition_id": live.definition.id,
        "definition_key": live.definition.key,
        "root_id": live.root_id,
        "parent_id": live.parent_id,
        "parent_token": live.parent_token,
        "started_by": live.started_by,
    }


def _history(lives: Sequence[Live], parts: list[str], values: dict[str, Any]) -> None:
    entries = [
        {
            "instance_id": live.id, "run": e.run, "element_id": e.node.id, "began": e.entered,
            "ended": e.left, "outcome": e.outcome, "token": e.token, "result": e.result,
            "flows": list(e.via) or None,
        }
        for live in lives
        for e in live.run.entries
    ]  # fmt: skip
    if not entries:
        return
    told = _records(
        "entries", entries, "instance_id bigint, run int, element_id text, began bigint, ended bigint,"
        " outcome text, token int, result text, flows text[]", values,
    )  # fmt: skip
    parts.append(
        "entered AS (INSERT INTO history_entry (actor_id, instance_id, run, element_id, entered_at, left_at, outcome,"
        f" token, result, flows) SELECT %(actor)s, x.instance_id, x.run, x.element_id, {_moment('x.began')},"
        f" {_moment('x.ended')}, x.outcome, x.token, x.result, x.flows FROM {told})"
    )


def _moment(micros: str) -> str:
    """Of microseconds since the epoch, exactly."""
    return f"'epoch'::timestamptz + {micros} * interval '1 microsecond'"


def _steps(lives: Sequence[Live], parts: list[str], values: dict[str, Any]) -> None:
    steps = [
        {
            "instance_id": live.id,
            "step": live.version,
            "taken": None if live.is_new else b64encode(live.taken).decode(),
            "changes": [[run, name, was, now] for (run, name), (was, now) in live.run.changed.items() if was != now]
            or None,
        }
        for live in lives
    ]
    told = _records("steps", steps, "instance_id bigint, step int, taken text, changes jsonb", values)
    parts.append(
        "stepped AS (INSERT INTO history_step (at, actor_id, instance_id, step, taken, changes)"
        f" SELECT %(now)s, %(actor)s, x.instance_id, x.step, decode(x.taken, 'base64'), x.changes FROM {told})"
    )


def _incidents(lives: Sequence[Live], parts: list[str], values: dict[str, Any]) -> None:
    troubles = [
        {
            "instance_id": live.id, "token": t.token, "element_id": t.node.id, "kind": t.kind, "message": t.message,
            "params": t.params,
        }
        for live in lives
        for t in live.run.troubles
    ]  # fmt: skip
    if not troubles:
        return
    told = _records(
        "troubles", troubles, "instance_id bigint, token int, element_id text, kind text, message text, params jsonb",
        values,
    )  # fmt: skip
    parts.append(
        "troubled AS (INSERT INTO incident (created_at, instance_id, token, element_id, kind, message, params)"
        f" SELECT %(now)s, x.* FROM {told})"
    )


def _closed(lives: Sequence[Live], parts: list[str], values: dict[str, Any], these: str) -> Records:
    closed = [{"instance_id": live.id, **ending} for live in lives for ending in live.closings_of_tasks()]
    if closed:
        told = _records("endings", closed, "instance_id bigint, token int, state text, result text", values)
        parts.append(
            "closed AS (UPDATE user_task t SET state = x.state, ended_at = %(now)s, ended_by = %(actor)s, result ="
            " x.result, assignee_id = CASE WHEN x.state = 'completed' THEN coalesce(t.assignee_id, %(actor)s) ELSE"
            f" t.assignee_id END FROM {told} WHERE t.instance_id {these} AND t.instance_id = x.instance_id AND t.token = x.token"
            " RETURNING t.instance_id, t.token, t.id)"
        )
    return closed


def _opened(lives: Sequence[Live], parts: list[str], values: dict[str, Any]) -> Records:
    specs = [
        {
            "instance_id": live.id, "definition_id": live.definition.id, "definition_key": live.definition.key,
            **live.task_values(token),
        }
        for live in lives
        for token in live.new_tokens()
        if token.kind in (kinds.TASK, kinds.CHOICE)
    ]  # fmt: skip
    if specs:
        told = _records(
            "tasks", specs, "instance_id bigint, definition_id bigint, definition_key text, token int, element_id text,"
            " kind text, stage text, assignee_id bigint, candidate_roles text[], candidate_users bigint[],"
            " due timestamptz, follow_up timestamptz, priority smallint, subject_type text, subject_id bigint", values,
        )  # fmt: skip
        parts.append(
            "opened AS (INSERT INTO user_task (created_at, state, instance_id, definition_id, definition_key,"
            " token, element_id, kind, stage, assignee_id, candidate_roles, candidate_users, due, follow_up, priority,"
            " subject_type, subject_id)"
            f" SELECT %(now)s, 'open', x.* FROM {told} RETURNING instance_id, token, id)"
        )
    return specs


def _jobs_and_subscriptions(lives: Sequence[Live], parts: list[str], values: dict[str, Any], these: str) -> None:
    gone = [{"instance_id": live.id, "token": token} for live in lives for token in live.gone_tokens()]
    if gone:
        parts.append(f"over AS (SELECT * FROM {_records('gone', gone, 'instance_id bigint, token int', values)})")
        of_these = f"USING over x WHERE r.instance_id {these} AND r.instance_id = x.instance_id AND r.token = x.token"
        parts.append(f"unjobbed AS (DELETE FROM job r {of_these})")
        parts.append(f"unsubscribed AS (DELETE FROM event_subscription r {of_these})")
        parts.append(
            "settled AS (UPDATE incident r SET resolved_at = %(now)s, resolved_by = %(actor)s"
            f" {of_these.replace('USING', 'FROM')} AND r.resolved_at IS NULL)"
        )
    jobs = [job for live in lives for token in live.new_tokens() for job in job_values(live, token)]
    if jobs:
        told = _records(
            "jobs", jobs, "instance_id bigint, kind text, token int, event smallint, element_id text, due timestamptz,"
            " retries smallint, payload jsonb", values,
        )  # fmt: skip
        parts.append(
            "jobbed AS (INSERT INTO job (created_at, instance_id, kind, token, event, element_id, due, retries, payload)"
            f" SELECT %(now)s, x.* FROM {told})"
        )
    subscriptions = [s for live in lives for token in live.new_tokens() for s in subscription_values(live, token)]
    if subscriptions:
        told = _records(
            "subscriptions", subscriptions, "instance_id bigint, token int, event smallint, element_id text, kind text,"
            " name text, correlation text", values,
        )  # fmt: skip
        parts.append(
            "subscribed AS (INSERT INTO event_subscription (instance_id, token, event, element_id, kind, name,"
            f" correlation) SELECT x.* FROM {told})"
        )


def job_values(live: Live, token: Token) -> Records:
    """The job rows a waiting token needs: its operation, or one for each timer."""
    if token.kind == kinds.JOB:
        now, topic = live.host.now.isoformat(), token.data.get("topic")
        if topic is not None:
            return [_job(live, token, EXTERNAL, 0, now, OPERATION_RETRIES) | {"payload": {"topic": topic}}]
        return [_job(live, token, "operation", 0, now, OPERATION_RETRIES)]
    if token.kind not in (kinds.CATCH, kinds.LISTEN):
        return []
    return [
        _job(live, token, "timer", index, _seconds(token.data[f"due{index}"]), OPERATION_RETRIES)
        for index, event in enumerate(live.graph.node(token.node).events)
        if event.kind == "timer" and f"due{index}" in token.data
    ]


def _job(live: Live, token: Token, kind: str, event: int, due: str, retries: int) -> dict[str, Any]:
    return {
        "instance_id": live.id, "kind": kind, "token": token.id, "event": event, "element_id": token.node, "due": due,
        "retries": retries, "payload": None,
    }  # fmt: skip


def subscription_values(live: Live, token: Token) -> Records:
    if token.kind not in (kinds.CATCH, kinds.LISTEN):
        return []
    node = live.graph.node(token.node)
    correlation = None
    if node.extension.correlation:
        value = live.run.evaluate(node.extension.correlation, token.scope, node)
        correlation = None if value is None else str(value)
    return [
        {
            "instance_id": live.id, "token": token.id, "event": index, "element_id": node.id, "kind": kind,
            "name": name, "correlation": correlation,
        }
        for index, kind, name in awaited_names(node)
    ]  # fmt: skip


def _seconds(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
