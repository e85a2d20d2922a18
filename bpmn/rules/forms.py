"""A form that a task shows exists; a foreign tool's form may be missing, then the card has none."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

MISSING = N_(
    "“%(element)s” shows the form “%(form)s”, which there is not. Add the form to the upload, or choose another."
)
FOREIGN = N_("“%(element)s” shows the form “%(form)s” of another tool. Upload it as a form, else the card has no form.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        form = node.extension.form
        if form is None or form in vocabulary.forms:
            continue
        if node.extension.vendor is None:
            yield error("unknown-form", node, MISSING, form=form)
        else:
            yield warning("unknown-form", node, FOREIGN, form=form)
