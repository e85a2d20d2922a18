"""Process definitions: deployed once, immutable, parsed once a process and cached by id."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, undefer

from bpmn.intake import Intake
from bpmn.model import Diagram, Process
from bpmn.reading import ready_to_run
from engine import decisions, start_timers
from engine.errors import DefinitionNotFound
from engine.graph import Graph
from engine.names import awaited_names
from engine.tables import DRAFT, PUBLISHED, RETIRED, DefinitionRow, Deployment, FormRow, StartSubscriptionRow
from kernel.context import Context

CACHE_SIZE = 500


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A definition ready to run; another of the same id is another one, so that it can be a key."""

    id: int
    key: str
    version: int
    name: str
    titles: dict[str, str]
    state: str
    graph: Graph
    forms: dict[str, dict[str, Any]]

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.name or self.key


_cache: OrderedDict[tuple[str | None, int], Definition] = OrderedDict()
"""By database and id: a process that works on two, as one that restores a backup does, must not mix them up."""
_cache_lock = Lock()


def load(session: Session, definition_id: int) -> Definition:
    key = (session.get_bind().engine.url.database, definition_id)
    with _cache_lock:
        found = _cache.get(key)
        if found is not None:
            _cache.move_to_end(key)
            return found
    row = session.get(DefinitionRow, definition_id, options=[undefer(DefinitionRow.xml)])
    if row is None:
        raise DefinitionNotFound()
    process = ready_to_run(row.resource, row.xml).processes[row.key]
    stored = select(FormRow.key, FormRow.content).where(FormRow.deployment_id == row.deployment_id)
    forms: dict[str, dict[str, Any]] = dict(session.execute(stored).all())
    built = Definition(row.id, row.key, row.version, row.name, row.titles, row.state, Graph(process, row.id), forms)
    with _cache_lock:
        _cache[key] = built
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return built


def forget(definition_id: int | None = None) -> None:
    """Drops one definition, or all, from this process's cache (its state may have changed; its diagram never does)."""
    with _cache_lock:
        for key in [key for key in _cache if definition_id in (None, key[1])]:
            del _cache[key]


def is_known(session: Session, key: str) -> bool:
    """Whether any version of a process was ever deployed."""
    return bool(session.scalar(select(exists().where(DefinitionRow.key == key))))


def latest_published(session: Session, key: str) -> int:
    """The id of the newest published version of a process."""
    found = session.scalar(
        select(DefinitionRow.id)
        .where(DefinitionRow.key == key, DefinitionRow.state == PUBLISHED)
        .order_by(DefinitionRow.version.desc())
        .limit(1)
    )
    if found is None:
        raise DefinitionNotFound(details={"key": key})
    return found


def deploy(
    context: Context,
    files: list[tuple[str, bytes]],
    intake: Intake,
    forms: dict[str, dict[str, Any]],
    *,
    publish: bool,
    comment: str | None = None,
) -> list[DefinitionRow]:
    """Stores a new version of every process of an upload that has been found fit."""
    session, now = context.session, context.now()
    deployment = Deployment(created_at=now, created_by=context.actor.user_id, comment=comment)
    session.add(deployment)
    session.flush()
    contents = dict(files)
    for key, content in forms.items():
        session.add(FormRow(deployment_id=deployment.id, key=key, content=content))
    rows = []
    for diagram in intake.diagrams:
        for process in runnable(diagram):
            rows.append(_store(context, deployment, diagram, process, contents[diagram.file], intake))
    decisions.deploy(context, deployment, intake.decisions, contents, publish=publish)
    session.flush()
    if publish:
        for row in rows:
            set_state(context, row, PUBLISHED)
    return rows


def runnable(diagram: Diagram) -> list[Process]:
    """The processes of a diagram that have something in them; a black-box pool has not."""
    return [process for process in diagram.processes.values() if process.nodes]


def _store(
    context: Context, deployment: Deployment, diagram: Diagram, process: Process, xml: bytes, intake: Intake
) -> DefinitionRow:
    session = context.session
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("definition:" + process.id))))
    newest = session.scalar(select(func.max(DefinitionRow.version)).where(DefinitionRow.key == process.id)) or 0
    row = DefinitionRow(
        deployment_id=deployment.id,
        key=process.id,
        version=newest + 1,
        version_tag=process.version_tag,
        name=process.name or process.id,
        titles=process.titles,
        state=DRAFT,
        resource=diagram.file,
        xml=xml,
        checksum=hashlib.sha256(xml).hexdigest(),
        findings=[finding_values(f) for f in intake.findings if f.file == diagram.file],
        repairs=[finding_values(f) for f in intake.repairs if f.file == diagram.file],
        created_at=context.now(),
        created_by=context.actor.user_id,
    )
    session.add(row)
    session.flush()
    return row


def finding_values(finding: Any) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "file": finding.file,
        "line": finding.line,
        "element_id": finding.element_id,
        "element_name": finding.element_name,
        "message": finding.message,
        "params": finding.params,
        "titles": finding.titles,
    }


def set_state(context: Context, row: DefinitionRow, state: str) -> None:
    """Publishes or retires a version; only the newest published one starts on messages, signals and timers."""
    row.state = state
    if state == PUBLISHED:
        row.published_at = context.now()
        row.published_by = context.actor.user_id
        decisions.publish_with(context.session, row.deployment_id)
    context.session.flush()
    forget(row.id)
    _renew_starts(context.session, row.key, context.now())


def _renew_starts(session: Session, key: str, now: datetime) -> None:
    versions = select(DefinitionRow.id).where(DefinitionRow.key == key)
    session.execute(delete(StartSubscriptionRow).where(StartSubscriptionRow.definition_id.in_(versions)))
    try:
        newest = load(session, latest_published(session, key))
    except DefinitionNotFound:
        start_timers.renew(session, key, None, now)
        return
    start_timers.renew(session, key, newest, now)
    for node in newest.graph.beginnings:
        for _, kind, name in awaited_names(node):
            session.add(StartSubscriptionRow(definition_id=newest.id, element_id=node.id, kind=kind, name=name))
    session.flush()


def retire(context: Context, row: DefinitionRow) -> None:
    set_state(context, row, RETIRED)


def mark_retired(session: Session, key: str) -> None:
    session.execute(update(DefinitionRow).where(DefinitionRow.key == key).values(state=RETIRED))
