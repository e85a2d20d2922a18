"""Small diagrams that break the shape of a BPMN file or contradict themselves, each beside its nearest that does not."""

from tests.support.diagrams import body, condition, diagram, escalation, message, node, signal, timer

ENDS = node("start", "s") + node("end", "e")
A, B = node("user", "a"), node("user", "b")
COMPENSATE = "<compensateEventDefinition/>"
OWN_POOL = '<participant id="own" processRef="p"/><participant id="other"/>'
LISTED = diagram(
    node("start", "s", "<outgoing>s_a</outgoing>")
    + node("user", "a", "<incoming>s_a</incoming><outgoing>a_e</outgoing>")
    + node("end", "e", "<incoming>a_e</incoming>"),
    "s -> a; a -> e",
)
DATA = '<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d"/>'
SETS = (
    '<ioSpecification><dataInput id="in"/><dataOutput id="out"/><inputSet id="is"><dataInputRefs>in</dataInputRefs></inputSet>'
    '<outputSet id="os"><dataOutputRefs>out</dataOutputRefs></outputSet></ioSpecification>'
)
TAKES = "<dataInputAssociation><sourceRef>r</sourceRef><targetRef>in</targetRef></dataInputAssociation>"
GIVES = "<dataOutputAssociation><sourceRef>out</sourceRef><targetRef>r</targetRef></dataOutputAssociation>"
MESSAGE = '<message id="m" name="m"/>'
PROPERTY = (
    MESSAGE
    + '<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>x</messagePath>'
    "</correlationPropertyRetrievalExpression></correlationProperty>"
)
KEY = '<correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>'
BINDING = '<correlationPropertyBinding correlationPropertyRef="cp"><dataPath>x</dataPath></correlationPropertyBinding>'
INTERFACE = (
    MESSAGE
    + '<interface id="i" name="i"><operation id="op" name="o"><inMessageRef>m</inMessageRef></operation></interface>'
)
RESOURCE = '<resource id="re" name="manager"><resourceParameter id="rp" name="x"/></resource>'
FORMAL = "<formalExpression>x</formalExpression>"
TALK = (
    '<conversation id="talk"><participantRef>own</participantRef><participantRef>other</participantRef></conversation>'
)
DANCE = (
    '<choreography id="ch"><participant id="x"/><participant id="y"/><participant id="z"/>'
    '<messageFlow id="xy" sourceRef="x" targetRef="y"/><choreographyTask id="ct" initiatingParticipantRef="x">'
    "<participantRef>x</participantRef><participantRef>y</participantRef><messageFlowRef>xy</messageFlowRef>"
    "</choreographyTask></choreography>"
)
GATEWAY = ENDS + A + B + node("and", "f")
BRANCHES = "s -> f; f -> a; f -> b; a -> g; b -> g; g -> e"
UNDONE = (
    A + node("boundary", "b", COMPENSATE, attachedToRef="a") + node("user", "h", isForCompensation="true")
    + '<association id="as" sourceRef="b" targetRef="h"/>'
)  # fmt: skip


def straight(middle: str, more: str = "") -> bytes:
    return diagram(ENDS + middle, "s -> a; a -> e", more=more)


def task(inner: str, **attributes: str) -> bytes:
    return straight(node("user", "a", inner, **attributes))


def data(inner: str) -> bytes:
    return straight(DATA + node("user", "a", inner))


def meeting(inner: str, middle: str = A) -> bytes:
    """A collaboration of the process and another pool."""
    return straight(middle, f'<collaboration id="c">{OWN_POOL}{inner}</collaboration>')


def message_flow(source: str, target: str, middle: str = A) -> bytes:
    return meeting(f'<messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>', middle)


def correlated(subscription: str) -> bytes:
    return straight(
        A + f'<correlationSubscription id="cs" correlationKeyRef="ck">{subscription}</correlationSubscription>',
        f'{PROPERTY}<collaboration id="c">{OWN_POOL}{KEY}</collaboration>',
    )


