"""What the score of other people's diagrams says, and that nothing of it is kept."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables import DefinitionRow, InstanceRow
from processes import fidelity
from processes.fidelity import Score
from tests.crm_model.sales import acting, person
from tests.support.diagrams import diagram, message, node

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
