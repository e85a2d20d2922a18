"""Writing one step of an instance: its state, history, tasks, jobs and subscriptions in a single statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from bpmn.model import Node
from engine import state as kinds
from engine.names import awaited_names
from engine.state import Token
from engine.tables import ACTIVE
from kernel.errors import Conflict

if TYPE_CHECKING:
    from engine.live import Live

OPERATION_RETRIES = 3


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


def write(
    session: Session, live: Live, content: bytes, actor_id: int | None, now: datetime
) -> tuple[list[OpenedTask], list[ClosedTask]]:
    """Writes what a run changed since it was loaded, `content` being its encoded state; the tasks it opened and closed
    come back with their ids."""
    parts: list[str] = []
    values: dict[str, Any] = {"id": live.id, "now": now, "actor": actor_id, "content": content}
    _instance(live, parts, values)
    _history(live, parts, values)
    _variables(live, parts, values)
    _incidents(live, parts, values)
    endings = _closed(live, parts, values)
    specs = _opened(live, parts, values)
    _jobs_and_subscriptions(live, parts, values)
    answers = [_ids_of(name) if wanted else "NULL" for name, wanted in (("opened", specs), ("closed", endings))]
    statement = f"WITH {', '.join(parts)} SELECT (SELECT count(*) FROM written), {', '.join(answers)}"
    row = session.connection().exec_driver_sql(statement, values).one()
    if row[0] != 1:
        raise Conflict()
    live.version += 0 if live.is_new else 1
    ids = dict(row[1] or [])
    opened = [
        OpenedTask(
            ids[s["token"]], s["token"], s["element_id"], live.graph.node(s["element_id"]), s["assignee_id"],
            s["candidate_roles"], datetime.fromisoformat(s["due"]) if s["due"] else None,
        )
        for s in specs
    ]  # fmt: skip
    states = {ending["token"]: ending for ending in endings}
    closed = [
        ClosedTask(id, token, live.before[token][1], states[token]["state"], states[token]["result"])
        for token, id in row[2] or []
    ]
    return opened, closed


def _ids_of(part: str) -> str:
    return f"(SELECT jsonb_agg(jsonb_build_array({part}.token, {part}.id)) FROM {part})"


def _instance(live: Live, parts: list[str], values: dict[str, Any]) -> None:
    values.update(
        state=live.status,
        business_key=live.business_key,
        origin_key=live.origin_key,
        subject_type=live.subject[0] if live.subject else None,
        subject_id=live.subject[1] if live.subject else None,
        ended_at=live.ended_at,
        end_event=live.run.end_event if live.status != ACTIVE else None,
    )
    if live.is_new:
        values.update(
            definition_id=live.definition.id, definition_key=live.definition.key, root_id=live.root_id,
            parent_id=live.parent_id, parent_token=live.parent_token, started_by=live.started_by,
        )  # fmt: skip
        parts.append(
            "written AS (INSERT INTO process_instance (id, definition_id, definition_key, root_id, parent_id,"
            " parent_token, business_key, origin_key, subject_type, subject_id, state, version, content, started_at,"
            " started_by, ended_at, end_event) VALUES (%(id)s, %(definition_id)s, %(definition_key)s, %(root_id)s,"
            " %(parent_id)s, %(parent_token)s, %(business_key)s, %(origin_key)s, %(subject_type)s, %(subject_id)s,"
            " %(state)s, 1, %(content)s, %(now)s, %(started_by)s, %(ended_at)s, %(end_event)s) RETURNING id)"
        )
        return
    values["version"] = live.version
    parts.append(
        "written AS (UPDATE process_instance SET content = %(content)s, version = version + 1, state = %(state)s,"
        " business_key = %(business_key)s, origin_key = %(origin_key)s, subject_type = %(subject_type)s,"
        " subject_id = %(subject_id)s, ended_at = %(ended_at)s, end_event = %(end_event)s"
        " WHERE id = %(id)s AND version = %(version)s RETURNING id)"
    )


def _history(live: Live, parts: list[str], values: dict[str, Any]) -> None:
    if not live.run.entries:
        return
    values["entries"] = Jsonb(
        [
            {
                "run": e.run, "element_id": e.node.id, "entered_at": _time(e.entered), "left_at": _time(e.left),
                "outcome": e.outcome, "actor_id": values["actor"], "token": e.token, "result": e.result,
                "flows": list(e.via) or None,
            }
            for e in live.run.entries
        ]
    )  # fmt: skip
    parts.append(
        "entered AS (INSERT INTO history_entry (instance_id, run, element_id, entered_at, left_at, outcome, actor_id,"
        " token, result, flows) SELECT %(id)s, x.* FROM jsonb_to_recordset(%(entries)s) AS x(run int, element_id text,"
        " entered_at timestamptz, left_at timestamptz, outcome text, actor_id bigint, token int, result text,"
        " flows text[]))"
    )


def _variables(live: Live, parts: list[str], values: dict[str, Any]) -> None:
    changes = [{"name": n, "was": was, "became": now} for n, (was, now) in live.run.changed.items() if was != now]
    if not changes:
        return
    values["changes"] = Jsonb(changes)
    parts.append(
        "changed AS (INSERT INTO variable_change (instance_id, at, actor_id, name, was, became)"
        " SELECT %(id)s, %(now)s, %(actor)s, x.* FROM jsonb_to_recordset(%(changes)s)"
        " AS x(name text, was jsonb, became jsonb))"
    )


def _incidents(live: Live, parts: list[str], values: dict[str, Any]) -> None:
    if not live.run.troubles:
        return
    values["troubles"] = Jsonb(
        [
            {"token": t.token, "element_id": t.node.id, "kind": t.kind, "message": t.message, "params": t.params}
            for t in live.run.troubles
        ]
    )
    parts.append(
        "troubled AS (INSERT INTO incident (instance_id, token, element_id, kind, message, params, created_at)"
        " SELECT %(id)s, x.*, %(now)s FROM jsonb_to_recordset(%(troubles)s)"
        " AS x(token int, element_id text, kind text, message text, params jsonb))"
    )


def _closed(live: Live, parts: list[str], values: dict[str, Any]) -> list[dict[str, Any]]:
    closed = live.closings_of_tasks()
    if closed:
        values["closed"] = Jsonb(closed)
        parts.append(
            "closed AS (UPDATE user_task t SET state = x.state, ended_at = %(now)s, ended_by = %(actor)s, result ="
            " x.result, assignee_id = CASE WHEN x.state = 'completed' THEN coalesce(t.assignee_id, %(actor)s) ELSE"
            " t.assignee_id END FROM jsonb_to_recordset(%(closed)s) AS x(token int, state text, result text)"
            " WHERE t.instance_id = %(id)s AND t.token = x.token RETURNING t.token, t.id)"
        )
    return closed


def _opened(live: Live, parts: list[str], values: dict[str, Any]) -> list[dict[str, Any]]:
    specs = [live.task_values(token) for token in live.new_tokens() if token.kind in (kinds.TASK, kinds.CHOICE)]
    if specs:
        values["tasks"] = Jsonb(specs)
        values["task_definition"] = live.definition.id
        values["task_key"] = live.definition.key
        parts.append(
            "opened AS (INSERT INTO user_task (instance_id, definition_id, definition_key, created_at, state,"
            " token, element_id, kind, stage, assignee_id, candidate_roles, candidate_users, due, follow_up, priority,"
            " subject_type, subject_id)"
            " SELECT %(id)s, %(task_definition)s, %(task_key)s, %(now)s, 'open', x.*"
            " FROM jsonb_to_recordset(%(tasks)s) AS x(token int, element_id text, kind text, stage text,"
            " assignee_id bigint, candidate_roles text[], candidate_users bigint[], due timestamptz,"
            " follow_up timestamptz, priority smallint, subject_type text, subject_id bigint) RETURNING id, token)"
        )
    return specs


def _jobs_and_subscriptions(live: Live, parts: list[str], values: dict[str, Any]) -> None:
    gone = live.gone_tokens()
    if gone:
        values["gone"] = gone
        parts.append("unjobbed AS (DELETE FROM job WHERE instance_id = %(id)s AND token = ANY(%(gone)s))")
        parts.append(
            "unsubscribed AS (DELETE FROM event_subscription WHERE instance_id = %(id)s AND token = ANY(%(gone)s))"
        )
        parts.append(
            "settled AS (UPDATE incident SET resolved_at = %(now)s, resolved_by = %(actor)s"
            " WHERE instance_id = %(id)s AND token = ANY(%(gone)s) AND resolved_at IS NULL)"
        )
    jobs = [job for token in live.new_tokens() for job in job_values(live, token)]
    if jobs:
        values["jobs"] = Jsonb(jobs)
        parts.append(
            "jobbed AS (INSERT INTO job (instance_id, created_at, kind, token, event, element_id, due, retries,"
            " payload) SELECT %(id)s, %(now)s, x.* FROM jsonb_to_recordset(%(jobs)s) AS x(kind text, token int, event smallint,"
            " element_id text, due timestamptz, retries smallint, payload jsonb))"
        )
    subscriptions = [s for token in live.new_tokens() for s in subscription_values(live, token)]
    if subscriptions:
        values["subscriptions"] = Jsonb(subscriptions)
        parts.append(
            "subscribed AS (INSERT INTO event_subscription (instance_id, token, event, element_id, kind, name,"
            " correlation) SELECT %(id)s, x.* FROM jsonb_to_recordset(%(subscriptions)s) AS x(token int,"
            " event smallint, element_id text, kind text, name text, correlation text))"
        )


def job_values(live: Live, token: Token) -> list[dict[str, Any]]:
    """The job rows a waiting token needs: its operation, or one for each timer."""
    if token.kind == kinds.JOB:
        return [_job(token, "operation", 0, live.host.now.isoformat(), OPERATION_RETRIES)]
    if token.kind not in (kinds.CATCH, kinds.LISTEN):
        return []
    return [
        _job(token, "timer", index, _seconds(token.data[f"due{index}"]), OPERATION_RETRIES)
        for index, event in enumerate(live.graph.node(token.node).events)
        if event.kind == "timer" and f"due{index}" in token.data
    ]


def _job(token: Token, kind: str, event: int, due: str, retries: int) -> dict[str, Any]:
    return {
        "kind": kind, "token": token.id, "event": event, "element_id": token.node, "due": due, "retries": retries,
        "payload": None,
    }  # fmt: skip


def subscription_values(live: Live, token: Token) -> list[dict[str, Any]]:
    if token.kind not in (kinds.CATCH, kinds.LISTEN):
        return []
    node = live.graph.node(token.node)
    correlation = None
    if node.extension.correlation:
        value = live.run.evaluate(node.extension.correlation, token.scope, node)
        correlation = None if value is None else str(value)
    return [
        {
            "token": token.id, "event": index, "element_id": node.id, "kind": kind, "name": name,
            "correlation": correlation,
        }
        for index, kind, name in awaited_names(node)
    ]  # fmt: skip


def _time(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1_000_000, UTC).isoformat()


def _seconds(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
