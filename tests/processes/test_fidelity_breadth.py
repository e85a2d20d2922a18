"""What few tools run is played to its end through the whole product: cards, waits and history included."""

import pytest
from sqlalchemy.orm import Session

from engine import sweep
from processes import fidelity
from tests.crm_model.sales import acting, person
from tests.support.diagrams import body, diagram, message, node

UNDO, CANCEL = "<compensateEventDefinition/>", "<cancelEventDefinition/>"
UNDOABLE = (
    node("user", "a") + node("boundary", "at_a", UNDO, attachedToRef="a")
    + node("user", "un_a", isForCompensation="true") + '<association id="x" sourceRef="at_a" targetRef="un_a"/>'
)  # fmt: skip
MACHINES = (
    node("script", "sc", "<script>n = 1</script>") + node("receive", "r", messageRef="m_later")
    + node("subProcess", "sub", body(node("start", "is") + node("user", "c"), "is -> c")) + node("user", "u")
    + node("call", "k", calledElement="of_theirs")
)  # fmt: skip
PLAYED = {
    "compensation": (node("start", "s") + UNDOABLE + node("end", "e", UNDO), "s -> a; a -> e"),
    "cancel": (
        node("start", "s") + node("end", "e") + node("end", "e2") + node("boundary", "no", CANCEL, attachedToRef="tx")
        + node("transaction", "tx", body(node("start", "ts") + UNDOABLE + node("end", "te", CANCEL), "ts -> a; a -> te")),
        "s -> tx; tx -> e; no -> e2",
    ),
    "ad-hoc": (
        node("start", "s") + node("end", "e") + node("adHocSubProcess", "w", MACHINES, ordering="Sequential"),
        "s -> w; w -> e",
    ),
    "complex gateway": (
        node("start", "s") + node("and", "g") + node("user", "a") + node("user", "b") + node("end", "e")
        + node("complexGateway", "j", "<activationCondition>activationCount &gt;= 1</activationCondition>"),
        "s -> g; g -> a; g -> b; a -> j; b -> j; j -> e",
    ),
    "receive task": (
        node("receive", "r", messageRef="m_later", instantiate="true") + node("user", "a", startQuantity="1"), "r -> a"
    ),
    "all events of a gateway": (
        node("event", "g", instantiate="true", eventGatewayType="Parallel") + node("catch", "m", message("first"))
        + node("catch", "n", message("second")) + node("end", "e"),
        "g -> m; g -> n; m -> e; n -> e",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAYED)
def test_it_is_played_to_its_end(session: Session, name: str) -> None:
    context = acting(session, person(session, "administrator"))
    found = fidelity.score(context, "their.bpmn", [("their.bpmn", diagram(*PLAYED[name]))])
    assert found.outcome == "completed", str(found)
    assert list(sweep.stuck(session)) == []
