"""References inside the file: what names another element must name one that is there, of a kind that fits."""

from collections.abc import Iterator

from lxml import etree

from bpmn.model import FLOW_NODES
from bpmn.parsing.source import Source
from bpmn.parsing.structure import owner as part_of
from bpmn.parsing.xml import BPMN, attribute, elements, executable, local, namespace, text
from bpmn.vendors.camunda import NAMESPACES
from kernel.i18n import N_

ANY: frozenset[str] = frozenset()
EVENT_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message", "signal", "error", "escalation", "timer", "conditional", "compensate", "cancel", "link", "terminate",
    )
)  # fmt: skip
ITEMS = frozenset(
    {
        "dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "property", "dataInput", "dataOutput",
        "inputDataItem", "outputDataItem",
    }
)  # fmt: skip
XML_SCHEMA = "http://www.w3.org/2001/XMLSchema"
CONVERSATIONS = frozenset({"conversation", "subConversation", "callConversation"})
CHOREOGRAPHIES = frozenset({"choreography", "globalChoreographyTask"})
NAMES: dict[str, frozenset[str]] = {
    "operationRef": frozenset({"operation"}),
    "inMessageRef": frozenset({"message"}),
    "outMessageRef": frozenset({"message"}),
    "interfaceRef": frozenset({"interface"}),
    "supportedInterfaceRef": frozenset({"interface"}),
    "endPointRef": frozenset({"endPoint"}),
    "itemSubjectRef": frozenset({"itemDefinition"}),
    "itemRef": frozenset({"itemDefinition"}),
    "dataObjectRef": frozenset({"dataObject"}),
    "dataStoreRef": frozenset({"dataStore"}),
    "dataInputRefs": frozenset({"dataInput"}),
    "optionalInputRefs": frozenset({"dataInput"}),
    "whileExecutingInputRefs": frozenset({"dataInput"}),
    "dataOutputRefs": frozenset({"dataOutput"}),
    "optionalOutputRefs": frozenset({"dataOutput"}),
    "whileExecutingOutputRefs": frozenset({"dataOutput"}),
    "inputSetRefs": frozenset({"inputSet"}),
    "outputSetRefs": frozenset({"outputSet"}),
    "participantRef": frozenset({"participant"}),
    "initiatingParticipantRef": frozenset({"participant"}),
    "innerParticipantRef": frozenset({"participant"}),
    "outerParticipantRef": frozenset({"participant"}),
    "partnerEntityRef": frozenset({"partnerEntity"}),
    "partnerRoleRef": frozenset({"partnerRole"}),
    "processRef": frozenset({"process"}),
    "messageFlowRef": frozenset({"messageFlow"}),
    "innerMessageFlowRef": frozenset({"messageFlow"}),
    "outerMessageFlowRef": frozenset({"messageFlow"}),
    "innerConversationNodeRef": CONVERSATIONS,
    "outerConversationNodeRef": CONVERSATIONS,
    "calledCollaborationRef": frozenset({"collaboration", "globalConversation"}),
    "calledChoreographyRef": CHOREOGRAPHIES,
    "choreographyRef": CHOREOGRAPHIES,
    "categoryValueRef": frozenset({"categoryValue"}),
    "correlationKeyRef": frozenset({"correlationKey"}),
    "correlationPropertyRef": frozenset({"correlationProperty"}),
    "resourceRef": frozenset({"resource"}),
    "parameterRef": frozenset({"resourceParameter"}),
    "noneBehaviorEventRef": EVENT_DEFINITIONS,
    "oneBehaviorEventRef": EVENT_DEFINITIONS,
    "flowNodeRef": ANY,
    "partitionElementRef": ANY,
    "supports": frozenset({"process"}),
    "definitionalCollaborationRef": frozenset({"collaboration", "choreography", "globalConversation"}),
    "calledElement": frozenset(
        {
            "process",
            "globalTask",
            "globalUserTask",
            "globalManualTask",
            "globalScriptTask",
            "globalBusinessRuleTask",
        }
    ),
}
"""Attribute or child element → the kinds of elements it may name. Others (messages, flows, …) are resolved where they
are read."""
NAMES_OF: dict[tuple[str, str], frozenset[str]] = {
    ("messageFlow", "messageRef"): frozenset({"message"}),
    ("correlationPropertyRetrievalExpression", "messageRef"): frozenset({"message"}),
    ("operation", "errorRef"): frozenset({"error"}),
    ("association", "sourceRef"): ANY,
    ("association", "targetRef"): ANY,
    ("linkEventDefinition", "source"): ANY,
    ("linkEventDefinition", "target"): ANY,
    ("conversationLink", "sourceRef"): CONVERSATIONS | FLOW_NODES | {"participant"},
    ("conversationLink", "targetRef"): CONVERSATIONS | FLOW_NODES | {"participant"},
    ("dataInputAssociation", "sourceRef"): ITEMS,
    ("dataInputAssociation", "targetRef"): ITEMS - {"dataOutput"},
    ("dataOutputAssociation", "sourceRef"): ITEMS - {"dataInput"},
    ("dataOutputAssociation", "targetRef"): ITEMS,
}
"""The same, where it depends on whose attribute or child it is."""
WHERE_KNOWN = frozenset({"calledElement", "supports", "processRef"})
"""What may also be deployed elsewhere, or is told elsewhere: only the kind of what is there is looked at."""
LOOSE = frozenset({"dataInputAssociation", "dataOutputAssociation", "association"})
"""What names variables, or elements that are gone, in the files of vendors whose machines read past it."""
NOT_THERE = N_(
    "“%(element)s” refers to “%(reference)s” (%(attribute)s), which is not in the file. Add it, or remove the reference."
)
WRONG_KIND = N_(
    "“%(element)s” refers to “%(reference)s” (%(attribute)s), which is of another kind: %(found)s. Choose another."
)
NOT_INCOMING = N_(
    "“%(element)s” lists the flow “%(reference)s” as incoming, but that flow does not lead to it. Draw it anew."
)
NOT_OUTGOING = N_(
    "“%(element)s” lists the flow “%(reference)s” as outgoing, but that flow does not leave it. Draw it anew."
)

