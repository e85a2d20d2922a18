"""Checks a diagram against BPMN's rules and against what the system knows; errors block deploying, warnings do not."""

from collections.abc import Iterable
from dataclasses import replace

from bpmn.model import Diagram, Finding
from bpmn.rules import RULES
from bpmn.vocabulary import Vocabulary

ERROR, WARNING, REPAIR = "error", "warning", "repair"


def lint(diagram: Diagram, vocabulary: Vocabulary) -> list[Finding]:
    """Every finding about a normalised diagram, what the reader met included, in the order of the file."""
    found = [finding for finding in diagram.problems if finding.severity != REPAIR]
    for check in RULES:
        found.extend(replace(finding, file=diagram.file) for finding in check(diagram, vocabulary))
    return in_order(found)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Once each, by line; errors before warnings on the same line."""
    unique = {(f.rule, f.element_id, f.line, f.file, str(f.params)): f for f in findings}
    return sorted(unique.values(), key=lambda f: (f.file, f.line, f.severity, f.rule))


def blocks(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == ERROR for finding in findings)
