"""Compensation: what has completed is undone, the last first; transactions undo themselves when they are cancelled."""

import pytest

from engine import state as kinds
from tests.support.diagrams import body, diagram, error, node
from tests.support.player import Player

CANCEL = "<cancelEventDefinition/>"


def undo(activity: str | None = None, **attributes: str) -> str:
    given = {"activityRef": activity, **attributes} if activity else attributes
    return "<compensateEventDefinition{}/>".format("".join(f' {name}="{value}"' for name, value in given.items()))


def undoable(name: str, inner: str = "", kind: str = "user") -> str:
    """A task with a compensation event and its handler `un_<name>`."""
    return (
        node(kind, name, inner)
        + node("boundary", f"at_{name}", undo(), attachedToRef=name)
        + node("user", f"un_{name}", isForCompensation="true")
        + f'<association id="to_{name}" sourceRef="at_{name}" targetRef="un_{name}"/>'
    )


def sequence(nodes: str, flows: str) -> Player:
    return Player(diagram(node("start", "s") + nodes, flows))


@pytest.mark.fidelity("undo.throw", "runs")
def test_all_that_is_done_is_undone_the_last_first_and_then_it_goes_on() -> None:
    player = sequence(
        undoable("a") + undoable("b") + undoable("c") + node("throw", "t", undo()) + node("user", "d"),
        "s -> a; a -> b; b -> t; t -> d; d -> c",
    )
    player.do("a").do("b")
    assert player.open == ["un_b"]
    player.do("un_b")
    assert player.open == ["un_a"]
    player.do("un_a")
    assert player.open == ["d"]
    assert player.trace == ["s", "a", "b", "t", "at_b", "un_b", "at_a", "un_a"]


@pytest.mark.fidelity("undo.named", "runs")
def test_one_activity_is_undone_where_the_event_names_it_and_never_twice() -> None:
    player = sequence(
        undoable("a") + undoable("b") + node("throw", "t", undo("a")) + node("end", "e", undo()),
        "s -> a; a -> b; b -> t; t -> e",
    )
    player.do("a").do("b")
    assert player.open == ["un_a"]
    player.do("un_a")
    assert player.open == ["un_b"] and player.outcome is None
    player.do("un_b")
    assert player.outcome == "completed" and player.end_event == "e"
    assert sorted(player.trace) == sorted(["s", "a", "b", "t", "at_a", "un_a", "e", "at_b", "un_b"])


def test_nothing_is_undone_where_nothing_is_done() -> None:
    player = sequence(
        node("and", "g") + undoable("a") + node("user", "b") + node("throw", "t", undo()) + node("user", "c"),
        "s -> g; g -> a; g -> b; b -> t; t -> c",
    )
    assert player.do("b").open == ["a", "c"] and player.trace == ["s", "g", "b", "t"]


def test_an_event_that_does_not_wait_goes_on_beside_the_undoing() -> None:
    player = sequence(
        undoable("a") + node("throw", "t", undo(waitForCompletion="false")) + node("user", "b"),
        "s -> a; a -> t; t -> b",
    )
    assert player.do("a").open == ["b", "un_a"]
    assert player.do("b").outcome is None
    assert player.do("un_a").outcome == "completed"
    assert sorted(player.trace) == ["a", "at_a", "b", "s", "t", "un_a"]


@pytest.mark.fidelity("undo.loop", "runs")
def test_each_run_of_a_loop_is_undone_and_sees_its_own_item() -> None:
    many = "<multiInstanceLoopCharacteristics><loopDataInputRef>names</loopDataInputRef></multiInstanceLoopCharacteristics>"
    handler = node("script", "un_a", "<script>undone = (undone or '') + item</script>", isForCompensation="true")
    xml = diagram(
        node("start", "s") + node("user", "a", many) + node("boundary", "at_a", undo(), attachedToRef="a") + handler
        + '<association id="x" sourceRef="at_a" targetRef="un_a"/>' + node("end", "e", undo()),
        "s -> a; a -> e",
    )  # fmt: skip
    player = Player(xml, {"names": ["x", "y"]}).do("a").do("a")
    assert player.outcome == "completed" and player.variables["undone"] == "yx"
    assert player.trace.count("un_a") == 2 == player.trace.count("at_a")


INSIDE = body(node("start", "is") + undoable("a") + undoable("b"), "is -> a; a -> b")


@pytest.mark.fidelity("undo.sub-process", "runs")
def test_a_completed_sub_process_is_undone_by_the_handlers_of_what_it_holds() -> None:
    player = sequence(
        node("subProcess", "sub", INSIDE) + undoable("c") + node("throw", "t", undo()) + node("user", "d"),
        "s -> sub; sub -> c; c -> t; t -> d",
    )
    player.do("a").do("b").do("c").do("un_c").do("un_b").do("un_a")
    assert player.open == ["d"] and player.trace.count("sub") == 1
    assert not any(token.kind == kinds.COMPENSATE for token in player.state.tokens.values())


