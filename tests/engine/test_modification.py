"""Instances moved by hand: what is left, where it goes on, and what must not follow."""

from typing import Any

import pytest

from engine import modification
from engine.modification import Modification
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


def moved(player: Player, cancel: list[str], start_before: list[str], **more: Any) -> Player:
    run = player._run()
    modification.apply(run, Modification(cancel, start_before=start_before, **more))
    player._go(run)
    return player


def refusal(player: Player, *moves: Any, **more: Any) -> list[str]:
    with pytest.raises(ValidationFailed) as refused:
        moved(player, *moves, **more)
    return list(refused.value.fields)


def runs_of(player: Player, element: str) -> list[int]:
    return [token.run for token in player.state.tokens.values() if token.node == element and token.run]


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
    assert refusal(Player(shown()).do("a"), cancel, []) == ["cancel"]


@pytest.mark.parametrize(("moves", "field"), [
    ((["a", "b"], []), "cancel.1"),
    ((["nobody"], []), "cancel.0"),
    (([], ["b", "nobody"]), "start_before.1"),
    (([], ["late"]), "start_before.0"),
])  # fmt: skip
def test_what_cannot_be_left_or_begun_is_named(moves: tuple[list[str], list[str]], field: str) -> None:
    player = Player(guarded())
    assert refusal(player, *moves) == [field] and player.open == ["a"]


@pytest.mark.parametrize("element", ["e", "g", "nobody"])
def test_nothing_begins_after_an_end_or_a_decision(element: str) -> None:
    assert refusal(Player(guarded()), [], [], start_after=[element]) == ["start_after.0"]


def guarded() -> bytes:
    """a (with the timer “late” → c) → gateway → b → end"""
    late = (
        '<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        "</timerEventDefinition></boundaryEvent>"
    )
    return diagram(
        node("start", "s") + node("user", "a") + late + node("xor", "g") + node("user", "b") + node("user", "c")
        + node("end", "e"),
        "s -> a; a -> g; g -> b; b -> e; late -> c",
    )  # fmt: skip


def test_work_goes_on_after_an_element_without_a_run_of_it() -> None:
    player = moved(Player(guarded()), ["a"], [], start_after=["a"])
    assert player.open == ["b"] and player.trace == ["s", "(a)", "g"]


def test_work_goes_on_after_a_boundary_event_beside_what_runs() -> None:
    assert moved(Player(guarded()), [], [], start_after=["late"]).open == ["a", "c"]


def reviewed(order: str = "") -> bytes:
    """review, twice or thrice → b"""
    three = f"<multiInstanceLoopCharacteristics{order}><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    return diagram(node("start", "s") + node("user", "review", three) + node("user", "b"), "s -> review; review -> b")


def test_one_instance_of_a_multi_instance_is_left_and_the_others_are_waited_for() -> None:
    player = Player(reviewed())
    moved(player, [], [], cancel_runs=[runs_of(player, "review")[1]])
    assert player.open == ["review", "review"]
    assert player.do("review").do("review").open == ["b"]
    assert sorted(player.trace) == ["(review)", "review", "review", "s"]


def test_leaving_the_last_instance_lets_a_multi_instance_go_on_with_what_was_done() -> None:
    player = Player(reviewed()).do("review").do("review")
    assert moved(player, [], [], cancel_runs=runs_of(player, "review")).open == ["b"]


def test_nothing_follows_a_multi_instance_whose_instances_were_all_left() -> None:
    player = Player(reviewed())
    assert refusal(player, [], [], cancel_runs=runs_of(player, "review")) == ["cancel"]


def test_the_next_instance_begins_when_one_in_a_row_is_left() -> None:
    player = Player(reviewed(' isSequential="true"'))
    moved(player, [], [], cancel_runs=runs_of(player, "review"))
    assert player.open == ["review"] and player.do("review").do("review").open == ["b"]


def test_work_begins_in_the_run_of_a_sub_process_that_is_named() -> None:
    player = Player(shown(TWICE)).do("a").do("x")
    assert refusal(player, [], ["x"]) == ["within"]
    first, second = (scope for scope in player.state.scopes.values() if scope.node == "sub" and not scope.helper)
    run = player.state.tokens[first.token or 0].run
    assert moved(player, [], ["x"], within=run).open == ["x", "x", "y"]
    assert [t.node for t in player.state.in_scope(first.id)] == ["y", "x"]
    assert [t.node for t in player.state.in_scope(second.id)] == ["x"]
    assert refusal(player, [], ["x"], within=999) == ["within"]


def test_nothing_begins_inside_a_repeated_sub_process_that_does_not_run() -> None:
    assert refusal(Player(shown(TWICE)), ["a"], ["y"]) == ["start_before.0"]
    assert moved(Player(shown(TWICE)), ["a"], ["sub"]).open == ["x", "x"]


def test_leaving_all_of_a_repeated_sub_process_from_inside_is_leaving_it() -> None:
    player = moved(Player(shown(TWICE)).do("a"), ["x"], ["b"])
    assert player.open == ["b"] and player.do("b").outcome == "completed"


def test_what_begins_before_a_join_stands_for_the_branch_that_has_not_arrived() -> None:
    forked = diagram(
        node("start", "s") + node("and", "f") + node("user", "l") + node("user", "r") + node("and", "j") + node("user", "b"),
        "s -> f; f -> l; f -> r; l -> j; r -> j; j -> b",
    )  # fmt: skip
    player = moved(Player(forked).do("l"), ["r"], ["j"])
    assert player.open == ["b"] and player.do("b").outcome == "completed"
