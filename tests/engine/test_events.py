"""Events: waiting, racing, interrupting, listening beside the work, ending."""

from datetime import timedelta

import pytest

from engine.errors import BpmnError
from tests.support.diagrams import body, condition, diagram, error, escalation, message, node, signal, timer
from tests.support.player import FakeHost, Player


@pytest.mark.fidelity("gateway.event", "runs")
def test_the_first_event_after_an_event_gateway_takes_all() -> None:
    xml = diagram(
        node("start", "s") + node("event", "g") + node("catch", "paid", message("paid"))
        + node("catch", "late", timer("duration", "P3D")) + node("user", "ship") + node("user", "remind"),
        "s -> g; g -> paid; g -> late; paid -> ship; late -> remind",
    )  # fmt: skip
    player = Player(xml)
    assert player.waiting == ["late", "paid"] and player.due("late") == timedelta(days=3)
    player.happen("paid")
    assert player.open == ["ship"] and player.waiting == []
    assert player.trace == ["s", "g", "paid"]


@pytest.mark.fidelity("event.boundary", "runs")
def test_an_interrupting_boundary_event_ends_the_work_and_a_non_interrupting_one_stands_beside_it() -> None:
    for interrupting, open_after in (("true", ["b"]), ("false", ["a", "b"])):
        xml = diagram(
            node("start", "s") + node("user", "a") + node("boundary", "t", timer("duration", "PT1H"), attachedToRef="a",
            cancelActivity=interrupting) + node("user", "b") + node("end", "e"),
            "s -> a; a -> e; t -> b",
        )  # fmt: skip
        assert Player(xml).happen("t").open == open_after


def test_completing_the_work_takes_its_boundary_events_away() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a") + node("boundary", "t", timer("duration", "PT1H"), attachedToRef="a")
        + node("user", "b") + node("user", "c"),
        "s -> a; a -> c; t -> b",
    )  # fmt: skip
    assert Player(xml).do("a").waiting == []


@pytest.mark.fidelity("event.timer-cycle", "runs")
def test_a_repeating_timer_fires_as_often_as_it_says() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a")
        + node("boundary", "t", timer("cycle", "R2/PT1H"), attachedToRef="a", cancelActivity="false")
        + node("script", "count", "<script>n = (n or 0) + 1</script>"),
        "s -> a; t -> count",
    )  # fmt: skip
    player = Player(xml)
    assert player.due("t") == timedelta(hours=1)
    player.happen("t")
    assert player.due("t") == timedelta(hours=2)
    player.happen("t")
    assert player.waiting == [] and player.variables["n"] == 2


SUB = node(
    "subProcess", "sub",
    node("start", "ss") + node("user", "a") + node("throw", "up", escalation("help")) + node("user", "b")
    + node("end", "boom", error("E1"))
    + '<sequenceFlow id="i1" sourceRef="ss" targetRef="a"/><sequenceFlow id="i2" sourceRef="a" targetRef="up"/>'
    + '<sequenceFlow id="i3" sourceRef="up" targetRef="b"/><sequenceFlow id="i4" sourceRef="b" targetRef="boom"/>',
)  # fmt: skip


@pytest.mark.fidelity("end.error", "runs")
def test_an_error_end_is_caught_at_the_boundary_with_its_code_before_one_without() -> None:
    xml = diagram(
        node("start", "s") + SUB + node("boundary", "any", error(), attachedToRef="sub")
        + node("boundary", "exact", error("E1"), attachedToRef="sub") + node("user", "wrong") + node("user", "right"),
        "s -> sub; any -> wrong; exact -> right",
    )  # fmt: skip
    player = Player(xml).do("a").do("b")
    assert player.open == ["right"] and "(sub)" in player.trace


@pytest.mark.fidelity("end.error-uncaught", "runs")
def test_an_error_nobody_catches_fails_the_instance() -> None:
    player = Player(diagram(node("start", "s") + SUB, "s -> sub")).do("a").do("b")
    assert player.outcome == "failed"


