"""Event definitions: what an event waits for or throws."""

from collections.abc import Iterator

from lxml import etree

from bpmn.extensions import VENDORS
from bpmn.model import EventDefinition
from bpmn.parsing.source import CODES, Source
from bpmn.parsing.xml import (
    BPMN,
    attribute,
    boolean,
    child_text,
    elements,
    executable,
    line_of,
    local,
    text,
)
from bpmn.vendors import jbpm
from kernel.i18n import N_

SUFFIX = "EventDefinition"
TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
REFERENCES = {
    "message": "messageRef", "signal": "signalRef", "error": "errorRef", "escalation": "escalationRef",
}  # fmt: skip
TWO_TIMES = N_("“%(element)s” has more than one time. Keep a date, a duration or a cycle, not several of them.")
NO_CODE = N_("“%(element)s” throws the %(kind)s “%(reference)s”, which has no code. Give it one: catchers ask for it.")
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
NO_DEFINITION = N_("“%(element)s” refers to the event definition “%(reference)s”, which is not in the file.")


def event_definitions(event: etree._Element, source: Source) -> tuple[EventDefinition, ...]:
    return tuple(definition_of(found, event, source) for found in _drawn(event, source))


def _drawn(event: etree._Element, source: Source) -> Iterator[etree._Element]:
    for found in elements(event):
        name = local(found)
        if name == "eventDefinitionRef":
            target = source.find(text(found))
            if target is None or not local(target).endswith(SUFFIX):
                source.problem(
                    "unresolved-reference",
                    "error",
                    NO_DEFINITION,
                    event,
                    reference=text(found) or "",
                )
            else:
                yield target
        elif name.endswith(SUFFIX):
            yield found


def definition_of(found: etree._Element, event: etree._Element, source: Source) -> EventDefinition:
    """What an event definition says; `event` is the element to point at where it is wrong."""
    kind = local(found).removesuffix(SUFFIX)
    reference = named = None
    if kind in REFERENCES:
        named = attribute(found, REFERENCES[kind])
        if kind in CODES and local(event) in THROWS and _has_no_code(kind, named, event, source):
            source.problem("thrown-without-code", "error", NO_CODE, event, kind=kind, reference=named or "")
        reference = source.resolved(kind, named, event) or named
    elif kind == "link":
        reference = attribute(found, "name") or attribute(event, "name")
    return EventDefinition(
        kind=kind,
        line=line_of(found),
        id=attribute(found, "id"),
        reference=reference,
        timer=_timer(found, event, source) if kind == "timer" else None,
        condition=child_text(found, "condition") if kind == "conditional" else None,
        activity_ref=attribute(found, "activityRef"),
        wait_for_completion=boolean(attribute(found, "waitForCompletion"), True),
        everything=any(boolean(attribute(found, "terminateAll", ns), False) for ns in VENDORS)
        or (kind in CODES and _stands_for_all(kind, named, source)),
    )


def _stands_for_all(kind: str, named: str | None, source: Source) -> bool:
    """Whether a reference leads to the only error (or escalation) of the file without a code: caught, it is any. Where
    several have none, their names tell them apart."""
    codeless = [found for found in source.root.iter(f"{{{BPMN}}}{kind}") if not attribute(found, CODES[kind])]
    return len(codeless) == 1 and source.find(named) is codeless[0]


def _has_no_code(kind: str, named: str | None, event: etree._Element, source: Source) -> bool:
    """Whether a process that is declared executable throws an error or escalation that is there, but has no code."""
    target = source.find(named)
    return executable(event) and target is not None and attribute(target, CODES[kind]) is None


def _timer(found: etree._Element, event: etree._Element, source: Source) -> tuple[str, str] | None:
    times = [(TIMERS[local(e)], text(e) or "") for e in elements(found) if local(e) in TIMERS]
    given = [(kind, value) for kind, value in times if value]
    if len(given) > 1:
        source.problem("timer-ambiguous", "error", TWO_TIMES, event)
    if not given:
        return None
    kind, value = given[0]
    return kind, jbpm.time(kind, value) if jbpm.wrote(source.root) else value
