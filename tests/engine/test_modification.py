"""Instances moved by hand: what is left, where it goes on, and what must not follow."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from engine import instances
from kernel.errors import ValidationFailed
from tests.support.diagrams import diagram, node
from tests.support.player import Player

TWICE = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"


def shown(repeated: str = "") -> bytes:
    """a → sub (x → y) → b"""
    inner = node("start", "ss") + node("user", "x") + node("user", "y") + (
        '<sequenceFlow id="i1" sourceRef="ss" targetRef="x"/><sequenceFlow id="i2" sourceRef="x" targetRef="y"/>'
    )  # fmt: skip
    return diagram(
        node("start", "s") + node("user", "a") + node("subProcess", "sub", inner + repeated) + node("user", "b"),
        "s -> a; a -> sub; sub -> b",
    )


def moved(player: Player, cancel: list[str], start_before: list[str]) -> Player:
    run = player._run()
    live = SimpleNamespace(id=1, run=run, graph=player.graph, state=player.state)
    execution = cast(Any, SimpleNamespace(active=lambda _: live))
    instances.modify(execution, 1, cancel=cancel, start_before=start_before)
    player._go(run)
    return player


def test_a_sub_process_is_opened_where_it_does_not_run_and_goes_on_after_its_end() -> None:
    player = moved(Player(shown()), ["a"], ["y"])
    assert player.open == ["y"] and player.do("y").open == ["b"]


def test_nothing_follows_a_sub_process_that_was_left_by_hand() -> None:
    player = moved(Player(shown()).do("a"), ["x"], ["a"])
    assert player.open == ["a"] and "(sub)" in player.trace
    assert player.do("a").open == ["x"]


def test_a_sub_process_goes_on_where_something_is_left_in_it() -> None:
    player = moved(Player(shown()).do("a"), ["x"], ["y"])
    assert player.open == ["y"] and "(sub)" not in player.trace


def test_a_cancelled_sub_process_is_opened_anew_for_what_starts_inside_it() -> None:
    player = moved(Player(shown()).do("a"), ["sub"], ["y"])
    assert player.open == ["y"] and player.do("y").open == ["b"]


def test_a_repeated_task_is_left_with_all_its_runs() -> None:
    player = Player(diagram(node("start", "s") + node("user", "a", TWICE) + node("user", "b"), "s -> a; a -> b"))
    assert moved(player, ["a"], ["b"]).open == ["b"]


def test_an_element_that_is_left_and_started_before_begins_again() -> None:
    player = moved(Player(shown()), ["a"], ["a"])
    assert player.open == ["a"] and player.trace == ["s", "(a)"]


@pytest.mark.parametrize("cancel", [["x"], ["sub"]])
def test_leaving_everything_is_refused(cancel: list[str]) -> None:
    with pytest.raises(ValidationFailed):
        moved(Player(shown()).do("a"), cancel, [])