def test_a_sub_process_with_a_handler_is_undone_by_that_alone() -> None:
    player = sequence(undoable("sub", INSIDE, "subProcess") + node("end", "e", undo()), "s -> sub; sub -> e")
    assert player.do("a").do("b").open == ["un_sub"]
    assert player.do("un_sub").outcome == "completed"


@pytest.mark.fidelity("undo.event-sub-process", "runs")
def test_a_compensation_event_sub_process_decides_how_its_sub_process_is_undone() -> None:
    inside = node("start", "xs", undo()) + node("user", "x") + node("throw", "xt", undo("a")) + node("user", "y")
    undoing = node("subProcess", "undoing", body(inside, "xs -> x; x -> xt; xt -> y"), triggeredByEvent="true")
    player = sequence(
        node("subProcess", "sub", INSIDE + undoing) + node("throw", "t", undo("sub")) + node("user", "d"),
        "s -> sub; sub -> t; t -> d",
    )
    assert player.do("a").do("b").open == ["x"]
    assert player.do("x").open == ["un_a"]
    assert player.do("un_a").open == ["y"]
    assert player.do("y").open == ["d"]
    assert player.trace == ["s", "sub", "is", "a", "b", "t", "undoing", "xs", "x", "xt", "at_a", "un_a", "y"]


def test_a_sub_process_that_an_error_ended_is_not_undone() -> None:
    inside = body(node("start", "is") + undoable("a") + node("end", "ie", error("no")), "is -> a; a -> ie")
    player = sequence(
        node("subProcess", "sub", inside) + node("boundary", "b", error("no"), attachedToRef="sub")
        + node("throw", "t", undo()) + node("user", "c"),
        "s -> sub; b -> t; t -> c",
    )  # fmt: skip
    assert player.do("a").open == ["c"]


def test_an_event_sub_process_undoes_what_is_done_around_it() -> None:
    inside = body(node("start", "xs", error("no")) + node("end", "xe", undo()), "xs -> xe")
    player = sequence(
        undoable("a") + node("end", "e", error("no")) + node("subProcess", "x", inside, triggeredByEvent="true"),
        "s -> a; a -> e",
    )
    assert player.do("a").open == ["un_a"]
    assert player.do("un_a").outcome == "completed"


def test_only_what_can_be_undone_is_kept_in_the_state() -> None:
    player = sequence(node("user", "a") + undoable("b") + node("user", "c"), "s -> a; a -> b; b -> c").do("a").do("b")
    assert [record["node"] for record in player.state.scopes[0].data[kinds.DONE]] == ["b"]


def transaction(inside: str, flows: str) -> Player:
    return sequence(
        node("transaction", "tx", body(node("start", "ts") + inside, flows))
        + node("boundary", "cancelled", CANCEL, attachedToRef="tx") + node("user", "sorry") + node("user", "fine"),
        "s -> tx; tx -> fine; cancelled -> sorry",
    )  # fmt: skip


@pytest.mark.fidelity("undo.cancel", "runs")
def test_a_cancelled_transaction_ends_what_runs_undoes_what_is_done_and_leaves_by_its_cancel_event() -> None:
    player = transaction(
        node("and", "g") + undoable("a") + undoable("b") + node("user", "open") + node("end", "te", CANCEL),
        "ts -> a; a -> b; b -> g; g -> open; g -> te",
    )
    player.do("a").do("b")
    assert player.open == ["un_b"] and "(open)" in player.trace
    player.do("un_b").do("un_a")
    assert player.open == ["sorry"]
    assert sorted(player.trace) == sorted(
        ["s", "(tx)", "ts", "a", "b", "g", "(open)", "te", "at_b", "un_b", "at_a", "un_a", "cancelled"]
    )


def test_a_transaction_with_nothing_to_undo_leaves_at_once_and_one_that_is_not_cancelled_ends_as_usual() -> None:
    flows = "ts -> a; a -> x; x -> te [result == 'no']; x -> ok*"
    inside = node("user", "a") + node("xor", "x") + node("end", "te", CANCEL) + node("end", "ok")
    assert transaction(inside, flows).do("a", "no").open == ["sorry"]
    player = transaction(inside, flows).do("a", "yes")
    assert player.open == ["fine"] and player.waiting == []


def test_a_transaction_that_completed_can_be_undone_later() -> None:
    inside = body(node("start", "ts") + undoable("a"), "ts -> a")
    player = sequence(node("transaction", "tx", inside) + node("end", "e", undo()), "s -> tx; tx -> e").do("a")
    assert player.open == ["un_a"] and player.do("un_a").outcome == "completed"
