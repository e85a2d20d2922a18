"""A default flow leaves the element that names it, and that element can have one."""

from collections.abc import Iterator

from bpmn.model import ACTIVITIES, Diagram, Finding
from bpmn.rules.findings import error, nodes
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NOT_OUTGOING = N_("The default flow “%(flow)s” of “%(element)s” does not leave it. Choose one of its own flows.")
NO_DEFAULT = N_("“%(element)s” has a default flow, but it does not choose among flows. Remove the default mark.")
MAY_HAVE = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        if node.default is None:
            continue
        if node.type not in MAY_HAVE:
            yield error("default-flow", node, NO_DEFAULT)
        elif node.default not in node.outgoing:
            yield error("default-flow", node, NOT_OUTGOING, flow=node.default)
