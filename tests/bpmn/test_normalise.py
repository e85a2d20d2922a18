"""What a diagram leaves open, and how it is settled: each repair changes the values and says so."""

import pytest

from bpmn.diagram import read_diagram
from bpmn.model import Process
from bpmn.normalise import normalise
from bpmn.reading import ready_to_run
from tests.support.diagrams import diagram, node, timer

ENDS = node("start", "s") + node("end", "e")
A, B = node("user", "a"), node("user", "b")
GATEWAY = ENDS + node("xor", "g") + A + B


def repaired(xml: bytes, *, accept: bool = False) -> tuple[Process, list[str]]:
    found, repairs = normalise(read_diagram("test.bpmn", xml), accept=accept)
    assert all(r.severity == "repair" and r.file == "test.bpmn" and r.message % r.params for r in repairs)
    return next(iter(found.processes.values())), [repair.rule for repair in repairs]


def test_a_complete_diagram_needs_no_repair() -> None:
    assert repaired(diagram(ENDS + A, "s -> a; a -> e"))[1] == []


@pytest.mark.fidelity("gateway.choice", "repaired")
def test_a_gateway_without_conditions_is_a_choice() -> None:
    process, rules = repaired(diagram(GATEWAY, "s -> g; g -> a; g -> b; a -> e; b -> e"))
    assert process.nodes["g"].choice and rules == ["choice"]


def test_a_default_without_any_condition_is_still_a_choice() -> None:
    process, _ = repaired(diagram(GATEWAY, "s -> g; g -> a; g -> b*; a -> e; b -> e"))
    assert process.nodes["g"].choice


@pytest.mark.fidelity("gateway.default", "repaired")
def test_the_only_flow_without_a_condition_is_the_default() -> None:
    process, rules = repaired(diagram(GATEWAY, "s -> g; g -> a [x > 1]; g -> b; a -> e; b -> e"))
    assert process.nodes["g"].default == "g_b" and not process.nodes["g"].choice and rules == ["default-flow"]


def test_the_condition_of_a_default_is_not_looked_at() -> None:
    process, rules = repaired(diagram(GATEWAY, "s -> g; g -> a [x > 1]; g -> b* [y]; a -> e; b -> e"))
    assert process.flows["g_b"].condition is None and rules == ["default-condition"]


@pytest.mark.fidelity("end.implicit", "repaired")
def test_nodes_without_flows_start_and_end_by_themselves() -> None:
    process, rules = repaired(diagram(A + B + node("user", "c"), "a -> b"))
    assert [n.id for n in process.nodes.values() if n.implicit_start] == ["a", "c"]
    assert rules == ["implicit-start", "implicit-start", "implicit-end", "implicit-end"]


def test_several_flows_out_of_a_task_are_told() -> None:
    assert repaired(diagram(ENDS + A + B, "s -> a; a -> b; a -> e; b -> e"))[1] == ["implicit-split"]


@pytest.mark.fidelity("activity.collapsed", "repaired")
def test_a_collapsed_sub_process_is_a_task() -> None:
    process, rules = repaired(diagram(ENDS + '<subProcess id="a" name="a"/>', "s -> a; a -> e"))
    assert (process.nodes["a"].type, process.nodes["a"].drawn_as) == ("task", "subProcess")
    assert rules == ["collapsed-sub-process"]


@pytest.mark.fidelity("activity.foreign", "repaired")
@pytest.mark.fidelity("text.foreign-script", "repaired")
def test_work_of_other_machines_is_done_by_people() -> None:
    tasks = (
        '<serviceTask id="a"/><task id="b"/><scriptTask id="c"/><callActivity id="d"/><callActivity id="f" calledElement="${x}"/>'
        '<scriptTask id="g" scriptFormat="javascript"><script>alert()</script></scriptTask>'
    )
    process, rules = repaired(diagram(ENDS + tasks, "s -> a; a -> b; b -> c; c -> d; d -> f; f -> g; g -> e"))
    assert rules == [
        "call-without-target", "call-without-target", "script-by-hand", "script-by-hand", "foreign-work", "task-by-hand",
    ]  # fmt: skip
    assert process.nodes["f"].called_element is None and process.nodes["f"].foreign == "process ${x}"
    assert process.nodes["c"].foreign and process.nodes["g"].foreign == "javascript script: alert()"


@pytest.mark.fidelity("text.foreign-script", "runs")
def test_a_script_our_language_understands_runs_whatever_its_format() -> None:
    script = '<scriptTask id="a" scriptFormat="python"><script>x = 1</script></scriptTask>'
    process, rules = repaired(diagram(ENDS + script, "s -> a; a -> e"))
    assert process.nodes["a"].foreign is None and rules == []


