"""Data associations: which value goes into an element's data before it begins, and out of it when it is done."""

from collections.abc import Iterator

from lxml import etree

from bpmn.expressions import ExpressionError, compile_expression
from bpmn.model import Movement
from bpmn.parsing.source import Source
from bpmn.parsing.xml import BPMN, attribute, child_text, elements, local, text
from bpmn.vendors import camunda, jbpm
from kernel.i18n import N_

PLACEHOLDER = "__targetRef_placeholder"
"""What bpmn-js draws an association to where an activity names no data of its own."""
Value = str | int | float | bool
UNREADABLE = N_(
    "“%(element)s”: the value “%(text)s” of its data cannot be translated and is left out. Write it as an expression."
)


def movements(found: etree._Element, kind: str, source: Source) -> tuple[Movement, ...]:
    """What the associations of one kind (dataInputAssociation, dataOutputAssociation) of an element move, in order."""
    return tuple(
        one
        for association in elements(found, kind)
        for one in _of(association, source)
        if not one.computed or _is_readable(one, found, source)
    )


def initial_values(process: etree._Element, source: Source) -> dict[str, Value]:
    """What data objects hold from the beginning, by the variables that stand for them."""
    found: dict[str, Value] = {}
    for data in process.iter(f"{{{BPMN}}}dataObject"):
        name = variable_of(attribute(data, "id"), source)
        value = next((one for ns in camunda.NAMESPACES if (one := camunda.initial_value(data, ns)) is not None), None)
        if name is not None and value is not None:
            found[name] = value
    return found


def variable_of(reference: str | None, source: Source) -> str | None:
    """The variable that stands for a data element: its name where that can be one, or that of its object, or its id."""
    data = source.find(reference)
    if data is None:
        return reference if reference is not None and reference.isidentifier() else None
    name = attribute(data, "name")
    if name == PLACEHOLDER:
        return None
    if name is not None and name.isidentifier():
        return name
    if local(data) == "dataObjectReference" and attribute(data, "dataObjectRef") is not None:
        return variable_of(attribute(data, "dataObjectRef"), source)
    identifier = attribute(data, "id")
    return identifier if identifier is not None and identifier.isidentifier() else None


def _of(association: etree._Element, source: Source) -> Iterator[Movement]:
    target = child_text(association, "targetRef")
    assignments = list(elements(association, "assignment"))
    for assignment in assignments:
        goal, value = child_text(assignment, "to"), child_text(assignment, "from")
        name = variable_of(goal, source)
        if name is not None and value is not None:
            value = jbpm.literal(value) if jbpm.wrote(source.root) else value
            yield Movement(name, value, computed=True, own=_is_own(goal, source))
    name = variable_of(target, source)
    if assignments or name is None:
        return
    transformation = child_text(association, "transformation")
    sources = [variable_of(text(one), source) for one in elements(association, "sourceRef")]
    if transformation is not None:
        yield Movement(name, transformation, computed=True, own=_is_own(target, source))
    elif len(sources) == 1 and sources[0] not in (None, name):
        yield Movement(name, str(sources[0]), own=_is_own(target, source))


def _is_own(reference: str | None, source: Source) -> bool:
    data = source.find(reference)
    return data is not None and local(data) == "dataInput"


def _is_readable(movement: Movement, found: etree._Element, source: Source) -> bool:
    try:
        compile_expression(movement.value)
    except ExpressionError:
        if not jbpm.wrote(source.root):
            source.problem("data-left-out", "repair", UNREADABLE, found, text=movement.value)
        return False
    return True
