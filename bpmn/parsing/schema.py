"""What BPMN's own schema says of each element: its attributes and what may stand in it, each line as the schema has it.

A line is `kind < parent: attributes | children`. An attribute is `name`, `name:type` or, where it must be there, `name!`;
a child is `name` (once at most), `name*` (any number), `name+` (at least one) or `name!` (exactly one); a name with a
dollar stands for a group. What rules tell in better words is not marked as a must here: the ends of flows, what a
boundary event is attached to, the name of a link, how often something repeats, the condition and the time of events.
"""

from dataclasses import dataclass
from functools import cache

GROUPS = {
    "$eventDefinitions": (
        "messageEventDefinition timerEventDefinition signalEventDefinition errorEventDefinition"
        " escalationEventDefinition conditionalEventDefinition compensateEventDefinition cancelEventDefinition"
        " linkEventDefinition terminateEventDefinition"
    ),
    "$artifacts": "association group textAnnotation",
    "$activities": (
        "task userTask manualTask serviceTask scriptTask sendTask receiveTask businessRuleTask callActivity subProcess"
        " transaction adHocSubProcess"
    ),
    "$flowElements": (
        "startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent exclusiveGateway"
        " inclusiveGateway parallelGateway eventBasedGateway complexGateway sequenceFlow"
    ),
    "$data": "dataObject dataObjectReference dataStoreReference",
    "$choreographyElements": "choreographyTask subChoreography callChoreography",
    "$resourceRoles": "resourceRole performer humanPerformer potentialOwner",
    "$loops": "standardLoopCharacteristics multiInstanceLoopCharacteristics",
    "$expression": "expression formalExpression",
    "$conversations": "conversation subConversation callConversation",
    "$roots": (
        "process collaboration choreography globalChoreographyTask globalConversation message signal error escalation"
        " itemDefinition interface endPoint category correlationProperty dataStore partnerEntity partnerRole resource"
        " globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask"
    ),
}
ENUMERATIONS = {
    "ordering": "Parallel Sequential",
    "associationDirection": "None One Both",
    "loopType": "None Standard MultiInstanceSequential MultiInstanceParallel",
    "eventGatewayType": "Exclusive Parallel",
    "gatewayDirection": "Unspecified Converging Diverging Mixed",
    "itemKind": "Information Physical",
    "processType": "None Public Private",
    "relationshipDirection": "None Forward Backward Both",
}
TABLE = """
base: id | documentation* extensionElements
definitions < base: name targetNamespace | import* extension* $roots* $eventDefinitions* relationship*
import: namespace! location! importType! |
extension: definition mustUnderstand:boolean | documentation*
relationship < base: type! direction:relationshipDirection | source+ target+

callable < base: name | supportedInterfaceRef* ioSpecification ioBinding*
process < callable: processType:processType isClosed:boolean isExecutable:boolean | auditing monitoring property*
    laneSet* $activities* $flowElements* $data* $artifacts* $resourceRoles* correlationSubscription* supports*
globalTask < callable: | $resourceRoles*
globalUserTask < globalTask: | rendering*
globalManualTask < globalTask: |
globalScriptTask < globalTask: | script
globalBusinessRuleTask < globalTask: |
laneSet < base: | lane*
lane < base: | partitionElement flowNodeRef* childLaneSet
childLaneSet < laneSet: |

flowElement < base: | auditing monitoring categoryValueRef*
flowNode < flowElement: | incoming* outgoing*
sequenceFlow < flowElement: isImmediate:boolean | conditionExpression
dataObject < flowElement: isCollection:boolean | dataState
dataObjectReference < flowElement: | dataState
dataStoreReference < flowElement: | dataState
baseEvent < flowNode: | property*
catchEvent < baseEvent: parallelMultiple:boolean | dataOutput* dataOutputAssociation* outputSet $eventDefinitions*
    eventDefinitionRef*
throwEvent < baseEvent: | dataInput* dataInputAssociation* inputSet $eventDefinitions* eventDefinitionRef*
startEvent < catchEvent: isInterrupting:boolean |
intermediateCatchEvent < catchEvent: |
boundaryEvent < catchEvent: cancelActivity:boolean |
intermediateThrowEvent < throwEvent: |
endEvent < throwEvent: |
event < throwEvent: |
gateway < flowNode: gatewayDirection:gatewayDirection |
exclusiveGateway < gateway: |
inclusiveGateway < gateway: |
parallelGateway < gateway: |
complexGateway < gateway: | activationCondition
eventBasedGateway < gateway: instantiate:boolean eventGatewayType:eventGatewayType |
activity < flowNode: isForCompensation:boolean startQuantity:integer completionQuantity:integer | ioSpecification
    property* dataInputAssociation* dataOutputAssociation* $resourceRoles* $loops*
task < activity: |
userTask < task: | rendering*
manualTask < task: |
serviceTask < task: |
sendTask < task: |
businessRuleTask < task: |
receiveTask < task: instantiate:boolean |
scriptTask < task: | script
callActivity < activity: |
subProcess < activity: triggeredByEvent:boolean | laneSet* $activities* $flowElements* $data* $artifacts*
transaction < subProcess: |
adHocSubProcess < subProcess: cancelRemainingInstances:boolean ordering:ordering | completionCondition

eventDefinition < base: |
messageEventDefinition < eventDefinition: | operationRef
timerEventDefinition < eventDefinition: | timeDate* timeDuration* timeCycle*
signalEventDefinition < eventDefinition: |
errorEventDefinition < eventDefinition: |
escalationEventDefinition < eventDefinition: |
conditionalEventDefinition < eventDefinition: | condition
compensateEventDefinition < eventDefinition: waitForCompletion:boolean |
cancelEventDefinition < eventDefinition: |
linkEventDefinition < eventDefinition: | source* target
terminateEventDefinition < eventDefinition: |

standardLoopCharacteristics < base: testBefore:boolean loopMaximum:integer | loopCondition
multiInstanceLoopCharacteristics < base: isSequential:boolean | loopCardinality loopDataInputRef loopDataOutputRef
    inputDataItem outputDataItem complexBehaviorDefinition* completionCondition
complexBehaviorDefinition < base: | condition! event
ioSpecification < base: | dataInput* dataOutput* inputSet+ outputSet+
ioBinding < base: operationRef! inputDataRef! outputDataRef! |
property < base: | dataState
dataInput < base: isCollection:boolean | dataState
dataOutput < base: isCollection:boolean | dataState
inputDataItem < dataInput: |
outputDataItem < dataOutput: |
inputSet < base: | dataInputRefs* optionalInputRefs* whileExecutingInputRefs* outputSetRefs*
outputSet < base: | dataOutputRefs* optionalOutputRefs* whileExecutingOutputRefs* inputSetRefs*
dataAssociation < base: | sourceRef* targetRef transformation assignment*
dataInputAssociation < dataAssociation: |
dataOutputAssociation < dataAssociation: |
assignment < base: | from! to!
resourceRole < base: | resourceRef resourceParameterBinding* resourceAssignmentExpression
performer < resourceRole: |
humanPerformer < performer: |
potentialOwner < humanPerformer: |
resourceParameterBinding < base: parameterRef! | $expression!
resourceAssignmentExpression < base: | $expression!

association < base: sourceRef! targetRef! associationDirection:associationDirection |
group < base: |
textAnnotation < base: | text

message < base: |
signal < base: |
error < base: |
escalation < base: |
itemDefinition < base: isCollection:boolean itemKind:itemKind |
interface < base: name! | operation+
operation < base: name! | inMessageRef! outMessageRef errorRef*
endPoint < base: |
category < base: | categoryValue*
categoryValue < base: |
dataStore < base: capacity:integer isUnlimited:boolean | dataState
partnerEntity < base: | participantRef*
partnerRole < base: | participantRef*
resource < base: name! | resourceParameter*
resourceParameter < base: isRequired:boolean |
correlationProperty < base: | correlationPropertyRetrievalExpression+
correlationPropertyRetrievalExpression < base: messageRef! | messagePath!
correlationKey < base: | correlationPropertyRef*
correlationSubscription < base: correlationKeyRef! | correlationPropertyBinding*
correlationPropertyBinding < base: correlationPropertyRef! | dataPath!

collaboration < base: isClosed:boolean | participant* messageFlow* $artifacts* $conversations*
    conversationAssociation* participantAssociation* messageFlowAssociation* correlationKey* choreographyRef*
    conversationLink*
globalConversation < collaboration: |
choreography < collaboration: | $flowElements* $choreographyElements*
globalChoreographyTask < choreography: |
participant < base: | interfaceRef* endPointRef* participantMultiplicity
participantMultiplicity < base: minimum:integer maximum:integer |
messageFlow < base: |
participantAssociation < base: | innerParticipantRef! outerParticipantRef!
messageFlowAssociation < base: innerMessageFlowRef! outerMessageFlowRef! |
conversationAssociation < base: innerConversationNodeRef! outerConversationNodeRef! |
conversationLink < base: sourceRef! targetRef! |
conversation < base: | participantRef* messageFlowRef* correlationKey*
subConversation < conversation: | $conversations*
callConversation < conversation: | participantAssociation*
choreographyActivity < flowNode: initiatingParticipantRef! loopType:loopType | participantRef+ correlationKey*
choreographyTask < choreographyActivity: | messageFlowRef+
subChoreography < choreographyActivity: | $flowElements* $choreographyElements* $artifacts*
callChoreography < choreographyActivity: | participantAssociation*
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """How many children of these names an element has, all together; `most` None: any number."""

    names: frozenset[str]
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """One element: the types of its attributes, those it must have, and its children."""

    attributes: dict[str, str]
    musts: frozenset[str]
    slots: tuple[Slot, ...]
    children: frozenset[str]


HOW_OFTEN: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "!": (1, 1)}


@cache
def kinds() -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for line in filter(None, TABLE.replace("\n    ", " ").splitlines()):
        head, _, rest = line.partition(":")
        name, _, parent = (part.strip() for part in head.partition("<"))
        attributes, _, children = rest.partition("|")
        found[name] = _kind(found.get(parent), attributes.split(), children.split())
    return found


def _kind(parent: Kind | None, attributes: list[str], children: list[str]) -> Kind:
    slots = (*(parent.slots if parent else ()), *(_slot(written) for written in children))
    return Kind(
        attributes={
            **(parent.attributes if parent else {}),
            **{name: type for name, _, type in (one.rstrip("!").partition(":") for one in attributes)},
        },
        musts=frozenset(one[:-1] for one in attributes if one.endswith("!"))
        | (parent.musts if parent else frozenset()),
        slots=slots,
        children=frozenset().union(*(slot.names for slot in slots)),
    )


def _slot(written: str) -> Slot:
    name = written.rstrip("*+!")
    least, most = HOW_OFTEN.get(written[len(name) :], (0, 1))
    return Slot(frozenset(GROUPS.get(name, name).split()), least, most)


@cache
def known() -> frozenset[str]:
    """Every name that BPMN gives to an element."""
    return frozenset(kinds()).union(*(kind.children for kind in kinds().values()))
