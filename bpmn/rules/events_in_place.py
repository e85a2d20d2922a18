"""Each kind of event may stand only where BPMN allows it."""

from collections.abc import Iterator

from bpmn.model import EVENTS, Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, nodes_in, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NOT_ALLOWED = N_(
    "“%(element)s” is a %(kind)s event, which may not stand here (%(place)s). Choose another kind of event."
)
NO_TRIGGER = N_("“%(element)s” does not say what it waits for (%(place)s). Choose a kind: message, timer, signal, …")
NOT_INTERRUPTING = N_("“%(element)s” is a non-interrupting %(kind)s event, but such an event always interrupts.")

NONE = "none"
PLACES: dict[str, frozenset[str]] = {
    "start event": frozenset({NONE, "message", "timer", "conditional", "signal"}),
    "start of a sub-process": frozenset({NONE}),
    "start of an event sub-process": frozenset(
        {"message", "timer", "conditional", "signal", "error", "escalation", "compensate"}
    ),
    "intermediate catch event": frozenset({"message", "timer", "conditional", "signal", "link"}),
    "intermediate throw event": frozenset({NONE, "message", "signal", "escalation", "compensate", "link"}),
    "boundary event": frozenset(
        {"message", "timer", "conditional", "signal", "error", "escalation", "compensate", "cancel"}
    ),
    "end event": frozenset({NONE, "message", "signal", "error", "escalation", "compensate", "cancel", "terminate"}),
}
_NAMES = {
    "intermediateCatchEvent": "intermediate catch event",
    "intermediateThrowEvent": "intermediate throw event",
    "boundaryEvent": "boundary event",
    "endEvent": "end event",
}
ALWAYS_INTERRUPT = frozenset({"error", "cancel"})
UNDOING = ("compensate", "startEvent")


def place_of(node: Node, process: Process) -> str:
    if node.type in _NAMES:
        return _NAMES[node.type]
    scope = scope_of(node, process)
    if scope is None:
        return "start event"
    return "start of an event sub-process" if scope.triggered_by_event else "start of a sub-process"


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type not in EVENTS:
            continue
        place = place_of(node, process)
        for kind in sorted(kinds(node) or {NONE}):
            if kind not in PLACES[place]:
                words = NO_TRIGGER if kind == NONE else NOT_ALLOWED
                yield error("event-not-allowed-here", node, words, kind=kind, place=place)
            elif not node.interrupting and (kind in ALWAYS_INTERRUPT or (kind, node.type) == UNDOING):
                yield error("always-interrupts", node, NOT_INTERRUPTING, kind=kind)
