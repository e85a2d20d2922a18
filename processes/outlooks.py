"""What publishing would mean, before anybody presses the button: of a version that is stored, and of a draft."""

from __future__ import annotations

from typing import Any

from bpmn.compare import compare_processes
from bpmn.intake import inspect
from bpmn.model import Process
from engine import definitions
from engine.graph import Graph
from engine.tables import DRAFT, PUBLISHED
from kernel.context import Context
from kernel.errors import ValidationFailed
from kernel.paging import Page
from kernel.permissions import use_case
from processes import designs, draft_forms, drafts
from processes.design_views import DefinitionView, Outlook
from processes.rehearsal import NO_PROCESS

MOST_VERSIONS = 200


@use_case("definitions.read")
def of_version(context: Context, definition_id: int) -> Outlook:
    own = designs.get_definition(context, definition_id)
    process = definitions.load(context.session, definition_id).graph.process
    return _outlook(context, process, name=own.name, own=own, findings=own.findings, repairs=own.repairs)


@use_case("definitions.draft")
def of_draft(context: Context, draft_id: int) -> Outlook:
    """Of the draft's first process; raises ValidationFailed where it has none that can be read."""
    row = drafts.row_of(context, draft_id)
    known = draft_forms.deployed(context, row.definition_id) | row.forms
    intake = inspect([("diagram.bpmn", row.xml)], designs.vocabulary(context, known))
    process = next((one for diagram in intake.diagrams for one in definitions.runnable(diagram)), None)
    told = designs.readable_findings
    if process is None:
        raise ValidationFailed({"draft": [NO_PROCESS]}, details={"findings": told(context, intake.findings)})
    return _outlook(
        context, process, name=row.name, findings=tuple(told(context, intake.findings)),
        repairs=tuple(told(context, intake.repairs)), offers=tuple(told(context, intake.offers)),
    )  # fmt: skip


def _outlook(
    context: Context, process: Process, *, name: str, own: DefinitionView | None = None, **told: Any
) -> Outlook:
    versions = designs.list_definitions(context, Page(MOST_VERSIONS), key=process.id).items
    others = [row for row in versions if own is None or row.id != own.id]
    current = next((row for row in others if row.state == PUBLISHED), None)
    return Outlook(
        key=process.id,
        name=name,
        version=own.version if own else max((row.version for row in versions), default=0) + 1,
        state=own.state if own else DRAFT,
        current=current,
        others=tuple(row for row in others if row.instances),
        elements=tuple(designs.elements_of(Graph(process), context.actor.language)),
        stages=any(node.extension.stage for node in process.nodes.values()),
        difference=_difference(context, current, own, process) if current else None,
        **told,
    )


def _difference(
    context: Context, current: DefinitionView, own: DefinitionView | None, process: Process
) -> dict[str, Any]:
    if own is not None:
        return designs.compare(context, current.id, own.id)
    return compare_processes(definitions.load(context.session, current.id).graph.process, process)
