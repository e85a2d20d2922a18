"""Associations: annotations beside elements, and the handlers of compensation boundary events."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from bpmn.model import EVENTS, FLOW_NODES
from bpmn.parsing.source import Source
from bpmn.parsing.xml import BPMN, attribute, child_text, local


def associations(source: Source) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Both ends of every association whose ends exist, in the order drawn."""
    for found in source.root.iter(f"{{{BPMN}}}association"):
        start, end = (
            source.find(attribute(found, "sourceRef")),
            source.find(attribute(found, "targetRef")),
        )
        if start is not None and end is not None:
            yield start, end


def collect_annotations(source: Source) -> None:
    for start, end in associations(source):
        for noted, note in ((start, end), (end, start)):
            words = child_text(note, "text") if local(note) == "textAnnotation" else None
            words = words or (attribute(note, "name") if local(note).startswith("data") else None)
            if words is not None:
                source.annotations.setdefault(attribute(noted, "id") or "", []).append(words)


def handlers(source: Source) -> dict[str, tuple[str, ...]]:
    """Boundary event id → the activities it is associated with (either direction is drawn in the wild)."""
    found: dict[str, list[str]] = defaultdict(list)
    for start, end in associations(source):
        for event, handler in ((start, end), (end, start)):
            if local(event) == "boundaryEvent" and local(handler) in FLOW_NODES - EVENTS:
                found[attribute(event, "id") or ""].append(attribute(handler, "id") or "")
    return {event: tuple(dict.fromkeys(ids)) for event, ids in found.items()}
