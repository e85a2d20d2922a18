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
definitions < base: name targetNamespace expressionLanguage typeLanguage exporter exporterVersion |
    import* extension* $roots* $eventDefinitions* relationship*
import: namespace! location! importType! |
extension: definition mustUnderstand:boolean | documentation*
relationship < base: type! direction:relationshipDirection | source+ target+

callable < base: name | supportedInterfaceRef* ioSpecification ioBinding*
process < callable: processType:processType isClosed:boolean isExecutable:boolean definitionalCollaborationRef |
    auditing monitoring property* laneSet* $activities* $flowElements* $data* $artifacts* $resourceRoles*
    correlationSubscription* supports*
globalTask < callable: | $resourceRoles*
globalUserTask < globalTask: implementation | rendering*
globalManualTask < globalTask: |
globalScriptTask < globalTask: scriptLanguage | script
globalBusinessRuleTask < globalTask: implementation |
laneSet < base: name | lane*
lane < base: name partitionElementRef | partitionElement flowNodeRef* childLaneSet
childLaneSet < laneSet: |

flowElement < base: name | auditing monitoring categoryValueRef*
flowNode < flowElement: | incoming* outgoing*
sequenceFlow < flowElement: isImmediate:boolean sourceRef targetRef | conditionExpression
dataObject < flowElement: isCollection:boolean itemSubjectRef | dataState
dataObjectReference < flowElement: itemSubjectRef dataObjectRef | dataState
dataStoreReference < flowElement: itemSubjectRef dataStoreRef | dataState
baseEvent < flowNode: | property*
catchEvent < baseEvent: parallelMultiple:boolean | dataOutput* dataOutputAssociation* outputSet $eventDefinitions*
    eventDefinitionRef*
throwEvent < baseEvent: | dataInput* dataInputAssociation* inputSet $eventDefinitions* eventDefinitionRef*
startEvent < catchEvent: isInterrupting:boolean |
intermediateCatchEvent < catchEvent: |
boundaryEvent < catchEvent: cancelActivity:boolean attachedToRef |
intermediateThrowEvent < throwEvent: |
endEvent < throwEvent: |
event < throwEvent: |
gateway < flowNode: gatewayDirection:gatewayDirection |
exclusiveGateway < gateway: default |
inclusiveGateway < gateway: default |
parallelGateway < gateway: |
complexGateway < gateway: default | activationCondition
eventBasedGateway < gateway: instantiate:boolean eventGatewayType:eventGatewayType |
activity < flowNode: isForCompensation:boolean startQuantity:integer completionQuantity:integer default | ioSpecification
    property* dataInputAssociation* dataOutputAssociation* $resourceRoles* $loops*
task < activity: |
userTask < task: implementation | rendering*
manualTask < task: |
serviceTask < task: implementation operationRef |
sendTask < task: implementation messageRef operationRef |
businessRuleTask < task: implementation |
receiveTask < task: instantiate:boolean implementation messageRef operationRef |
scriptTask < task: scriptFormat | script
callActivity < activity: calledElement |
subProcess < activity: triggeredByEvent:boolean | laneSet* $activities* $flowElements* $data* $artifacts*
transaction < subProcess: method protocol |
adHocSubProcess < subProcess: cancelRemainingInstances:boolean ordering:ordering | completionCondition

eventDefinition < base: |
messageEventDefinition < eventDefinition: messageRef | operationRef
timerEventDefinition < eventDefinition: | timeDate* timeDuration* timeCycle*
signalEventDefinition < eventDefinition: signalRef |
errorEventDefinition < eventDefinition: errorRef |
escalationEventDefinition < eventDefinition: escalationRef |
conditionalEventDefinition < eventDefinition: | condition
compensateEventDefinition < eventDefinition: waitForCompletion:boolean activityRef |
cancelEventDefinition < eventDefinition: |
linkEventDefinition < eventDefinition: name | source* target
terminateEventDefinition < eventDefinition: |

