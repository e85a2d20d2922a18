"""Tasks, sub-processes, loops."""

import pytest

from engine.errors import ProcessError
from tests.support.diagrams import body, diagram, node, timer
from tests.support.player import Player


def multi(sequential: str, *, collection: str = "", cardinality: str = "", completion: str = "") -> str:
    inner = f"<loopCardinality>{cardinality}</loopCardinality>" if cardinality else ""
    inner += f"<completionCondition>{completion}</completionCondition>" if completion else ""
    vendor = (
        f' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:collection="{collection}"'
        ' camunda:elementVariable="person"'
    )
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}"{vendor if collection else ""}>'
        f"{inner}</multiInstanceLoopCharacteristics>"
    )


@pytest.mark.fidelity("repeat.parallel", "runs")
def test_a_parallel_multi_instance_opens_all_at_once_and_goes_on_after_the_last() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a", multi("false", cardinality="3")) + node("user", "b"), "s -> a; a -> b"
    )
    player = Player(xml)
    assert player.open == ["a", "a", "a"]
    assert player.do("a").do("a").open == ["a"]
    assert player.do("a").open == ["b"]
    assert player.trace == ["s", "a", "a", "a"]


@pytest.mark.fidelity("repeat.sequential", "runs")
def test_a_sequential_multi_instance_goes_through_its_collection() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a", multi("true", collection="people")) + node("user", "b"), "s -> a; a -> b"
    )
    player = Player(xml, {"people": ["ann", "bob"]})
    assert player.open == ["a"]
    assert player.do("a").open == ["a"]
    assert player.do("a").open == ["b"]


@pytest.mark.fidelity("repeat.completion", "runs")
def test_a_completion_condition_cancels_what_is_still_open() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a", multi("false", cardinality="3", completion="stop")) + node("user", "b"),
        "s -> a; a -> b",
    )
    player = Player(xml).do("a", stop=True)
    assert player.open == ["b"] and player.trace.count("(a)") == 2


def test_nothing_to_do_for_an_empty_collection() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a", multi("false", collection="people")) + node("user", "b"),
        "s -> a; a -> b",
    )
    assert Player(xml, {"people": []}).open == ["b"]


@pytest.mark.fidelity("repeat.loop", "runs")
def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    loop = "<standardLoopCharacteristics><loopCondition>again</loopCondition></standardLoopCharacteristics>"
    player = Player(diagram(node("start", "s") + node("user", "a", loop) + node("user", "b"), "s -> a; a -> b"))
    assert player.do("a", again=True).open == ["a"]
    assert player.do("a", again=False).open == ["b"]


def test_a_sub_process_in_a_loop_keeps_its_rounds_apart() -> None:
    inner = (
        node("start", "ss") + node("user", "x") + node("user", "y")
        + '<sequenceFlow id="i1" sourceRef="ss" targetRef="x"/><sequenceFlow id="i2" sourceRef="x" targetRef="y"/>'
    )  # fmt: skip
    xml = diagram(
        node("start", "s") + node("subProcess", "sub", inner + multi("false", cardinality="2")) + node("user", "b"),
        "s -> sub; sub -> b",
    )
    player = Player(xml)
    assert player.do("x").open == ["x", "y"]
    assert player.do("y").do("x").do("y").open == ["b"]


@pytest.mark.fidelity("text.script", "runs")
def test_a_script_sets_variables_and_later_lines_see_earlier_ones() -> None:
    xml = diagram(
        node("start", "s") + node("script", "c", "<script>a = 2\nb = a * 3</script>") + node("user", "u"),
        "s -> c; c -> u",
    )
    assert Player(xml).variables == {"a": 2, "b": 6}


def test_a_script_that_cannot_be_calculated_undoes_the_step_and_names_the_element() -> None:
    xml = diagram(node("start", "s") + node("script", "c", "<script>a = 1 / 0</script>"), "s -> c")
    with pytest.raises(ProcessError) as caught:
        Player(xml)
    assert caught.value.element_id == "c"


@pytest.mark.fidelity("text.endless", "runs")
def test_a_process_that_goes_round_without_a_pause_is_stopped_as_an_incident() -> None:
    xml = diagram(
        node("start", "s") + node("xor", "m") + node("script", "c", "<script>n = (n or 0) + 1</script>"),
        "s -> m; m -> c; c -> m",
    )
    player = Player(xml)
    assert [trouble.kind for trouble in player.troubles] == ["runaway"] and player.outcome is None


@pytest.mark.fidelity("gateway.implicit-split", "repaired")
def test_several_flows_out_of_a_task_are_all_taken() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a") + node("user", "b") + node("user", "c"), "s -> a; a -> b; a -> c"
    )
    assert Player(xml).do("a").open == ["b", "c"]


@pytest.mark.fidelity("gateway.conditional-flow", "repaired")
def test_a_task_whose_conditions_all_fail_is_done_but_its_token_stays_as_an_incident() -> None:
    xml = diagram(node("start", "s") + node("user", "a") + node("user", "b"), "s -> a; a -> b [x]")
    player = Player(xml).do("a", x=False)
    assert [trouble.kind for trouble in player.troubles] == ["no_way"] and player.outcome is None
    assert player.trace == ["s", "a"]
    player.set(x=True).retry("a")
    assert player.open == ["b"] and player.trace == ["s", "a"]


@pytest.mark.fidelity("start.implicit", "repaired")
def test_what_no_flow_leads_to_begins_with_its_scope_beside_the_start_event() -> None:
    xml = diagram(node("start", "s") + node("user", "a") + node("user", "b") + node("user", "c"), "s -> a; b -> c")
    assert Player(xml).open == ["a", "b"]


@pytest.mark.fidelity("activity.no-start", "repaired")
def test_a_sub_process_without_a_start_event_begins_with_all_that_no_flow_leads_to() -> None:
    inner = body(node("user", "a") + node("user", "b") + node("user", "c"), "a -> c")
    xml = diagram(node("start", "s") + node("subProcess", "sub", inner) + node("user", "d"), "s -> sub; sub -> d")
    player = Player(xml)
    assert player.open == ["a", "b"]
    assert player.do("b").do("a").do("c").open == ["d"]


@pytest.mark.fidelity("activity.receive", "runs")
def test_a_receive_task_waits_for_its_message() -> None:
    xml = diagram(node("start", "s") + node("receive", "r", messageRef="m_reply") + node("user", "a"), "s -> r; r -> a")
    assert Player(xml).happen("r", answer=5).open == ["a"]


@pytest.mark.parametrize("kind", ["user", "receive", "subProcess"])
def test_a_boundary_event_belongs_to_the_whole_of_what_repeats(kind: str) -> None:
    many = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    inner = many + (body(node("start", "is") + node("user", "ia"), "is -> ia") if kind == "subProcess" else "")
    more = {"messageRef": "m_paid"} if kind == "receive" else {}
    for interrupting, runs in (("true", ["(a)"] * 3), ("false", [])):
        xml = diagram(
            node("start", "s") + node(kind, "a", inner, **more) + node("user", "b")
            + node("boundary", "t", timer("duration", "PT1H"), attachedToRef="a", cancelActivity=interrupting),
            "s -> a; t -> b",
        )  # fmt: skip
        player = Player(xml)
        assert player.waiting.count("t") == 1
        player.happen("t")
        assert "t" not in player.waiting and player.open.count("b") == 1
        assert [one for one in player.trace if one == "(a)"] == runs
