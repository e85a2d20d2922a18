"""What is looked at in an upload: every diagram read, repaired and checked. Runs in the child process of `intake`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from bpmn.decisions import Decisions, compile_decisions, read_decisions
from bpmn.diagram import DiagramUnreadable, read_diagram
from bpmn.lint import REPAIR, blocks, in_order, lint
from bpmn.model import Diagram, Finding
from bpmn.normalise import normalise
from bpmn.rules import endless_calls
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

Files = list[tuple[str, bytes]]

DUPLICATE = N_("The process “%(element)s” is in two files of the upload. Upload it once.")
MAXIMUM_TOLD = 1000
TWO_FILES = N_("The decision “%(element)s” is in two files of the upload. Upload it once.")
NOT_DIAGRAMS = frozenset({".form", ".json"})
DECISIONS = ".dmn"


@dataclass(frozen=True, slots=True)
class Intake:
    """What was found in an upload. `diagrams` are normalised, those that could be read. `findings` are errors and
    warnings, `repairs` what was settled by BPMN's meaning, `offers` the repairs that `accept_repairs` would add.
    `decisions` are the DMN files."""

    diagrams: tuple[Diagram, ...]
    findings: tuple[Finding, ...]
    repairs: tuple[Finding, ...] = ()
    offers: tuple[Finding, ...] = ()
    decisions: tuple[Decisions, ...] = ()

    @property
    def refused(self) -> bool:
        return blocks(self.findings)


def examine(files: Files, vocabulary: Vocabulary, accept_repairs: bool = False) -> Intake:
    """As `intake.inspect`, in this process and without limits."""
    drawn: list[Diagram] = []
    decided: list[Decisions] = []
    findings: list[Finding] = []
    for name, data in files:
        ending = PurePath(name).suffix.lower()
        if ending in NOT_DIAGRAMS:
            continue
        if ending == DECISIONS:
            decided.append(read_decisions(name, data))
            continue
        try:
            drawn.append(read_diagram(name, data))
        except DiagramUnreadable as error:
            findings.append(error.finding)
    findings.extend(_duplicates(drawn))
    findings.extend(_of_decisions(decided))
    known = vocabulary.with_processes(frozenset(key for diagram in drawn for key in diagram.processes))
    known = known.with_decisions(frozenset(key for file in decided for key in file.decisions))
    diagrams: list[Diagram] = []
    repairs: list[Finding] = []
    offers: list[Finding] = []
    for diagram in drawn:
        normal, repaired = normalise(diagram, accept=accept_repairs)
        diagrams.append(normal)
        repairs.extend(finding for finding in diagram.problems if finding.severity == REPAIR)
        repairs.extend(repaired)
        findings.extend(lint(normal, known))
        if not accept_repairs:
            offers.extend(_offers(diagram, repaired))
    findings.extend(endless_calls.check(diagrams))
    return Intake(
        tuple(diagrams),
        tuple(in_order(findings)),
        tuple(in_order(repairs)),
        tuple(in_order(offers)),
        tuple(decided),
    )


def _of_decisions(files: list[Decisions]) -> Iterator[Finding]:
    seen: set[str] = set()
    for file in files:
        yield from file.problems
        yield from compile_decisions(file).problems
        for decision in file.decisions.values():
            if decision.id in seen:
                params = {"element": decision.label}
                yield Finding(
                    "duplicate-decision",
                    "error",
                    TWO_FILES,
                    decision.line,
                    decision.id,
                    decision.name,
                    file.file,
                    params,
                )
            seen.add(decision.id)


def _offers(diagram: Diagram, repaired: list[Finding]) -> list[Finding]:
    made = {(finding.rule, finding.element_id) for finding in repaired}
    return [f for f in normalise(diagram, accept=True)[1] if (f.rule, f.element_id) not in made]


def _duplicates(drawn: list[Diagram]) -> list[Finding]:
    seen: set[str] = set()
    found = []
    for diagram in drawn:
        for process in diagram.processes.values():
            if process.id in seen:
                where = Finding("duplicate-process", "error", DUPLICATE, process.line, process.id, process.name)
                found.append(replace(where, file=diagram.file, params={"element": process.name or process.id}))
            seen.add(process.id)
    return found
