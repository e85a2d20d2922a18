"""A called decision exists, or comes in the same upload, and is called in a way that is known."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

UNKNOWN = N_(
    "“%(element)s” calls the decision “%(called)s”, which is not deployed. Deploy it too; until then a person decides."
)
BINDING = N_("“%(element)s” binds its decision by “%(what)s”. Choose latest, deployment, or a version's number.")
RESULT = N_("“%(element)s” maps its decision's result by “%(what)s”, which is not known here.")
BINDINGS = frozenset({"latest", "deployment", "version"})
RESULTS = frozenset({"singleEntry", "singleResult", "collectEntries", "resultList"})


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        extension = node.extension
        if extension.decision is None or node.foreign is not None:
            continue
        if extension.decision not in vocabulary.decisions:
            yield warning("unknown-decision", node, UNKNOWN, called=extension.decision)
        binding, version = extension.decision_binding, extension.decision_version or ""
        if (binding is not None and binding not in BINDINGS) or (binding == "version" and not version.isdecimal()):
            yield error("decision-binding", node, BINDING, what=f"{binding} {version}".strip())
        if extension.decision_result is not None and extension.decision_result not in RESULTS:
            yield error("decision-result", node, RESULT, what=extension.decision_result)
