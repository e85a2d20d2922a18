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

BY_HAND = "manual"
"""The cause of stages that follow a supervisor's rewind."""


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
        cause=_cause(execution, deal),
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


def put_back(execution: Execution, live: Live, node: Node) -> None:
    """The process was rewound to when this element had set the stage; a deal that is closed is open again by it."""
    if live.subject is None or live.subject[0] != "deal" or stages.find(node.extension.stage or "") is None:
        return
    deal = execution.context.session.get(Deal, live.subject[1])
    if deal is not None and node.extension.stage not in (None, stages.INTEREST):
        assert node.extension.stage is not None
        left, stage = deal.stage, node.extension.stage
        cause = _cause(execution, deal)
        if move_to_stage(execution.context, deal, stage, cause=cause, instance_id=live.id, element_id=node.id):
            presentation.stage_changed(execution, live, deal, left, stage)


def _cause(execution: Execution, deal: Deal) -> str:
    """Who rewinds the process of a closed deal opens the deal again."""
    return "reopen" if execution.cause == BY_HAND and not deal.is_open else execution.cause