@pytest.mark.fidelity("event.escalation", "runs")
def test_an_escalation_reaches_its_boundary_and_the_work_goes_on_unless_it_interrupts() -> None:
    for interrupting, open_after in (("true", ["look"]), ("false", ["b", "look"])):
        xml = diagram(
            node("start", "s") + SUB + node("user", "look")
            + node("boundary", "x", escalation("help"), attachedToRef="sub", cancelActivity=interrupting),
            "s -> sub; x -> look",
        )  # fmt: skip
        assert Player(xml).do("a").open == open_after


@pytest.mark.fidelity("end.terminate", "runs")
def test_a_terminate_end_ends_everything_in_its_scope() -> None:
    xml = diagram(
        node("start", "s") + node("and", "f") + node("user", "a") + node("user", "b")
        + node("end", "stop", "<terminateEventDefinition/>"),
        "s -> f; f -> a; f -> b; a -> stop",
    )  # fmt: skip
    player = Player(xml).do("a")
    assert player.outcome == "completed" and player.trace[-2:] == ["(b)", "stop"]


@pytest.mark.fidelity("event.conditional", "runs")
def test_a_condition_fires_when_it_turns_true_and_at_once_if_it_is_already() -> None:
    xml = diagram(node("start", "s") + node("catch", "c", condition("given")) + node("user", "a"), "s -> c; c -> a")
    player = Player(xml)
    assert player.waiting == ["c"]
    assert player.set(other=1).waiting == ["c"]
    assert player.set(given=True).open == ["a"]
    assert Player(xml, {"given": True}).open == ["a"]


def event_sub_process(interrupting: str, definition: str) -> str:
    return node(
        "subProcess", "esp",
        node("start", "trigger", definition, isInterrupting=interrupting) + node("user", "handle")
        + '<sequenceFlow id="h1" sourceRef="trigger" targetRef="handle"/>',
        triggeredByEvent="true",
    )  # fmt: skip


@pytest.mark.fidelity("event.sub-process", "runs")
def test_an_event_sub_process_interrupts_or_runs_beside_its_scope() -> None:
    interrupting = Player(
        diagram(node("start", "s") + node("user", "a") + event_sub_process("true", message("m")), "s -> a")
    )
    assert interrupting.happen("trigger").open == ["handle"]
    assert interrupting.do("handle").outcome == "completed"

    beside = Player(
        diagram(node("start", "s") + node("user", "a") + event_sub_process("false", message("m")), "s -> a")
    )
    beside.happen("trigger").happen("trigger")
    assert beside.open == ["a", "handle", "handle"]
    assert beside.do("a").outcome is None
    assert beside.do("handle").do("handle").outcome == "completed"


@pytest.mark.fidelity("event.sub-process-error", "runs")
def test_an_event_sub_process_catches_an_error_of_its_scope() -> None:
    xml = diagram(node("start", "s") + SUB + event_sub_process("true", error("E1")), "s -> sub")
    assert Player(xml).do("a").do("b").open == ["handle"]


@pytest.mark.parametrize(("code", "caught"), [("E1", "one"), ("E2", "any")])
def test_what_catches_a_code_comes_before_what_catches_any_in_whatever_order_they_are_drawn(
    code: str, caught: str
) -> None:
    handlers = "".join(
        f'<subProcess id="of_{name}" triggeredByEvent="true">'
        + body(node("start", f"on_{name}", event) + node("user", name), f"on_{name} -> {name}")
        + "</subProcess>"
        for name, event in (("any", error("")), ("one", error("E1")))
    )
    xml = diagram(node("start", "s") + node("end", "e", error(code)) + handlers, "s -> e")
    assert Player(xml).open == [caught]


