"""In a process that is declared executable, events that are not ends lead on, and those between are led to."""

from collections import Counter
from collections.abc import Iterator

from bpmn.model import EVENTS, Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, scope_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NOWHERE = N_("Nothing follows the event “%(element)s”. Lead a flow from it to what happens then.")
FROM_NOWHERE = N_("Nothing leads to the event “%(element)s”. Lead a flow to it, or make it a start event.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        if process.executable:
            yield from _in_process(process)


def _in_process(process: Process) -> Iterator[Finding]:
    company = Counter(node.scope for node in process.nodes.values())
    for node in process.nodes.values():
        scope = scope_of(node, process)
        free = company[node.scope] == 1 or (scope is not None and scope.type == "adHocSubProcess")
        if node.type not in EVENTS - {"endEvent"} or free:
            continue
        if not node.outgoing and not _ends_a_path(node):
            yield error("event-without-outgoing", node, NOWHERE)
        if not node.incoming and node.type.startswith("intermediate") and not _is_link_target(node):
            yield error("event-without-incoming", node, FROM_NOWHERE)


def _ends_a_path(node: Node) -> bool:
    return "compensate" in kinds(node) or (node.type == "intermediateThrowEvent" and "link" in kinds(node))


def _is_link_target(node: Node) -> bool:
    return node.type == "intermediateCatchEvent" and "link" in kinds(node)
