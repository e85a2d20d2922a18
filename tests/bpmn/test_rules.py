"""Every rule against small diagrams: those that keep it and those that break it, and no finding beyond the expected."""

import pytest

from bpmn.examination import examine
from bpmn.model import Finding
from bpmn.vocabulary import Vocabulary
from tests.bpmn.rule_cases import INVALID, VALID, WARNED

VOCABULARY = Vocabulary(
    operations={"deal.create": {"title", "amount"}, "deal.close": set()},
    stages=frozenset({"needs", "proposal"}),
    forms=frozenset({"call_interest"}),
    roles=frozenset({"manager"}),
    processes=frozenset({"document_approval"}),
)


def errors_of(xml: bytes) -> list[Finding]:
    return [one for one in examine([("test.bpmn", xml)], VOCABULARY).findings if one.severity == "error"]


def rules_of(xml: bytes, severity: str = "error") -> set[str]:
    found = examine([("test.bpmn", xml)], VOCABULARY).findings
    return {finding.rule for finding in found if finding.severity == severity}


@pytest.mark.parametrize("name", VALID)
def test_a_good_diagram_has_no_findings(name: str) -> None:
    assert rules_of(VALID[name], "error") | rules_of(VALID[name], "warning") == set()


@pytest.mark.parametrize("name", INVALID)
def test_a_broken_rule_is_the_only_error(name: str) -> None:
    expected, xml = INVALID[name]
    assert rules_of(xml) - {"not-supported"} == expected


@pytest.mark.parametrize("name", WARNED)
def test_a_doubtful_diagram_is_warned_of_but_not_refused(name: str) -> None:
    expected, xml = WARNED[name]
    assert (rules_of(xml, "error"), rules_of(xml, "warning")) == (set(), expected)


def test_every_finding_names_the_file_the_element_and_the_line() -> None:
    for _, xml in INVALID.values():
        for finding in examine([("test.bpmn", xml)], VOCABULARY).findings:
            assert finding.file == "test.bpmn" and finding.line >= 1
            assert finding.message % finding.params
            assert finding.element_id or finding.rule in ("missing-id", "unknown-extension", "missing-attribute")
