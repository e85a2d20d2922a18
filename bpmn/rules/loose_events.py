"""In a process that is declared executable, events that are not ends lead on, and those between are led to."""

from collections.abc import Iterator

from bpmn.model import EVENTS, Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, nodes_in, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NOWHERE = N_("Nothing follows the event “%(element)s”. Lead a flow from it to what happens then.")
FROM_NOWHERE = N_("Nothing leads to the event “%(element)s”. Lead a flow to it, or make it a start event.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if not process.executable or node.type not in EVENTS - {"endEvent"} or _is_free(node, process):
            continue
        if not node.outgoing and not _ends_a_path(node):
            yield error("event-without-outgoing", node, NOWHERE)
        if not node.incoming and node.type.startswith("intermediate") and not _is_link_target(node):
            yield error("event-without-incoming", node, FROM_NOWHERE)


def _is_free(node: Node, process: Process) -> bool:
    """Whether it stands among the steps of an ad-hoc sub-process, or all alone."""
    scope = scope_of(node, process)
    return (scope is not None and scope.type == "adHocSubProcess") or len(list(process.children(node.scope))) == 1


def _ends_a_path(node: Node) -> bool:
    return "compensate" in kinds(node) or (node.type == "intermediateThrowEvent" and "link" in kinds(node))


def _is_link_target(node: Node) -> bool:
    return node.type == "intermediateCatchEvent" and "link" in kinds(node)
