"""A diagram reduced to what moves tokens: every activity is a person's, each condition is true or false by chance."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass

from lxml import etree

from bpmn.parsing.xml import BPMN

TO_A_PERSON = ("serviceTask", "sendTask", "businessRuleTask", "scriptTask", "manualTask", "task", "callActivity")
DATA = ("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property", "extensionElements", "documentation",
        "potentialOwner", "humanPerformer", "performer")  # fmt: skip
OF_WORK = ("calledElement", "messageRef", "operationRef", "implementation", "scriptFormat")
DIFFERENT = ("complexGateway", "adHocSubProcess")
"""Camunda reads past them."""
TIME = "PT1000H"
MOST_RUNS = 3


class Left(Exception):
    """Why a file is not compared."""


@dataclass(frozen=True, slots=True)
class Plain:
    """`conventions` are elements that the engines count differently in their history: a join once or by each token that
    comes, a link, a compensation event; `throwing` those that Camunda calls cancelled where they end their own scope."""

    xml: bytes
    process: str
    start: str
    conventions: frozenset[str]
    throwing: frozenset[str]
    compensates: bool


def plain(data: bytes, seed: int) -> Plain:
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Left("not well-formed") from error
    if root.tag != tag("definitions") or root.getroottree().docinfo.doctype:
        raise Left("no BPMN file")
    if any(root.find(f".//{tag(kind)}") is not None for kind in DIFFERENT):
        raise Left("holds what Camunda reads past")
    processes = root.findall(tag("process"))
    if len(processes) != 1:
        raise Left("several processes")
    start = next(
        (found.get("id") for found in processes[0].findall(tag("startEvent")) if not _definitions(found)), None
    )
    if start is None:
        raise Left("no plain start")
    processes[0].set("isExecutable", "true")
    dice = random.Random(seed)
    _strip(root)
    _events(root)
    for loop in root.iter(tag("multiInstanceLoopCharacteristics")):
        _hold(loop, "loopCardinality", str(dice.randint(1, MOST_RUNS)))
    _conditions(root, dice)
    return Plain(
        etree.tostring(root), str(processes[0].get("id")), str(start), _conventions(root),
        frozenset(str(found.get("id")) for kind in ("endEvent", "intermediateThrowEvent", "eventBasedGateway")
                  for found in root.iter(tag(kind))),
        root.find(f".//{tag('compensateEventDefinition')}") is not None,
    )  # fmt: skip


def tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def _definitions(event: etree._Element) -> list[etree._Element]:
    return [child for child in event if str(child.tag).endswith("EventDefinition")]


def _hold(element: etree._Element, name: str, text: str) -> None:
    for child in list(element):
        element.remove(child)
    etree.SubElement(element, tag(name)).text = text


def _strip(root: etree._Element) -> None:
    for found in list(root.iter(*map(tag, DATA))):
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)
    for found in root.iter(f"{{{BPMN}}}*"):
        for name in [name for name in map(str, found.attrib) if name.startswith("{")]:
            del found.attrib[name]
    for kind in TO_A_PERSON:
        for found in list(root.iter(tag(kind))):
            _to_a_person(found)
    for found in list(root.iter(tag("receiveTask"))):
        if found.get("messageRef") is None:
            _to_a_person(found)


def _to_a_person(task: etree._Element) -> None:
    task.tag = tag("userTask")
    for name in OF_WORK:
        task.attrib.pop(name, None)
    for script in task.findall(tag("script")):
        task.remove(script)


def _events(root: etree._Element) -> None:
    for kind in ("intermediateThrowEvent", "endEvent"):
        for event in root.iter(tag(kind)):
            for message in event.findall(tag("messageEventDefinition")):
                event.remove(message)
    for timer in root.iter(tag("timerEventDefinition")):
        _hold(timer, "timeDuration", TIME)
    for condition in root.iter(tag("conditionalEventDefinition")):
        _hold(condition, "condition", "${false}")


def _conditions(root: etree._Element, dice: random.Random) -> None:
    """At a gateway that chooses, every flow but the default has a condition, and one of them holds."""
    nodes = {found.get("id"): found for found in root.iter(f"{{{BPMN}}}*")}
    leaving: dict[str | None, list[etree._Element]] = defaultdict(list)
    for number, flow in enumerate(root.iter(tag("sequenceFlow"))):
        if flow.get("id") is None:
            flow.set("id", f"flow_{number}")
        leaving[flow.get("sourceRef")].append(flow)
    for source, flows in leaving.items():
        node = nodes.get(source)
        chooses = node is not None and node.tag in (tag("exclusiveGateway"), tag("inclusiveGateway")) and len(flows) > 1
        default = node.get("default") if node is not None else None
        asked = [
            flow for flow in flows
            if flow.get("id") != default and (chooses or flow.find(tag("conditionExpression")) is not None)
        ]  # fmt: skip
        answers = [dice.random() < 0.5 for _ in asked]
        if chooses and default is None and not any(answers):
            answers[-1] = True
        for flow, answer in zip(asked, answers, strict=True):
            _hold(flow, "conditionExpression", "${true}" if answer else "${false}")


def _conventions(root: etree._Element) -> frozenset[str]:
    coming = defaultdict(int)
    for flow in root.iter(tag("sequenceFlow")):
        coming[flow.get("targetRef")] += 1
    joins = (
        found for kind in ("parallelGateway", "inclusiveGateway") for found in root.iter(tag(kind))
        if coming[found.get("id")] > 1
    )  # fmt: skip
    marks = (
        found for kind in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent")
        for found in root.iter(tag(kind))
        if any(child.tag in (tag("compensateEventDefinition"), tag("linkEventDefinition")) for child in found)
        and not (kind == "intermediateThrowEvent" and found.find(tag("linkEventDefinition")) is None)
    )  # fmt: skip
    return frozenset(str(found.get("id")) for found in (*joins, *marks))
