"""Results of a task have codes of their own, titles in both languages and at most one natural one."""

from collections import Counter
from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.rules.findings import error, nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NO_CODE = N_("A result of “%(element)s” has no code. Give it one, so that conditions can ask for it.")
TWICE = N_("“%(element)s” has the result “%(result)s” twice. Keep one.")
PRIMARY = N_("“%(element)s” has several natural results. Mark one.")
NO_TITLE = N_(
    "The result “%(result)s” of “%(element)s” has no title in Russian or English. Add it: it is the button's text."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        results = node.extension.results
        if any(not result.code for result in results):
            yield error("result-without-code", node, NO_CODE)
        for code, count in Counter(result.code for result in results if result.code).items():
            if count > 1:
                yield error("result-twice", node, TWICE, result=code)
        if sum(result.primary for result in results) > 1:
            yield warning("several-primary-results", node, PRIMARY)
        for result in results:
            if result.code and set(result.titles) != {"ru", "en"}:
                yield warning("result-without-title", node, NO_TITLE, result=result.code)
