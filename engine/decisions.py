"""Decisions: deployed like processes, immutable, compiled once a version and cached by id."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, undefer

from bpmn.decisions import Decisions, Outcome, Requirements, compile_decisions, read_decisions
from bpmn.model import Extension
from engine.tables import DRAFT, PUBLISHED, DecisionEvaluationRow, DecisionRow, DefinitionRow, Deployment
from kernel.context import Context

CACHE_SIZE = 500
LATEST, DEPLOYMENT, VERSION = "latest", "deployment", "version"


@dataclass(frozen=True, slots=True)
class LoadedDecision:
    """A version of a decision ready to be evaluated, with what it requires."""

    id: int
    key: str
    version: int
    name: str
    requirements: Requirements


_cache: OrderedDict[tuple[str | None, int], LoadedDecision] = OrderedDict()
_cache_lock = Lock()


def load(session: Session, decision_id: int) -> LoadedDecision:
    key = (session.get_bind().engine.url.database, decision_id)
    with _cache_lock:
        found = _cache.get(key)
        if found is not None:
            _cache.move_to_end(key)
            return found
    row = session.get_one(DecisionRow, decision_id, options=[undefer(DecisionRow.xml)])
    compiled = compile_decisions(read_decisions(row.resource, row.xml))
    built = LoadedDecision(row.id, row.key, row.version, row.name, compiled)
    with _cache_lock:
        _cache[key] = built
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return built


def is_known(session: Session, key: str) -> bool:
    """Whether any version of a decision was ever deployed."""
    return bool(session.scalar(select(exists().where(DecisionRow.key == key))))


def called_by(session: Session, extension: Extension, definition_id: int) -> int | None:
    """The id of the version that an element means; None where it is not deployed or not published."""
    query = select(DecisionRow.id).where(DecisionRow.key == extension.decision, DecisionRow.state == PUBLISHED)
    binding = extension.decision_binding or LATEST
    if binding == DEPLOYMENT:
        own = select(DefinitionRow.deployment_id).where(DefinitionRow.id == definition_id).scalar_subquery()
        query = query.where(DecisionRow.deployment_id == own)
    elif binding == VERSION:
        query = query.where(DecisionRow.version == int(extension.decision_version or 0))
    return session.scalar(query.order_by(DecisionRow.version.desc()).limit(1))


def deploy(
    context: Context, deployment: Deployment, files: tuple[Decisions, ...], contents: dict[str, bytes], *, publish: bool
) -> list[DecisionRow]:
    """Stores a new version of every decision of an upload that has been found fit."""
    session, rows = context.session, []
    for file in files:
        xml = contents[file.file]
        for decision in sorted(file.decisions.values(), key=lambda each: each.id):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext("decision:" + decision.id))))
            newest = session.scalar(select(func.max(DecisionRow.version)).where(DecisionRow.key == decision.id)) or 0
            rows.append(
                DecisionRow(
                    deployment_id=deployment.id,
                    key=decision.id,
                    version=newest + 1,
                    name=decision.label,
                    titles=decision.titles,
                    state=PUBLISHED if publish else DRAFT,
                    resource=file.file,
                    xml=xml,
                    checksum=hashlib.sha256(xml).hexdigest(),
                    created_at=context.now(),
                    created_by=context.actor.user_id,
                )
            )
    session.add_all(rows)
    session.flush()
    return rows


def drafts_of(session: Session, deployment_id: int) -> list[DecisionRow]:
    """Those of an upload that are not published yet."""
    own = (DecisionRow.deployment_id == deployment_id) & (DecisionRow.state == DRAFT)
    return list(session.scalars(select(DecisionRow).where(own).order_by(DecisionRow.key)))


def publish_with(session: Session, deployment_id: int) -> None:
    """Decisions are published with the processes they came with."""
    for row in drafts_of(session, deployment_id):
        row.state = PUBLISHED
    session.flush()


def record(
    context: Context, instance_id: int, element_id: str, token: int, decision: LoadedDecision, outcome: Outcome
) -> None:
    """Keeps what was seen, which rules matched and what they gave."""
    told: list[Any] = [evaluation.to_json() for evaluation in outcome.evaluations]
    context.session.add(
        DecisionEvaluationRow(
            instance_id=instance_id,
            element_id=element_id,
            token=token,
            at=context.now(),
            decision_id=decision.id,
            decision_key=decision.key,
            evaluations=told,
        )
    )
