"""jBPM: who does a user task is assigned to its data inputs; scripts around it and calls that do not wait are marks."""

import re
from collections.abc import Iterator

from lxml import etree

from bpmn.model import Extension
from bpmn.parsing.source import Source
from bpmn.parsing.xml import attribute, boolean, child_text, element, elements, local
from bpmn.vendors import literals

NAMESPACE = "http://www.jboss.org/drools"
TYPES = "http://www.java.com/javaTypes"
SCRIPTS = "Java"
"""The language of a script that names none."""
_TIME = re.compile(r"(?:(\d+)d)? *(?:(\d+)h)? *(?:(\d+)m)? *(?:(\d+)s)? *(?:(\d+)(?:ms)?)?")
"""`1d2h`, `5s`, `500`: days, hours, minutes, seconds, milliseconds."""
_LEFT_OUT = {"onEntry-script": "a script before the task", "onExit-script": "a script after the task"}


def read(found: etree._Element, source: Source) -> Extension | None:
    given = dict(_given(found, source)) if local(found) == "userTask" else {}
    people, groups = literals.names(given.get("ActorId")), literals.names(given.get("GroupId"))
    comment = given.get("Comment") or ""
    words = "" if literals.is_computed(comment) else comment
    if not (people or groups or words or given.get("Priority")):
        return None
    return Extension(
        assignee=literals.expression(people[0]) if len(people) == 1 else None,
        candidate_users=literals.name_list(",".join(people)) if len(people) > 1 else None,
        candidate_roles=tuple(group for group in groups if not literals.is_computed(group)),
        priority=literals.number(given.get("Priority")),
        instructions={"en": words} if words else {},
        vendor="jbpm",
    )


def wrote(root: etree._Element) -> bool:
    """Whether jBPM wrote a file; its data has types of its own, and sets only where there is something in them."""
    return NAMESPACE in root.nsmap.values() or attribute(root, "typeLanguage") == TYPES


def literal(written: str) -> str:
    """What is assigned to data stands for itself, unless it is marked as computed, a number or a truth value."""
    plain = literals.is_computed(written) or written.isdigit() or written in ("true", "false")
    return written if plain else repr(written)


def time(kind: str, written: str) -> str:
    """A duration or cycle (`delay###period` or a period alone) of jBPM in ISO 8601; any other text stays as it is."""
    delay, _, period = written.rpartition("###")
    found = _TIME.fullmatch(period.strip())
    if not written or found is None or (delay and delay != period):
        return written
    days, hours, minutes, seconds, milliseconds = (int(part or 0) for part in found.groups())
    iso = f"P{days}DT{hours}H{minutes}M{seconds + milliseconds / 1000:g}S"
    return f"R/{iso}" if kind == "cycle" else iso


def left_out(found: etree._Element, inner: list[etree._Element]) -> Iterator[str]:
    for child in inner:
        if child.tag.startswith(f"{{{NAMESPACE}}}") and local(child) in _LEFT_OUT:
            yield _LEFT_OUT[local(child)]
    if local(found) == "callActivity" and not boolean(attribute(found, "waitForCompletion", NAMESPACE), True):
        yield "that it does not wait for what it calls"


def _given(found: etree._Element, source: Source) -> Iterator[tuple[str, str]]:
    """(name of a data input, the text assigned to it)."""
    for association in elements(found, "dataInputAssociation"):
        target = source.find(child_text(association, "targetRef"))
        assignment = element(association, "assignment")
        if target is not None and assignment is not None and (written := child_text(assignment, "from")):
            yield attribute(target, "name") or "", written
