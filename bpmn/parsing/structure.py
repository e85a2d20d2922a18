"""The shape of the file: each element of BPMN stands where it may, with the attributes and children it must have."""

from lxml import etree

from bpmn.parsing.schema import ENUMERATIONS, GROUPS, Kind, kinds, known
from bpmn.parsing.source import Source
from bpmn.parsing.xml import BPMN, BPMN_DI, attribute, elements, executable, local, namespace
from bpmn.vendors import jbpm
from kernel.i18n import N_

UNKNOWN = N_("“%(type)s” is not an element of BPMN. Remove it, or replace it by what it should be.")
FOREIGN = N_(
    "“%(element)s”: %(type)s inside %(place)s is not of BPMN. Put what another tool adds into extensionElements, or remove it."
)
MISPLACED = N_("“%(element)s”: %(type)s may not stand inside %(place)s. Move it to where it belongs, or remove it.")
REPEATED = N_("“%(element)s”: %(place)s holds more than one %(type)s. Keep one.")
MISSING = N_("“%(element)s”: %(place)s holds no %(type)s, without which it says nothing. Add it.")
NO_ATTRIBUTE = N_("“%(element)s”: %(place)s has no %(type)s, without which it says nothing. Add it.")
UNKNOWN_ATTRIBUTE = N_(
    "“%(element)s”: %(place)s has what BPMN does not know: %(attributes)s. It does nothing. Check how it is written, or give "
    "it a namespace of its own."
)
NOT_BOOLEAN = N_("“%(element)s”: %(attribute)s is “%(value)s”. It can only be true or false.")
NOT_WHOLE = N_("“%(element)s”: %(attribute)s is “%(value)s”. It must be a whole number.")
NOT_AMONG = N_("“%(element)s”: %(attribute)s is “%(value)s”. It must be one of: %(known)s.")
BLANK_IN_ID = N_("The id “%(id)s” has a blank in it. Remove it: nothing can refer to such an id.")
SHOWN = frozenset(
    {"participant", "messageFlow", "lane", "operation", "categoryValue", "correlationKey", "conversationLink"}
).union(
    *(
        GROUPS[name].split()
        for name in (
            "$activities",
            "$flowElements",
            "$data",
            "$choreographyElements",
            "$artifacts",
            "$conversations",
            "$roots",
        )
    )
)
"""What designers see or know by a name; whatever is wrong with its parts is told of it."""

HARMLESS = frozenset({"dataInputAssociation", "dataOutputAssociation"})
"""What people draw at the wrong element without anything of it running."""


def check(source: Source) -> None:
    table = kinds()
    for found in source.root.iter(f"{{{BPMN}}}*"):
        kind = table.get(local(found))
        if kind is not None:
            _check_attributes(found, kind, source)
            _check_children(found, kind, source)


def owner(found: etree._Element) -> etree._Element:
    """The element that people know, which something is a part of."""
    while local(found) not in SHOWN and (parent := found.getparent()) is not None:
        found = parent
    return found


def _check_attributes(found: etree._Element, kind: Kind, source: Source) -> None:
    for name in kind.musts:
        if attribute(found, name) is None:
            source.problem(
                "missing-attribute", "error", NO_ATTRIBUTE, owner(found), at=found, place=local(found), type=name
            )
    strange = sorted(name for name in map(str, found.attrib) if name[0] != "{" and name not in kind.attributes)
    if strange:
        told = {"place": local(found), "attributes": ", ".join(strange)}
        source.problem("unknown-attribute", "warning", UNKNOWN_ATTRIBUTE, owner(found), at=found, **told)
    for name in kind.attributes.keys() & found.attrib.keys():
        value = attribute(found, name)
        if value is not None:
            _check_value(found, name, value, kind.attributes[name], source)


def _check_value(found: etree._Element, name: str, value: str, type: str, source: Source) -> None:
    told = {"attribute": name, "value": value}
    if name == "id" and len(value.split()) > 1:
        source.problem("blank-in-id", "error", BLANK_IN_ID, found, id=value)
    elif type == "boolean" and value.lower() not in ("true", "false", "1", "0"):
        source.problem("attribute-value", "error", NOT_BOOLEAN, owner(found), at=found, **told)
    elif type == "integer" and not value.removeprefix("-").removeprefix("+").isdecimal():
        source.problem("attribute-value", "error", NOT_WHOLE, owner(found), at=found, **told)
    elif type in ENUMERATIONS and value not in ENUMERATIONS[type].split():
        choices = ", ".join(ENUMERATIONS[type].split())
        source.problem("attribute-value", "error", NOT_AMONG, owner(found), at=found, known=choices, **told)


def _check_children(found: etree._Element, kind: Kind, source: Source) -> None:
    children = list(elements(found))
    place = local(found)
    for child in found.iterchildren(etree.Element):
        if namespace(child) not in (BPMN, BPMN_DI):
            source.problem("foreign-element", "error", FOREIGN, owner(found), at=child, type=local(child), place=place)
    for child in children:
        name = local(child)
        known_by_id = attribute(child, "id") is not None and (name in SHOWN or name not in known())
        told = child if known_by_id else owner(found)
        if name not in known():
            source.problem("unknown-element", "error", UNKNOWN, told, at=child, type=name)
        elif name not in kind.children:
            severity = "warning" if name in HARMLESS and not executable(found) else "error"
            source.problem("misplaced-element", severity, MISPLACED, told, at=child, type=name, place=place)
    for slot in kind.slots:
        if slot.least == 0 and slot.most is None:
            continue
        there = [child for child in children if local(child) in slot.names]
        name = min(slot.names)
        if slot.most is not None and len(there) > slot.most:
            source.problem("repeated-element", "error", REPEATED, owner(found), at=there[1], place=place, type=name)
        elif len(there) < slot.least and not (place == "ioSpecification" and jbpm.wrote(source.root)):
            source.problem("missing-element", "error", MISSING, owner(found), at=found, place=place, type=name)