def test_a_business_error_of_an_operation_goes_to_its_boundary_event() -> None:
    def refuse() -> None:
        raise BpmnError("refused", "no stock")

    extension = "<extensionElements><procession:operation name='stock.take'/></extensionElements>"
    xml = diagram(
        node("start", "s") + node("service", "take", extension)
        + node("boundary", "no", error("refused"), attachedToRef="take") + node("user", "order") + node("user", "go"),
        "s -> take; take -> go; no -> order",
    )  # fmt: skip
    assert Player(xml, host=FakeHost({"stock.take": refuse})).open == ["order"]


@pytest.mark.fidelity("event.link", "runs")
def test_a_link_leads_to_the_event_of_the_same_name() -> None:
    link = '<linkEventDefinition name="L"/>'
    xml = diagram(
        node("start", "s") + node("throw", "to", link) + node("catch", "from_", link) + node("user", "a"),
        "s -> to; from_ -> a",
    )
    assert Player(xml).open == ["a"]


@pytest.mark.fidelity("end.message-signal", "runs")
def test_thrown_messages_and_signals_are_handed_to_the_world() -> None:
    xml = diagram(
        node("start", "s") + node("throw", "t", message("hello")) + node("end", "e", signal("done")),
        "s -> t; t -> e",
    )
    player = Player(xml)
    assert [(thrown.kind, thrown.name) for thrown in player.thrown] == [("message", "hello"), ("signal", "done")]


@pytest.mark.fidelity("event.signal", "runs")
def test_a_signal_is_heard_before_who_threw_it_goes_on() -> None:
    inside = body(node("start", "is") + node("end", "ie", signal("stop")), "is -> ie")
    xml = diagram(
        node("start", "s") + node("subProcess", "sub", inside) + node("user", "after") + node("end", "e")
        + node("boundary", "b", signal("stop"), attachedToRef="sub") + node("user", "stopped"),
        "s -> sub; sub -> after; after -> e; b -> stopped",
    )  # fmt: skip
    player = Player(xml)
    assert player.open == ["stopped"] and player.trace == ["s", "(sub)", "is", "ie", "b"]


@pytest.mark.fidelity("event.signal", "runs")
def test_nobody_hears_the_signal_he_threw_himself() -> None:
    nodes = node("start", "s") + node("throw", "t", signal("go")) + node("catch", "c", signal("go")) + node("end", "e")
    player = Player(diagram(nodes, "s -> t; t -> c; c -> e"))
    assert player.waiting == ["c"] and player.outcome is None


@pytest.mark.fidelity("event.signal", "runs")
@pytest.mark.parametrize("flows", ["f -> t; f -> x; x -> c", "f -> x; x -> c; f -> t"])
def test_a_signal_is_heard_by_the_other_branches_of_the_same_step(flows: str) -> None:
    nodes = (
        node("start", "s") + node("and", "f") + node("throw", "t", signal("go")) + node("throw", "x", "")
        + node("catch", "c", signal("go")) + node("user", "a") + node("user", "b")
    )  # fmt: skip
    assert Player(diagram(nodes, f"s -> f; {flows}; c -> a; t -> b")).open == ["a", "b"]


@pytest.mark.fidelity("event.signal", "runs")
def test_a_signal_heard_beside_the_work_does_not_end_who_threw_it() -> None:
    inside = body(node("start", "is") + node("throw", "it", signal("more")) + node("user", "ia"), "is -> it; it -> ia")
    xml = diagram(
        node("start", "s") + node("subProcess", "sub", inside)
        + node("boundary", "b", signal("more"), attachedToRef="sub", cancelActivity="false") + node("user", "also"),
        "s -> sub; b -> also",
    )  # fmt: skip
    assert Player(xml).open == ["also", "ia"]


@pytest.mark.fidelity("end.error", "runs")
@pytest.mark.parametrize(("more", "caught"), [("", True), ('<error id="other" name="other"/>', False)])
def test_an_error_without_a_code_is_any_unless_several_have_only_names(more: str, caught: bool) -> None:
    thrown = '<errorEventDefinition errorRef="thrown"/>'
    inside = body(node("start", "is") + node("end", "ie", thrown), "is -> ie")
    xml = diagram(
        node("start", "s") + node("subProcess", "sub", inside) + node("end", "e")
        + node("boundary", "b", '<errorEventDefinition errorRef="any"/>', attachedToRef="sub") + node("user", "a"),
        "s -> sub; sub -> e; b -> a",
        more='<error id="thrown" name="thrown" errorCode="17"/><error id="any" name="any"/>' + more,
    )  # fmt: skip
    assert Player(xml).open == (["a"] if caught else [])


