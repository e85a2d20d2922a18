"""Statements of the file that must agree with one another, although nothing of them moves a token."""

from lxml import etree

from bpmn.model import FLOW_NODES
from bpmn.parsing.source import Source
from bpmn.parsing.structure import owner
from bpmn.parsing.xml import BPMN, attribute, boolean, element, elements, executable, local, text
from kernel.i18n import N_

NOT_IMMEDIATE = N_(
    "The flow “%(element)s” is not immediate: other steps may happen between its ends. A process that runs says"
    " all its steps: remove the mark."
)
TWO_WAYS = N_("“%(element)s” names a resource and an expression for the same role. Keep one of them.")
NO_RESOURCE = N_("“%(element)s” gives parameters for a resource that it does not name. Name it, or remove them.")
NOT_OF_KEY = N_("“%(element)s” binds “%(reference)s”, which is not a part of its correlation key. Choose one that is.")
NOT_BOUND = N_("“%(element)s” does not say where “%(reference)s” of its correlation key comes from. Add a binding.")
FEW = N_("“%(element)s” has fewer than two participants. Name those that take part.")
STRANGER = N_("“%(element)s” is begun by “%(reference)s”, which does not take part in it. Choose one that does.")
NO_CONVERSATION = N_("The conversation link “%(element)s” connects no conversation. Lead it to one.")
ONE_SIDED = N_("“%(element)s”: its sets of inputs and outputs do not name each other. Let both do, or neither.")
NOT_IN_LANE = N_(
    "The lane “%(element)s” lists “%(reference)s”, which is not a step of its process. Remove it from the lane."
)
NO_DATA = N_("The data reference “%(element)s” does not say which data object it shows. Choose one.")
ROLES = ("resourceRole", "performer", "humanPerformer", "potentialOwner")
CONVERSATIONS = ("conversation", "subConversation", "callConversation")
CHOREOGRAPHY = ("choreographyTask", "subChoreography", "callChoreography")
SETS = (("inputSet", "outputSetRefs", "inputSetRefs"), ("outputSet", "inputSetRefs", "outputSetRefs"))


def check(source: Source) -> None:
    for found in _every(source, "sequenceFlow"):
        if executable(found) and not boolean(attribute(found, "isImmediate"), True):
            source.problem("not-immediate", "error", NOT_IMMEDIATE, found)
    for found in _every(source, *ROLES):
        _check_role(found, source)
    for found in _every(source, "correlationSubscription"):
        _check_subscription(found, source)
    for found in _every(source, *CHOREOGRAPHY):
        _check_participants(found, source)
    for found in _every(source, "conversationLink"):
        ends = [source.find(attribute(found, end)) for end in ("sourceRef", "targetRef")]
        if all(end is not None and local(end) not in CONVERSATIONS for end in ends):
            source.problem("conversation-link", "error", NO_CONVERSATION, found)
    for kind, names, back in SETS:
        for found in _every(source, kind):
            _check_set(found, names, back, source)
    for found in _every(source, "dataObjectReference"):
        if executable(found) and attribute(found, "dataObjectRef") is None:
            source.problem("data-reference", "error", NO_DATA, found)
    for found in _every(source, "lane"):
        _check_lane(found, source)


def _every(source: Source, *kinds: str) -> list[etree._Element]:
    return list(source.root.iter(*(f"{{{BPMN}}}{kind}" for kind in kinds)))


def _check_role(found: etree._Element, source: Source) -> None:
    named = element(found, "resourceRef") is not None
    if named and element(found, "resourceAssignmentExpression") is not None:
        source.problem("resource-role", "error", TWO_WAYS, owner(found), at=found)
    if not named and element(found, "resourceParameterBinding") is not None:
        source.problem("resource-role", "error", NO_RESOURCE, owner(found), at=found)


def _check_subscription(found: etree._Element, source: Source) -> None:
    key = source.find(attribute(found, "correlationKeyRef"))
    if key is None or local(key) != "correlationKey":
        return
    wanted = {text(part) for part in elements(key, "correlationPropertyRef")}
    bound = {attribute(one, "correlationPropertyRef") for one in elements(found, "correlationPropertyBinding")}
    for reference in sorted(filter(None, bound - wanted)):
        source.problem("correlation", "error", NOT_OF_KEY, owner(found), at=found, reference=reference)
    for reference in sorted(filter(None, wanted - bound)):
        source.problem("correlation", "error", NOT_BOUND, owner(found), at=found, reference=reference)


def _check_participants(found: etree._Element, source: Source) -> None:
    present = [text(one) for one in elements(found, "participantRef")]
    if len(set(present)) < 2:
        source.problem("few-participants", "error", FEW, found)
    first = attribute(found, "initiatingParticipantRef")
    if first is not None and present and first not in present:
        source.problem("participant-outside", "error", STRANGER, found, reference=first)


def _check_set(found: etree._Element, names: str, back: str, source: Source) -> None:
    own = attribute(found, "id")
    for reference in elements(found, names):
        other = source.find(text(reference))
        if other is not None and own not in [text(one) for one in elements(other, back)]:
            source.problem("data-set", "error", ONE_SIDED, owner(found), at=found)


def _check_lane(found: etree._Element, source: Source) -> None:
    """In a process that is declared executable, a lane holds steps of that process."""
    process = next(found.iterancestors(f"{{{BPMN}}}process"), None)
    if process is None or not executable(found):
        return
    for reference in elements(found, "flowNodeRef"):
        target = source.find(text(reference))
        if target is not None and (local(target) not in FLOW_NODES or process not in target.iterancestors()):
            source.problem("lane-reference", "error", NOT_IN_LANE, found, reference=text(reference) or "")