standardLoopCharacteristics < base: testBefore:boolean loopMaximum:integer | loopCondition
multiInstanceLoopCharacteristics < base: isSequential:boolean behavior oneBehaviorEventRef noneBehaviorEventRef |
    loopCardinality loopDataInputRef loopDataOutputRef
    inputDataItem outputDataItem complexBehaviorDefinition* completionCondition
complexBehaviorDefinition < base: | condition! event
ioSpecification < base: | dataInput* dataOutput* inputSet+ outputSet+
ioBinding < base: operationRef! inputDataRef! outputDataRef! |
property < base: name itemSubjectRef | dataState
dataInput < base: isCollection:boolean name itemSubjectRef | dataState
dataOutput < base: isCollection:boolean name itemSubjectRef | dataState
inputDataItem < dataInput: |
outputDataItem < dataOutput: |
inputSet < base: name | dataInputRefs* optionalInputRefs* whileExecutingInputRefs* outputSetRefs*
outputSet < base: name | dataOutputRefs* optionalOutputRefs* whileExecutingOutputRefs* inputSetRefs*
dataAssociation < base: | sourceRef* targetRef transformation assignment*
dataInputAssociation < dataAssociation: |
dataOutputAssociation < dataAssociation: |
assignment < base: | from! to!
resourceRole < base: name | resourceRef resourceParameterBinding* resourceAssignmentExpression
performer < resourceRole: |
humanPerformer < performer: |
potentialOwner < humanPerformer: |
resourceParameterBinding < base: parameterRef! | $expression!
resourceAssignmentExpression < base: | $expression!

association < base: sourceRef! targetRef! associationDirection:associationDirection |
group < base: categoryValueRef |
textAnnotation < base: textFormat | text

message < base: name itemRef |
signal < base: name structureRef |
error < base: name errorCode structureRef |
escalation < base: name escalationCode structureRef |
itemDefinition < base: isCollection:boolean itemKind:itemKind structureRef |
interface < base: name! implementationRef | operation+
operation < base: name! implementationRef | inMessageRef! outMessageRef errorRef*
endPoint < base: |
category < base: name | categoryValue*
categoryValue < base: value |
dataStore < base: capacity:integer isUnlimited:boolean name itemSubjectRef | dataState
partnerEntity < base: name | participantRef*
partnerRole < base: name | participantRef*
resource < base: name! | resourceParameter*
resourceParameter < base: isRequired:boolean name type |
correlationProperty < base: name type | correlationPropertyRetrievalExpression+
correlationPropertyRetrievalExpression < base: messageRef! | messagePath!
correlationKey < base: name | correlationPropertyRef*
correlationSubscription < base: correlationKeyRef! | correlationPropertyBinding*
correlationPropertyBinding < base: correlationPropertyRef! | dataPath!

collaboration < base: isClosed:boolean name | participant* messageFlow* $artifacts* $conversations*
    conversationAssociation* participantAssociation* messageFlowAssociation* correlationKey* choreographyRef*
    conversationLink*
globalConversation < collaboration: |
choreography < collaboration: | $flowElements* $choreographyElements*
globalChoreographyTask < choreography: |
participant < base: name processRef | interfaceRef* endPointRef* participantMultiplicity
participantMultiplicity < base: minimum:integer maximum:integer |
messageFlow < base: name sourceRef targetRef messageRef |
participantAssociation < base: | innerParticipantRef! outerParticipantRef!
messageFlowAssociation < base: innerMessageFlowRef! outerMessageFlowRef! |
conversationAssociation < base: innerConversationNodeRef! outerConversationNodeRef! |
conversationLink < base: sourceRef! targetRef! name |
conversation < base: name | participantRef* messageFlowRef* correlationKey*
subConversation < conversation: | $conversations*
callConversation < conversation: calledCollaborationRef | participantAssociation*
choreographyActivity < flowNode: initiatingParticipantRef! loopType:loopType | participantRef+ correlationKey*
choreographyTask < choreographyActivity: | messageFlowRef+
subChoreography < choreographyActivity: | $flowElements* $choreographyElements* $artifacts*
callChoreography < choreographyActivity: calledChoreographyRef | participantAssociation*
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
