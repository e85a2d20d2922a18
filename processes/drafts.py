"""Drafts of diagrams: begun empty or from a version, saved as they are drawn, checked, published or thrown away."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, undefer

from bpmn.intake import inspect
from crm_model import stages
from engine.tables import DefinitionRow, FormRow
from kernel.context import ROLES, Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import designs, presenting
from processes.design_views import Deployment
from processes.draft_table import DraftRow
from processes.views import PersonRef

LARGEST = 5 * 1024 * 1024
TOO_LARGE = N_("The diagram is larger than 5 MB. Split it into smaller processes.")
SOMEBODY_SAVED = N_(
    "Somebody else has saved this draft in the meantime. Yours is still here and can be kept as a copy."
)
NO_NAME = "…"
EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:procession="urn:procession:bpmn:1.0" id="definitions_{mark}" targetNamespace="urn:procession:drawn">
  <bpmn:process id="process_{mark}" isExecutable="true">
    <bpmn:startEvent id="start" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{mark}">
    <bpmndi:BPMNPlane id="plane_{mark}" bpmnElement="process_{mark}">
      <bpmndi:BPMNShape id="start_shape" bpmnElement="start"><dc:Bounds x="180" y="202" width="36" height="36" /></bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class DraftView:
    """`definition_id` is the version the draft was begun from."""

    id: int
    definition_id: int | None
    name: str
    revision: int
    updated_at: datetime
    updated_by: PersonRef | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the panel of properties offers. Every item is a code and its title; operations have their parameters."""

    operations: list[dict[str, Any]]
    forms: list[str]
    roles: list[str]
    stages: list[tuple[str, str]]
    processes: list[tuple[str, str]]


@use_case("definitions.deploy")
def empty_diagram(context: Context) -> str:
    """A start event in a process whose key nobody has yet."""
    return EMPTY.replace("{mark}", secrets.token_hex(4))


@use_case("definitions.deploy")
def choices(context: Context, *, definition_id: int | None = None) -> Choices:
    language = context.actor.language
    keys = context.session.execute(
        select(DefinitionRow.key, DefinitionRow.name)
        .ext(distinct_on(DefinitionRow.key))
        .order_by(DefinitionRow.key, DefinitionRow.version.desc())
    )
    return Choices(
        operations=[
            {"name": o.name, "title": o.title, "parameters": list(o.parameters)}
            for o in designs.list_operations(context)
        ],
        forms=sorted(_forms(context, definition_id)),
        roles=list(ROLES),
        stages=[(stage.code, stage.title(language)) for stage in stages.STAGES],
        processes=[(key, name) for key, name in keys],
    )


@use_case("definitions.deploy")
def list_drafts(context: Context) -> list[DraftView]:
    """Every draft, the one saved last first."""
    return _views(context, context.session.scalars(select(DraftRow).order_by(DraftRow.updated_at.desc())).all())


@use_case("definitions.deploy")
def get_draft(context: Context, draft_id: int) -> DraftView:
    return _views(context, [_row(context, draft_id)])[0]


@use_case("definitions.deploy")
def get_draft_xml(context: Context, draft_id: int) -> bytes:
    return _row(context, draft_id).xml


@use_case("definitions.deploy")
def own_draft_of(context: Context, definition_id: int) -> DraftView | None:
    """The person's own draft of the process that a version is of."""
    begun, asked = aliased(DefinitionRow), aliased(DefinitionRow)
    row = context.session.scalar(
        select(DraftRow)
        .join(begun, begun.id == DraftRow.definition_id)
        .join(asked, asked.key == begun.key)
        .where(asked.id == definition_id, DraftRow.created_by == context.actor.user_id)
        .order_by(DraftRow.updated_at.desc())
        .limit(1)
    )
    return _views(context, [row])[0] if row is not None else None


