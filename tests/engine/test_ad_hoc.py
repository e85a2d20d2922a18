"""Ad-hoc sub-processes: activities are offered, people decide which are done and when it is enough."""

import pytest

from tests.support.diagrams import body, diagram, message, node, timer
from tests.support.player import Player


def ad_hoc(nodes: str, flows: str = "", condition: str = "", **attributes: str) -> Player:
    until = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    xml = diagram(
        node("start", "s") + node("adHocSubProcess", "work", body(nodes, flows) + until, **attributes)
        + node("user", "after"),
        "s -> work; work -> after",
    )  # fmt: skip
    return Player(xml, {"n": 0})


A, B, C = (node("user", name) for name in "abc")


@pytest.mark.fidelity("activity.ad-hoc", "runs")
def test_each_activity_is_offered_once_in_any_order_and_the_whole_ends_with_the_last() -> None:
    player = ad_hoc(A + B + C, "b -> c")
    assert player.open == ["a", "b"]
    player.do("b")
    assert player.open == ["a", "c"]
    player.do("c").do("a")
    assert player.open == ["after"]
    assert player.trace == ["s", "work", "b", "c", "a"]


def test_the_completion_condition_ends_it_and_what_nobody_took_up_is_not_in_the_history() -> None:
    player = ad_hoc(A + B, condition="done")
    player.do("a", done=False)
    assert player.open == ["a", "b"]
    player.do("a", done=True)
    assert player.open == ["after"] and player.trace == ["s", "work", "a", "a"]


def test_a_condition_that_holds_already_is_looked_at_only_after_an_activity() -> None:
    player = ad_hoc(A + B, condition="n == 0")
    assert player.open == ["a", "b"] and player.do("b").open == ["after"]


def test_what_runs_is_cancelled_or_waited_for_when_the_condition_holds() -> None:
    wait = node("receive", "r", messageRef="m_r")
    for cancel, open_after, traced in (("true", ["after"], "(r)"), ("false", [], "r")):
        player = ad_hoc(A + wait, condition="done", cancelRemainingInstances=cancel)
        player.do("r")
        assert player.open == ["a"] and player.waiting == ["r"]
        player.do("a", done=True)
        assert player.open == open_after
        if not open_after:
            player.happen("r")
        assert player.open == ["after"] and player.trace == ["s", "work", traced, "a"]


def test_a_machine_s_activity_runs_when_somebody_takes_it_up() -> None:
    player = ad_hoc(A + node("script", "count", "<script>n = n + 1</script>"), condition="n == 2")
    player.do("count")
    assert player.variables["n"] == 1 and player.open == ["a", "count"]
    player.do("count")
    assert player.open == ["after"] and player.trace == ["s", "work", "count", "count"]


@pytest.mark.fidelity("activity.ad-hoc-sequential", "runs")
def test_in_sequence_nothing_else_is_offered_while_something_runs() -> None:
    inner = node("subProcess", "sub", body(node("start", "is") + C, "is -> c"))
    player = ad_hoc(A + inner, ordering="Sequential")
    player.do("sub")
    assert player.open == ["c"]
    player.do("c")
    assert player.open == ["a"]
    assert player.do("a").open == ["after"]


def test_boundary_events_of_the_whole_and_of_an_activity_happen() -> None:
    late = node("boundary", "late", timer("duration", "P1D"), attachedToRef="a", cancelActivity="false")
    player = ad_hoc(A + B + late + C, "late -> c")
    assert player.happen("late").open == ["a", "b", "c"]
    player.do("a").do("b").do("c")
    assert player.open == ["after"] and player.trace == ["s", "work", "a", "late", "c", "b"]


def test_an_event_outside_ends_it() -> None:
    xml = diagram(
        node("start", "s") + node("adHocSubProcess", "work", A + B)
        + node("boundary", "stop", message("stop"), attachedToRef="work") + node("user", "after"),
        "s -> work; stop -> after",
    )  # fmt: skip
    player = Player(xml).do("a").happen("stop")
    assert player.open == ["after"] and player.trace == ["s", "(work)", "a", "stop"]


def test_many_of_an_activity_are_done_before_it_counts() -> None:
    many = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    player = ad_hoc(node("user", "a", many) + B)
    player.do("a")
    assert player.open == ["a", "a", "b"]
    player.do("a").do("b").do("a")
    assert player.open == ["after"] and player.trace.count("a") == 2
