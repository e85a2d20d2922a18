"""Decisions drawn in the browser: begun empty or from a version, checked and tried as they are drawn, published."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from bpmn.decisions import Decisions, Requirements, compile_decisions
from bpmn.intake import Intake, inspect
from bpmn.vocabulary import Vocabulary
from engine.tables import DecisionRow
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import decisions, designs, drafts
from processes.design_views import DecisionTableView, Deployment
from processes.draft_table import DECISION, DraftRow
from processes.drafts import DraftView

FILE = "decision.dmn"
NOT_READABLE = N_("The table cannot be tried until what is wrong with it is mended.")
EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="definitions_{mark}" name="{name}" namespace="urn:procession:drawn">
  <decision id="decision_{mark}" name="{name}">
    <decisionTable id="table_{mark}" hitPolicy="FIRST">
      <input id="input_{mark}" label="{input}"><inputExpression id="expression_{mark}" typeRef="string"><text>input</text></inputExpression></input>
      <output id="output_{mark}" label="{output}" name="output" typeRef="string" />
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="diagram_{mark}"><dmndi:DMNShape id="shape_{mark}" dmnElementRef="decision_{mark}"><dc:Bounds height="80" width="180" x="320" y="240" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"""  # noqa: E501


@use_case("definitions.draft")
def empty_decision(context: Context, *, name: str, first_input: str, first_output: str) -> str:
    """A table of one condition and one result, under a key that nobody has yet."""
    made = EMPTY.replace("{mark}", secrets.token_hex(4)).replace("{name}", name)
    return made.replace("{input}", first_input).replace("{output}", first_output)


@use_case("definitions.draft")
def own_draft_of(context: Context, decision_id: int) -> DraftView | None:
    """The person's own draft of the decision that a version is of."""
    begun, asked = aliased(DecisionRow), aliased(DecisionRow)
    row = context.session.scalar(
        select(DraftRow)
        .join(begun, begun.id == DraftRow.decision_id)
        .join(asked, asked.key == begun.key)
        .where(asked.id == decision_id, DraftRow.created_by == context.actor.user_id)
        .order_by(DraftRow.updated_at.desc())
        .limit(1)
    )
    return drafts.views(context, [row])[0] if row is not None else None


@use_case("definitions.draft")
def save_decision(
    context: Context,
    *,
    xml: str,
    name: str = "",
    draft_id: int | None = None,
    revision: int = 0,
    decision_id: int | None = None,
) -> DraftView:
    """Replaces what the draft was; without `draft_id` begins a new one."""
    if draft_id is None and decision_id is not None:
        decisions.get_decision(context, decision_id)
    return drafts.keep(
        context, kind=DECISION, xml=xml, name=name, draft_id=draft_id, revision=revision, decision_id=decision_id
    )


@use_case("definitions.draft")
def examine_decision(context: Context, *, xml: str) -> tuple[list[dict[str, Any]], list[DecisionTableView]]:
    """What an upload of the file would be told, and its decisions with the names they read; nothing is stored."""
    intake = _inspected(xml)
    found = [*intake.findings, *intake.repairs]
    requirements = _compiled(intake)
    tables = [decisions.table_of(requirements, key) for key in requirements.decisions] if requirements else []
    return designs.readable_findings(context, found), tables


@use_case("definitions.draft")
def try_decision(context: Context, *, xml: str, key: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """As `decisions.evaluate`, of a table that is still being drawn."""
    intake = _inspected(xml)
    requirements = _compiled(intake)
    if requirements is None or intake.refused:
        raise ValidationFailed({}, "decision_unreadable", NOT_READABLE)
    if key not in requirements.decisions:
        raise NotFound()
    return decisions.outcome_of(context, requirements, key, variables)


@use_case("definitions.deploy")
def publish_decision(
    context: Context, draft_id: int, *, revision: int, comment: str | None = None, despite: str | None = None
) -> Deployment:
    """Makes every decision of the draft a published version; the draft is done with then.

    `despite` is the reason to publish although scenarios of processes that use them go differently.
    """
    row = drafts.row_of(context, draft_id, revision=revision)
    done = designs.upload(context, [(FILE, row.xml)], publish=True, comment=comment, despite=despite)
    context.session.delete(row)
    context.session.flush()
    return done


def _inspected(xml: str) -> Intake:
    return inspect([(FILE, drafts.bounded(xml))], Vocabulary())


def _compiled(intake: Intake) -> Requirements | None:
    file: Decisions | None = next(iter(intake.decisions), None)
    return compile_decisions(file) if file is not None and not intake.refused else None