@use_case("definitions.deploy")
def save_draft(
    context: Context,
    *,
    xml: str,
    name: str = "",
    draft_id: int | None = None,
    revision: int = 0,
    definition_id: int | None = None,
) -> DraftView:
    """Replaces what the draft was; without `draft_id` begins a new one. `revision` is the one the person has seen."""
    content = _bounded(xml)
    now, person = context.now(), context.actor.user_id
    if draft_id is None:
        if definition_id is not None:
            designs.get_definition(context, definition_id)
        row = DraftRow(definition_id=definition_id, revision=0, created_at=now, created_by=person)
        context.session.add(row)
    else:
        row = _row(context, draft_id, revision=revision)
    row.xml, row.name = content, name.strip()[:200] or NO_NAME
    row.revision += 1
    row.updated_at, row.updated_by = now, person
    context.session.flush()
    return _views(context, [row])[0]


@use_case("definitions.deploy")
def discard_draft(context: Context, draft_id: int) -> None:
    context.session.delete(_row(context, draft_id))
    context.session.flush()


@use_case("definitions.deploy")
def examine(context: Context, *, xml: str, definition_id: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """What an upload of the diagram would be told, without storing anything."""
    forms = _forms(context, definition_id)
    intake = inspect([("diagram.bpmn", _bounded(xml))], designs.vocabulary(context, forms))
    told = designs.readable_findings
    return {
        "findings": told(context, intake.findings),
        "repairs": told(context, intake.repairs),
        "offers": told(context, intake.offers),
    }


@use_case("definitions.deploy")
def publish_draft(
    context: Context, draft_id: int, *, revision: int, comment: str | None = None, accept_repairs: bool = False
) -> Deployment:
    """Makes the draft a published version with the forms it uses; the draft is done with then."""
    row = _row(context, draft_id, revision=revision)
    used = row.xml.decode("utf-8", "replace")
    forms = {
        key: form
        for key, form in _forms(context, row.definition_id).items()
        if f'"{key}"' in used or f"'{key}'" in used
    }
    files = [("diagram.bpmn", row.xml), *((f"{key}.form", _form_file(key, form)) for key, form in forms.items())]
    done = designs.upload(context, files, publish=True, accept_repairs=accept_repairs, comment=comment)
    context.session.delete(row)
    context.session.flush()
    return done


def _form_file(key: str, content: dict[str, Any]) -> bytes:
    return json.dumps({**content, "id": key}, ensure_ascii=False).encode()


def _forms(context: Context, definition_id: int | None) -> dict[str, dict[str, Any]]:
    """Forms by key: those that came with the version drawn from, and of all others the newest."""
    newest = select(FormRow).ext(distinct_on(FormRow.key)).order_by(FormRow.key, FormRow.deployment_id.desc())
    found = {row.key: row.content for row in context.session.scalars(newest)}
    if definition_id is not None:
        together = select(DefinitionRow.deployment_id).where(DefinitionRow.id == definition_id)
        own = select(FormRow).where(FormRow.deployment_id.in_(together))
        found |= {row.key: row.content for row in context.session.scalars(own)}
    return found


def _bounded(xml: str) -> bytes:
    content = xml.encode()
    if len(content) > LARGEST:
        raise ValidationFailed({"xml": [TOO_LARGE]})
    return content


def _row(context: Context, draft_id: int, *, revision: int | None = None) -> DraftRow:
    """Locked where a revision is given, and refused where it is not the newest."""
    query = select(DraftRow).where(DraftRow.id == draft_id).options(undefer(DraftRow.xml))
    row = context.session.scalar(query.with_for_update() if revision is not None else query)
    if row is None:
        raise NotFound()
    if revision is not None and row.revision != revision:
        raise Conflict("draft_changed", SOMEBODY_SAVED, details={"revision": row.revision})
    return row


def _views(context: Context, rows: Iterable[DraftRow]) -> list[DraftView]:
    known = list(rows)
    people = presenting.people(context.session, [row.updated_by for row in known])
    return [
        DraftView(row.id, row.definition_id, row.name, row.revision, row.updated_at, people.get(row.updated_by or 0))
        for row in known
    ]
