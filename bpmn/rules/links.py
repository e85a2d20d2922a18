"""Link events come in pairs by name, within one scope."""

from collections import Counter
from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import error, kinds, scopes_of
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NAMELESS = N_("The link “%(element)s” has no name. Give it the name of its other end.")
NO_TARGET = N_("The link “%(element)s” leads to “%(link)s”, which nothing catches here. Add the catching link.")
NO_SOURCE = N_(
    "Nothing leads to the link “%(element)s”: no link named “%(link)s” is thrown here. Add it, or remove this."
)
TWO_TARGETS = N_("Two links named “%(link)s” catch in the same place. Give one of them another name.")
OUTGOING = N_("A flow leaves the throwing link “%(element)s”. The way goes on at the catching link.")
INCOMING = N_("A flow leads to the catching link “%(element)s”. Only the throwing link leads to it.")


def link_name(node: Node) -> str | None:
    return next((event.reference for event in node.events if event.kind == "link"), None)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        for scope in scopes_of(process):
            yield from _in_scope(process, scope)


def _in_scope(process: Process, scope: str) -> Iterator[Finding]:
    links = [node for node in process.children(scope) if "link" in kinds(node)]
    throws = [node for node in links if node.type == "intermediateThrowEvent"]
    catches = [node for node in links if node.type == "intermediateCatchEvent"]
    thrown = {link_name(node) for node in throws}
    caught = Counter(link_name(node) for node in catches)
    for node in links:
        if link_name(node) is None:
            yield error("link-without-name", node, NAMELESS)
    for node in throws:
        name = link_name(node)
        if name is not None and name not in caught:
            yield error("link-unpaired", node, NO_TARGET, link=name)
        if node.outgoing:
            yield error("link-with-flow", node, OUTGOING)
    for node in catches:
        name = link_name(node)
        if name is not None and name not in thrown:
            yield error("link-unpaired", node, NO_SOURCE, link=name)
        if name is not None and caught[name] > 1:
            yield error("link-twice", node, TWO_TARGETS, link=name)
        if node.incoming:
            yield error("link-with-flow", node, INCOMING)
