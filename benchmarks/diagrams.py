"""The processes that are measured, and the way through them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.diagrams import diagram, node, timer

STAGES = (
    "qualify", "contact", "need", "presentation", "proposal", "negotiation", "legal", "contract", "approval", "signing",
    "delivery", "closing",
)  # fmt: skip


Steps = tuple[tuple[str, dict[str, object]], ...]
OWNER = '<extensionElements><procession:task assignee="deal.owner_id"/></extensionElements>'
"""The task is the deal owner's; without a customer record it is nobody's."""


def _task(id: str) -> str:
    return node("user", id, OWNER)


@dataclass(frozen=True, slots=True)
class Workload:
    """`steps` are (element, variables) of the tasks that are completed from the start to the end."""

    name: str
    key: str
    xml: bytes
    steps: Steps


def w1() -> Workload:
    """start → task A → gateway → service → task B → end."""
    nodes = (
        node("start", "s") + _task("a") + node("xor", "g")
        + node("script", "c", "<script>checked = amount * 2</script>") + _task("b") + node("end", "e")
    )  # fmt: skip
    flows = "s -> a; a -> g; g -> c [amount > 10]; g -> b*; c -> b; b -> e"
    steps: Steps = (("a", {"amount": 100, "note": "as agreed"}), ("b", {"note": "done"}))
    return Workload("W1", "w1", diagram(nodes, flows, id="w1"), steps)


def w2() -> Workload:
    """A sale of twelve stages, 25 tasks: every stage is worked on twice, and signing a third time."""
    nodes, flows = node("start", "s") + node("end", "lost") + node("end", "won"), ["s -> do_qualify"]
    steps: list[tuple[str, dict[str, object]]] = []
    for number, stage in enumerate(STAGES):
        nodes += _task(f"do_{stage}") + node("xor", f"g_{stage}")
        following = f"do_{STAGES[number + 1]}" if number + 1 < len(STAGES) else "won"
        flows += [
            f"do_{stage} -> g_{stage}", f"g_{stage} -> do_{stage} [answer == 'again']", f"g_{stage} -> lost [answer == 'lost']",
            f"g_{stage} -> {following}*",
        ]  # fmt: skip
        again = 2 if stage == "signing" else 1
        steps += [(f"do_{stage}", {"answer": "again", "note": f"{stage} goes on"})] * again
        steps.append((f"do_{stage}", {"answer": "next", "note": f"{stage} done"}))
    return Workload("W2", "w2", diagram(nodes, "; ".join(flows), id="w2"), tuple(steps))


def round_trip() -> Workload:
    """One task over and over, for what a long life costs."""
    nodes = node("start", "s") + _task("a") + node("xor", "g") + node("end", "e")
    steps: Steps = (("a", {"again": True}),)
    return Workload("growth", "growth", diagram(nodes, "s -> a; a -> g; g -> a [again]; g -> e*", id="growth"), steps)


def reminder() -> Workload:
    """A wait of an hour, then a task."""
    nodes = node("start", "s") + node("catch", "wait", timer("duration", "PT1H")) + _task("a") + node("end", "e")
    return Workload("W3", "reminder", diagram(nodes, "s -> wait; wait -> a; a -> e", id="reminder"), (("a", {}),))
