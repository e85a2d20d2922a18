"""Instances put back to where they stood: places, variables, scopes, branches, and what is refused."""

from typing import Any

import pytest

from engine import instances, modification, rewinding
from engine.errors import RewindRefused
from engine.execution import Execution
from kernel.context import Context
from kernel.db import Database
from kernel.errors import ValidationFailed
from tests.support.diagrams import diagram, node, timer
from tests.support.engine import ANN, Bench

THRICE = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def line(key: str) -> bytes:
    """a → twice (a script) → b → c"""
    twice = node("script", "twice", "<script>total = amount * 2</script>")
    nodes = node("start", "s") + node("user", "a") + twice + node("user", "b") + node("user", "c")
    return diagram(nodes, "s -> a; a -> twice; twice -> b; b -> c", id=key)


def back(bench: Bench, instance: int, element: str | None = None, run: int | None = None) -> None:
    with bench.database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), bench.ports)
        rewinding.rewind(execution, instance, run=run, element=element)
        execution.write()


def refused(bench: Bench, instance: int, element: str) -> str:
    with pytest.raises((RewindRefused, ValidationFailed)) as error:
        back(bench, instance, element)
    fields: dict[str, Any] = getattr(error.value, "fields", {})
    return next(iter(fields), str(error.value.message))


def test_a_task_opens_again_with_the_variables_it_had(bench: Bench) -> None:
    made = bench.start(bench.deploy(line("back_line")), {"amount": 1})
    bench.complete(made, "a", amount=5)
    bench.complete(made, "b", amount=9, note="new")
    back(bench, made, "b")
    assert bench.open(made) == ["b"]
    assert bench.variables(made) == {"amount": 5, "total": 10}
    assert bench.trace(made)[-2:] == [("c", "cancelled"), ("b", None)]
    bench.complete(made, "b")
    bench.complete(made, "c")
    assert bench.state(made) == "completed"


def test_what_nothing_waited_at_is_done_again_with_what_led_to_it(bench: Bench) -> None:
    made = bench.start(bench.deploy(line("back_script")), {"amount": 1})
    bench.complete(made, "a", amount=5)
    bench.complete(made, "b", total=0)
    back(bench, made, "twice")
    assert bench.open(made) == ["b"] and bench.variables(made) == {"amount": 5, "total": 10}
    assert [element for element, _ in bench.trace(made)].count("twice") == 2


def test_the_first_automatic_step_is_done_again_with_what_the_start_gave(bench: Bench) -> None:
    first = node("script", "first", "<script>x = given + 1; given = 0</script>")
    xml = diagram(
        node("start", "s") + first + node("user", "a") + node("user", "b"),
        "s -> first; first -> a; a -> b",
        id="back_birth",
    )
    made = bench.start(bench.deploy(xml), {"given": 4})
    bench.complete(made, "a", x=99)
    back(bench, made, "first")
    assert bench.open(made) == ["a"] and bench.variables(made) == {"given": 0, "x": 5}


