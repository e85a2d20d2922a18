"""Our extension of BPMN (namespace `urn:procession:bpmn:1.0`), and what vendors wrote read into the same `Extension`."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from lxml import etree

from bpmn.model import Extension, Parameter, Result
from bpmn.parsing.source import Source
from bpmn.parsing.xml import attribute, boolean, element, elements, text
from bpmn.vendors import camunda, jbpm, literals, resources, spiff, zeebe

OURS = "urn:procession:bpmn:1.0"
VENDORS = tuple(camunda.NAMESPACES)
ZEEBE = zeebe.NAMESPACE


def inner_elements(found: etree._Element) -> list[etree._Element]:
    """What stands in an element's extensionElements."""
    return [child for holder in elements(found, "extensionElements") for child in holder.iterchildren(etree.Element)]


def titles_of(found: etree._Element) -> dict[str, str]:
    given = {
        "ru": attribute(found, "titleRu", OURS),
        "en": attribute(found, "titleEn", OURS),
    }
    return {language: title for language, title in given.items() if title}


def extension_of(found: etree._Element, source: Source) -> Extension:
    """Our own extension where there is one; else what vendors say, the first to say something winning."""
    inner = inner_elements(found)
    own = _ours(found, inner)
    if own is not None:
        return own
    said: dict[str, Any] = {}
    for vendor in _vendors(found, inner, source):
        for field in fields(Extension) if vendor is not None else ():
            value = getattr(vendor, field.name)
            if value and field.name not in said:
                said[field.name] = value
    return Extension(**said)


def foreign_of(found: etree._Element) -> str | None:
    """What another tool's machine would have done at this element, as a short technical text."""
    inner = inner_elements(found)
    for ns in VENDORS:
        told = camunda.foreign(found, inner, ns)
        if told is not None:
            return told
    return zeebe.foreign(found, inner) or spiff.foreign(inner)


def left_out(found: etree._Element) -> list[str]:
    """What of vendors' extensions is read past although it would have changed what happens."""
    inner = inner_elements(found)
    told = [what for ns in VENDORS for what in camunda.left_out(found, inner, ns)]
    told.extend(zeebe.left_out(found, inner))
    told.extend(spiff.left_out(inner))
    told.extend(jbpm.left_out(found, inner))
    return list(dict.fromkeys(told))


def _vendors(found: etree._Element, inner: list[etree._Element], source: Source) -> Iterator[Extension | None]:
    for ns in VENDORS:
        yield camunda.read(found, inner, ns)
    yield zeebe.read(found, inner)
    yield spiff.read(inner)
    yield resources.read(found, source)
    yield jbpm.read(found, source)


def _ours(found: etree._Element, inner: list[etree._Element]) -> Extension | None:
    mine = {etree.QName(e).localname: e for e in inner if e.tag.startswith(f"{{{OURS}}}")}
    if not mine and not any(str(name).startswith(f"{{{OURS}}}") for name in found.attrib):
        return None
    task, operation, call = mine.get("task"), mine.get("operation"), mine.get("call")
    holder = task if task is not None else operation
    return Extension(
        stage=attribute(found, "stage", OURS),
        titles=titles_of(found),
        instructions=_instructions(task),
        assignee=_of(task, "assignee"),
        candidate_roles=tuple(literals.names(_of(task, "candidateRoles"))),
        candidate_users=_of(task, "candidateUsers"),
        due=_of(task, "due"),
        follow_up=_of(task, "followUp"),
        priority=_of(task, "priority"),
        form=_of(task, "form"),
        activity=_of(task, "activity"),
        results=tuple(_results(task)),
        operation=_of(operation, "name"),
        topic=_of(operation, "topic"),
        on_complete=_of(task, "onComplete"),
        parameters=tuple(_parameters(holder, "parameter")),
        result_variable=_of(operation, "resultVariable") or attribute(found, "resultVariable", OURS),
        inputs=tuple(_parameters(call, "input")),
        outputs=tuple(_parameters(call, "output")),
        call_mapping=call is not None,
        asynchronous=boolean(_of(operation, "async"), False),
        correlation=attribute(found, "correlation", OURS),
        decision=attribute(found, "decision", OURS),
        decision_binding=attribute(found, "decisionBinding", OURS),
        decision_version=attribute(found, "decisionVersion", OURS),
        decision_result=attribute(found, "decisionResult", OURS),
    )


def _of(found: etree._Element | None, name: str) -> str | None:
    return attribute(found, name) if found is not None else None


def _instructions(task: etree._Element | None) -> dict[str, str]:
    told: dict[str, str] = {}
    for found in elements(task, "instructions", OURS) if task is not None else ():
        words = text(found)
        if words is not None:
            told[attribute(found, "lang") or "en"] = words
    return told


def _results(task: etree._Element | None) -> Iterator[Result]:
    for found in elements(task, "result", OURS) if task is not None else ():
        titles = {"ru": attribute(found, "titleRu"), "en": attribute(found, "titleEn")}
        yield Result(
            code=attribute(found, "code") or "",
            titles={language: title for language, title in titles.items() if title},
            primary=boolean(attribute(found, "primary"), False),
        )


def _parameters(holder: etree._Element | None, name: str) -> Iterator[Parameter]:
    for found in elements(holder, name, OURS) if holder is not None else ():
        yield Parameter(attribute(found, "name") or "", attribute(found, "value") or "")


def version_tag(process: etree._Element) -> str | None:
    found = element(process, "extensionElements")
    tag = element(found, "versionTag", ZEEBE) if found is not None else None
    return (
        attribute(process, "versionTag", OURS)
        or camunda.version_tag(process)
        or (attribute(tag, "value") if tag is not None else None)
    )
