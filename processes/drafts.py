"""Drafts of diagrams: begun empty or from a version, saved as they are drawn, checked, published or thrown away."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, undefer

from bpmn.intake import inspect
from crm_model import stages
from engine.tables import DecisionRow, DefinitionRow
from kernel.context import ROLES, Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import designs, draft_forms, presenting, process_fields
from processes.design_views import Deployment
from processes.draft_table import PROCESS, DraftRow
from processes.process_fields import ProcessField
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
    """`definition_id` or `decision_id` is the version the draft was begun from; `kind` is process or decision."""

    id: int
    kind: str
    definition_id: int | None
    decision_id: int | None
    name: str
    revision: int
    updated_at: datetime
    updated_by: PersonRef | None


@dataclass(frozen=True, slots=True)
class Examined:
    """What a diagram is told while it is drawn: findings as values in the person's language, and its fields."""

    findings: list[dict[str, Any]]
    repairs: list[dict[str, Any]]
    offers: list[dict[str, Any]]
    fields: list[ProcessField]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the panel of properties offers. Every item is a code and its title; operations have their parameters."""

    operations: list[dict[str, Any]]
    forms: list[str]
    roles: list[str]
    stages: list[tuple[str, str]]
    processes: list[tuple[str, str]]
    decisions: list[tuple[str, str]]


@use_case("definitions.draft")
def empty_diagram(context: Context) -> str:
    """A start event in a process whose key nobody has yet."""
    return EMPTY.replace("{mark}", secrets.token_hex(4))


@use_case("definitions.draft")
def choices(context: Context, *, definition_id: int | None = None) -> Choices:
    language = context.actor.language
    return Choices(
        operations=[
            {"name": o.name, "title": o.title, "parameters": list(o.parameters), "gives": list(o.gives)}
            for o in designs.list_operations(context)
        ],
        forms=sorted(draft_forms.deployed(context, definition_id)),
        roles=list(ROLES),
        stages=[(stage.code, stage.title(language)) for stage in stages.STAGES],
        processes=_newest_names(context, DefinitionRow),
        decisions=_newest_names(context, DecisionRow),
    )


def _newest_names(context: Context, table: type[DefinitionRow] | type[DecisionRow]) -> list[tuple[str, str]]:
    """Key and name of the newest version of each."""
    newest = select(table.key, table.name, table.titles).ext(distinct_on(table.key))
    rows = context.session.execute(newest.order_by(table.key, table.version.desc()))
    return [(row.key, row.titles.get(context.actor.language) or row.name) for row in rows]


@use_case("definitions.draft")
def list_drafts(context: Context, *, kind: str = PROCESS) -> list[DraftView]:
    """Every draft of processes, or of decisions, the one saved last first."""
    query = select(DraftRow).where(DraftRow.kind == kind).order_by(DraftRow.updated_at.desc())
    return views(context, context.session.scalars(query).all())


@use_case("definitions.draft")
def get_draft(context: Context, draft_id: int) -> DraftView:
    return views(context, [row_of(context, draft_id)])[0]


@use_case("definitions.draft")
def get_draft_xml(context: Context, draft_id: int) -> bytes:
    return row_of(context, draft_id).xml


@use_case("definitions.draft")
def get_draft_forms(context: Context, draft_id: int) -> dict[str, Any]:
    """The forms that were drawn with the draft, by key."""
    return dict(row_of(context, draft_id).forms)


@use_case("definitions.draft")
def get_form(context: Context, key: str, *, definition_id: int | None = None) -> dict[str, Any]:
    """A deployed form to go on from: the one of the version drawn from, else the newest."""
    found = draft_forms.deployed(context, definition_id).get(key)
    if found is None:
        raise NotFound()
    return found


@use_case("definitions.draft")
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
    return views(context, [row])[0] if row is not None else None


@use_case("definitions.draft")
def save_draft(
    context: Context,
    *,
    xml: str,
    name: str = "",
    draft_id: int | None = None,
    revision: int = 0,
    definition_id: int | None = None,
    forms: Mapping[str, Any] | None = None,
) -> DraftView:
    """Replaces what the draft was; without `draft_id` begins a new one. `revision` is the one the person has seen.
    `forms` are those drawn with it; None leaves them as they are."""
    if draft_id is None and definition_id is not None:
        designs.get_definition(context, definition_id)
    drawn = draft_forms.checked(forms) if forms is not None else None
    return keep(
        context, kind=PROCESS, xml=xml, name=name, draft_id=draft_id, revision=revision,
        definition_id=definition_id, forms=drawn,
    )  # fmt: skip


def keep(
    context: Context,
    *,
    kind: str,
    xml: str,
    name: str,
    draft_id: int | None,
    revision: int,
    definition_id: int | None = None,
    decision_id: int | None = None,
    forms: dict[str, Any] | None = None,
) -> DraftView:
    """Writes a draft of either kind; what is given has been checked."""
    content = bounded(xml)
    now, person = context.now(), context.actor.user_id
    if draft_id is None:
        row = DraftRow(kind=kind, definition_id=definition_id, decision_id=decision_id, revision=0, forms={})
        row.created_at, row.created_by = now, person
        context.session.add(row)
    else:
        row = row_of(context, draft_id, revision=revision)
    row.xml, row.name = content, name.strip()[:200] or NO_NAME
    if forms is not None:
        row.forms = forms
    row.revision += 1
    row.updated_at, row.updated_by = now, person
    context.session.flush()
    return views(context, [row])[0]


@use_case("definitions.draft")
def discard_draft(context: Context, draft_id: int) -> None:
    context.session.delete(row_of(context, draft_id))
    context.session.flush()


@use_case("definitions.draft")
def examine(
    context: Context, *, xml: str, definition_id: int | None = None, forms: Mapping[str, Any] | None = None
) -> Examined:
    """What an upload of the diagram would be told, and what its fields are for, without storing anything."""
    known = draft_forms.deployed(context, definition_id) | draft_forms.checked(forms or {})
    intake = inspect([("diagram.bpmn", bounded(xml))], designs.vocabulary(context, known))
    told = designs.readable_findings
    return Examined(
        findings=told(context, intake.findings),
        repairs=told(context, intake.repairs),
        offers=told(context, intake.offers),
        fields=process_fields.fields_of(context, intake.diagrams, known),
    )


@use_case("definitions.deploy")
def publish_draft(
    context: Context,
    draft_id: int,
    *,
    revision: int,
    comment: str | None = None,
    accept_repairs: bool = False,
    despite: str | None = None,
) -> Deployment:
    """Makes the draft a published version with the forms it uses; the draft is done with then."""
    row = row_of(context, draft_id, revision=revision)
    drawn = row.xml.decode("utf-8", "replace")
    known = draft_forms.deployed(context, row.definition_id) | row.forms
    used = [key for key in known if f'"{key}"' in drawn or f"'{key}'" in drawn]
    files = [("diagram.bpmn", row.xml), *draft_forms.files_of(known, used)]
    done = designs.upload(context, files, publish=True, accept_repairs=accept_repairs, comment=comment, despite=despite)
    context.session.delete(row)
    context.session.flush()
    return done


def bounded(xml: str) -> bytes:
    content = xml.encode()
    if len(content) > LARGEST:
        raise ValidationFailed({"xml": [TOO_LARGE]})
    return content


def row_of(context: Context, draft_id: int, *, revision: int | None = None) -> DraftRow:
    """Locked where a revision is given, and refused where it is not the newest."""
    query = select(DraftRow).where(DraftRow.id == draft_id).options(undefer(DraftRow.xml), undefer(DraftRow.forms))
    row = context.session.scalar(query.with_for_update() if revision is not None else query)
    if row is None:
        raise NotFound()
    if revision is not None and row.revision != revision:
        raise Conflict("draft_changed", SOMEBODY_SAVED, details={"revision": row.revision})
    return row


def views(context: Context, rows: Iterable[DraftRow]) -> list[DraftView]:
    known = list(rows)
    people = presenting.people(context.session, [row.updated_by for row in known])
    return [
        DraftView(
            id=row.id,
            kind=row.kind,
            definition_id=row.definition_id,
            decision_id=row.decision_id,
            name=row.name,
            revision=row.revision,
            updated_at=row.updated_at,
            updated_by=people.get(row.updated_by or 0),
        )
        for row in known
    ]
