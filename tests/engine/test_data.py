"""Data associations: values move into an element before it begins and out of it when it is done."""

import pytest

from tests.support.diagrams import diagram, message, node
from tests.support.player import Player

OBJECTS = (
    '<dataObject id="order" name="order"/><dataObjectReference id="draft" dataObjectRef="order" name="Order [draft]"/>'
    '<dataObject id="d_total" name="total"/>'
)
SETS = (
    '<ioSpecification><dataInput id="i1" name="price"/><dataOutput id="o1" name="answer"/>'
    "<inputSet><dataInputRefs>i1</dataInputRefs></inputSet><outputSet><dataOutputRefs>o1</dataOutputRefs></outputSet>"
    "</ioSpecification>"
)


def moved(kind: str, source: str, target: str, inner: str = "") -> str:
    start = f"<sourceRef>{source}</sourceRef>" if source else ""
    return f"<data{kind}Association>{start}<targetRef>{target}</targetRef>{inner}</data{kind}Association>"


def assigned(value: str, target: str) -> str:
    return f"<assignment><from>{value}</from><to>{target}</to></assignment>"


def played(inner: str, script: str, **variables: object) -> Player:
    xml = diagram(
        node("start", "s")
        + OBJECTS
        + node("script", "a", f"{SETS}{inner}<script>{script}</script>")
        + node("end", "e"),
        "s -> a; a -> e",
    )
    return Player(xml, variables)


@pytest.mark.fidelity("data.association", "runs")
def test_an_activity_takes_data_from_an_object_and_gives_its_own_to_another() -> None:
    player = played(
        moved("Input", "draft", "i1") + moved("Output", "o1", "d_total"), "answer = price * 2", order=21, price=1
    )
    assert player.variables["total"] == 42
    assert player.variables["price"] == 1, "what an activity takes in is its own"


@pytest.mark.fidelity("data.assignment", "runs")
def test_assignments_and_transformations_say_what_is_moved() -> None:
    player = played(
        moved("Input", "draft", "i1", assigned("order + 1", "i1"))
        + moved("Output", "o1", "d_total", "<transformation>answer * 10</transformation>"),
        "answer = price",
        order=1,
    )
    assert player.variables["total"] == 20


def test_what_nobody_has_set_is_not_moved() -> None:
    player = played(moved("Input", "draft", "i1") + moved("Output", "o1", "d_total"), "x = 1", total=5)
    assert player.variables["total"] == 5 and player.outcome == "completed"


def test_each_run_of_a_loop_gives_its_data_and_the_loop_itself_none() -> None:
    xml = diagram(
        node("start", "s") + OBJECTS
        + node(
            "user", "a",
            moved("Output", "", "d_total", assigned("(total or 0) + 1", "d_total"))
            + "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>",
        ),
        "s -> a",
    )  # fmt: skip
    assert Player(xml).do("a").do("a").variables["total"] == 2


def test_an_event_gives_its_data_when_it_has_happened() -> None:
    xml = diagram(
        node("start", "s") + OBJECTS
        + node("catch", "m", '<dataOutput id="o" name="amount"/>' + moved("Output", "o", "d_total") + message("paid")),
        "s -> m",
    )  # fmt: skip
    assert Player(xml).happen("m", amount=7).variables["total"] == 7


def test_a_cancelled_activity_gives_nothing() -> None:
    xml = diagram(
        node("start", "s") + OBJECTS + node("user", "a", moved("Output", "", "d_total", assigned("1", "d_total")))
        + node("boundary", "b", message("stop"), attachedToRef="a") + node("end", "e"),
        "s -> a; b -> e",
    )  # fmt: skip
    assert "total" not in Player(xml).happen("b").variables


@pytest.mark.fidelity("data.initial", "runs")
def test_data_objects_begin_with_the_values_their_tool_gives_them() -> None:
    given = "".join(
        f'<dataObject id="d{name}" name="{name}" itemSubjectRef="xsd:{kind}"><extensionElements>'
        f"<flowable:value>{value}</flowable:value></extensionElements></dataObject>"
        for name, kind, value in (("word", "string", "7"), ("count", "int", "7"), ("yes", "boolean", "true"))
    )
    xml = diagram(node("start", "s") + given + node("user", "a"), "s -> a").replace(
        b"<definitions",
        b'<definitions xmlns:flowable="http://flowable.org/bpmn" xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
    )
    assert Player(xml, {"count": 1}).variables == {"word": "7", "count": 1, "yes": True}