LISTED_TWICE = N_("“%(element)s” lists the flow “%(reference)s” twice. Keep one.")
NOT_LISTED = N_(
    "The flow “%(reference)s” is connected to “%(element)s”, which does not list it as the others list theirs. It counts "
    "all the same."
)


def check(source: Source) -> None:
    """Notes what refers to nothing, to a wrong kind, or to a flow that is connected elsewhere. A call of the element's own
    name means a process deployed elsewhere."""
    imported = {attribute(found, "namespace") for found in elements(source.root, "import")}
    loose = LOOSE if NAMESPACES.keys() & set(source.root.nsmap.values()) else frozenset()
    for owner, name, reference in _references(source.root):
        if _leads_elsewhere(owner, reference, source, imported):
            continue
        target = source.find(reference)
        if name == "calledElement" and target is owner:
            continue
        told = {"attribute": name, "reference": reference}
        if target is None:
            if name not in WHERE_KNOWN and local(owner) not in loose:
                source.problem("unresolved-reference", "error", NOT_THERE, part_of(owner), at=owner, **told)
            continue
        kinds = NAMES_OF.get((local(owner), name)) or NAMES.get(name)
        if kinds and local(target) not in kinds:
            source.problem(
                "wrong-reference", "error", WRONG_KIND, part_of(owner), at=owner, found=local(target), **told
            )
    _check_flows(source)


def _references(root: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """(who refers, by which attribute or child, to what)."""
    for found in root.iter(f"{{{BPMN}}}*"):
        for name in map(str, found.attrib):
            if name in NAMES or (local(found), name) in NAMES_OF:
                yield found, name, attribute(found, name) or ""
        parent = found.getparent()
        if parent is None or not (local(found) in NAMES or (local(parent), local(found)) in NAMES_OF):
            continue
        if reference := text(found):
            yield parent, local(found), reference


def _leads_elsewhere(owner: etree._Element, reference: str, source: Source, imported: set[str | None]) -> bool:
    """Whether a qualified name means something in another file that this one imports, or a type of XML Schema."""
    prefix, colon, _ = reference.partition(":")
    space = owner.nsmap.get(prefix)
    return bool(colon) and (space in imported or space == XML_SCHEMA)


def _check_flows(source: Source) -> None:
    listed: dict[str, set[tuple[str, str]]] = {"incoming": set(), "outgoing": set()}
    for kind, end, message in (("incoming", "targetRef", NOT_INCOMING), ("outgoing", "sourceRef", NOT_OUTGOING)):
        for found in source.root.iter(f"{{{BPMN}}}{kind}"):
            node, reference = found.getparent(), text(found)
            if node is None or reference is None or namespace(node) != BPMN:
                continue
            flow = source.find(reference)
            if flow is None or source.find(attribute(flow, end)) is not node:
                source.problem("false-flow", "error", message, node, reference=reference)
                continue
            key = (attribute(node, "id") or "", attribute(flow, "id") or "")
            if key in listed[kind]:
                source.problem("false-flow", "error", LISTED_TWICE, node, reference=reference)
            listed[kind].add(key)
    for process in elements(source.root, "process"):
        if executable(process):
            _check_unlisted(process, listed, source)


def _check_unlisted(process: etree._Element, listed: dict[str, set[tuple[str, str]]], source: Source) -> None:
    """Where a process that is declared executable lists flows at its nodes at all, it lists every one; BPMN does not ask
    for it, and the ends of the flows say where they lead."""
    missing: list[tuple[etree._Element, str]] = []
    ends = 0
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        for kind, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            node, id = source.find(attribute(flow, end)), attribute(flow, "id")
            if node is None or id is None:
                continue
            ends += 1
            if (attribute(node, "id") or "", id) not in listed[kind]:
                missing.append((node, id))
    if len(missing) < ends:
        for node, id in missing:
            source.problem("unlisted-flow", "warning", NOT_LISTED, node, reference=id)
