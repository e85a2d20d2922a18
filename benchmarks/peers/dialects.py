"""The measured diagrams in the words of the other engines: the same by meaning."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from benchmarks.diagrams import Workload

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
ASSIGNEE = "1"

Dialect = Callable[[Workload], str]


def camunda(workload: Workload) -> str:
    return _of_java(workload, CAMUNDA, "resultVariable")


def flowable(workload: Workload) -> str:
    return _of_java(workload, FLOWABLE, "resultVariableName")


def python(workload: Workload) -> str:
    """As it is: our expressions are Python's."""
    return workload.xml.decode()


def javascript(workload: Workload) -> str:
    """Conditions and scripts in JavaScript on the variables of the instance."""
    root = etree.fromstring(workload.xml)
    for extension in list(root.iter(f"{BPMN}extensionElements")):
        _parent(extension).remove(extension)
    for condition in root.iter(f"{BPMN}conditionExpression"):
        condition.set(TYPE, "tFormalExpression")
        condition.set("language", "javascript")
        condition.text = f"const {{amount, answer}} = this.environment.variables; next(null, {condition.text});"
    for task in root.iter(f"{BPMN}scriptTask"):
        name, expression = (part.strip() for part in str(task[0].text).split("=", 1))
        task.set("scriptFormat", "javascript")
        assign = f"this.environment.assignVariables({{{name}: {expression}}}); next();"
        task[0].text = f"const {{amount}} = this.environment.variables; {assign}"
    return etree.tostring(root, encoding="unicode")


def _of_java(workload: Workload, namespace: str, result: str) -> str:
    """Conditions in ${}, a script of one assignment as a service task, an assignee as an attribute."""
    root = etree.fromstring(workload.xml)
    for extension in list(root.iter(f"{BPMN}extensionElements")):
        _parent(extension).remove(extension)
    for task in root.iter(f"{BPMN}userTask"):
        task.set(f"{{{namespace}}}assignee", ASSIGNEE)
    for condition in root.iter(f"{BPMN}conditionExpression"):
        condition.set(TYPE, "tFormalExpression")
        condition.text = f"${{{condition.text}}}"
    for task in list(root.iter(f"{BPMN}scriptTask")):
        script = task[0]
        name, expression = (part.strip() for part in str(script.text).split("=", 1))
        task.remove(script)
        task.tag = f"{BPMN}serviceTask"
        task.set(f"{{{namespace}}}expression", f"${{{expression}}}")
        task.set(f"{{{namespace}}}{result}", name)
    return etree.tostring(root, encoding="unicode")


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent
