"""Reads a BPMN 2.0 file into a `Diagram` of plain values, each with the line it was read from."""

from dataclasses import replace

from lxml import etree

from bpmn.model import FLOW_NODES, Diagram, Finding, Flow, Process
from bpmn.parsing import agreements, artifacts, data_sets, references, scopes, structure
from bpmn.parsing.message_flows import message_flows
from bpmn.parsing.source import NAMED, Source
from bpmn.parsing.xml import BPMN, BPMN_DI, Unsafe, attribute, boolean, element, elements, line_of, parse, whole
from kernel.errors import ValidationFailed
from kernel.i18n import N_

NOT_XML = N_("The file is not well-formed XML: %(reason)s. Save it again in the tool that made it.")
NOT_BPMN = N_(
    "This is not a BPMN 2.0 file: it does not begin with BPMN's “definitions”. Export the diagram as BPMN 2.0."
)
NO_PROCESS = N_("There is no process in the file. Draw one, or choose another file.")
TOO_LARGE = N_(
    "The file is larger than a diagram may be (5 MB, 10,000 steps and flows). Split it into several processes."
)
TOO_DEEP = N_("Elements are nested deeper than a diagram may be. Flatten it.")
ENTITIES = N_(
    "The file declares a document type or entities, which diagrams may not. Export it again as plain BPMN 2.0."
)
NO_POOL_PROCESS = N_("The pool “%(element)s” refers to the process “%(reference)s”, which is not in the file.")
MULTIPLICITY = N_(
    "The pool “%(element)s” has an impossible multiplicity. The maximum must be 1 or more, and not below the minimum."
)
EXTENSION = N_("The file needs the extension “%(what)s” to be understood, which nobody here does. Export it without.")
MAXIMUM_STEPS = 10_000
REASONS = {
    "size": TOO_LARGE,
    "elements": TOO_LARGE,
    "depth": TOO_DEEP,
    "entities": ENTITIES,
}


class DiagramUnreadable(ValidationFailed):
    """The file is no BPMN that could be looked at; `finding` says where and what to do."""

    default_code = "diagram_invalid"
    default_message = N_("The file cannot be read as a BPMN diagram.")

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(message=finding.message, params=finding.params)

    def __reduce__(self) -> tuple[type["DiagramUnreadable"], tuple[Finding]]:
        return DiagramUnreadable, (self.finding,)


def read_diagram(name: str, data: bytes) -> Diagram:
    """The diagram as drawn, nothing repaired. Raises `DiagramUnreadable`."""
    source = Source.of(name, _definitions(name, data))
    structure.check(source)
    scopes.duplicates(source)
    references.check(source)
    data_sets.check(source)
    agreements.check(source)
    _check_extensions(source)
    artifacts.collect_annotations(source)
    participants = _participants(source)
    handlers = artifacts.handlers(source)
    processes: dict[str, Process] = {}
    for found in elements(source.root, "process"):
        pool = next(
            (pool for pool, process in participants.items() if process == attribute(found, "id")),
            None,
        )
        participant = attribute(source.by_id[pool], "name") if pool is not None else None
        process = scopes.process_of(found, source, handlers, participant)
        if process is not None:
            processes.setdefault(process.id, process)
    if not processes and not source.problems:
        raise _unreadable(name, "no-process", NO_PROCESS, 1)
    pictured = _pictured(source)
    return Diagram(
        file=name,
        processes=_connected(processes),
        **{plural: source.names[kind] for kind, plural in NAMED.items()},
        message_flows=message_flows(source, participants),
        has_picture=bool(pictured),
        pictured=pictured,
        participants=participants,
        problems=tuple(source.problems),
    )


def _definitions(name: str, data: bytes) -> etree._Element:
    try:
        root = parse(data)
    except Unsafe as error:
        raise _unreadable(name, "unsafe-file", REASONS[error.reason], error.line) from None
    except etree.XMLSyntaxError as error:
        raise _unreadable(
            name,
            "not-xml",
            NOT_XML,
            error.lineno or 1,
            reason=(error.msg or "").strip(" ."),
        ) from None
    if root.tag != f"{{{BPMN}}}definitions":
        raise _unreadable(name, "not-bpmn", NOT_BPMN, line_of(root))
    steps = sum(1 for _ in root.iter(*(f"{{{BPMN}}}{kind}" for kind in (*FLOW_NODES, "sequenceFlow"))))
    if steps > MAXIMUM_STEPS:
        raise _unreadable(name, "unsafe-file", TOO_LARGE, 1)
    return root


def _unreadable(name: str, rule: str, message: str, line: int, **params: str) -> DiagramUnreadable:
    return DiagramUnreadable(Finding(rule, "error", message, line, file=name, params=params))


def _connected(processes: dict[str, Process]) -> dict[str, Process]:
    """A flow counts for the process it stands in; its ends may, wrongly, lie in another, which lint looks at."""
    every: dict[str, Flow] = {}
    for process in processes.values():
        every.update(process.flows)
    return {process.id: replace(process, nodes=scopes.connect(process.nodes, every)) for process in processes.values()}


def _participants(source: Source) -> dict[str, str | None]:
    """Pool id → the id of its process (None: a black box)."""
    found: dict[str, str | None] = {}
    for participant in source.root.iter(f"{{{BPMN}}}participant"):
        identifier = attribute(participant, "id")
        if identifier is not None:
            reference = attribute(participant, "processRef")
            process = source.find(reference)
            if reference is not None and process is None:
                source.problem("pool-reference", "error", NO_POOL_PROCESS, participant, reference=reference)
            found[identifier] = attribute(process, "id") if process is not None else None
            _check_multiplicity(participant, source)
    return found


def _check_multiplicity(participant: etree._Element, source: Source) -> None:
    many = element(participant, "participantMultiplicity")
    if many is not None:
        least, most = whole(attribute(many, "minimum"), 0), whole(attribute(many, "maximum"), 1)
        if least < 0 or most < 1 or least > most:
            source.problem("pool-multiplicity", "error", MULTIPLICITY, participant)


def _check_extensions(source: Source) -> None:
    for found in elements(source.root, "extension"):
        if boolean(attribute(found, "mustUnderstand"), False):
            source.problem("unknown-extension", "error", EXTENSION, found, what=attribute(found, "definition") or "?")


def _pictured(source: Source) -> frozenset[str]:
    found = set()
    for kind in ("BPMNShape", "BPMNEdge"):
        for shape in source.root.iter(f"{{{BPMN_DI}}}{kind}"):
            target = source.find(attribute(shape, "bpmnElement"))
            if target is not None:
                found.add(attribute(target, "id") or "")
    return frozenset(found)
