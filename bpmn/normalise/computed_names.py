"""By consent: a message or signal whose name is computed elsewhere cannot be told apart, so a person lets it go."""

from dataclasses import replace

from bpmn.model import Diagram, EventDefinition, Node, Process
from bpmn.normalise.repairs import Repairs, each_node
from bpmn.vendors.literals import is_computed
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” computes the name of its %(kind)s (%(text)s): a person lets it go, and nothing is sent.")


def computed_names(node: Node) -> list[tuple[str, str]]:
    """(message | signal | error | escalation, name) of what a node names by a computation."""
    named = [(event.kind, event.reference) for event in node.events if event.kind != "link"]
    return [(kind, name) for kind, name in (*named, ("message", node.message)) if name and is_computed(name)]


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    def change(node: Node, process: Process) -> Node:
        found = [(kind, name) for kind, name in computed_names(node) if kind in ("message", "signal")]
        for kind, name in found:
            repairs.note("computed-name", node, MESSAGE, kind=kind, text=name)
        if not found:
            return node
        message = None if ("message", node.message) in found else node.message
        return replace(node, message=message, events=tuple(_nameless(event) for event in node.events))

    return each_node(diagram, change)


def _nameless(event: EventDefinition) -> EventDefinition:
    computed = event.kind in ("message", "signal") and event.reference and is_computed(event.reference)
    return replace(event, reference=None) if computed else event
