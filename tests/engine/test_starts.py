"""What a process starts with: receive tasks, event gateways, several events at once."""

import pytest

from kernel.db import Database
from tests.support.diagrams import diagram, message, node, timer
from tests.support.engine import Bench
from tests.support.player import Player

RECEIVE = diagram(
    node("receive", "asked", messageRef="m_asked_why", instantiate="true") + node("user", "answer") + node("end", "e"),
    "asked -> answer; answer -> e",
    id="begun_by_a_question",
)


def gateway(kind: str) -> bytes:
    return diagram(
        node("event", "g", instantiate="true", eventGatewayType=kind)
        + node("catch", "ordered", message("ordered_it")) + node("catch", "paid", message("paid_up"))
        + node("user", "ship") + node("user", "thank"),
        "g -> ordered; g -> paid; ordered -> ship; paid -> thank", id="begun_by_" + kind,
    )  # fmt: skip


@pytest.mark.fidelity("start.receive", "runs")
def test_a_message_starts_the_process_at_its_receive_task(database: Database) -> None:
    bench = Bench(database)
    bench.deploy(RECEIVE)
    (reached,) = bench.send("asked_why", question="why")
    assert reached["started"] and bench.open(reached["instance_id"]) == ["answer"]
    assert bench.trace(reached["instance_id"]) == [("asked", "completed"), ("answer", None)]
    assert bench.variables(reached["instance_id"]) == {"question": "why"}


def test_a_process_that_a_receive_task_starts_can_be_started_by_hand(database: Database) -> None:
    bench = Bench(database)
    assert bench.open(bench.start(bench.deploy(RECEIVE))) == ["answer"]


@pytest.mark.fidelity("start.event-gateway", "runs")
def test_the_first_event_after_an_instantiating_gateway_starts_the_process_and_takes_all(database: Database) -> None:
    bench = Bench(database)
    bench.deploy(gateway("Exclusive"))
    (reached,) = bench.send("paid_up")
    instance = reached["instance_id"]
    assert bench.trace(instance) == [("g", "completed"), ("paid", "completed"), ("thank", None)]
    (other,) = bench.send("ordered_it")
    assert other["started"] and bench.open(other["instance_id"]) == ["ship"]


@pytest.mark.fidelity("start.parallel-event-gateway", "runs")
def test_a_parallel_instantiating_gateway_starts_with_the_first_event_and_waits_for_the_others(
    database: Database,
) -> None:
    bench = Bench(database)
    bench.deploy(gateway("Parallel").replace(b"_up", b"_all").replace(b"_it", b"_all"))
    (reached,) = bench.send("paid_all", business_key="order:7")
    instance = reached["instance_id"]
    assert bench.open(instance) == ["thank"]
    bench.complete(instance, "thank")
    assert bench.state(instance) == "active"
    (second,) = bench.send("ordered_all", business_key="order:7")
    assert (second["instance_id"], second["started"]) == (instance, False)
    bench.complete(instance, "ship")
    assert bench.state(instance) == "completed"
    assert sorted(bench.trace(instance)) == [(name, "completed") for name in ("g", "ordered", "paid", "ship", "thank")]


def test_an_instantiating_gateway_started_by_hand_waits_for_its_events() -> None:
    player = Player(gateway("Exclusive"))
    assert player.waiting == ["ordered", "paid"]
    player.happen("paid")
    assert player.open == ["thank"] and player.waiting == [] and player.trace == ["g", "paid"]


def test_a_receive_task_after_an_event_gateway_takes_the_other_waits_away() -> None:
    xml = diagram(
        node("start", "s") + node("event", "g") + node("receive", "r", messageRef="m_r")
        + node("catch", "late", timer("duration", "P1D")) + node("user", "a"),
        "s -> g; g -> r; g -> late; r -> a; late -> a",
    )  # fmt: skip
    player = Player(xml).happen("r")
    assert player.waiting == [] and player.trace == ["s", "g", "r"]


@pytest.mark.fidelity("start.multiple", "runs")
def test_a_start_of_several_events_starts_with_any_and_a_parallel_one_waits_for_all() -> None:
    for parallel, waiting in (("false", []), ("true", ["s"])):
        xml = diagram(
            node("start", "s", message("one") + message("two"), parallelMultiple=parallel) + node("user", "a"), "s -> a"
        )
        player = Player(xml, start="s", happened=0)
        assert player.waiting == waiting
        if waiting:
            player.happen("s", 1)
        assert player.open == ["a"] and player.trace == ["s"]


@pytest.mark.fidelity("event.multiple", "runs")
def test_a_boundary_of_several_events_goes_on_listening_for_the_others_when_its_timer_has_fired() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a") + node("user", "b") + node(
            "boundary", "t", timer("duration", "PT1H") + message("m"), attachedToRef="a", cancelActivity="false"
        ),
        "s -> a; t -> b",
    )  # fmt: skip
    player = Player(xml).happen("t", 0).happen("t", 1)
    assert player.open == ["a", "b", "b"] and player.waiting == ["t"]


@pytest.mark.fidelity("event.parallel-multiple", "runs")
def test_a_parallel_boundary_of_several_events_fires_when_all_have_happened() -> None:
    xml = diagram(
        node("start", "s") + node("user", "a") + node("user", "b") + node(
            "boundary", "t", message("n") + message("m"), attachedToRef="a", parallelMultiple="true"
        ),
        "s -> a; t -> b",
    )  # fmt: skip
    player = Player(xml).happen("t", 1)
    assert player.open == ["a"]
    assert player.happen("t", 0).open == ["b"]


@pytest.mark.fidelity("activity.quantities", "runs")
def test_an_activity_waits_for_as_many_tokens_as_it_needs_and_gives_as_many_as_it_says() -> None:
    xml = diagram(
        node("start", "s") + node("and", "g") + node("user", "a") + node("user", "b")
        + node("user", "both", startQuantity="2") + node("user", "twice", completionQuantity="2") + node("user", "c"),
        "s -> g; g -> a; g -> b; a -> both; b -> both; both -> twice; twice -> c",
    )  # fmt: skip
    player = Player(xml).do("a")
    assert player.open == ["b"] and player.waiting == ["both"]
    player.do("b").do("both").do("twice")
    assert player.open == ["c", "c"]
    player.do("c").do("c")
    assert player.outcome == "completed" and player.trace.count("both") == 1 and player.trace.count("c") == 2
