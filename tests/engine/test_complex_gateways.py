"""Complex gateways: going on when the activation condition holds, gathering the late, starting again."""

import pytest

from tests.support.diagrams import diagram, node
from tests.support.player import Player


def joined(condition: str, flows: str = "", *more: str) -> bytes:
    """Three tasks that lead to a gateway with an activation condition."""
    return diagram(
        node("start", "s") + node("and", "g") + "".join(node("user", name) for name in "abc")
        + node("complexGateway", "join", f"<activationCondition>{condition}</activationCondition>")
        + "".join(more or (node("user", "after"),)),
        "s -> g; g -> a; g -> b; g -> c; a -> join; b -> join; c -> join; " + (flows or "join -> after"),
    )  # fmt: skip


@pytest.mark.fidelity("gateway.complex", "runs")
def test_it_goes_on_with_two_of_three_and_takes_the_third_in_without_going_on_again() -> None:
    player = Player(joined("activationCount &gt;= 2")).do("b")
    assert player.open == ["a", "c"] and player.waiting == ["join"]
    player.do("c")
    assert player.open == ["a", "after"] and player.waiting == []
    player.do("after").do("a")
    assert player.outcome == "completed"
    assert sorted(player.trace) == ["a", "after", "b", "c", "g", "join", "s"]


def test_the_condition_sees_the_tokens_of_each_flow_and_the_variables() -> None:
    player = Player(joined("a_join == 1 and (urgent or b_join + c_join == 2)"), {"urgent": False}).do("b").do("a")
    assert player.open == ["c"]
    player.set(urgent=True)
    assert player.open == ["after", "c"]


def test_only_a_condition_that_asks_for_the_phase_lets_the_late_ones_go_on() -> None:
    player = Player(
        joined(
            "activationCount &gt;= 2",
            "join -> after [waitingForStart]; join -> late [not waitingForStart]",
            node("user", "after"),
            node("user", "late"),
        )
    )
    player.do("a").do("b")
    assert player.open == ["after", "c"]
    player.do("c")
    assert player.open == ["after", "late"] and player.trace.count("join") == 2


def test_the_flows_out_are_those_whose_condition_holds_or_else_the_default() -> None:
    for amount, expected in ((5, ["large"]), (1, ["small"])):
        player = Player(
            joined("activationCount == 3", "join -> large [amount &gt; 3]".replace("&gt;", ">") + "; join -> small*",
                   node("user", "large"), node("user", "small")),
            {"amount": amount},
        )  # fmt: skip
        assert player.do("a").do("b").do("c").open == expected


def test_after_its_reset_it_begins_anew() -> None:
    """Each round of the loop needs two of three; the gateway resets when the third has come."""
    xml = diagram(
        node("start", "s") + node("xor", "again") + node("and", "g") + "".join(node("user", name) for name in "abc")
        + node("complexGateway", "join", "<activationCondition>activationCount &gt;= 2</activationCondition>")
        + node("user", "after") + node("xor", "more") + node("end", "e"),
        "s -> again; again -> g; g -> a; g -> b; g -> c; a -> join; b -> join; c -> join; join -> after; "
        "after -> more; more -> again [result == 'again']; more -> e*",
    )  # fmt: skip
    player = Player(xml).do("a").do("b").do("c").do("after", "again")
    assert player.open == ["a", "b", "c"]
    player.do("a")
    assert player.waiting == ["join"]
    player.do("c")
    assert player.open == ["after", "b"]
    assert player.do("b").do("after", "enough").outcome == "completed"


def test_a_late_one_that_cannot_come_any_more_is_not_waited_for() -> None:
    xml = joined("activationCount &gt;= 2").replace(
        b"</process>", node("boundary", "gone", "<errorEventDefinition/>", attachedToRef="c").encode() + b"</process>"
    )
    player = Player(xml).do("a").do("b").do("after")
    assert player.open == ["c"] and player.outcome is None
    assert player.do("c").outcome == "completed"


def test_one_that_only_splits_takes_every_flow_whose_condition_holds() -> None:
    xml = diagram(
        node("start", "s") + node("complexGateway", "g") + "".join(node("user", name) for name in "abc"),
        "s -> g; g -> a [n > 0]; g -> b [n > 5]; g -> c*",
    )
    assert Player(xml, {"n": 9}).open == ["a", "b"] and Player(xml, {"n": 0}).open == ["c"]


def test_an_incident_of_the_way_on_can_be_tried_again() -> None:
    player = Player(joined("activationCount == 3", "join -> x [ok]", node("user", "x")), {"ok": False})
    player.do("a").do("b").do("c")
    assert [trouble.kind for trouble in player.troubles] == ["no_way"]
    player.set(ok=True)
    assert player.retry("join").open == ["x"]
