"""References inside the file: what names another element must name one that is there, of a kind that fits."""

from collections.abc import Iterator

from lxml import etree

from bpmn.parsing.source import Source
from bpmn.parsing.xml import BPMN, attribute, elements, local, namespace, text
from kernel.i18n import N_

ANY: frozenset[str] = frozenset()
EVENT_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message", "signal", "error", "escalation", "timer", "conditional", "compensate", "cancel", "link", "terminate",
    )
)  # fmt: skip
NAMES: dict[str, frozenset[str]] = {
    "operationRef": frozenset({"operation"}),
    "inMessageRef": frozenset({"message"}),
    "outMessageRef": frozenset({"message"}),
    "interfaceRef": frozenset({"interface"}),
    "supportedInterfaceRef": frozenset({"interface"}),
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
    "partnerEntityRef": frozenset({"partnerEntity"}),
    "partnerRoleRef": frozenset({"partnerRole"}),
    "messageFlowRef": frozenset({"messageFlow"}),
    "categoryValueRef": frozenset({"categoryValue"}),
    "correlationKeyRef": frozenset({"correlationKey"}),
    "correlationPropertyRef": frozenset({"correlationProperty"}),
    "resourceRef": frozenset({"resource"}),
    "parameterRef": frozenset({"resourceParameter"}),
    "noneBehaviorEventRef": EVENT_DEFINITIONS,
    "oneBehaviorEventRef": EVENT_DEFINITIONS,
    "flowNodeRef": ANY,
    "supports": ANY,
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
WHERE_KNOWN = frozenset({"calledElement", "supports"})
"""What may also be deployed elsewhere: only the kind of what is there is looked at."""
"""Attribute or child element → the kinds of elements it may name. Others (messages, flows, …) are resolved where they
are read."""
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


def check(source: Source) -> None:
    """Notes what refers to nothing, to a wrong kind, or to a flow that is connected elsewhere."""
    imported = {attribute(found, "namespace") for found in elements(source.root, "import")}
    for owner, name, reference in _references(source.root):
        if _leads_elsewhere(owner, reference, source, imported):
            continue
        target = source.find(reference)
        if target is None and name not in WHERE_KNOWN:
            source.problem("unresolved-reference", "error", NOT_THERE, owner, attribute=name, reference=reference)
        elif target is not None and NAMES[name] and local(target) not in NAMES[name]:
            source.problem(
                "wrong-reference", "error", WRONG_KIND, owner, attribute=name, reference=reference, found=local(target)
            )
    _check_flows(source)


def _references(root: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """(who refers, by which attribute or child, to what)."""
    for found in root.iter(f"{{{BPMN}}}*"):
        for name in NAMES.keys() & found.attrib.keys():
            yield found, name, attribute(found, name) or ""
        parent = found.getparent()
        if local(found) in NAMES and parent is not None and (reference := text(found)):
            yield parent, local(found), reference


def _leads_elsewhere(owner: etree._Element, reference: str, source: Source, imported: set[str | None]) -> bool:
    """Whether a qualified name means something in another file that this one imports."""
    prefix, colon, _ = reference.partition(":")
    return bool(colon) and owner.nsmap.get(prefix) in imported


def _check_flows(source: Source) -> None:
    for kind, end, message in (("incoming", "targetRef", NOT_INCOMING), ("outgoing", "sourceRef", NOT_OUTGOING)):
        for listed in source.root.iter(f"{{{BPMN}}}{kind}"):
            node, reference = listed.getparent(), text(listed)
            if node is None or reference is None or namespace(node) != BPMN:
                continue
            flow = source.find(reference)
            if flow is None or source.find(attribute(flow, end)) is not node:
                source.problem("false-flow", "error", message, node, reference=reference)
