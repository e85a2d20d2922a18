"""The elements of a process in reading order."""

from bpmn.outline import outline
from bpmn.picture import is_pictured, without_picture
from bpmn.reading import ready_to_run
from tests.support.diagrams import diagram, message, node

XML = diagram(
    node("end", "e")
    + node("user", "lonely")
    + node("user", "b")
    + '<subProcess id="a" name="Work"><startEvent id="is"/><task id="it"/><sequenceFlow id="i" sourceRef="is" targetRef="it"/></subProcess>'
    + node("boundary", "late", message("m"), attachedToRef="a")
    + node("start", "s"),
    "s -> a; a -> b; late -> e; b -> e; b -> a",
)


def test_elements_come_in_the_order_they_are_reached_each_once() -> None:
    lines = outline(ready_to_run("t.bpmn", XML).processes["p"])
    assert [(line.element_id, line.depth) for line in lines] == [
        ("lonely", 0), ("s", 0), ("a", 0), ("is", 1), ("it", 1), ("late", 0), ("e", 0), ("b", 0),
    ]  # fmt: skip
    assert lines[5].beside == "a" and lines[2].leads_to == (("", "b"),)


def test_a_diagram_without_shapes_has_no_picture() -> None:
    diagram_read = ready_to_run("t.bpmn", XML)
    assert not is_pictured(diagram_read) and "lonely" in set(without_picture(diagram_read))