def forked(key: str) -> bytes:
    """a → fork → (l → l2 | r) → join → b, all in a sub-process; then end"""
    inside = (
        node("start", "ss") + node("and", "f") + node("user", "l") + node("user", "l2") + node("user", "r") + node("and", "j")
        + node("user", "b")
    )  # fmt: skip
    flows = [("ss", "f"), ("f", "l"), ("f", "r"), ("l", "l2"), ("l2", "j"), ("r", "j"), ("j", "b")]
    inside += "".join(f'<sequenceFlow id="i_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows)
    nodes = node("start", "s") + node("user", "a") + node("subProcess", "sub", inside) + node("user", "z")
    return diagram(nodes, "s -> a; a -> sub; sub -> z", id=key)


def test_branches_stand_again_as_they_stood_then(bench: Bench) -> None:
    made = bench.start(bench.deploy(forked("back_fork")))
    for element in ("a", "r", "l", "l2", "b"):
        bench.complete(made, element)
    assert bench.open(made) == ["z"]
    back(bench, made, "l2")
    assert bench.open(made) == ["l2"], "r had arrived at the join by then"
    bench.complete(made, "l2")
    assert bench.open(made) == ["b"]
    back(bench, made, "l")
    assert bench.open(made) == ["l", "r"]
    for element in ("r", "l", "l2", "b", "z"):
        bench.complete(made, element)
    assert bench.state(made) == "completed"


def test_what_still_runs_goes_on_untouched(bench: Bench, database: Database) -> None:
    made = bench.start(bench.deploy(forked("back_kept")))
    for element in ("a", "l"):
        bench.complete(made, element)
    before = [entry for entry in bench.trace(made) if entry[0] == "r"]
    back(bench, made, "l")
    assert bench.open(made) == ["l", "r"]
    assert [entry for entry in bench.trace(made) if entry[0] == "r"] == before == [("r", None)]


def test_a_rewind_may_itself_be_gone_back_behind(bench: Bench) -> None:
    made = bench.start(bench.deploy(line("back_twice")), {"amount": 1})
    bench.complete(made, "a", amount=2)
    bench.complete(made, "b", amount=3)
    runs = len(bench.trace(made))
    back(bench, made, "a")
    assert bench.open(made) == ["a"] and bench.variables(made) == {"amount": 1}
    back(bench, made, run=runs)
    assert bench.open(made) == ["c"] and bench.variables(made)["amount"] == 3


def test_one_instance_of_a_multi_instance_brings_back_those_that_were_open_with_it(bench: Bench) -> None:
    xml = diagram(
        node("start", "s") + node("user", "review", THRICE) + node("user", "b"),
        "s -> review; review -> b",
        id="back_many",
    )
    made = bench.start(bench.deploy(xml))
    for _ in range(3):
        bench.complete(made, "review")
    back(bench, made, "review")
    assert bench.open(made) == ["review"] * 3
    for _ in range(3):
        bench.complete(made, "review")
    assert bench.open(made) == ["b"]


def test_times_are_counted_from_now(bench: Bench) -> None:
    late = node("boundary", "late", timer("duration", "PT1H"), attachedToRef="a", cancelActivity="true")
    xml = diagram(
        node("start", "s") + node("user", "a") + late + node("user", "b") + node("user", "c"), "s -> a; a -> b; late -> c",
        id="back_time",
    )  # fmt: skip
    made = bench.start(bench.deploy(xml))
    bench.pass_time(minutes=50)
    bench.complete(made, "a")
    back(bench, made, "a")
    bench.pass_time(minutes=50)
    assert bench.open(made) == ["a"]
    bench.pass_time(minutes=15)
    assert bench.open(made) == ["c"]


def test_a_call_that_was_over_is_made_again_and_one_that_runs_ends_with_what_began_since(bench: Bench) -> None:
    bench.deploy(diagram(node("start", "hs") + node("user", "h"), "hs -> h", id="back_helper"))
    call = node("call", "visit", calledElement="back_helper")
    xml = diagram(
        node("start", "s") + node("user", "a") + call + node("user", "b"),
        "s -> a; a -> visit; visit -> b",
        id="back_call",
    )
    made = bench.start(bench.deploy(xml))
    bench.complete(made, "a")
    first = made + 1
    back(bench, made, "a")
    assert bench.state(first) == "cancelled" and bench.open(made) == ["a"]
    bench.complete(made, "a")
    second = first + 1
    bench.complete(second, "h")
    back(bench, made, "visit")
    assert bench.open(second + 1) == ["h"] and bench.open(made) == []
    assert "caller" in refused(bench, second, "h")


@pytest.mark.parametrize("end", ["completed", "cancelled"])
def test_one_that_is_over_goes_on_again(bench: Bench, end: str) -> None:
    made = bench.start(bench.deploy(line(f"back_{end}")), {"amount": 1})
    bench.complete(made, "a")
    bench.complete(made, "b")
    if end == "completed":
        bench.complete(made, "c")
    else:
        with bench.database.transaction() as session:
            execution = Execution(Context(session, ANN, bench.clock), bench.ports)
            instances.cancel(execution, made, "Mistake")
            execution.write()
    assert bench.state(made) == end
    back(bench, made, "b")
    assert bench.state(made) == "active" and bench.open(made) == ["b"]
    assert bench.row(made).ended_at is None


def test_what_cannot_be_gone_back_to_is_refused(bench: Bench) -> None:
    made = bench.start(bench.deploy(line("back_no")), {"amount": 1})
    bench.complete(made, "a")
    assert refused(bench, made, "b") == "element_id"
    assert refused(bench, made, "s") == "element_id"
    assert refused(bench, made, "nowhere") == "element_id"


def test_a_step_beside_which_another_branch_went_on_is_refused_and_changes_nothing(bench: Bench) -> None:
    nodes = node("start", "s") + node("user", "a") + node("and", "f") + node("script", "x", "<script>v = 1</script>")
    xml = diagram(
        nodes + node("user", "l") + node("user", "r"), "s -> a; a -> f; f -> x; f -> r; x -> l", id="back_branch"
    )
    made = bench.start(bench.deploy(xml))
    bench.complete(made, "a")
    assert "branches" in refused(bench, made, "x")
    assert bench.open(made) == ["l", "r"]
    back(bench, made, "a")
    assert bench.open(made) == ["a"]


def test_a_step_in_which_branches_met_is_refused(bench: Bench) -> None:
    scripts = "".join(node("script", id, f"<script>{id} = 1</script>") for id in ("x", "y"))
    nodes = node("start", "s") + node("user", "a") + node("and", "f") + scripts + node("and", "j") + node("user", "b")
    xml = diagram(nodes, "s -> a; a -> f; f -> x; f -> y; x -> j; y -> j; j -> b", id="back_met")
    made = bench.start(bench.deploy(xml))
    bench.complete(made, "a")
    assert "branches" in refused(bench, made, "x")
    assert "branches" in refused(bench, made, "y")
    assert bench.open(made) == ["b"]


def test_so_is_one_in_which_a_link_led_from_the_other_branch(bench: Bench) -> None:
    link = '<linkEventDefinition name="L"/>'
    inside = node("start", "ss") + node("user", "a") + node("and", "f") + node("throw", "to", link)
    inside += (
        node("script", "x", "<script>v = 1</script>")
        + node("catch", "fro", link)
        + node("and", "j")
        + node("user", "b")
    )
    flows = [("ss", "a"), ("a", "f"), ("f", "to"), ("f", "x"), ("fro", "j"), ("x", "j"), ("j", "b")]
    inside += "".join(f'<sequenceFlow id="i_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in flows)
    xml = diagram(node("start", "s") + node("subProcess", "sub", inside), "s -> sub", id="back_link")
    made = bench.start(bench.deploy(xml))
    bench.complete(made, "a")
    assert "branches" in refused(bench, made, "x")
    assert bench.open(made) == ["b"]


def test_what_met_a_branch_that_had_waited_meets_it_again(bench: Bench) -> None:
    nodes = node("start", "s") + node("and", "f") + node("user", "l") + node("script", "x", "<script>v = 1</script>")
    nodes += node("user", "r") + node("and", "j") + node("user", "b")
    xml = diagram(nodes, "s -> f; f -> l; f -> r; l -> x; x -> j; r -> j; j -> b", id="back_waited")
    made = bench.start(bench.deploy(xml))
    bench.complete(made, "r")
    bench.complete(made, "l")
    back(bench, made, "x")
    assert bench.open(made) == ["b"]
    bench.complete(made, "b")
    assert bench.state(made) == "completed"


def test_a_move_by_hand_may_be_gone_back_behind(bench: Bench) -> None:
    made = bench.start(bench.deploy(line("back_move")), {"amount": 1})
    bench.complete(made, "a")
    with bench.database.transaction() as session:
        execution = Execution(Context(session, ANN, bench.clock), bench.ports)
        modification.modify(execution, made, modification.Modification(cancel=["b"], start_before=["c"]))
        execution.write()
    assert bench.open(made) == ["c"]
    back(bench, made, "b")
    assert bench.open(made) == ["b"]
