"""Data of activities and events: inputs and outputs stand in their sets, and associations say where from and where to."""

from lxml import etree

from bpmn.parsing.source import Source
from bpmn.parsing.structure import owner
from bpmn.parsing.xml import BPMN, attribute, child_text, element, elements, executable, local, text
from bpmn.vendors import jbpm
from kernel.i18n import N_

NOT_IN_SET = N_(
    "“%(element)s”: the data “%(reference)s” is in none of its sets of inputs or outputs. Add it to one, or remove it."
)
NOT_AMONG = N_(
    "“%(element)s”: the data “%(reference)s” is listed as optional, but is not in the same set. Add it there."
)
SEVERAL = N_(
    "“%(element)s”: data is taken from several sources without saying how. Add a transformation, or keep one source."
)
NOWHERE = N_("“%(element)s”: a data association leads nowhere. Connect it, or remove it.")
ELSEWHERE = N_(
    "“%(element)s”: a data association ends at “%(reference)s”, which belongs to another element. Connect it to its own."
)
OTHER_TYPE = N_(
    "“%(element)s”: a data association connects data of different types. Add a transformation, or choose the same type."
)
MESSAGE_OF_OPERATION = N_(
    "“%(element)s” names the message “%(reference)s”, which is not that of its operation. Name the same one."
)
NEVER_FILLED = N_(
    "“%(element)s” needs the data “%(reference)s”, which nothing gives it. BPMN would let it wait; here it begins without. "
    "Connect the data, or list it as optional."
)
SIDES = (("dataInput", "inputSet", "InputRefs"), ("dataOutput", "outputSet", "OutputRefs"))
NOT_ITS_OWN = N_(
    "“%(element)s”: its sets list the data “%(reference)s”, which belongs to another element. List its own data only."
)
TOO_MANY = N_("“%(element)s” sends or receives one message: it can have only one %(type)s. Keep one.")
EITHER = ("inMessageRef", "outMessageRef")
TALKING = {"sendTask": ("inMessageRef",), "receiveTask": EITHER, "messageEventDefinition": EITHER}
ONE_OF = {
    "sendTask": ("inputSet", "dataInput"),
    "receiveTask": ("outputSet", "dataOutput"),
    "serviceTask": ("inputSet", "dataInput", "outputSet", "dataOutput"),
}
"""Of what a task that exchanges a message has one at most; a service task does where it names an operation."""


def check(source: Source) -> None:
    """Notes what breaks the rules of data, although nothing of it moves a token."""
    for found in source.root.iter(f"{{{BPMN}}}ioSpecification") if not jbpm.wrote(source.root) else ():
        _check_sets(found, source)
        if executable(found):
            _check_filled(found, source)
    for kind in ("dataInputAssociation", "dataOutputAssociation"):
        for found in source.root.iter(f"{{{BPMN}}}{kind}"):
            if sum(1 for _ in elements(found, "sourceRef")) > 1 and element(found, "transformation") is None:
                source.problem("data-association", "error", SEVERAL, _owner(found))
            if executable(found):
                _check_association(found, source)
    for kind, parts in ONE_OF.items() if not jbpm.wrote(source.root) else ():
        for found in source.root.iter(f"{{{BPMN}}}{kind}"):
            if kind != "serviceTask" or attribute(found, "operationRef") is not None:
                _check_one(found, parts, source)
    for kind, ends in TALKING.items():
        for found in source.root.iter(f"{{{BPMN}}}{kind}"):
            _check_operation(found, ends, source)


