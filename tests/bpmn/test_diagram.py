"""What the reader makes of a file: nodes, flows, events, lanes and references, each with its line."""

import pytest

from bpmn.diagram import DiagramUnreadable, read_diagram
from bpmn.model import Diagram, Node
from tests.support.diagrams import NAMESPACES, diagram, node

TWO_POOLS = f"""<definitions {NAMESPACES} xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI">
<message id="m1" name="order"/><signal id="s1" name="alarm"/>
<error id="e1" name="No money" errorCode="no_money"/><error id="e2" name="broken"/><escalation id="x1"/>
<timerEventDefinition id="hourly"><timeDuration>PT1H</timeDuration></timerEventDefinition>
<collaboration id="c">
  <participant id="seller" name="Seller" processRef="sell"/><participant id="buyer" name="Buyer"/>
  <messageFlow id="mf" sourceRef="buyer" targetRef="start"/>
</collaboration>
<process id="sell" name="Sell" isExecutable="true">
  <documentation>How we sell.</documentation>
  <laneSet><lane name="Office"><childLaneSet><lane name="Manager"><flowNodeRef>call</flowNodeRef></lane></childLaneSet></lane></laneSet>
  <startEvent id="start"><messageEventDefinition messageRef="m1"/></startEvent>
  <sequenceFlow sourceRef="start" targetRef="call"/>
  <userTask id="call" name="Call
    the client"><documentation>Be kind.</documentation></userTask>
  <boundaryEvent id="late" attachedToRef="call" cancelActivity="false"><eventDefinitionRef>hourly</eventDefinitionRef></boundaryEvent>
  <boundaryEvent id="undo" attachedToRef="call"><compensateEventDefinition/></boundaryEvent>
  <task id="sorry" isForCompensation="true"/>
  <association id="as" sourceRef="undo" targetRef="sorry"/>
  <textAnnotation id="ta"><text>At nine.</text></textAnnotation>
  <association id="as2" sourceRef="call" targetRef="ta"/>
  <sequenceFlow id="f2" sourceRef="call" targetRef="end"><conditionExpression language="feel">= x &gt; 1</conditionExpression></sequenceFlow>
  <endEvent id="end"><errorEventDefinition errorRef="e1"/></endEvent>
</process>
<di:BPMNDiagram id="d"><di:BPMNPlane id="pl" bpmnElement="c"><di:BPMNShape id="sh" bpmnElement="call"/></di:BPMNPlane></di:BPMNDiagram>
</definitions>""".encode()


@pytest.fixture(scope="module")
def pools() -> Diagram:
    return read_diagram("pools.bpmn", TWO_POOLS)


def only(xml: bytes, id: str) -> Node:
    return next(iter(read_diagram("test.bpmn", xml).processes.values())).nodes[id]


def test_messages_signals_and_errors_are_known_by_name_or_code(pools: Diagram) -> None:
    assert (pools.messages, pools.signals) == ({"m1": "order"}, {"s1": "alarm"})
    assert (pools.errors, pools.escalations) == ({"e1": "no_money", "e2": "broken"}, {"x1": "x1"})


@pytest.mark.fidelity("event.by-reference", "runs")
def test_events_are_resolved_to_names_codes_and_times(pools: Diagram) -> None:
    nodes = pools.processes["sell"].nodes
    assert (nodes["start"].events[0].kind, nodes["start"].events[0].reference) == ("message", "order")
    assert nodes["end"].events[0].reference == "no_money"
    assert nodes["late"].events[0].timer == ("duration", "PT1H")
    assert (nodes["late"].attached_to, nodes["late"].interrupting) == ("call", False)


@pytest.mark.fidelity("gateway.flow-without-id", "runs")
def test_a_flow_without_an_id_gets_the_same_one_each_time(pools: Diagram) -> None:
    assert list(pools.processes["sell"].flows) == ["flow_start_call_1", "f2"]
    assert pools.processes["sell"].nodes["call"].incoming == ("flow_start_call_1",)


@pytest.mark.fidelity("activity.lanes", "runs")
def test_lanes_are_named_from_the_outermost_in(pools: Diagram) -> None:
    assert pools.processes["sell"].nodes["call"].lanes == ("Office", "Manager")


