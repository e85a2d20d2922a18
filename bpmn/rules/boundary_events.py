"""A boundary event sits on an activity of its own scope, and nothing leads to it."""

from collections.abc import Iterator

from bpmn.model import ACTIVITIES, Diagram, Finding
from bpmn.rules.findings import error, label, nodes_in
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NOWHERE = N_("The boundary event “%(element)s” is attached to nothing. Attach it to an activity.")
NOT_ON_ACTIVITY = N_("The boundary event “%(element)s” is attached to “%(host)s”, which is not an activity.")
OTHER_SCOPE = N_(
    "The boundary event “%(element)s” and its activity “%(host)s” stand in different places. Draw it anew."
)
INCOMING = N_("A flow leads to the boundary event “%(element)s”. Only what happens at its activity may set it off.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node, process in nodes_in(diagram):
        if node.type != "boundaryEvent":
            continue
        host = process.nodes.get(node.attached_to or "")
        if host is None:
            yield error("boundary-not-attached", node, NOWHERE)
        elif host.type not in ACTIVITIES:
            yield error("boundary-not-on-activity", node, NOT_ON_ACTIVITY, host=label(host))
        elif host.scope != node.scope:
            yield error("boundary-in-other-scope", node, OTHER_SCOPE, host=label(host))
        if node.incoming:
            yield error("boundary-with-incoming", node, INCOMING)