def _check_sets(found: etree._Element, source: Source) -> None:
    for kind, holder, ends in SIDES:
        sets = list(elements(found, holder))
        listed = [{text(e) for e in elements(one, f"data{ends}")} for one in sets]
        for data in elements(found, kind):
            identifier = attribute(data, "id")
            if identifier is not None and not any(identifier in one for one in listed):
                name = attribute(data, "name") or identifier
                source.problem("data-set", "error", NOT_IN_SET, _owner(found), reference=name)
        own = {attribute(data, "id") for data in elements(found, kind)}
        for reference in sorted(filter(None, set().union(*listed) - own)):
            if (other := source.find(reference)) is not None and other.getparent() is not found:
                source.problem("data-set", "error", NOT_ITS_OWN, _owner(found), reference=_name(other))
        for one, members in zip(sets, listed, strict=True):
            for child in one.iterchildren(etree.Element):
                if local(child) in (f"optional{ends}", f"whileExecuting{ends}") and text(child) not in members:
                    source.problem("data-set", "error", NOT_AMONG, _owner(found), reference=text(child) or "")


def _check_filled(found: etree._Element, source: Source) -> None:
    """An activity begins when one of its sets of inputs is there; one that nothing fills never is."""
    activity = _owner(found)
    if local(activity) == "process":
        return
    filled = {child_text(one, "targetRef") for one in elements(activity, "dataInputAssociation")}
    filled |= {text(one) for one in activity.iter(f"{{{BPMN}}}loopDataInputRef")}
    lacking = [_required(one) - filled for one in elements(found, "inputSet")]
    if lacking and all(lacking):
        for reference in sorted(filter(None, lacking[0])):
            data = source.find(reference)
            name = _name(data) if data is not None else reference
            source.problem("data-never-filled", "warning", NEVER_FILLED, activity, at=found, reference=name)


def _required(inputs: etree._Element) -> set[str | None]:
    optional = {text(one) for kind in ("optional", "whileExecuting") for one in elements(inputs, f"{kind}InputRefs")}
    return {text(one) for one in elements(inputs, "dataInputRefs")} - optional


def _check_one(found: etree._Element, parts: tuple[str, ...], source: Source) -> None:
    data = element(found, "ioSpecification")
    for part in parts:
        there = list(elements(data, part)) if data is not None else []
        if len(there) > 1:
            source.problem("data-set", "error", TOO_MANY, found, at=there[1], type=part)


def _check_association(found: etree._Element, source: Source) -> None:
    """It leads somewhere; its own end lies at the activity or event it is drawn at; both ends are of one type."""
    if element(found, "targetRef") is None:
        source.problem("data-association", "error", NOWHERE, _owner(found), at=found)
    near = source.find(child_text(found, "targetRef" if local(found) == "dataInputAssociation" else "sourceRef"))
    if near is not None and local(near) in ("dataInput", "dataOutput") and _owner(found) not in near.iterancestors():
        source.problem("data-association", "error", ELSEWHERE, _owner(found), at=found, reference=_name(near))
    said_how = element(found, "transformation") is not None or element(found, "assignment") is not None
    if not said_how and not jbpm.wrote(source.root) and len(_types(found, source)) > 1:
        source.problem("data-association", "error", OTHER_TYPE, _owner(found), at=found)


def _types(association: etree._Element, source: Source) -> set[str | None]:
    """What the data at both ends is made of, as far as both say it."""
    ends = [source.find(text(end)) for kind in ("sourceRef", "targetRef") for end in elements(association, kind)]
    items = [source.find(attribute(end, "itemSubjectRef")) for end in ends if end is not None]
    return {attribute(item, "structureRef") or attribute(item, "id") for item in items if item is not None}


def _name(found: etree._Element) -> str:
    return attribute(found, "name") or attribute(found, "id") or local(found)


def _owner(found: etree._Element) -> etree._Element:
    """The activity, event or process that the data belongs to."""
    parent = found.getparent()
    return found if parent is None else parent


def _check_operation(found: etree._Element, ends: tuple[str, ...], source: Source) -> None:
    operation = source.find(attribute(found, "operationRef") or child_text(found, "operationRef"))
    message = source.find(attribute(found, "messageRef"))
    if operation is None or message is None:
        return
    named = [text(end) for kind in ends for end in elements(operation, kind)]
    if named and not any(source.find(one) is message for one in named):
        reference = attribute(message, "name") or attribute(message, "id") or ""
        source.problem("operation-message", "error", MESSAGE_OF_OPERATION, owner(found), at=found, reference=reference)
