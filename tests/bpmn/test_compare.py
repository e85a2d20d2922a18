"""Two versions of a process: what is new, what is gone and what has changed."""

from bpmn.compare import compare_diagrams, compare_processes
from bpmn.diagram import read_diagram
from bpmn.model import Process
from tests.support.diagrams import diagram, node

ENDS = node("start", "s") + node("end", "e")


def read(xml: bytes) -> Process:
    return read_diagram("test.bpmn", xml).processes["p"]


BEFORE = read(diagram(ENDS + node("user", "a") + node("user", "b"), "s -> a; a -> b; b -> e"))


def test_the_same_diagram_differs_in_nothing_even_on_other_lines() -> None:
    moved = read(diagram("\n\n" + ENDS + node("user", "b") + node("user", "a"), "s -> a; a -> b; b -> e"))
    assert compare_processes(BEFORE, moved) == {"added": [], "removed": [], "changed": []}


def test_added_removed_and_changed_elements_are_told() -> None:
    after = read(
        diagram(ENDS + '<serviceTask id="a" name="Send"/>' + node("user", "c"), "s -> a; a -> c [x > 1]; c -> e")
    )
    found = compare_processes(BEFORE, after)
    assert [e["element_id"] for e in found["added"]] == ["c", "a_c", "c_e"]
    assert [e["element_id"] for e in found["removed"]] == ["b", "a_b", "b_e"]
    (changed,) = found["changed"]
    assert changed["element_id"] == "a" and changed["type"] == "serviceTask"
    assert changed["changes"] == [
        {"what": "type", "before": "userTask", "after": "serviceTask"},
        {"what": "name", "before": "a", "after": "Send"},
    ]


def test_a_process_of_only_one_file_is_all_added() -> None:
    empty = read_diagram("a.bpmn", diagram("", "", id="q"))
    found = compare_diagrams(empty, read_diagram("b.bpmn", diagram(node("user", "a"), "")))
    assert [e["element_id"] for e in found["p"]["added"]] == ["a"] and found["q"]["removed"] == []
