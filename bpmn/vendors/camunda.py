"""Camunda 7, Flowable and Activiti: attributes and extension elements of one family."""

from collections.abc import Iterator

from lxml import etree

from bpmn.model import Extension, FormField, Parameter
from bpmn.parsing.xml import attribute, boolean, child_text, element, elements, local, text
from bpmn.vendors import literals

NAMESPACES = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
}
_TYPES = {"long": "integer", "int": "integer", "integer": "integer", "double": "number", "boolean": "boolean",
          "date": "date", "datetime": "datetime", "enum": "select", "string": "string"}  # fmt: skip
_DECISION_FIELDS = ("decisionTableReferenceKey", "decisionServiceReferenceKey")
_INITIAL = {"int": int, "integer": int, "long": int, "double": float, "float": float, "decimal": float}
_LEFT_OUT = {
    "executionListener": "an execution listener", "taskListener": "a task listener",
    "inputOutput": "an input and output mapping", "potentialStarter": "who may start the process",
    "mapException": "a mapping of exceptions",
}  # fmt: skip
_LEFT_OUT_MARKS = {
    "errorCodeVariable": "the variable for the code of an error or escalation",
    "escalationCodeVariable": "the variable for the code of an error or escalation",
    "errorMessageVariable": "the variable for the words of an error",
    "variableName": "which changes of variables count", "variableEvents": "which changes of variables count",
    "variableMappingClass": "a mapping of variables in code",
    "variableMappingDelegateExpression": "a mapping of variables in code",
}  # fmt: skip


def read(found: etree._Element, inner: list[etree._Element], ns: str) -> Extension | None:
    """The extension of an element by attributes and extension elements of one namespace; None if there is nothing."""
    own = [e for e in inner if e.tag.startswith(f"{{{ns}}}")]
    if not own and not any(str(name).startswith(f"{{{ns}}}") for name in found.attrib):
        return None
    groups = literals.names(attribute(found, "candidateGroups", ns))
    mapping = [e for e in own if local(e) in ("in", "out")]
    return Extension(
        assignee=literals.expression(attribute(found, "assignee", ns)),
        candidate_users=literals.name_list(attribute(found, "candidateUsers", ns)),
        candidate_roles=tuple(group for group in groups if not literals.is_computed(group)),
        due=literals.moment(attribute(found, "dueDate", ns)),
        follow_up=literals.moment(attribute(found, "followUpDate", ns)),
        priority=literals.number(attribute(found, "priority", ns)),
        form=attribute(found, "formKey", ns) or attribute(found, "formRef", ns),
        fields=tuple(_fields(own)),
        asynchronous=boolean(attribute(found, "asyncBefore", ns) or attribute(found, "async", ns), False),
        result_variable=attribute(found, "resultVariable", ns) or attribute(found, "resultVariableName", ns),
        decision=attribute(found, "decisionRef", ns) or _decision_table(found, own, ns),
        decision_binding=attribute(found, "decisionRefBinding", ns),
        decision_version=attribute(found, "decisionRefVersion", ns),
        decision_result=_result_mapping(found, ns),
        inputs=tuple(_mapped(mapping, "in")),
        outputs=tuple(_mapped(mapping, "out")),
        call_mapping=bool(mapping) and not any(attribute(e, "variables") == "all" for e in mapping),
        initiator=attribute(found, "initiator", ns),
        vendor=NAMESPACES[ns],
    )


def foreign(found: etree._Element, inner: list[etree._Element], ns: str) -> str | None:
    """What a machine of that tool would have done at this element."""
    for name, told in (
        ("class", "Java class"),
        ("delegateExpression", "delegate"),
        ("expression", "expression"),
        ("topic", "external task"),
        ("caseRef", "case"),
    ):
        value = attribute(found, name, ns)
        if value is not None:
            return f"{told} {value}"
    kind = attribute(found, "type", ns)
    if kind == "dmn" and _decision_table(found, inner, ns) is not None:
        return None
    if kind is not None:
        return f"{kind} task"
    connector = next((e for e in inner if e.tag == f"{{{ns}}}connector"), None)
    return "connector" if connector is not None else None