def test_names_lose_their_line_breaks_and_lines_are_kept(pools: Diagram) -> None:
    call = pools.processes["sell"].nodes["call"]
    assert (call.name, call.documentation, call.line) == ("Call the client", "Be kind.", 15)
    assert call.notes == ("At nine.",)


def test_a_compensation_event_knows_its_handler(pools: Diagram) -> None:
    assert pools.processes["sell"].nodes["undo"].compensates == ("sorry",)
    assert pools.processes["sell"].nodes["sorry"].for_compensation


def test_pools_message_flows_and_pictures_are_kept(pools: Diagram) -> None:
    assert pools.participants == {"seller": "sell", "buyer": None}
    assert pools.processes["sell"].participant == "Seller"
    assert pools.message_flows == (("buyer", "start"),)
    assert pools.has_picture and pools.pictured == {"call"}


def test_a_condition_keeps_its_text_and_language(pools: Diagram) -> None:
    flow = pools.processes["sell"].flows["f2"]
    assert (flow.condition, flow.condition_language) == ("= x > 1", "feel")


def test_nodes_in_sub_processes_know_their_scope() -> None:
    xml = diagram('<subProcess id="a"><subProcess id="b"><task id="c"/></subProcess></subProcess>', "")
    assert only(xml, "c").scope == "b" and only(xml, "b").scope == "a" and only(xml, "a").scope == "p"


def test_an_unresolved_reference_is_matched_by_name_where_one_fits() -> None:
    xml = diagram(node("catch", "a", '<messageEventDefinition messageRef="order"/>'), "").replace(
        b"<process", b'<message id="m7" name="order"/><process', 1
    )
    read = read_diagram("test.bpmn", xml)
    assert read.processes["p"].nodes["a"].events[0].reference == "order" and read.problems == ()


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        ("<loopDataInputRef>people</loopDataInputRef>", "people"),
        ("<loopDataInputRef>ref</loopDataInputRef>", "guests"),
    ],
)
def test_the_collection_of_a_multi_instance_is_a_variable(collection: str, expected: str) -> None:
    loop = f'<multiInstanceLoopCharacteristics isSequential="true">{collection}<inputDataItem id="one" name="one"/></multiInstanceLoopCharacteristics>'
    data = '<dataObject id="obj" name="guests"/><dataObjectReference id="ref" name="The guests" dataObjectRef="obj"/>'
    found = only(diagram(data + node("user", "a", loop), ""), "a").loop
    assert found is not None and (found.collection, found.element, found.sequential) == (
        expected,
        "one",
        True,
    )


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-xml"),
        (b"<definitions", "not-xml"),
        (b"\x00\x01\x02", "not-xml"),
        (b"<html><body/></html>", "not-bpmn"),
        (b"<definitions><process id='p'/></definitions>", "not-bpmn"),
        (f"<definitions {NAMESPACES}/>".encode(), "no-process"),
        (f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions {NAMESPACES}><process id="p">&x;</process></definitions>'.encode(), "unsafe-file"),
        (f"<definitions {NAMESPACES}>{'<a>' * 150}{'</a>' * 150}</definitions>".encode(), "unsafe-file"),
        (f"<definitions {NAMESPACES}>{'<a/>' * 100_001}</definitions>".encode(), "unsafe-file"),
        (f"<definitions {NAMESPACES}><process id='p'>{'<task id=%r/>' * 10_001 % tuple(map(str, range(10_001)))}</process></definitions>".encode(), "unsafe-file"),
        (f"<definitions {NAMESPACES}>{' ' * (5 << 20)}</definitions>".encode(), "unsafe-file"),
    ],
)  # fmt: skip
def test_what_is_no_diagram_is_refused_with_a_reason(data: bytes, rule: str) -> None:
    with pytest.raises(DiagramUnreadable) as refused:
        read_diagram("hostile.bpmn", data)
    assert (refused.value.code, refused.value.finding.rule) == ("diagram_invalid", rule)
    assert refused.value.finding.file == "hostile.bpmn"


@pytest.mark.fidelity("file.encodings", "runs")
def test_other_encodings_are_read() -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?><definitions {NAMESPACES}><process id="p" name="Продажа"/></definitions>'
    assert read_diagram("test.bpmn", text.encode("utf-16")).processes["p"].name == "Продажа"
