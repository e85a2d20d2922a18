"""The deal's stage is a consequence: entering an element that carries a stage moves the deal there."""

from __future__ import annotations

from bpmn.model import SUB_PROCESSES, Node
from crm_model import stages
from crm_model.deal_entities import Deal
from crm_model.stage_history import move_to_stage
from engine import history
from engine.execution import Execution
from engine.live import Live
from processes import presentation


def follow(execution: Execution, live: Live, node: Node) -> None:
    stage = node.extension.stage
    if stage is None or live.subject is None or live.subject[0] != "deal" or stages.find(stage) is None:
        return
    deal = execution.context.session.get(Deal, live.subject[1])
    if deal is None or stage == stages.INTEREST:
        return
    left = deal.stage
    moved = move_to_stage(
        execution.context,
        deal,
        stage,
        cause=execution.cause,
        instance_id=live.id,
        element_id=stage if live.graph.knows(stage) else node.id,
        again=left == stage
        and node.type in SUB_PROCESSES
        and history.has_left(execution.context.session, live, node.id),
    )
    if moved is not None:
        live.run.facts_changed()
    if moved is not None or execution.cause == "change":
        presentation.stage_changed(execution, live, deal, left, stage)
