"""The same play in both engines: begin, see what waits, let one of it happen, see what was done."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bpmn.examination import examine
from bpmn.vocabulary import Vocabulary
from engine import state as kinds
from engine.errors import ProcessError
from tests.oracle.camunda.plain import Left, Plain
from tests.support.player import Player

WAITS = (kinds.TASK, kinds.CATCH, kinds.LISTEN)


class Refused(Exception):
    """An engine does not take the diagram, or cannot go on in it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`waiting` are the elements that wait, sorted; `done` counts (element, outcome)."""

    waiting: tuple[str, ...]
    done: Counter[tuple[str, str]]


class Side(Protocol):
    def begin(self, diagram: Plain) -> Seen: ...

    def go_on(self, element: str) -> Seen: ...


class Ours:
    player: Player

    def begin(self, diagram: Plain) -> Seen:
        found = examine([("of_others.bpmn", diagram.xml)], Vocabulary(), True).findings
        first = next((finding for finding in found if finding.severity == "error"), None)
        if first is not None:
            raise Refused(f"{first.rule} at {first.element_id}: {first.message % first.params}")
        self.player = Player(diagram.xml, start=diagram.start)
        return self._seen()

    def go_on(self, element: str) -> Seen:
        try:
            if element in self.player.open:
                self.player.do(element)
            else:
                events = self.player.graph.node(element).events
                index = next((number for number, event in enumerate(events) if event.kind != "conditional"), 0)
                self.player.happen(element, index)
        except ProcessError as error:
            raise Refused(str(error)) from error
        return self._seen()

    def _seen(self) -> Seen:
        tokens = self.player.state.tokens.values()
        if any(token.kind == kinds.CHOICE for token in tokens):
            raise Left("a person chooses the way")
        waiting = sorted(token.node for token in tokens if token.kind in WAITS and self._may_happen(token.node))
        done = Counter((entry.node.id, entry.outcome) for entry in self.player.entries)
        done.update((token.node, "open") for token in tokens if token.run and token.kind != kinds.LISTEN)
        return Seen(tuple(waiting) if self.player.outcome is None else (), done)

    def _may_happen(self, element: str) -> bool:
        events = self.player.graph.node(element).events
        return not events or any(event.kind != "conditional" for event in events)


class Camunda:
    """Talks to `CamundaOracle.java` in lines of JSON."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()

    def begin(self, diagram: Plain) -> Seen:
        return self._ask(xml=diagram.xml.decode(), process=diagram.process, start=diagram.start)

    def go_on(self, element: str) -> Seen:
        return self._ask(do=element)

    def _ask(self, **line: str) -> Seen:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return Seen(
            tuple(sorted(answer["waiting"])), Counter((element, outcome) for element, outcome in answer["done"])
        )
