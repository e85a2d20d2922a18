"""Lanes: the names of those that hold a node, the outermost first."""

from lxml import etree

from bpmn.parsing.source import Source
from bpmn.parsing.xml import attribute, element, elements, text
from kernel.i18n import N_

NOT_THERE = N_("The lane “%(element)s” lists “%(reference)s”, which is not in the file.")


def lanes_of(process: etree._Element, source: Source) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for lane_set in elements(process, "laneSet"):
        _collect(lane_set, (), found, source)
    return found


def _collect(
    lane_set: etree._Element,
    outer: tuple[str, ...],
    found: dict[str, tuple[str, ...]],
    source: Source,
) -> None:
    for lane in elements(lane_set, "lane"):
        name = attribute(lane, "name") or attribute(lane, "id") or ""
        names = (*outer, name) if name else outer
        for reference in elements(lane, "flowNodeRef"):
            node = text(reference)
            if node is None:
                continue
            if source.find(node) is None:
                source.problem("lane-reference", "warning", NOT_THERE, lane, reference=node)
            if len(names) >= len(found.get(node, ())):
                found[node] = names
        inner = element(lane, "childLaneSet")
        if inner is not None:
            _collect(inner, names, found, source)