def left_out(found: etree._Element, inner: list[etree._Element], ns: str) -> Iterator[str]:
    """What of that tool is read past, in words."""
    for child in inner:
        if child.tag.startswith(f"{{{ns}}}") and local(child) in _LEFT_OUT:
            yield _LEFT_OUT[local(child)]
    if any(literals.is_computed(group) for group in literals.names(attribute(found, "candidateGroups", ns))):
        yield "computed candidate groups"
    if attribute(found, "skipExpression", ns) is not None:
        yield "skipExpression"
    for place in (found, *(e for e in elements(found) if local(e).endswith("EventDefinition"))):
        yield from (told for name, told in _LEFT_OUT_MARKS.items() if attribute(place, name, ns) is not None)
    if attribute(found, "calledElementBinding", ns) not in (None, "latest"):
        yield "which version is called"


def _fields(own: list[etree._Element]) -> Iterator[FormField]:
    for holder in own:
        if local(holder) == "formData":
            yield from (_field(e) for e in holder.iterchildren(etree.Element) if local(e) == "formField")
        elif local(holder) == "formProperty":
            yield _field(holder)


def _field(found: etree._Element) -> FormField:
    constraints = [
        c for c in found.iter(etree.Element) if local(c) == "constraint" and attribute(c, "name") == "required"
    ]
    options = tuple(
        (attribute(v, "id") or "", attribute(v, "name") or attribute(v, "id") or "")
        for v in found.iterchildren(etree.Element)
        if local(v) == "value"
    )
    return FormField(
        key=attribute(found, "id") or "",
        label=attribute(found, "label") or attribute(found, "name") or attribute(found, "id") or "",
        type=_TYPES.get((attribute(found, "type") or "string").lower(), "string"),
        required=boolean(
            attribute(found, "required"),
            any(attribute(c, "config") != "false" for c in constraints),
        ),
        default=attribute(found, "defaultValue") or attribute(found, "default"),
        options=options,
    )


def _mapped(mapping: list[etree._Element], direction: str) -> Iterator[Parameter]:
    for found in mapping:
        target = attribute(found, "target")
        source = attribute(found, "source") or attribute(found, "sourceExpression")
        if local(found) == direction and target is not None and source is not None:
            yield Parameter(target, source)


def _decision_table(found: etree._Element, inner: list[etree._Element], ns: str) -> str | None:
    """Flowable's decision task is a service task of type dmn, its decision a field."""
    if attribute(found, "type", ns) != "dmn":
        return None
    named = (e for e in inner if e.tag == f"{{{ns}}}field" and attribute(e, "name") in _DECISION_FIELDS)
    return next((attribute(e, "stringValue") or text(e) for e in named), None)


def _result_mapping(found: etree._Element, ns: str) -> str | None:
    """Camunda gives a list of records where nothing else is said."""
    said = attribute(found, "mapDecisionResult", ns)
    if said is None and NAMESPACES[ns] == "camunda" and attribute(found, "decisionRef", ns) is not None:
        return "resultList" if attribute(found, "resultVariable", ns) is not None else None
    return said


def version_tag(process: etree._Element) -> str | None:
    return next(
        (tag for ns in NAMESPACES if (tag := attribute(process, "versionTag", ns))),
        None,
    )


def extended(found: etree._Element, name: str) -> str | None:
    """The text of an extension element of any of the family (a script, a collection)."""
    for ns in NAMESPACES:
        child = next(elements(found, name, ns), None)
        if child is not None:
            return text(child)
    return None


def initial_value(data: etree._Element, ns: str) -> str | int | float | bool | None:
    """What a data object of Activiti or Flowable holds from the beginning, of the type it names."""
    holder = element(data, "extensionElements")
    written = child_text(holder, "value", ns) if holder is not None else None
    kind = (attribute(data, "itemSubjectRef") or "").rpartition(":")[2]
    if written is None or kind == "boolean":
        return None if written is None else boolean(written, False)
    try:
        return _INITIAL.get(kind, str)(written)
    except ValueError:
        return written
