"""Splits and joins."""

import pytest

from tests.support.diagrams import diagram, node
from tests.support.player import Player


@pytest.mark.fidelity("gateway.exclusive", "runs")
def test_an_exclusive_gateway_takes_the_first_flow_whose_condition_holds() -> None:
    xml = diagram(
        node("start", "s") + node("xor", "g") + node("user", "a") + node("user", "b") + node("user", "c"),
        "s -> g; g -> a [x > 10]; g -> b [x > 5]; g -> c*",
    )
    assert Player(xml, {"x": 20}).open == ["a"]
    assert Player(xml, {"x": 7}).open == ["b"]
    assert Player(xml, {"x": 1}).open == ["c"]


@pytest.mark.fidelity("gateway.no-way", "runs")
def test_a_token_that_finds_no_way_stays_as_an_incident() -> None:
    xml = diagram(node("start", "s") + node("xor", "g") + node("user", "a"), "s -> g; g -> a [x > 10]")
    player = Player(xml, {"x": 1})
    assert [trouble.kind for trouble in player.troubles] == ["no_way"]
    assert player.outcome is None


PARALLEL = diagram(
    node("start", "s") + node("and", "f") + node("user", "a") + node("user", "b") + node("and", "j") + node("user", "c")
    + node("end", "e"),
    "s -> f; f -> a; f -> b; a -> j; b -> j; j -> c; c -> e",
)  # fmt: skip


@pytest.mark.fidelity("gateway.parallel", "runs")
def test_a_parallel_join_waits_for_every_branch_in_any_order() -> None:
    for first, second in (("a", "b"), ("b", "a")):
        player = Player(PARALLEL)
        assert player.open == ["a", "b"]
        player.do(first)
        assert player.open == [second] and player.waiting == ["j"]
        player.do(second)
        assert player.open == ["c"]
        assert player.do("c").outcome == "completed"


@pytest.mark.fidelity("gateway.strict-join", "runs")
def test_a_parallel_join_never_takes_two_tokens_of_one_flow_for_one_of_each() -> None:
    xml = diagram(
        node("start", "s") + node("and", "f") + node("user", "a") + node("user", "b") + node("xor", "m") + node("user", "c")
        + node("xor", "x") + node("end", "e") + node("and", "j") + node("user", "never"),
        "s -> f; f -> a; f -> b; f -> x; x -> c [no]; x -> e*; a -> m; b -> m; m -> j; c -> j; j -> never",
    )  # fmt: skip
    player = Player(xml).do("a").do("b")
    assert player.open == [] and player.waiting == ["j", "j"] and player.outcome is None


@pytest.mark.fidelity("gateway.parallel-loop", "runs")
def test_a_parallel_join_in_a_loop_starts_each_round_afresh() -> None:
    xml = diagram(
        node("start", "s") + node("xor", "m") + node("and", "f") + node("user", "a") + node("user", "b")
        + node("and", "j") + node("xor", "again") + node("end", "e"),
        "s -> m; m -> f; f -> a; f -> b; a -> j; b -> j; j -> again; again -> m [go]; again -> e*",
    )  # fmt: skip
    player = Player(xml, {"go": True}).do("a").do("b")
    assert player.open == ["a", "b"]
    player.do("b")
    assert player.open == ["a"] and player.waiting == ["j"]
    assert player.do("a", go=False).outcome == "completed"


INCLUSIVE = diagram(
    node("start", "s") + node("or", "f") + node("user", "a") + node("user", "b") + node("user", "c") + node("or", "j")
    + node("user", "d") + node("end", "e"),
    "s -> f; f -> a [x != 1]; f -> b [x != 2]; f -> c [x == 9]; a -> j; b -> j; c -> j; j -> d; d -> e",
)  # fmt: skip


@pytest.mark.fidelity("gateway.inclusive", "runs")
def test_an_inclusive_join_waits_for_the_branches_that_were_taken_and_no_others() -> None:
    assert Player(INCLUSIVE, {"x": 1}).do("b").open == ["d"]
    player = Player(INCLUSIVE, {"x": 3})
    assert player.open == ["a", "b"]
    assert player.do("b").open == ["a"]
    assert player.do("a").open == ["d"]
    assert player.do("d").outcome == "completed"


@pytest.mark.fidelity("gateway.inclusive-loop", "runs")
def test_an_inclusive_join_waits_for_a_token_that_can_still_loop_back_to_it() -> None:
    xml = diagram(
        node("start", "s") + node("or", "f") + node("user", "a") + node("user", "b") + node("xor", "retry")
        + node("xor", "m") + node("or", "j") + node("user", "d"),
        "s -> f; f -> a [True]; f -> m [True]; m -> b; b -> retry; retry -> m [again]; retry -> j*; a -> j; j -> d",
    )  # fmt: skip
    player = Player(xml).do("a")
    assert player.do("b", again=True).open == ["b"]
    assert player.do("b", again=False).open == ["d"]
