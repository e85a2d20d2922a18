"""Events that a multi-instance throws when its runs are done."""

import pytest

from tests.support.diagrams import diagram, error, escalation, message, node, signal
from tests.support.player import Player


def shown(behavior: str, event: str, caught: str = "", interrupting: str = "false", sequential: str = "false") -> bytes:
    """Three tasks `a` that throw; `b` follows where a boundary event catches it, `c` where all is done."""
    if behavior == "Complex":
        attribute, inner = "", (
            "<complexBehaviorDefinition><condition>numberOfCompletedInstances == 2</condition>"
            f'<event id="thrown">{event}</event></complexBehaviorDefinition>'
        )  # fmt: skip
        declared = ""
    else:
        attribute, inner = f'{behavior.lower()}BehaviorEventRef="what"', ""
        declared = event.replace("Definition ", 'Definition id="what" ', 1)
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}" behavior="{behavior}" {attribute}>'
        f"<loopCardinality>3</loopCardinality>{inner}</multiInstanceLoopCharacteristics>"
    )
    border = node("boundary", "t", caught, attachedToRef="a", cancelActivity=interrupting) + node("user", "b")
    return diagram(
        node("start", "s") + node("user", "a", loop) + (border if caught else "") + node("user", "c"),
        "s -> a; a -> c" + ("; t -> b" if caught else ""),
        more=declared,
    )


@pytest.mark.fidelity("repeat.behavior", "runs")
@pytest.mark.parametrize("event", [message("one"), signal("one"), escalation("one")])
def test_each_run_throws_for_the_boundary_event_with_the_last_one_too(event: str) -> None:
    player = Player(shown("None", event, event)).do("a")
    assert player.open == ["a", "a", "b"]
    assert player.do("a").do("a").open == ["b", "b", "b", "c"]
    assert player.thrown == []


def test_only_the_first_run_throws() -> None:
    player = Player(shown("One", signal("one"), signal("one"))).do("a").do("a").do("a")
    assert player.open == ["b", "c"]


@pytest.mark.fidelity("repeat.behavior", "runs")
def test_a_run_throws_where_its_condition_holds() -> None:
    player = Player(shown("Complex", signal("two"), signal("two"))).do("a")
    assert player.open == ["a", "a"]
    assert player.do("a").open == ["a", "b"]
    assert player.do("a").open == ["b", "c"]


@pytest.mark.parametrize("event", [message("one"), signal("one"), escalation("one"), error("one")])
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_an_interrupting_boundary_event_ends_the_other_runs(event: str, sequential: str) -> None:
    player = Player(shown("One", event, event, "true", sequential)).do("a")
    assert player.open == ["b"] and player.waiting == []


def test_what_nobody_catches_at_the_border_goes_out_into_the_world() -> None:
    player = Player(shown("None", signal("one"))).do("a").do("a").do("a")
    assert [thrown.name for thrown in player.thrown] == ["one", "one", "one"] and player.open == ["c"]


def test_an_error_that_nobody_catches_ends_the_instance() -> None:
    assert Player(shown("One", error("one"))).do("a").outcome == "failed"
