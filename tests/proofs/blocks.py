"""Random processes as trees of blocks, over everything the engine runs; a tree is drawn as BPMN and made smaller."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tests.support.diagrams import body, condition, diagram, error, escalation, message, node, signal, timer

DEPTH = 4
LARGEST = 16
"""Blocks in one process."""
CALLED = "called"
UNDO = "<compensateEventDefinition/>"
LEAVES = ("user", "user", "script", "timer", "message", "signal", "throw", "link", "called", "users")
NESTS = {
    "sequence": 2, "xor": 2, "and": 2, "and3": 3, "or": 3, "loop": 1, "sub": 1, "boundary_timer": 2,
    "boundary_message": 2, "beside": 2, "error": 2, "escalation": 2, "escalation_beside": 2, "race": 2,
    "event_sub": 2, "event_sub_beside": 2, "error_sub": 2, "many": 1, "many_in_turn": 1, "some": 1, "repeat": 1,
    "terminate": 1, "interrupted_call": 1, "undo": 1, "undo_later": 1, "undo_by_sub": 2, "transaction": 2, "ad_hoc": 2,
    "ad_hoc_until": 1, "complex": 2, "signal_sub": 2, "escalation_sub": 2, "condition": 2, "condition_sub": 2,
    "condition_beside": 2, "many_calls": 0,
}  # fmt: skip
"""Blocks that hold others, and how many."""
OUTSIDE = frozenset({"throw", "called", "interrupted_call", "many_calls"})
"""Blocks that reach beyond their instance."""


@dataclass(frozen=True)
class Block:
    kind: str
    inner: tuple["Block", ...] = ()

    def kinds(self) -> Iterator[str]:
        yield self.kind
        for block in self.inner:
            yield from block.kinds()


USER = Block("user")


def grow(random: random.Random, *, alone: bool = False) -> Block:
    """A tree by chance; `alone` leaves out what reaches beyond the instance."""
    left = [LARGEST]

    def block(depth: int) -> Block:
        left[0] -= 1
        nests = [kind for kind in NESTS if not (alone and kind in OUTSIDE)]
        leaves = [kind for kind in LEAVES if not (alone and kind in OUTSIDE)]
        if depth == 0 or left[0] <= 0 or random.random() < 0.25:
            return Block(random.choice(leaves))
        kind = random.choice(nests)
        return Block(kind, tuple(block(depth - 1) for _ in range(NESTS[kind])))

    return Block("sequence", (block(DEPTH), block(DEPTH)))


def smaller(tree: Block) -> Iterator[Block]:
    """Trees with one thing less, the greatest savings first."""
    yield from tree.inner
    if tree != USER:
        yield USER
    for place, inner in enumerate(tree.inner):
        for less in smaller(inner):
            yield replace(tree, inner=(*tree.inner[:place], less, *tree.inner[place + 1 :]))


def shrink(tree: Block, fails: Callable[[Block], bool]) -> Block:
    """The smallest tree found that still fails."""
    found = True
    while found:
        found = False
        for less in smaller(tree):
            if fails(less):
                tree, found = less, True
                break
    return tree


def called() -> bytes:
    """What call activities call."""
    nodes = node("start", "s") + node("user", "inner") + node("script", "more", "<script>told = 'called'</script>")
    return diagram(nodes + node("end", "e"), "s -> inner; inner -> more; more -> e", id=CALLED)


def draw(tree: Block, id: str = "p") -> bytes:
    return diagram(*_Drawing().scope(tree), id=id)


def _many(inner: str, *, sequential: bool = False, condition: str = "") -> str:
    until = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<loopCardinality>3</loopCardinality>{until}</multiInstanceLoopCharacteristics>{inner}"
    )


@dataclass
class _Scope:
    nodes: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)


Ends = tuple[str, str]


class _Drawing:
    """Draws blocks into scopes; each answers its first and its last node. A condition reads the answer before it."""

    def __init__(self) -> None:
        self.count = 0

    def id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def scope(self, tree: Block, trigger: str = "", **start: str) -> tuple[str, str]:
        scope = _Scope()
        first = self.add(scope, "start", trigger, **start)
        begin, end = self.block(scope, tree)
        scope.flows += [f"{first} -> {begin}", f"{end} -> {self.add(scope, 'end')}"]
        return "".join(scope.nodes), "\n".join(scope.flows)

    def add(self, scope: _Scope, kind: str, inner: str = "", **attributes: str) -> str:
        id = self.id(kind[0])
        scope.nodes.append(node(kind, id, inner, **attributes))
        return id

    def flow(self, scope: _Scope, *ids: str) -> None:
        scope.flows += [f"{one} -> {other}" for one, other in pairwise(ids)]

    def block(self, scope: _Scope, tree: Block) -> Ends:
        made: Ends = getattr(self, f"_{tree.kind}")(scope, *tree.inner)
        return made

    def sub(self, scope: _Scope, tree: Block, before: str = "", beside: str = "") -> str:
        id = self.id("b")
        content = before + beside + body(*self.scope(tree))
        scope.nodes.append(node("subProcess", id, content))
        return id

    def one(self, scope: _Scope, kind: str, inner: str = "", **attributes: str) -> Ends:
        id = self.add(scope, kind, inner, **attributes)
        return id, id

    # Leaves

    def _user(self, scope: _Scope) -> Ends:
        return self.one(scope, "user")

    def _script(self, scope: _Scope) -> Ends:
        number = self.count + 1
        return self.one(scope, "script", f"<script>w{number} = (w{number} or 0) + 1\nlast = {number}</script>")

    def _timer(self, scope: _Scope) -> Ends:
        return self.one(scope, "catch", timer("duration", "PT1H"))

    def _message(self, scope: _Scope) -> Ends:
        return self.one(scope, "receive", messageRef=f"m_n{self.count % 4}")

    def _signal(self, scope: _Scope) -> Ends:
        return self.one(scope, "catch", signal(f"n{self.count % 2}"))

    def _throw(self, scope: _Scope) -> Ends:
        return self.one(scope, "throw", signal(f"n{self.count % 2}"))

    def _link(self, scope: _Scope) -> Ends:
        name = self.id("link")
        inner = f'<linkEventDefinition name="{name}"/>'
        return self.add(scope, "throw", inner), self.add(scope, "catch", inner)

    def _called(self, scope: _Scope) -> Ends:
        return self.one(scope, "call", calledElement=CALLED)

    def _users(self, scope: _Scope) -> Ends:
        return self.one(scope, "user", _many(""))

    # Ways

    def _sequence(self, scope: _Scope, *inner: Block) -> Ends:
        ends = [self.block(scope, block) for block in inner]
        for (_, last), (first, _) in pairwise(ends):
            self.flow(scope, last, first)
        return ends[0][0], ends[-1][1]

    def _xor(self, scope: _Scope, *inner: Block) -> Ends:
        ask, split, merge = self.add(scope, "user"), self.add(scope, "xor"), self.add(scope, "xor")
        self.flow(scope, ask, split)
        for number, block in enumerate(inner):
            first, last = self.block(scope, block)
            scope.flows.append(f"{split} -> {first}" + (f" [v_{ask} % 2 == 0]" if number == 0 else "*"))
            self.flow(scope, last, merge)
        return ask, merge

    def _or(self, scope: _Scope, *inner: Block) -> Ends:
        ask, split, join = self.add(scope, "user"), self.add(scope, "or"), self.add(scope, "or")
        self.flow(scope, ask, split)
        for number, block in enumerate(inner):
            first, last = self.block(scope, block)
            scope.flows.append(f"{split} -> {first} [v_{ask} % 3 != {number}]")
            self.flow(scope, last, join)
        return ask, join

    def _and(self, scope: _Scope, *inner: Block) -> Ends:
        split, join = self.add(scope, "and"), self.add(scope, "and")
        for block in inner:
            first, last = self.block(scope, block)
            self.flow(scope, split, first)
            self.flow(scope, last, join)
        return split, join

    _and3 = _and

    def _loop(self, scope: _Scope, inner: Block) -> Ends:
        """Again while the last answer is divisible by three; whatever joins there are inside join anew."""
        merge, decide = self.add(scope, "xor"), self.add(scope, "xor")
        first, last = self.block(scope, inner)
        ask, after = self.add(scope, "user"), self._script(scope)[0]
        self.flow(scope, merge, first)
        self.flow(scope, last, ask, decide)
        scope.flows += [f"{decide} -> {merge} [v_{ask} % 3 == 0]", f"{decide} -> {after}*"]
        return merge, after

    def _race(self, scope: _Scope, *inner: Block) -> Ends:
        gateway, merge = self.add(scope, "event"), self.add(scope, "xor")
        for number, block in enumerate(inner):
            trigger = timer("duration", "PT2H") if number == 0 else message(f"n{self.count % 4}")
            event = self.add(scope, "catch", trigger)
            first, last = self.block(scope, block)
            self.flow(scope, gateway, event, first)
            self.flow(scope, last, merge)
        return gateway, merge

    # Scopes and their events

    def _sub(self, scope: _Scope, inner: Block) -> Ends:
        id = self.sub(scope, inner)
        return id, id

    def caught(self, scope: _Scope, host: str, trigger: str, block: Block, interrupting: bool = True) -> Ends:
        """A boundary event whose way comes back to that of its activity, or ends by itself."""
        attributes = {} if interrupting else {"cancelActivity": "false"}
        event = self.add(scope, "boundary", trigger, attachedToRef=host, **attributes)
        first, last = self.block(scope, block)
        self.flow(scope, event, first)
        if not interrupting:
            self.flow(scope, last, self.add(scope, "end"))
            return host, host
        merge = self.add(scope, "xor")
        self.flow(scope, host, merge)
        self.flow(scope, last, merge)
        return host, merge

    def _boundary_timer(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.sub(scope, inner), timer("duration", "PT3H"), path)

    def _boundary_message(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.sub(scope, inner), message(f"n{self.count % 4}"), path)

    def _beside(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.sub(scope, inner), timer("cycle", "R2/PT1H"), path, interrupting=False)

    def _interrupted_call(self, scope: _Scope, path: Block) -> Ends:
        return self.caught(scope, self._called(scope)[0], message(f"n{self.count % 4}"), path)

    def troubled(self, scope: _Scope, inner: Block, kind: str, trigger: str) -> str:
        """A sub-process whose last answer may throw."""
        id = self.id("b")
        within = _Scope()
        start, ask, split = self.add(within, "start"), self.add(within, "user"), self.add(within, "xor")
        first, last = self.block(within, inner)
        thrown = self.add(within, kind, trigger)
        self.flow(within, start, first)
        self.flow(within, last, ask, split)
        within.flows += [f"{split} -> {thrown} [v_{ask} % 2 == 0]", f"{split} -> {self.add(within, 'end')}*"]
        if kind == "throw":
            self.flow(within, thrown, self.add(within, "user"), self.add(within, "end"))
        scope.nodes.append(node("subProcess", id, body("".join(within.nodes), "\n".join(within.flows))))
        return id

    def _error(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.troubled(scope, inner, "end", error("bad")), error("bad"), path)

    def _escalation(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.troubled(scope, inner, "throw", escalation("up")), escalation("up"), path)

    def _escalation_beside(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        host = self.troubled(scope, inner, "throw", escalation("up"))
        return self.caught(scope, host, escalation("up"), path, interrupting=False)

    def event_sub(self, trigger: str, path: Block, **start: str) -> str:
        return node("subProcess", self.id("h"), body(*self.scope(path, trigger, **start)), triggeredByEvent="true")

    def _event_sub(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        id = self.sub(scope, inner, beside=self.event_sub(message(f"n{self.count % 4}"), path))
        return id, id

    def _event_sub_beside(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        listener = self.event_sub(timer("duration", "PT4H"), path, isInterrupting="false")
        id = self.sub(scope, inner, beside=listener)
        return id, id

    def _error_sub(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        """An error that an event sub-process of the scope around it takes."""
        within = _Scope()
        host = self.troubled(within, inner, "end", error("bad"))
        start, end = self.add(within, "start"), self.add(within, "end")
        self.flow(within, start, host, end)
        within.nodes.append(self.event_sub(error("bad"), path))
        id = self.id("b")
        scope.nodes.append(node("subProcess", id, body("".join(within.nodes), "\n".join(within.flows))))
        return id, id

    def _terminate(self, scope: _Scope, inner: Block) -> Ends:
        """A sub-process of two ways at once, one of which may end the other."""
        within = _Scope()
        start, fork, ask = self.add(within, "start"), self.add(within, "and"), self.add(within, "user")
        first, last = self.block(within, inner)
        self.flow(within, start, fork, first)
        self.flow(within, fork, ask, self.add(within, "end", "<terminateEventDefinition/>"))
        self.flow(within, last, self.add(within, "end"))
        id = self.id("b")
        scope.nodes.append(node("subProcess", id, body("".join(within.nodes), "\n".join(within.flows))))
        return id, id

    def held(self, scope: _Scope, within: _Scope, kind: str = "subProcess", more: str = "") -> Ends:
        id = self.id("b")
        scope.nodes.append(node(kind, id, body("".join(within.nodes), "\n".join(within.flows)) + more))
        return id, id

    def _signal_sub(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        id = self.sub(scope, inner, beside=self.event_sub(signal(f"n{self.count % 2}"), path))
        return id, id

    def _escalation_sub(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        within = _Scope()
        host = self.troubled(within, inner, "throw", escalation("up"))
        self.flow(within, self.add(within, "start"), host, self.add(within, "end"))
        within.nodes.append(self.event_sub(escalation("up"), path, isInterrupting="false"))
        return self.held(scope, within)

    def _condition(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.sub(scope, inner), condition("(last or 1) % 2 == 0"), path)

    def _condition_beside(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        return self.caught(scope, self.sub(scope, inner), condition("(last or 0) % 3 == 1"), path, interrupting=False)

    def _condition_sub(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        id = self.sub(scope, inner, beside=self.event_sub(condition("(last or 0) % 2 == 1"), path))
        return id, id

    # Undoing

    def undoable(self, scope: _Scope) -> str:
        """A task with a handler that undoes it."""
        task = self.add(scope, "user")
        event = self.add(scope, "boundary", UNDO, attachedToRef=task)
        handler = self.add(scope, "user", isForCompensation="true")
        scope.nodes.append(f'<association id="{self.id("a")}" sourceRef="{event}" targetRef="{handler}"/>')
        return task

    def _undo(self, scope: _Scope, inner: Block) -> Ends:
        within = _Scope()
        first, last = self.block(within, inner)
        self.flow(within, self.add(within, "start"), self.undoable(within), first)
        self.flow(within, last, self.undoable(within), self.add(within, "throw", UNDO), self.add(within, "end"))
        return self.held(scope, within)

    def _undo_later(self, scope: _Scope, inner: Block) -> Ends:
        """What a sub-process that is over has done is undone by an end event of the scope around it."""
        within, outer = _Scope(), _Scope()
        first, last = self.block(within, inner)
        self.flow(within, self.add(within, "start"), self.undoable(within), first)
        self.flow(within, last, self.add(within, "end"))
        done, _ = self.held(outer, within)
        self.flow(outer, self.add(outer, "start"), done, self.add(outer, "user"), self.add(outer, "end", UNDO))
        return self.held(scope, outer)

    def _undo_by_sub(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        within, outer = _Scope(), _Scope()
        first, last = self.block(within, inner)
        self.flow(within, self.add(within, "start"), self.undoable(within), first)
        self.flow(within, last, self.add(within, "end"))
        done, _ = self.held(outer, within, more=self.event_sub(UNDO, path))
        self.flow(outer, self.add(outer, "start"), done, self.add(outer, "throw", UNDO), self.add(outer, "end"))
        return self.held(scope, outer)

    def _transaction(self, scope: _Scope, inner: Block, path: Block) -> Ends:
        """Its last answer may cancel it."""
        within = _Scope()
        first, last = self.block(within, inner)
        ask, split = self.add(within, "user"), self.add(within, "xor")
        self.flow(within, self.add(within, "start"), self.undoable(within), first)
        self.flow(within, last, ask, split)
        cancel = self.add(within, "end", "<cancelEventDefinition/>")
        within.flows += [f"{split} -> {cancel} [v_{ask} % 2 == 0]", f"{split} -> {self.add(within, 'end')}*"]
        host, _ = self.held(scope, within, "transaction")
        return self.caught(scope, host, "<cancelEventDefinition/>", path)

    # Left to people, and some of several

    def _ad_hoc(self, scope: _Scope, *inner: Block) -> Ends:
        within = _Scope()
        self.add(within, "user")
        for block in inner:
            self.sub(within, block)
        return self.held(scope, within, "adHocSubProcess")

    def _ad_hoc_until(self, scope: _Scope, inner: Block) -> Ends:
        within = _Scope()
        ask = self.add(within, "user")
        self.sub(within, inner)
        until = f"<completionCondition>(v_{ask} or 1) % 2 == 0</completionCondition>"
        return self.held(scope, within, "adHocSubProcess", until)

    def _complex(self, scope: _Scope, *inner: Block) -> Ends:
        """Two of three are enough; the sub-process around it waits for the third."""
        within = _Scope()
        fork = self.add(within, "and")
        enough = "<activationCondition>activationCount &gt;= 2</activationCondition>"
        join = self.add(within, "complexGateway", enough)
        self.flow(within, self.add(within, "start"), fork, self.add(within, "user"), join)
        for block in inner:
            first, last = self.block(within, block)
            self.flow(within, fork, first)
            self.flow(within, last, join)
        self.flow(within, join, self.add(within, "user"), self.add(within, "end"))
        return self.held(scope, within)

    # Several times

    def _many_calls(self, scope: _Scope) -> Ends:
        return self.one(scope, "call", _many(""), calledElement=CALLED)

    def _many(self, scope: _Scope, inner: Block) -> Ends:
        return (id := self.sub(scope, inner, before=_many(""))), id

    def _many_in_turn(self, scope: _Scope, inner: Block) -> Ends:
        return (id := self.sub(scope, inner, before=_many("", sequential=True))), id

    def _some(self, scope: _Scope, inner: Block) -> Ends:
        condition = "nrOfCompletedInstances &gt;= 2"
        return (id := self.sub(scope, inner, before=_many("", condition=condition))), id

    def _repeat(self, scope: _Scope, inner: Block) -> Ends:
        condition = "<standardLoopCharacteristics><loopCondition>loopCounter &lt; 2</loopCondition></standardLoopCharacteristics>"
        return (id := self.sub(scope, inner, before=condition)), id