@pytest.mark.fidelity("event.escalation", "runs")
@pytest.mark.parametrize(("code", "follows"), [("17", "own"), ("18", "any")])
def test_an_escalation_is_caught_by_its_code_before_by_any(code: str, follows: str) -> None:
    def escalated(by: str) -> str:
        return f'<escalationEventDefinition escalationRef="of_{by}"/>'

    inside = body(
        node("start", "is") + node("throw", "it", escalated("thrown")) + node("user", "ia"), "is -> it; it -> ia"
    )
    xml = diagram(
        node("start", "s") + node("subProcess", "sub", inside) + node("user", "any") + node("user", "own")
        + node("boundary", "b_any", escalated("any"), attachedToRef="sub")
        + node("boundary", "b_own", escalated("own"), attachedToRef="sub"),
        "s -> sub; b_any -> any; b_own -> own",
        more=f'<escalation id="of_thrown" escalationCode="17"/><escalation id="of_own" escalationCode="{code}"/>'
        '<escalation id="of_any" name="any" escalationCode=""/>',
    )  # fmt: skip
    assert Player(xml).open == [follows]


@pytest.mark.fidelity("event.timer", "runs")
@pytest.mark.parametrize("text", ["P1D", "2026-03-03T12:00:00Z", "now + days(1)"])
def test_timers_read_iso_texts_and_expressions(text: str) -> None:
    kind = "date" if text.startswith("2026") else "duration"
    if text.startswith("now"):
        kind = "date"
    xml = diagram(node("start", "s") + node("catch", "t", timer(kind, text)) + node("user", "a"), "s -> t; t -> a")
    assert Player(xml).due("t") == timedelta(days=1)


@pytest.mark.fidelity("gateway.event-receive", "runs")
def test_a_receive_task_after_an_event_gateway_ends_the_race() -> None:
    xml = diagram(
        node("start", "s") + node("event", "g") + node("receive", "r", messageRef="m_x")
        + node("catch", "c", timer("duration", "PT1H")) + node("user", "a") + node("user", "b"),
        "s -> g; g -> r; g -> c; r -> a; c -> b",
    )  # fmt: skip
    player = Player(xml).happen("r")
    assert (player.open, player.waiting, player.trace) == (["a"], [], ["s", "g", "r"])


@pytest.mark.parametrize("kind", ["throw", "end"])
def test_an_escalation_that_ends_its_own_scope_has_happened_all_the_same(kind: str) -> None:
    inner = body(node("start", "is") + node(kind, "t", escalation("x")), "is -> t")
    late = f'<boundaryEvent id="b" attachedToRef="sub">{escalation("x")}</boundaryEvent>'
    xml = diagram(node("start", "s") + node("subProcess", "sub", inner) + late + node("user", "u"), "s -> sub; b -> u")
    player = Player(xml)
    assert (player.open, player.trace) == (["u"], ["s", "(sub)", "is", "t", "b"])


def test_an_instance_that_ends_in_an_event_sub_process_ends_at_its_end_event() -> None:
    inner = body(node("start", "called_off", message("off")) + node("user", "tidy") + node("end", "off"),
                 "called_off -> tidy; tidy -> off")  # fmt: skip
    xml = diagram(
        node("start", "s") + node("user", "a") + node("end", "e") + node("subProcess", "es", inner, triggeredByEvent="true"),
        "s -> a; a -> e",
    )  # fmt: skip
    player = Player(xml).happen("called_off").do("tidy")
    assert (player.outcome, player.end_event) == ("completed", "off")
