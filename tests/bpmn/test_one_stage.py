"""The proof that every state of a process that drives deals has one stage: what it follows, and where it stops."""

from pathlib import Path

from bpmn.diagram import read_diagram
from bpmn.markings import Markings
from bpmn.model import Process
from bpmn.normalise import normalise
from bpmn.rules.one_stage import prove
from processes.catalogue import FOLDER
from tests.support.diagrams import body, diagram, message, node

ENDS = node("start", "s") + node("end", "e")


def process_of(xml: bytes) -> Process:
    return next(iter(normalise(read_diagram("test.bpmn", xml))[0].processes.values()))


def findings(xml: bytes) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.element_id) for finding in prove(process_of(xml))]


def test_the_shipped_sale_is_proved_whole() -> None:
    process = process_of(Path(FOLDER / "corporate_sale" / "corporate_sale.bpmn").read_bytes())
    markings = Markings(process)
    assert len(list(markings)) > 30 and markings.complete
    assert list(prove(process)) == []


def test_work_that_goes_on_beside_the_next_stage_is_told_at_the_stage_it_stands_in() -> None:
    inner = body(node("start", "i") + node("user", "work") + node("end", "o"), "i -> work; work -> o")
    beside = node("boundary", "asked", message("more"), attachedToRef="first", cancelActivity="false")
    xml = diagram(
        ENDS + node("subProcess", "first", inner, procession_stage="needs") + beside
        + node("user", "second", procession_stage="proposal"),
        "s -> first; asked -> second; first -> e; second -> e",
    )  # fmt: skip
    assert findings(xml) == [("two-stages", "first")]
    assert findings(xml.replace(b'cancelActivity="false"', b'cancelActivity="true"')) == []


def test_a_stage_inside_a_stage_is_left_behind_when_the_inner_one_ends() -> None:
    inner = body(
        node("start", "i")
        + node("user", "deep", procession_stage="proposal")
        + node("user", "after")
        + node("end", "o"),
        "i -> deep; deep -> after; after -> o",
    )
    xml = diagram(ENDS + node("subProcess", "first", inner, procession_stage="needs"), "s -> first; first -> e")
    assert findings(xml) == [("two-stages", "first")]


def test_more_states_than_the_bound_are_said_not_to_be_proved() -> None:
    many = [f"a{number}" for number in range(9)]
    xml = diagram(
        ENDS
        + node("and", "g")
        + node("and", "h")
        + "".join(node("user", one, procession_stage="needs") for one in many),
        "s -> g; h -> e;" + ";".join(f"g -> {one}; {one} -> h" for one in many),
    )
    assert findings(xml) == []
    assert [finding.rule for finding in prove(process_of(xml), most=100)] == ["stage-proof-bound"]
