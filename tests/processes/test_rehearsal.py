"""A rehearsal goes as the real process would, and leaves nothing behind."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_model.accounts import Account
from crm_model.deal_entities import Deal
from engine.tables import DefinitionRow, InstanceRow, JobRow, UserTaskRow
from kernel.context import DESIGNER, MANAGER
from kernel.errors import PermissionDenied, ValidationFailed
from processes import designs, drafts, rehearsal
from processes.performance import Script, Step
from tests.support.diagrams import diagram, message, node, timer

OFFER = '<extensionElements><procession:task candidateRoles="head"><procession:result code="yes" titleRu="Да" titleEn="Yes"/><procession:result code="no" titleRu="Нет" titleEn="No"/></procession:task></extensionElements>'


def process(key: str = "rehearsed") -> bytes:
    nodes = (
        node("start", "s") + node("user", "offer", OFFER, procession_stage="proposal") + node("xor", "g")
        + node("catch", "pause", timer("duration", "P3D")) + node("catch", "answer", message("answer"))
        + node("end", "won", procession_stage="won") + node("end", "lost", procession_stage="lost")
    )  # fmt: skip
    flows = "s -> offer; offer -> g; g -> lost [result == 'no']; g -> pause*; pause -> answer; answer -> won"
    return diagram(nodes, flows, id=key)


def kept(session: Session) -> list[Any]:
    tables = (Account, Deal, DefinitionRow, InstanceRow, JobRow, UserTaskRow)
    return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_a_rehearsal_on_a_made_up_deal_goes_to_its_end_and_leaves_nothing(session: Session, make_context: Any) -> None:
    context = make_context(session, role=DESIGNER)
    version = designs.upload(context, [("p.bpmn", process())]).definitions[0]
    before = kept(session)
    steps = (Step("complete", "offer", result="yes"), Step("release", "pause"), Step("message", "answer"))
    stands: list[list[str]] = []
    for count in range(len(steps) + 1):
        seen = rehearsal.rehearse(context, definition_id=version.id, script=Script("deal", steps=steps[:count]))
        stands.append([wait.element_id for wait in seen.waits])
    assert stands == [["offer"], ["pause"], ["answer"], []]
    assert (seen.instance.state, seen.stage) == ("completed", "won")
    assert seen.now - seen.began >= timedelta(days=3)
    assert [row.element_id for row in seen.history] == ["s", "offer", "g", "pause", "answer", "won"]
    assert kept(session) == before
    assert designs.get_definition(context, version.id).state == "draft"


def test_a_step_that_cannot_be_done_is_named(session: Session, make_context: Any) -> None:
    context = make_context(session, role=DESIGNER)
    version = designs.upload(context, [("p.bpmn", process())]).definitions[0]
    for steps, path in (
        ((Step("complete", "offer", result="perhaps"),), "steps.0.result"),
        ((Step("complete", "offer", result="no"), Step("release", "pause")), "steps.1.element"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            rehearsal.rehearse(context, definition_id=version.id, script=Script("deal", steps=steps))
        assert list(refused.value.fields) == [path]


def test_a_draft_is_rehearsed_as_it_is_drawn_and_stays_a_draft(session: Session, make_context: Any) -> None:
    context = make_context(session, role=DESIGNER)
    draft = drafts.save_draft(context, xml=process("drawn").decode())
    before = kept(session)
    script = Script("deal", steps=(Step("complete", "offer", result="no"),))
    assert rehearsal.rehearse_draft(context, draft_id=draft.id, script=script).stage == "lost"
    assert kept(session) == before and drafts.get_draft(context, draft.id).revision == draft.revision


def test_only_who_draws_processes_rehearses_them(session: Session, make_context: Any) -> None:
    with pytest.raises(PermissionDenied):
        rehearsal.rehearse(make_context(session, role=MANAGER), definition_id=1, script=Script())