@pytest.mark.fidelity("event.nameless", "repaired")
@pytest.mark.fidelity("event.timer-without-time", "repaired")
def test_events_that_name_nothing_are_let_go_by_hand() -> None:
    xml = diagram(
        ENDS + node("catch", "a", "<timerEventDefinition/>") + node("catch", "b", "<messageEventDefinition/>"),
        "s -> a; a -> b; b -> e",
    )
    process, rules = repaired(xml)
    assert rules == ["nameless-message", "timer-by-hand"]
    assert process.nodes["a"].events[0].timer is None and process.nodes["b"].events[0].reference is None


@pytest.mark.fidelity("event.message-flow", "repaired")
def test_a_message_flow_gives_both_ends_the_same_message() -> None:
    other = '<process id="q"><startEvent id="qs" name="Order"><messageEventDefinition/></startEvent></process>'
    flow = '<collaboration id="c"><messageFlow id="mf" sourceRef="e" targetRef="qs"/></collaboration>'
    xml = diagram(node("start", "s") + node("end", "e", "<messageEventDefinition/>"), "s -> e", more=other + flow)
    found, repairs = normalise(read_diagram("test.bpmn", xml))
    assert found.processes["p"].nodes["e"].events[0].reference == "Order"
    assert found.processes["q"].nodes["qs"].events[0].reference == "Order"
    assert [r.rule for r in repairs][:2] == ["message-by-flow", "message-by-flow"]


@pytest.mark.fidelity("activity.empty-pool", "repaired")
def test_pools_with_nothing_inside_do_not_run() -> None:
    found, repairs = normalise(read_diagram("t.bpmn", diagram(ENDS + A, "s -> a; a -> e", more='<process id="q"/>')))
    assert list(found.processes) == ["p"] and [r.rule for r in repairs] == ["empty-pool"]


@pytest.mark.fidelity("vendor.assignment", "repaired")
def test_assignments_nobody_can_translate_are_left_open() -> None:
    xml = diagram(ENDS + '<userTask id="a" camunda:assignee="${bean.find(x)}"/>', "s -> a; a -> e").replace(
        b"<definitions", b'<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn"', 1
    )
    process, rules = repaired(xml)
    assert process.nodes["a"].extension.assignee is None and rules == ["foreign-assignment"]


UNTRANSLATABLE = diagram(GATEWAY, "s -> g; g -> a [${bean.ask(x)}]; g -> b*; a -> e; b -> e")


@pytest.mark.fidelity("text.foreign-condition", "repaired")
def test_a_condition_nobody_can_translate_becomes_a_choice_only_by_consent() -> None:
    assert not repaired(UNTRANSLATABLE)[0].nodes["g"].choice
    process, rules = repaired(UNTRANSLATABLE, accept=True)
    assert process.nodes["g"].choice and rules == ["untranslatable-condition"]
    assert process.flows["g_a"].condition is None and process.flows["g_a"].name == "${bean.ask(x)}"


def test_a_time_nobody_can_translate_is_let_go_by_hand_only_by_consent() -> None:
    xml = diagram(ENDS + node("catch", "a", timer("duration", "${bean.when()}")), "s -> a; a -> e")
    assert repaired(xml)[0].nodes["a"].events[0].timer is not None
    process, rules = repaired(xml, accept=True)
    assert process.nodes["a"].events[0].timer is None and rules == ["untranslatable-event", "timer-by-hand"]


@pytest.mark.fidelity("repeat.unbounded", "repaired")
@pytest.mark.parametrize("mark", ["<standardLoopCharacteristics/>", "<multiInstanceLoopCharacteristics/>"])
def test_a_repetition_without_bounds_is_done_once_only_by_consent(mark: str) -> None:
    xml = diagram(ENDS + node("user", "a", mark), "s -> a; a -> e")
    assert repaired(xml)[0].nodes["a"].loop is not None
    process, rules = repaired(xml, accept=True)
    assert process.nodes["a"].loop is None and rules == ["unbounded-repetition"]


def test_a_stored_diagram_is_read_as_it_was_accepted() -> None:
    assert ready_to_run("test.bpmn", UNTRANSLATABLE).processes["p"].nodes["g"].choice


def test_a_mistyped_time_is_for_the_designer_to_mend() -> None:
    xml = diagram(ENDS + node("catch", "a", timer("duration", "PT5")), "s -> a; a -> e")
    assert repaired(xml, accept=True)[0].nodes["a"].events[0].timer == ("duration", "PT5")


@pytest.mark.fidelity("event.timer-words", "repaired")
def test_a_time_in_words_is_let_go_by_hand_by_consent() -> None:
    xml = diagram(ENDS + node("catch", "a", timer("duration", "every Monday")), "s -> a; a -> e")
    assert repaired(xml, accept=True)[0].nodes["a"].events[0].timer is None


@pytest.mark.fidelity("activity.call-nothing", "repaired")
def test_a_called_global_task_is_done_by_a_person() -> None:
    xml = diagram(ENDS + node("call", "a", calledElement="g"), "s -> a; a -> e", more='<globalUserTask id="g"/>')
    process, rules = repaired(xml)
    assert process.nodes["a"].called_element is None and rules == ["call-without-target"]
