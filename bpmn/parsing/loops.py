"""Loops and multi-instance, with BPMN's own bounds or those of a vendor's attributes."""

from lxml import etree

from bpmn.extensions import OURS, VENDORS, ZEEBE
from bpmn.model import Loop, LoopEvent
from bpmn.parsing.events import definition_of, event_definitions
from bpmn.parsing.source import Source
from bpmn.parsing.xml import (
    attribute,
    boolean,
    child_text,
    element,
    elements,
    line_of,
    local,
    text,
    whole,
)
from kernel.i18n import N_

TWICE = N_("“%(element)s” is marked as repeated more than once. Keep one of the marks.")
MARKS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})


def loop_of(activity: etree._Element, source: Source) -> Loop | None:
    found = element(activity, "multiInstanceLoopCharacteristics")
    if sum(1 for one in elements(activity) if local(one) in MARKS) > 1:
        source.problem("loop-twice", "error", TWICE, activity)
    if found is not None:
        return _multi_instance(found, activity, source)
    found = element(activity, "standardLoopCharacteristics")
    if found is None:
        return None
    maximum = whole(attribute(found, "loopMaximum"), 0)
    return Loop(
        multi=False,
        condition=child_text(found, "loopCondition"),
        maximum=maximum or None,
        test_before=boolean(attribute(found, "testBefore"), False),
        line=line_of(found),
    )


def _multi_instance(found: etree._Element, activity: etree._Element, source: Source) -> Loop:
    collection, item = _vendor_collection(found)
    zeebe = _zeebe(found)
    return Loop(
        multi=True,
        sequential=boolean(attribute(found, "isSequential"), False),
        cardinality=child_text(found, "loopCardinality"),
        collection=zeebe.get("inputCollection")
        or collection
        or _variable(child_text(found, "loopDataInputRef"), activity, source),
        element=zeebe.get("inputElement") or item or _item(found, "inputDataItem"),
        output_collection=attribute(found, "outputCollection", OURS)
        or zeebe.get("outputCollection")
        or _variable(child_text(found, "loopDataOutputRef"), activity, source),
        output_element=attribute(found, "outputItem", OURS)
        or zeebe.get("outputElement")
        or _item(found, "outputDataItem"),
        completion=child_text(found, "completionCondition"),
        behavior=attribute(found, "behavior") or "All",
        events=_events(found, activity, source),
        counts_from=1 if zeebe else 0,
        line=line_of(found),
    )


def _events(found: etree._Element, activity: etree._Element, source: Source) -> tuple[LoopEvent, ...]:
    """What the runs throw, by the behavior."""
    behavior = attribute(found, "behavior")
    if behavior == "Complex":
        return tuple(
            LoopEvent(event, child_text(definition, "condition"))
            for definition in elements(found, "complexBehaviorDefinition")
            if (thrown := element(definition, "event")) is not None
            for event in event_definitions(thrown, source)
        )
    reference = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}.get(behavior or "")
    target = source.find(attribute(found, reference)) if reference else None
    return () if target is None else (LoopEvent(definition_of(target, activity, source)),)


def _vendor_collection(found: etree._Element) -> tuple[str | None, str | None]:
    own = attribute(found, "collection", OURS)
    if own is not None:
        return own, attribute(found, "item", OURS)
    for ns in VENDORS:
        collection = attribute(found, "collection", ns)
        if collection is not None:
            return collection, attribute(found, "elementVariable", ns)
    return None, None


def _zeebe(found: etree._Element) -> dict[str, str]:
    holder = element(found, "extensionElements")
    loop = element(holder, "loopCharacteristics", ZEEBE) if holder is not None else None
    return (
        {str(name): str(value).strip() for name, value in loop.attrib.items() if value.strip()}
        if loop is not None
        else {}
    )


def _item(found: etree._Element, name: str) -> str | None:
    item = element(found, name)
    if item is None:
        return None
    return attribute(item, "name") or attribute(item, "id")


def _variable(reference: str | None, activity: etree._Element, source: Source) -> str | None:
    """The variable behind a data reference: followed through associations and data objects, else the text itself."""
    seen: set[str] = set()
    while reference is not None and reference not in seen:
        seen.add(reference)
        found = source.find(reference)
        if found is None:
            return reference
        following = _behind(found, reference, activity)
        if following is None:
            name = attribute(found, "name")
            return name if name is not None and name.isidentifier() else reference
        reference = following
    return reference


def _behind(found: etree._Element, reference: str, activity: etree._Element) -> str | None:
    kind = local(found)
    if kind in ("dataInput", "dataOutput"):
        near, far = ("targetRef", "sourceRef") if kind == "dataInput" else ("sourceRef", "targetRef")
        for association in activity.iterchildren(etree.Element):
            if local(association).endswith("Association") and child_text(association, near) == reference:
                return text(element(association, far))
        return None
    name = attribute(found, "name")
    if kind == "dataObjectReference" and not (name or "").isidentifier():
        return attribute(found, "dataObjectRef")
    return None