def owner(inner: str) -> bytes:
    return straight(node("user", "a", f"<potentialOwner>{inner}</potentialOwner>"), RESOURCE)


def many(inner: str) -> bytes:
    return task(f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>")


def marked(flow: bytes) -> bytes:
    return straight(A).replace(b'sourceRef="a"', flow + b' sourceRef="a"')


def lane(inner: str) -> bytes:
    return straight(f'<laneSet id="ls"><lane id="l">{inner}</lane></laneSet>' + A)


WELL_FORMED = {
    "flows listed at their nodes": LISTED,
    "flows listed nowhere": straight(A),
    "data that an activity can do without": data(
        SETS.replace("</dataInputRefs>", "</dataInputRefs><optionalInputRefs>in</optionalInputRefs>")
    ),
    "data of which one set is filled": data(
        SETS.replace('<inputSet id="is">', '<inputSet id="none"/><inputSet id="is">')
    ),
    "attributes of other namespaces": straight(
        node("user", "a", **{"procession_form": "call_interest"}).replace(
            "<userTask", '<userTask xmlns:x="urn:x" x:own="1"'
        )
    ),
    "an event sub-process marked as for compensation": diagram(
        ENDS
        + node(
            "subProcess",
            "a",
            body(
                node("start", "as")
                + node("end", "ae")
                + '<subProcess id="undo" triggeredByEvent="true" isForCompensation="true">'
                + body(node("start", "us", COMPENSATE) + node("end", "ue"), "us -> ue")
                + "</subProcess>",
                "as -> ae",
            ),
        ),
        "s -> a; a -> e",
    ),
    "data from and to an object": data(SETS + TAKES + GIVES),
    "sets that name each other": data(
        SETS.replace("</inputSet>", "<outputSetRefs>os</outputSetRefs></inputSet>").replace(
            "</outputSet>", "<inputSetRefs>is</inputSetRefs></outputSet>"
        )
        + TAKES
    ),
    "a correlation with its binding": correlated(BINDING),
    "a conversation of those not yet named": meeting('<conversation id="talk"/>'),
    "a conversation of two": meeting(f'{TALK}<conversationLink id="l" sourceRef="own" targetRef="talk"/>'),
    "a choreography": straight(A, DANCE),
    "an interface with an operation": straight(node("service", "a", operationRef="op"), INTERFACE),
    "an immediate flow": marked(b'isImmediate="true"'),
    "a flow that is not immediate where nothing runs": marked(b'isImmediate="false"').replace(
        b'isExecutable="true"', b'isExecutable="false"'
    ),
    "a mixed gateway": diagram(
        GATEWAY + node("and", "g", gatewayDirection="Mixed") + node("user", "c"), BRANCHES + "; g -> c; c -> e"
    ),
    "data of a type of XML Schema": straight(
        '<dataObject xmlns:xsd="http://www.w3.org/2001/XMLSchema" id="d" itemSubjectRef="xsd:string"/>' + A
    ),
    "what another tool adds in its place": task('<extensionElements><x:y xmlns:x="urn:x"/></extensionElements>'),
    "data of jBPM without a set": data(
        SETS.partition("<outputSet")[0].replace('<dataOutput id="out"/>', "") + "</ioSpecification>" + TAKES
    ).replace(b"<definitions", b'<definitions xmlns:drools="http://www.jboss.org/drools"'),
    "nested lanes": lane('<childLaneSet id="cl"><lane id="l2"><flowNodeRef>a</flowNodeRef></lane></childLaneSet>'),
    "an annotation": straight(
        A + '<textAnnotation id="t"><text>x</text></textAnnotation>'
        '<association id="as" sourceRef="a" targetRef="t" associationDirection="One"/>'
    ),
    "a group of a category": straight(
        A + '<group id="g" categoryValueRef="cv"/>', '<category id="k"><categoryValue id="cv" value="x"/></category>'
    ),
    "a message flow between pools": message_flow("a", "other"),
    "a message flow between black boxes": meeting(
        '<participant id="third"/><messageFlow id="mf" sourceRef="other" targetRef="third"/>'
    ),
    "one activity undone by its name": diagram(
        ENDS + UNDONE + node("throw", "t", '<compensateEventDefinition activityRef="a"/>'), "s -> a; a -> t; t -> e"
    ),
    "an escalation that does not interrupt": diagram(
        ENDS + A + node("boundary", "b", escalation("x"), attachedToRef="a", cancelActivity="false"),
        "s -> a; a -> e; b -> e",
    ),
}

MALFORMED = {
    "a step where none may stand": ({"misplaced-element"}, straight(A, B)),
    "a step inside a step": ({"misplaced-element"}, task(B)),
    "a message inside the process": ({"misplaced-element"}, straight(A + '<message id="m" name="m"/>')),
    "a start in a collaboration": ({"misplaced-element"}, meeting('<startEvent id="x"/>')),
    "many at an event": (
        {"misplaced-element"},
        straight(node("catch", "a", message("m") + '<standardLoopCharacteristics loopMaximum="2"/>')),
    ),
    "data given by an end event": (
        {"misplaced-element"},
        diagram(node("start", "s") + DATA + A + node("end", "e", "<dataOutputAssociation><targetRef>d</targetRef></dataOutputAssociation>"), "s -> a; a -> e"),
    ),
    "a task of people in a choreography": ({"misplaced-element"}, straight(A, DANCE.replace("<choreographyTask", B + "<choreographyTask"))),
    "no element of BPMN in a task": ({"unknown-element"}, task("<assignee>x</assignee>")),
    "a step of no namespace": ({"foreign-element"}, straight(A + '<task xmlns="" id="b"/>')),
    "what another tool adds in the wrong place": ({"foreign-element"}, task('<x:assignee xmlns:x="urn:x">x</x:assignee>')),
    "two conditions of a flow": (
        {"repeated-element"},
        diagram(ENDS + node("xor", "g") + A, "s -> g; g -> a [x > 1]; g -> e*; a -> e").replace(
            b"</conditionExpression>", b"</conditionExpression><conditionExpression>y</conditionExpression>"
        ),
    ),
    "two scripts": ({"repeated-element"}, straight(node("script", "a", "<script>x = 1</script>" * 2))),
    "two sets of data": ({"repeated-element"}, task(f"{SETS}<ioSpecification><inputSet/><outputSet/></ioSpecification>")),
    "two marks of many": ({"loop-twice"}, task("<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>" * 2)),
    "data without sets": ({"missing-element"}, task("<ioSpecification><inputSet/></ioSpecification>")),
    "an assignment of nothing": ({"missing-element"}, data(SETS + TAKES.replace("</dataInputA", "<assignment><to>in</to></assignment></dataInputA") + GIVES)),
    "an interface without operations": ({"missing-element"}, straight(A, '<interface id="i" name="i"/>')),
    "an operation without a message": ({"missing-element"}, straight(A, INTERFACE.replace("<inMessageRef>m</inMessageRef>", ""))),
    "a binding without a path": ({"missing-element"}, correlated('<correlationPropertyBinding correlationPropertyRef="cp"/>')),
    "a resource without a name": ({"missing-attribute"}, straight(A, '<resource id="re"/>')),
    "an association from nowhere": ({"missing-attribute"}, straight(A + '<association id="as" targetRef="a"/>')),
    "a choreography nobody begins": ({"missing-attribute"}, straight(A, DANCE.replace(' initiatingParticipantRef="x"', ""))),
    "an import of no kind": ({"missing-attribute"}, straight(A).replace(b"<process", b'<import namespace="n" location="l"/><process', 1)),
    "a mark neither true nor false": ({"attribute-value"}, task("", isForCompensation="maybe")),
    "a number in words": ({"attribute-value"}, task("", startQuantity="two")),
    "a direction there is not": ({"attribute-value"}, straight(node("xor", "a", gatewayDirection="Sideways"))),
    "an order there is not": ({"attribute-value"}, straight(f'<adHocSubProcess id="a" name="a" ordering="Random">{B}</adHocSubProcess>')),
    "an id with a blank": ({"blank-in-id"}, straight(A + '<dataObject id="a b"/>')),
    "a flow that is not immediate": ({"not-immediate"}, marked(b'isImmediate="false"')),
    "a flow listed twice": ({"false-flow"}, LISTED.replace(b"<incoming>a_e</incoming>", b"<incoming>a_e</incoming>" * 2)),
    "data from nowhere": ({"unresolved-reference"}, data(SETS + TAKES.replace(">r<", ">nothing<"))),
    "data from a step": ({"wrong-reference"}, data(SETS + TAKES.replace(">r<", ">s<"))),
    "data to nowhere": ({"data-association"}, data(SETS + "<dataInputAssociation><sourceRef>r</sourceRef></dataInputAssociation>")),
    "data of another activity": ({"data-association"}, diagram(ENDS + DATA + node("user", "a", SETS) + node("user", "b", TAKES), "s -> a; a -> b; b -> e")),
    "data of two types": (
        {"data-association"},
        straight(
            DATA.replace('id="r"', 'id="r" itemSubjectRef="i1"')
            + node("user", "a", SETS.replace('id="in"', 'id="in" itemSubjectRef="i2"') + TAKES),
            '<itemDefinition id="i1"/><itemDefinition id="i2"/>',
        ),
    ),
    "data of another in a set": (
        {"data-set"},
        diagram(
            ENDS + node("user", "a", SETS)
            + node("user", "b", "<ioSpecification><inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet/></ioSpecification>"),
            "s -> a; a -> b; b -> e",
        ),
    ),
    "two messages sent at once": (
        {"data-set"},
        straight(
            node("send", "a", SETS.replace('<dataInput id="in"/>', '<dataInput id="in"/><dataInput id="in2"/>').replace(
                "</inputSet>", "<dataInputRefs>in2</dataInputRefs></inputSet>"), messageRef="m_x"),
        ),
    ),
    "an event with a message that is not its operation's": (
        {"operation-message"},
        straight(
            node("throw", "a", '<messageEventDefinition messageRef="m_x"><operationRef>op</operationRef></messageEventDefinition>'),
            INTERFACE,
        ),
    ),
    "a link whose source is gone": (
        {"unresolved-reference"},
        diagram(
            ENDS + node("throw", "t", '<linkEventDefinition name="l"/>')
            + node("catch", "c", '<linkEventDefinition name="l"><source>nothing</source></linkEventDefinition>'),
            "s -> t; c -> e",
        ),
    ),
    "data in a choreography": ({"misplaced-element"}, straight(A, DANCE.replace("<choreographyTask", '<dataObject id="d"/><choreographyTask'))),
    "sets of which one names the other": ({"data-set"}, data(SETS.replace("</inputSet>", "<outputSetRefs>os</outputSetRefs></inputSet>"))),
    "a data reference to nothing": ({"data-reference"}, straight(A + '<dataObjectReference id="r"/>')),
    "a resource beside an expression": ({"resource-role"}, owner(f"<resourceRef>re</resourceRef><resourceAssignmentExpression>{FORMAL}</resourceAssignmentExpression>")),
    "parameters of no resource": ({"resource-role"}, owner(f'<resourceParameterBinding parameterRef="rp">{FORMAL}</resourceParameterBinding>')),
    "a correlation without a binding": ({"correlation"}, correlated("")),
    "a binding of another key": (
        {"correlation"},
        correlated(BINDING + BINDING.replace('"cp"', '"cp2"')).replace(
            b"</definitions>", PROPERTY.removeprefix(MESSAGE).replace('"cp"', '"cp2"').encode() + b"</definitions>"
        ),
    ),
    "a choreography with oneself": ({"few-participants"}, straight(A, DANCE.replace("<participantRef>y</participantRef>", ""))),
    "a conversation link between pools": ({"conversation-link"}, meeting('<conversationLink id="l" sourceRef="own" targetRef="other"/>')),
    "a choreography a stranger begins": ({"participant-outside"}, straight(A, DANCE.replace('ParticipantRef="x"', 'ParticipantRef="z"'))),
    "a lane with a flow": ({"lane-reference"}, lane("<flowNodeRef>s_a</flowNodeRef>")),
    "a message flow to a lane": ({"message-flow-end"}, message_flow("other", "l", '<laneSet id="ls"><lane id="l"/></laneSet>' + A)),
    "a message flow from data": ({"message-flow-end"}, message_flow("d", "other", '<dataObject id="d"/>' + A)),
    "a message flow into its own pool": ({"message-flow-in-pool"}, message_flow("a", "own")),
    "a mixed gateway with one way in": (
        {"gateway-direction"},
        diagram(ENDS + node("and", "g", gatewayDirection="Mixed") + A + B, "s -> g; g -> a; g -> b; a -> e; b -> e"),
    ),
    "a boundary event that leads nowhere": (
        {"event-without-outgoing"}, diagram(ENDS + A + node("boundary", "b", message("m"), attachedToRef="a"), "s -> a; a -> e"),
    ),
    "a start that leads nowhere": ({"event-without-outgoing"}, diagram(ENDS + A + node("start", "s2", message("m")), "s -> a; a -> e")),
    "an event nothing leads to": ({"event-without-incoming"}, diagram(ENDS + A + node("throw", "t", signal("x")), "s -> a; a -> e; t -> e")),
    "half a run": ({"loop-number"}, many("<loopCardinality>2.5</loopCardinality>")),
    "fewer than no rounds": ({"loop-number"}, task('<standardLoopCharacteristics loopMaximum="-2"/>')),
    "over before it begins": ({"invalid-time"}, straight(node("catch", "a", timer("duration", "-PT1H")))),
    "half a cycle": ({"invalid-time"}, straight(node("catch", "a", timer("cycle", "R3")))),
    "undoing what cannot be undone": (
        {"compensation-reference"},
        diagram(ENDS + A + node("throw", "t", '<compensateEventDefinition activityRef="a"/>'), "s -> a; a -> t; t -> e"),
    ),
    "undone in two ways": (
        {"compensated-twice"},
        diagram(ENDS + UNDONE + UNDONE.removeprefix(A).replace('"b"', '"b2"').replace('"h"', '"h2"').replace('"as"', '"as2"'), "s -> a; a -> e"),
    ),
    "undoing that does not interrupt": (
        {"always-interrupts"},
        straight(
            f'<subProcess id="a" name="a">{node("start", "is")}{B}<sequenceFlow id="f" sourceRef="is" targetRef="b"/>'
            f'<subProcess id="x" name="x" triggeredByEvent="true">{node("start", "xs", COMPENSATE, isInterrupting="false")}'
            f'{node("user", "xa")}<sequenceFlow id="xf" sourceRef="xs" targetRef="xa"/></subProcess></subProcess>'
        ),
    ),
    "a conditional event with two conditions": ({"repeated-element"}, straight(node("catch", "a", condition("x > 1").replace("</cond", "</condition><condition>y</cond", 1)))),
}  # fmt: skip

DOUBTFUL = {
    "a flow its target does not list": ({"unlisted-flow"}, LISTED.replace(b"<incoming>a_e</incoming>", b"")),
    "an attribute BPMN does not know": ({"unknown-attribute"}, task("", asignee="anna")),
    "an attribute of another element": (
        {"unknown-attribute"},
        straight(A).replace(b"<process ", b'<process default="s_a" '),
    ),
    "data that nothing fills": ({"data-never-filled"}, data(SETS)),
}
