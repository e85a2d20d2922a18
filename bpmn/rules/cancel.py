"""Cancel events belong to transactions: thrown at an end inside one, caught once at its border."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, kinds, nodes_in, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

END = N_("The cancel end event “%(element)s” does not stand in a transaction. Put it into one, or end otherwise.")
BOUNDARY = N_("The cancel event “%(element)s” is not attached to a transaction. Only a transaction can be cancelled.")
NOT_CAUGHT = N_(
    "“%(element)s” cancels a transaction that has no cancel event at its border. Attach one and lead a flow from it."
)
TWICE = N_("The transaction “%(element)s” has several cancel events. Keep one.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type == "transaction":
            caught = [event for event in process.boundary_events(node.id) if "cancel" in kinds(event)]
            if len(caught) > 1:
                yield error("cancelled-twice", node, TWICE)
        if "cancel" not in kinds(node):
            continue
        if node.type == "endEvent":
            scope = scope_of(node, process)
            if scope is None or scope.type != "transaction":
                yield error("cancel-outside-transaction", node, END)
            elif not any("cancel" in kinds(event) for event in process.boundary_events(scope.id)):
                yield error("cancel-without-boundary", node, NOT_CAUGHT)
        elif node.type == "boundaryEvent":
            host = process.nodes.get(node.attached_to or "")
            if host is not None and host.type != "transaction":
                yield error("cancel-outside-transaction", node, BOUNDARY)
