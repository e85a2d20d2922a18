"""What the score of other people's diagrams says, and that nothing of it is kept."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables import DefinitionRow, InstanceRow
from kernel.errors import AppError
from processes import designs, fidelity, instances
from processes.fidelity import Score
from tests.crm_model.sales import acting, person
from tests.support.diagrams import diagram, message, node, signal

ENDS = node("start", "s") + node("end", "e")
MESSAGE = '<message id="m_reply" name="reply"/>'


def score(session: Session, xml: bytes) -> Score:
    return fidelity.score(acting(session, person(session, "administrator")), "their.bpmn", [("their.bpmn", xml)])


@pytest.mark.parametrize(
    ("nodes", "flows", "steps"),
    [
        (node("user", "a"), "s -> a; a -> e", 1),
        (node("xor", "g") + node("task", "a"), "s -> g; g -> a; g -> e; a -> g", None),
        (node("catch", "a", message("reply")), "s -> a; a -> e", 1),
        (node("catch", "a", "<timerEventDefinition/>"), "s -> a; a -> e", 1),
        (node("call", "a", calledElement="of_theirs"), "s -> a; a -> e", 1),
    ],
)
def test_a_diagram_is_played_to_its_end(session: Session, nodes: str, flows: str, steps: int | None) -> None:
    found = score(session, diagram(ENDS + nodes, flows))
    assert (found.outcome, found.steps) == ("completed", steps or found.steps)


def test_a_refused_one_is_named_with_its_place(session: Session) -> None:
    xml = diagram(ENDS + node("user", "a") + node("user", "b"), "s -> a; a -> e; b -> nowhere")
    found = score(session, xml)
    assert (found.outcome, found.element_id, found.line is not None) == ("refused", "b_nowhere", True)
    assert str(found).startswith("refused ") and f"their.bpmn:{found.line}  b_nowhere  " in str(found)


def test_one_that_finds_no_way_is_stuck_there(session: Session) -> None:
    found = score(session, diagram(ENDS + node("xor", "g"), "s -> g; g -> e [len('a') > 1]"))
    assert (found.outcome, found.element_id) == ("stuck", "g")


def test_one_that_never_ends_is_given_up(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fidelity, "MOST_STEPS", 5)
    found = score(session, diagram(node("start", "s") + node("user", "a"), "s -> a; a -> a"))
    assert (found.outcome, found.steps) == ("endless", 5)


def test_nothing_of_it_is_kept(session: Session) -> None:
    def rows() -> list[int | None]:
        return [session.scalar(select(func.count()).select_from(table)) for table in (DefinitionRow, InstanceRow)]

    before = rows()
    score(session, diagram(ENDS + node("user", "a"), "s -> a; a -> e"))
    assert rows() == before


def their_call(called: str, id: str = "p") -> bytes:
    return diagram(ENDS + node("call", "c", calledElement=called), "s -> c; c -> e", id=id)


def played(session: Session, *files: bytes) -> Score:
    context = acting(session, person(session, "administrator"))
    return fidelity.score(context, "theirs", [(f"{number}.bpmn", xml) for number, xml in enumerate(files)])


@pytest.mark.fidelity("activity.endless", "refused")
@pytest.mark.parametrize("files", [(their_call("p"),), (their_call("q"), their_call("p", id="q"))])
def test_processes_that_call_one_another_without_end_are_refused(session: Session, files: tuple[bytes, ...]) -> None:
    found = played(session, *files)
    assert (found.outcome, found.element_id, found.line) == ("refused", "c", 1)


PING_PONG = (
    diagram(
        ENDS + node("xor", "g") + node("throw", "t", message("ping")) + node("catch", "c", message("pong")),
        "s -> g; g -> e [enough]; g -> t*; t -> c; c -> g",
    ),
    diagram(node("start", "s", message("ping")) + node("end", "e", message("pong")), "s -> e", id="q"),
)


@pytest.mark.parametrize(
    "files",
    [
        (
            diagram(
                ENDS + node("xor", "g") + node("call", "c", calledElement="p"), "s -> g; g -> e [x]; g -> c*; c -> e"
            ),
        ),
        (diagram(node("start", "s", message("again")) + node("end", "e", message("again")), "s -> e"),),
        (diagram(node("start", "s", signal("again")) + node("end", "e", signal("again")), "s -> e"),),
    ],
    ids=["calls", "messages", "signals"],
)
def test_what_would_never_end_in_one_step_is_undone_and_told(session: Session, files: tuple[bytes, ...]) -> None:
    found = played(session, *files)
    assert found.outcome == "not_startable" and "Put a step or a condition" in found.reason


def test_instances_that_wake_one_another_for_ever_are_stopped(session: Session) -> None:
    context = acting(session, person(session, "administrator"))
    designs.upload(context, [(f"{number}.bpmn", xml) for number, xml in enumerate(PING_PONG)], publish=True)
    with pytest.raises(AppError, match="in a circle"):
        instances.start_instance(context, definition_key="p")
