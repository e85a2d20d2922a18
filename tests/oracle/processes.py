"""Random block-structured processes that every BPMN engine must run alike.

Each variable is written in one branch only, and a condition reads what the task just before it wrote: where data
go at a join differs between engines, and is not what these processes are about.
"""

import random
from dataclasses import dataclass, field

from tests.support.diagrams import body, diagram, node

DEPTH = 4
LARGEST = 14
"""Blocks in one process; SpiffWorkflow's prediction grows with the square and more."""


@dataclass
class Builder:
    """Collects nodes and flows of one process or sub-process; blocks return their first and last node."""

    nodes: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)

    def text(self) -> tuple[str, str]:
        return "".join(self.nodes), "\n".join(self.flows)


class Generator:
    """One process a seed. A `plain` block holds no joins and no loops."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.blocks = 0
        self.kinds: set[str] = set()

    def process(self) -> bytes:
        return diagram(*self._scope(DEPTH, blocks=3))

    def _scope(self, depth: int, blocks: int, plain: bool = False) -> tuple[str, str]:
        builder = Builder()
        last = self._node(builder, "start", "s")
        for _ in range(blocks):
            first, end = self._block(builder, depth, plain)
            builder.flows.append(f"{last} -> {first}")
            last = end
        builder.flows.append(f"{last} -> {self._node(builder, 'end', 'e')}")
        return builder.text()

    def _id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def _node(self, builder: Builder, kind: str, prefix: str, inner: str = "") -> str:
        id = self._id(prefix)
        builder.nodes.append(node(kind, id, inner))
        return id

    def _block(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        self.blocks += 1
        kinds = ["user", "script"]
        if depth > 0 and self.blocks < LARGEST:
            kinds += ["sequence", "xor", "xor", "sub"] + ([] if plain else ["and", "and", "loop"])
            kinds += ["or"] if depth == DEPTH else []
        kind = self.random.choice(kinds)
        self.kinds.add(kind)
        made: tuple[str, str] = getattr(self, f"_{kind}")(builder, depth - 1, plain)
        return made

    def _user(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        id = self._node(builder, "user", "u")
        return id, id

    def _script(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        number = self.count + 1
        id = self._node(builder, "script", "c", f"<script>w{number} = {self.random.randrange(9)} + 1</script>")
        return id, id

    def _sequence(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        first, middle = self._block(builder, depth, plain)
        following, last = self._block(builder, depth, plain)
        builder.flows.append(f"{middle} -> {following}")
        return first, last

    def _xor(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        """A task, whose answer decides between two or three ways."""
        ask, split, merge = (self._node(builder, kind, kind[0]) for kind in ("user", "xor", "xor"))
        builder.flows.append(f"{ask} -> {split}")
        ways = self.random.choice([2, 2, 3])
        for way in range(ways):
            condition = "*" if way == ways - 1 else f" [v_{ask} % 4 == {way}]"
            if self.random.random() < 0.15:
                first = last = self._node(builder, "script", "c", "<script>w0 = 1</script>")
            else:
                first, last = self._block(builder, depth, plain)
            builder.flows.append(f"{split} -> {first}{condition}")
            builder.flows.append(f"{last} -> {merge}")
        return ask, merge

    def _and(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        split, join = (self._node(builder, "and", "p") for _ in range(2))
        for _ in range(self.random.choice([2, 2, 3])):
            first, last = self._block(builder, depth, plain)
            builder.flows += [f"{split} -> {first}", f"{last} -> {join}"]
        return split, join

    def _or(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        """Of three ways each answer opens two. Only single tasks inside, and never inside others: SpiffWorkflow's
        joins fire early around inclusive gateways that are not so simple."""
        ask, split, join = (self._node(builder, kind, kind[0]) for kind in ("user", "or", "or"))
        builder.flows.append(f"{ask} -> {split}")
        for way in range(3):
            first, last = self._block(builder, 0, True)
            builder.flows += [f"{split} -> {first} [v_{ask} % 3 != {way}]", f"{last} -> {join}"]
        return ask, join

    def _loop(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        """Again while the last answer is even. Only plain blocks inside: SpiffWorkflow's joins fire early in loops."""
        merge, decide = (self._node(builder, "xor", "l") for _ in range(2))
        first, middle = self._block(builder, depth, True)
        ask = self._node(builder, "user", "u")
        after = self._node(builder, "script", "c", "<script>w0 = 1</script>")
        builder.flows += [
            f"{merge} -> {first}", f"{middle} -> {ask}", f"{ask} -> {decide}",
            f"{decide} -> {merge} [v_{ask} % 2 == 0]", f"{decide} -> {after}*",
        ]  # fmt: skip
        return merge, after

    def _sub(self, builder: Builder, depth: int, plain: bool) -> tuple[str, str]:
        id = self._id("b")
        builder.nodes.append(node("subProcess", id, body(*self._scope(depth, self.random.choice([1, 2]), plain))))
        return id, id
