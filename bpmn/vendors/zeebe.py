"""Camunda 8 (Zeebe): everything is an extension element, expressions are FEEL with a leading `=`."""

from collections.abc import Iterator

from lxml import etree

from bpmn.model import Extension, Parameter
from bpmn.parsing.xml import attribute, boolean, element, local
from bpmn.vendors import literals

NAMESPACE = "http://camunda.org/schema/zeebe/1.0"
_LEFT_OUT = {
    "executionListeners": "execution listeners", "taskListeners": "task listeners",
    "ioMapping": "an input and output mapping",
}  # fmt: skip


def read(found: etree._Element, inner: list[etree._Element]) -> Extension | None:
    own = {local(e): e for e in inner if e.tag.startswith(f"{{{NAMESPACE}}}")}
    if not own:
        return None
    assignment, schedule = own.get("assignmentDefinition"), own.get("taskSchedule")
    form, decision, priority = (
        own.get("formDefinition"),
        own.get("calledDecision"),
        own.get("priorityDefinition"),
    )
    groups = literals.names(_of(assignment, "candidateGroups"))
    is_call = local(found) == "callActivity"
    inputs = tuple(_mapping(own.get("ioMapping"), "input")) if is_call else ()
    outputs = tuple(_mapping(own.get("ioMapping"), "output")) if is_call else ()
    return Extension(
        assignee=literals.expression(_of(assignment, "assignee")),
        candidate_users=literals.name_list(_of(assignment, "candidateUsers")),
        candidate_roles=tuple(group for group in groups if not literals.is_computed(group)),
        due=literals.moment(_of(schedule, "dueDate")),
        follow_up=literals.moment(_of(schedule, "followUpDate")),
        priority=literals.number(_of(priority, "priority")),
        form=_of(form, "formId") or _of(form, "formKey") or _of(form, "externalReference"),
        decision=_of(decision, "decisionId"),
        decision_binding=_of(decision, "bindingType"),
        result_variable=_of(decision, "resultVariable") or _of(own.get("script"), "resultVariable"),
        inputs=inputs,
        outputs=outputs,
        call_mapping=bool(inputs or outputs),
        vendor="zeebe",
    )


def foreign(found: etree._Element, inner: list[etree._Element]) -> str | None:
    for child in inner:
        if child.tag == f"{{{NAMESPACE}}}taskDefinition":
            return f"job {attribute(child, 'type') or ''}".strip()
    return None


def left_out(found: etree._Element, inner: list[etree._Element]) -> Iterator[str]:
    for child in inner:
        if not child.tag.startswith(f"{{{NAMESPACE}}}"):
            continue
        name = local(child)
        if name in _LEFT_OUT and not (name == "ioMapping" and local(found) == "callActivity"):
            yield _LEFT_OUT[name]
        if name == "calledElement" and not boolean(attribute(child, "propagateAllChildVariables"), True):
            yield "that not all variables come back"
        if name in ("calledElement", "calledDecision") and attribute(child, "bindingType") not in (None, "latest"):
            yield "which version is called"
        if name == "adHoc" and attribute(child, "activeElementsCollection") is not None:
            yield "which activities are offered"
        if name == "assignmentDefinition" and literals.is_computed(attribute(child, "candidateGroups") or ""):
            yield "computed candidate groups"


def called(inner: list[etree._Element]) -> str | None:
    return next(
        (attribute(e, "processId") for e in inner if e.tag == f"{{{NAMESPACE}}}calledElement"),
        None,
    )


def correlation(message: etree._Element | None) -> str | None:
    """The expression whose value a message must bring, as its element says."""
    holder = element(message, "extensionElements") if message is not None else None
    return _of(element(holder, "subscription", NAMESPACE), "correlationKey") if holder is not None else None


def script(inner: list[etree._Element]) -> str | None:
    """A FEEL script as an assignment of our language."""
    for child in inner:
        if child.tag == f"{{{NAMESPACE}}}script":
            value, variable = (
                attribute(child, "expression"),
                attribute(child, "resultVariable"),
            )
            if value and variable:
                return f"{variable} = {value.removeprefix('=').strip()}"
    return None


def _of(found: etree._Element | None, name: str) -> str | None:
    return attribute(found, name) if found is not None else None


def _mapping(found: etree._Element | None, name: str) -> Iterator[Parameter]:
    for child in found if found is not None else ():
        target, source = attribute(child, "target"), attribute(child, "source")
        if local(child) == name and target and source:
            yield Parameter(target, source)
