"""Small diagrams that keep the rules of BPMN, break one, or are doubtful, each by what it shows."""

from tests.bpmn.file_cases import DOUBTFUL, MALFORMED, WELL_FORMED
from tests.support.diagrams import condition, diagram, error, message, node, signal, timer

ENDS = node("start", "s") + node("end", "e")
COMPENSATE = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
TERMINATE = "<terminateEventDefinition/>"
INSIDE = '<startEvent id="is"/><task id="it" name="it"/><sequenceFlow id="if" sourceRef="is" targetRef="it"/>'


def link(name: str) -> str:
    return f'<linkEventDefinition name="{name}"/>'


def extension(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def task(inner: str, **attributes: str) -> str:
    text = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return node("user", "a", extension(f"<procession:task {text}>{inner}</procession:task>"))


def multi(inner: str) -> str:
    return node("user", "a", f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>")


def straight(middle: str) -> bytes:
    """start → a → end."""
    return diagram(ENDS + middle, "s -> a; a -> e")


def flow(id: str, source: str, target: str) -> str:
    return f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"/>'


def pool(attributes: str, inner: str = "") -> bytes:
    drawn = f'<collaboration id="c"><participant id="pool" {attributes}>{inner}</participant></collaboration><process'
    return straight(node("user", "a")).replace(b"<process", drawn.encode(), 1)


def data(inner: str) -> str:
    return node("user", "a", f"<ioSpecification>{inner}</ioSpecification>")


def between_pools(source: str, target: str) -> bytes:
    """A message flow between the process and another pool."""
    drawn = (
        '<collaboration id="c"><participant id="own" processRef="p"/><participant id="other"/>'
        f'<messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/></collaboration><process'
    )
    return straight(node("user", "a")).replace(b"<process", drawn.encode(), 1)


A, B = node("user", "a"), node("user", "b")
FLOW_A_E = b'sourceRef="a" targetRef="e"/>'
FLOW_A_C_E = b'sourceRef="a" targetRef="c"/><sequenceFlow id="c_e" sourceRef="c" targetRef="e"/>'
EVENT_GATEWAY = (
    ENDS + node("event", "g") + node("catch", "m", message("m")) + node("catch", "t", timer("duration", "PT1H"))
)
EVENT_FLOWS = "s -> g; g -> m; g -> t; m -> e; t -> e"
EVENT_SUB = '<subProcess id="x" name="x" triggeredByEvent="true">{}</subProcess>'
SUB_START = node("start", "xs", message("m")) + node("user", "xa") + flow("xf", "xs", "xa")

NEEDS = {"procession_stage": "needs"}

VALID = WELL_FORMED | {
    "a stage beside a step without one": diagram(
        ENDS + node("user", "a", **NEEDS) + B + node("and", "g") + node("and", "h") + node("user", "n", **NEEDS),
        "s -> n; n -> g; g -> a; g -> b; a -> h; b -> h; h -> e",
    ),
    "a step after a stage": diagram(ENDS + node("user", "a", **NEEDS) + B, "s -> a; a -> b; b -> e"),
    "a step of a deal that is there already": diagram(
        ENDS + node("xor", "g") + node("user", "a", **NEEDS) + B, "s -> g; g -> a*; g -> b [deal]; a -> e; b -> e"
    ),
    "one task": straight(A),
    "several ends": diagram(ENDS + A + B + node("and", "g"), "s -> g; g -> a; g -> b; a -> e"),
    "several starts of a process": diagram(ENDS + node("start", "s2", message("m")) + A, "s -> a; s2 -> a; a -> e"),
    "conditions with a default": diagram(
        ENDS + node("xor", "g") + A + B, "s -> g; g -> a [amount > 5]; g -> b*; a -> e; b -> e"
    ),
    "an event gateway": diagram(EVENT_GATEWAY, EVENT_FLOWS),
    "links": diagram(
        ENDS + node("throw", "l", link("x")) + node("catch", "c", link("x")) + A, "s -> a; a -> l; c -> e"
    ),
    "a boundary timer": diagram(
        ENDS + A + node("boundary", "b", timer("duration", "P1D"), attachedToRef="a"), "s -> a; a -> e; b -> e"
    ),
    "an event sub-process": diagram(ENDS + A + EVENT_SUB.format(SUB_START), "s -> a; a -> e"),
    "a sub-process": straight(f'<subProcess id="a" name="a">{INSIDE}</subProcess>'),
    "a script": straight(node("script", "a", "<script>x = 1\ny = x + 1</script>")),
    "a cron cycle": diagram(node("start", "s", timer("cycle", "R3/PT1H")) + node("end", "e") + A, "s -> a; a -> e"),
    "a time from an expression": straight(node("catch", "a", timer("date", "now + days(3)"))),
    "an operation": straight(
        node("service", "a", extension('<procession:operation name="deal.create">'
             '<procession:parameter name="title" value="\'x\'"/></procession:operation>'))
    ),
    "a full task": straight(
        task('<procession:result code="ok" titleRu="Да" titleEn="Yes" primary="true"/>',
             form="call_interest", candidateRoles="manager", activity="call", assignee="deal.owner_id")
    ),
    "a called process": straight(node("call", "a", calledElement="document_approval")),
    "many for a collection": straight(multi("<loopDataInputRef>people</loopDataInputRef>")),
    "a loop": straight(node("user", "a", '<standardLoopCharacteristics loopMaximum="3"/>')),
    "a cycle with a task": diagram(
        ENDS + A + node("xor", "g"), "s -> a; a -> g; g -> a [result == 'again']; g -> e*"
    ),
    "error caught": diagram(
        ENDS + node("service", "a", extension('<procession:operation name="deal.close"/>'))
        + node("boundary", "b", error("no"), attachedToRef="a"), "s -> a; a -> e; b -> e"
    ),
    "message start and signal end": diagram(
        node("start", "s", message("m")) + node("end", "e", signal("done")) + A, "s -> a; a -> e"
    ),
    "a terminate end": diagram(node("start", "s") + node("end", "e", TERMINATE) + A, "s -> a; a -> e"),
    "started by a receive task": diagram(
        node("receive", "r", messageRef="m_r", instantiate="true") + node("end", "e"), "r -> e"
    ),
    "compensation": diagram(
        node("start", "s") + A + node("boundary", "b", COMPENSATE, attachedToRef="a")
        + node("user", "h", isForCompensation="true") + '<association id="x" sourceRef="b" targetRef="h"/>'
        + node("end", "e", COMPENSATE),
        "s -> a; a -> e",
    ),
    "a transaction": diagram(
        ENDS + f'<transaction id="a" name="a">{INSIDE}{node("end", "c", CANCEL)}{flow("ic", "it", "c")}</transaction>'
        + node("boundary", "b", CANCEL, attachedToRef="a"),
        "s -> a; a -> e; b -> e",
    ),
    "an ad-hoc sub-process": straight(
        '<adHocSubProcess id="a" name="a"><userTask id="x" name="x"/><completionCondition>done</completionCondition>'
        "</adHocSubProcess>"
    ),
    "a complex gateway": diagram(
        ENDS + A + B + node("and", "f")
        + node("complexGateway", "g", "<activationCondition>activationCount &gt;= 1</activationCondition>"),
        "s -> f; f -> a; f -> b; a -> g; b -> g; g -> e",
    ),
    "more than one token": straight(node("user", "a", startQuantity="2", completionQuantity="2")),
    "a conditional event": straight(node("catch", "a", condition("amount > 5"))),
}  # fmt: skip

INVALID = MALFORMED | {
    "dangling target": ({"dangling-flow"}, diagram(ENDS + A, "s -> a; a -> e; a -> nowhere")),
    "dangling source": ({"dangling-flow"}, diagram(ENDS + A, "s -> a; a -> e; nowhere -> e")),
    "flow into a sub-process": (
        {"flow-across-scopes"},
        diagram(ENDS + f'<subProcess id="a" name="a">{INSIDE}</subProcess>', "s -> a; a -> e; s -> it"),
    ),
    "flow into another pool": (
        {"flow-across-pools"},
        diagram(ENDS + A, "s -> a; a -> e; a -> qa", more=f'<process id="q">{node("user", "qa")}</process>'),
    ),
    "message flow inside a pool": (
        {"message-flow-in-pool"},
        diagram(ENDS + A + B, "s -> a; a -> b; b -> e",
                more='<collaboration id="c"><messageFlow id="mf" sourceRef="a" targetRef="b"/></collaboration>'),
    ),
    "message flow from nowhere": (
        {"dangling-message-flow"},
        diagram(ENDS + A, "s -> a; a -> e", more='<collaboration id="c"><messageFlow id="mf" targetRef="a"/></collaboration>'),
    ),
    "message flow from a gateway": (
        {"message-flow-end"},
        diagram(
            ENDS + node("and", "a"),
            "s -> a; a -> e",
            more='<collaboration id="c"><participant id="b"/><messageFlow id="mf" sourceRef="a" targetRef="b"/></collaboration>',
        ),
    ),
    "a loop and many at once": (
        {"loop-twice"},
        straight(multi("<loopCardinality>3</loopCardinality>").replace("</userTask>", "<standardLoopCharacteristics/></userTask>")),
    ),
    "flow to a start": ({"start-with-incoming"}, diagram(ENDS + A, "s -> a; a -> e; a -> s")),
    "two starts in a sub-process": (
        {"several-starts"}, straight(f'<subProcess id="a" name="a">{INSIDE}<startEvent id="i2"/>{flow("i3", "i2", "it")}</subProcess>'),
    ),
    "flow out of an end": ({"end-with-outgoing"}, diagram(ENDS + A + B, "s -> a; a -> e; e -> b")),
    "end nothing leads to": ({"end-without-incoming"}, diagram(ENDS + node("end", "e2") + A, "s -> a; a -> e")),
    "terminate in the middle": ({"event-not-allowed-here"}, straight(node("throw", "a", TERMINATE))),
    "timer thrown": ({"event-not-allowed-here"}, straight(node("throw", "a", timer("duration", "PT1S")))),
    "catch without a kind": ({"event-not-allowed-here"}, straight(node("catch", "a"))),
    "error start of a process": (
        {"event-not-allowed-here"}, diagram(node("start", "s", error("no")) + A, "s -> a"),
    ),
    "timer start of a sub-process": (
        {"event-not-allowed-here"},
        straight(f'<subProcess id="a" name="a">{node("start", "is", timer("duration", "PT1S"))}{B}{flow("if", "is", "b")}</subProcess>'),
    ),
    "error that does not interrupt": (
        {"always-interrupts"},
        diagram(ENDS + A + node("boundary", "b", error("no"), attachedToRef="a", cancelActivity="false"), "s -> a; a -> e; b -> e"),
    ),
    "boundary on nothing": (
        {"boundary-not-attached", "unreachable"},
        diagram(ENDS + A + node("boundary", "b", message("m")) + B, "s -> a; a -> e; b -> b2") .replace(b"b2", b"b_next")
        .replace(b'id="b" name="b"></userTask>', b'id="b_next" name="b_next"></userTask>'),
    ),
    "boundary on a gateway": (
        {"boundary-not-on-activity"},
        diagram(ENDS + node("and", "a") + node("boundary", "b", message("m"), attachedToRef="a"), "s -> a; a -> e; b -> e"),
    ),
    "flow to a boundary event": (
        {"boundary-with-incoming"},
        diagram(ENDS + A + node("boundary", "b", message("m"), attachedToRef="a") + node("user", "c"), "s -> a; a -> e; b -> c; c -> b"),
    ),
    "the same error caught twice": (
        {"caught-twice"},
        diagram(ENDS + A + node("boundary", "b", error("no"), attachedToRef="a")
                + node("boundary", "c", error("no"), attachedToRef="a"), "s -> a; a -> e; b -> e; c -> e"),
    ),
    "flow to an event sub-process": (
        {"event-sub-process-with-flows"}, diagram(ENDS + EVENT_SUB.format(SUB_START), "s -> x; x -> e"),
    ),
    "event sub-process without a start": (
        {"event-sub-process-start", "unreachable"},
        diagram(ENDS + A + EVENT_SUB.format(node("user", "xa")), "s -> a; a -> e"),
    ),
    "event sub-process with a plain start": (
        {"event-not-allowed-here"},
        diagram(ENDS + A + EVENT_SUB.format(SUB_START.replace(message("m"), "")), "s -> a; a -> e"),
    ),
    "start in an ad-hoc sub-process": (
        {"ad-hoc-events"}, straight(f'<adHocSubProcess id="a" name="a">{INSIDE}</adHocSubProcess>'),
    ),
    "cancel outside a transaction": (
        {"cancel-outside-transaction"}, diagram(node("start", "s") + node("end", "e", CANCEL) + A, "s -> a; a -> e"),
    ),
    "cancel at a task": (
        {"cancel-outside-transaction"},
        diagram(ENDS + A + node("boundary", "b", CANCEL, attachedToRef="a"), "s -> a; a -> e; b -> e"),
    ),
    "transaction cancelled that cannot be": (
        {"cancel-without-boundary"},
        straight(f'<transaction id="a" name="a">{INSIDE}{node("end", "c", CANCEL)}{flow("ic", "it", "c")}</transaction>'),
    ),
    "compensation without a handler": (
        {"compensation-handler"},
        diagram(ENDS + A + node("boundary", "b", COMPENSATE, attachedToRef="a"), "s -> a; a -> e"),
    ),
    "handler nobody calls": (
        {"compensation-unused"}, diagram(ENDS + A + node("user", "h", isForCompensation="true"), "s -> a; a -> e"),
    ),
    "compensation of what is not here": (
        {"compensation-reference"},
        straight(node("throw", "a", '<compensateEventDefinition activityRef="it"/>')
                 ).replace(b"</process>", f'<subProcess id="x" name="x">{INSIDE}</subProcess></process>'.encode()),
    ),
    "link without a target": (
        {"link-unpaired"}, diagram(ENDS + node("throw", "l", link("x")) + A + node("and", "g"), "s -> g; g -> a; a -> e; g -> l"),
    ),
    "link without a source": (
        {"link-unpaired", "unreachable"}, diagram(ENDS + A + node("catch", "c", link("x")) + B, "s -> a; a -> e; c -> b"),
    ),
    "flow out of a throwing link": (
        {"link-with-flow"},
        diagram(ENDS + node("throw", "l", link("x")) + node("catch", "c", link("x")) + A, "s -> a; a -> l; c -> e; l -> e"),
    ),
    "two targets of a link": (
        {"link-twice"},
        diagram(ENDS + node("throw", "l", link("x")) + node("catch", "c", link("x")) + node("catch", "d", link("x")), "s -> l; c -> e; d -> e"),
    ),
    "task after an event gateway": (
        {"event-gateway-target"}, diagram(EVENT_GATEWAY + A, EVENT_FLOWS + "; g -> a; a -> e"),
    ),
    "one event after an event gateway": (
        {"event-gateway-single"},
        diagram(ENDS + node("event", "g") + node("catch", "m", message("m")), "s -> g; g -> m; m -> e"),
    ),
    "another way to an awaited event": (
        {"event-gateway-target"}, diagram(EVENT_GATEWAY + A + node("and", "f"), EVENT_FLOWS.replace("s -> g", "s -> f; f -> g; f -> a") + "; a -> m"),
    ),
    "messages and receive tasks mixed": (
        {"event-gateway-mixed"}, diagram(EVENT_GATEWAY + node("receive", "r", messageRef="m_r"), EVENT_FLOWS + "; g -> r; r -> e"),
    ),
    "default of another gateway": (
        {"default-flow"},
        diagram(ENDS + node("xor", "g", default="s_g") + A + B, "s -> g; g -> a [x]; g -> b [y]; a -> e; b -> e"),
    ),
    "default of a parallel gateway": (
        {"default-flow"}, diagram(ENDS + node("and", "g") + A + B, "s -> g; g -> a*; g -> b; a -> e; b -> e"),
    ),
    "condition after a parallel gateway": (
        {"condition-not-allowed"}, diagram(ENDS + node("and", "g") + A + B, "s -> g; g -> a [x]; g -> b; a -> e; b -> e"),
    ),
    "two flows without a condition beside one with": (
        {"missing-condition"},
        diagram(ENDS + node("xor", "g") + A + B + node("user", "c"), "s -> g; g -> a [x]; g -> b; g -> c; a -> e; b -> e; c -> e"),
    ),
    "converging gateway with two ways out": (
        {"gateway-direction"},
        diagram(ENDS + node("and", "f") + node("and", "g", gatewayDirection="Converging") + A + B,
                "s -> f; f -> g; f -> g; g -> a; g -> b; a -> e; b -> e"),
    ),
    "diverging gateway with two ways in": (
        {"gateway-direction"},
        diagram(ENDS + node("and", "f") + node("and", "g", gatewayDirection="Diverging") + A + B,
                "s -> f; f -> a; f -> b; a -> g; b -> g; g -> e"),
    ),
    "event with each run": (
        {"loop-behavior"},
        straight(multi("<loopCardinality>2</loopCardinality>").replace("Characteristics>", 'Characteristics behavior="One">', 1)),
    ),
    "event with runs of a behavior that is none": (
        {"loop-behavior"},
        straight(multi("<loopCardinality>2</loopCardinality>").replace("Characteristics>", 'Characteristics behavior="Two">', 1)),
    ),
    "error without a code": ({"thrown-without-code"}, diagram(node("start", "s") + A + node("end", "e", error()), "s -> a; a -> e")),
    "escalation without a code": ({"thrown-without-code"}, straight(node("throw", "a", "<escalationEventDefinition/>"))),
    "incoming flow that is not there": ({"false-flow"}, straight(node("user", "a", "<incoming>nothing</incoming>"))),
    "incoming flow of another": ({"false-flow"}, straight(node("user", "a", "<incoming>a_e</incoming>"))),
    "outgoing flow of another": ({"false-flow"}, straight(node("user", "a", "<outgoing>s_a</outgoing>"))),
    "data object that is not there": (
        {"unresolved-reference"}, straight(A + '<dataObjectReference id="d" dataObjectRef="nothing"/>'),
    ),
    "data object that is a task": ({"wrong-reference"}, straight(A + '<dataObjectReference id="d" dataObjectRef="a"/>')),
    "lane of nobody": (
        {"unresolved-reference"}, straight(A + '<laneSet id="ls"><lane id="l"><flowNodeRef>nobody</flowNodeRef></lane></laneSet>'),
    ),
    "pool of no process": ({"pool-reference"}, pool('processRef="nothing"')),
    "pool of fewer than none": (
        {"pool-multiplicity"}, pool('processRef="p"', '<participantMultiplicity minimum="3" maximum="2"/>'),
    ),
    "extension that must be understood": (
        {"unknown-extension"}, straight(A).replace(b"<process", b'<extension mustUnderstand="true" definition="x"/><process', 1),
    ),
    "an island": ({"unreachable"}, diagram(ENDS + A + B + node("user", "c"), "s -> a; a -> e; b -> c; c -> b")),
    "many without a number": ({"loop-without-bounds"}, straight(multi(""))),
    "loop without an end": ({"loop-without-bounds"}, straight(node("user", "a", "<standardLoopCharacteristics/>"))),
    "parallel event gateway in the middle": (
        {"parallel-event-gateway"},
        diagram(EVENT_GATEWAY.replace('id="g"', 'id="g" eventGatewayType="Parallel"'), EVENT_FLOWS),
    ),
    "start of a process in a sub-process": (
        {"instantiate-in-sub-process"},
        straight(f'<subProcess id="a" name="a">{node("receive", "r", messageRef="m_r", instantiate="true")}</subProcess>'),
    ),
    "flow to what starts the process": (
        {"instantiate-with-incoming"}, straight(node("receive", "a", messageRef="m_r", instantiate="true")),
    ),
    "start quantity of nothing": ({"quantity"}, straight(node("user", "a", startQuantity="0"))),
    "a duration that is none": ({"invalid-time"}, straight(node("catch", "a", timer("duration", "P1")))),
    "a number that is no time": ({"invalid-time"}, straight(node("catch", "a", timer("cycle", "2000")))),
    "a start that reads data": (
        {"invalid-time"},
        diagram(node("start", "s", timer("duration", "pause")) + node("end", "e") + A, "s -> a; a -> e"),
    ),
    "a date that is none": ({"invalid-time"}, straight(node("catch", "a", timer("date", "2026-13-01T00:00:00Z")))),
    "a date where a duration belongs": ({"invalid-time"}, straight(node("catch", "a", timer("duration", "2026-01-01")))),
    "a duration where a date belongs": ({"invalid-time"}, straight(node("catch", "a", timer("date", "PT1H")))),
    "message flow to a plain start": (
        {"message-flow-end"},
        between_pools("other", "s"),
    ),
    "message flow from a plain end": (
        {"message-flow-end"},
        between_pools("e", "other"),
    ),
    "a negative number of runs": ({"loop-number"}, straight(multi("<loopCardinality>-1</loopCardinality>"))),
    "an error with a name but no code": (
        {"thrown-without-code"},
        diagram(
            node("start", "s") + A + node("end", "e", '<errorEventDefinition errorRef="x"/>'), "s -> a; a -> e",
            more='<error id="x" name="Trouble"/>',
        ),
    ),
    "a call of what is no process": ({"wrong-reference"}, straight(A + node("call", "c", calledElement="a")).replace(FLOW_A_E, FLOW_A_C_E)),
    "data in no set": ({"data-set"}, straight(data('<dataInput id="d"/><inputSet/><outputSet/>'))),
    "optional data outside its set": (
        {"data-set"},
        straight(data('<dataInput id="d"/><dataInput id="x"/><inputSet><dataInputRefs>d</dataInputRefs><optionalInputRefs>x</optionalInputRefs></inputSet><inputSet><dataInputRefs>x</dataInputRefs></inputSet><outputSet/>')),
    ),
    "data from several sources": (
        {"data-association"},
        straight(
            '<dataObject id="x"/><dataObject id="y"/>'
            + node("user", "a", "<dataInputAssociation><sourceRef>x</sourceRef><sourceRef>y</sourceRef></dataInputAssociation>")
        ),
    ),
    "a message that is not its operation's": (
        {"operation-message"},
        diagram(
            ENDS + node("send", "a", messageRef="m_one", operationRef="op"), "s -> a; a -> e",
            more='<message id="m_two" name="two"/><interface id="i" name="i"><operation id="op" name="o">'
            "<inMessageRef>m_two</inMessageRef></operation></interface>",
        ),
    ),
    "a collaboration that is not there": (
        {"unresolved-reference"},
        straight(A).replace(b"<process ", b'<process definitionalCollaborationRef="nothing" '),
    ),
    "no time": ({"invalid-time"}, straight(node("catch", "a", timer("duration", "three days")))),
    "unreadable condition": (
        {"expression"}, diagram(ENDS + node("xor", "g") + A + B, "s -> g; g -> a [amount >]; g -> b*; a -> e; b -> e"),
    ),
    "condition in a foreign language": (
        {"expression"},
        diagram(ENDS + node("xor", "g") + A + B, "s -> g; g -> a [x]; g -> b*; a -> e; b -> e"
                ).replace(b"<conditionExpression>", b'<conditionExpression language="groovy">'),
    ),
    "unreadable assignee": ({"expression"}, straight(task("", assignee="deal owner"))),
    "unreadable script": ({"script"}, straight(node("script", "a", "<script>print('hello')</script>"))),
    "unknown operation": (
        {"unknown-operation"}, straight(node("service", "a", extension('<procession:operation name="deal.destroy"/>'))),
    ),
    "unknown operation on completion": ({"unknown-operation"}, straight(task("", onComplete="deal.destroy"))),
    "unknown parameter": (
        {"unknown-parameter"},
        straight(task('<procession:parameter name="colour" value="1"/>', onComplete="deal.create")),
    ),
    "operation at a user task": (
        {"operation-place"}, straight(node("user", "a", extension('<procession:operation name="deal.close"/>'))),
    ),
    "two stages at once": (
        {"two-stages"},
        diagram(ENDS + node("and", "g") + node("user", "a", **NEEDS) + node("user", "b", procession_stage="proposal"), "s -> g; g -> a; g -> b; a -> e; b -> e"),
    ),
    "unknown stage": ({"unknown-stage"}, straight(node("user", "a", procession_stage="paradise"))),
    "unknown form": ({"unknown-form"}, straight(task("", form="nothing"))),
    "unknown role": ({"unknown-role"}, straight(task("", candidateRoles="king"))),
    "unknown activity": ({"unknown-activity"}, straight(task("", activity="dance"))),
    "result without a code": ({"result-without-code"}, straight(task('<procession:result titleRu="Да" titleEn="Yes"/>'))),
    "result twice": (
        {"result-twice"}, straight(task('<procession:result code="x" titleRu="Да" titleEn="Yes"/>' * 2)),
    ),
    "unresolved error": (
        {"unresolved-reference"},
        diagram(node("start", "s") + A + node("end", "e", '<errorEventDefinition errorRef="zzz"/>'), "s -> a; a -> e"),
    ),
    "element with the id of its process": ({"duplicate-id"}, diagram(ENDS + A, "s -> a; a -> e", id="a")),
    "two elements of one id": ({"duplicate-id"}, diagram(ENDS + A + A, "s -> a; a -> e")),
    "element without an id": ({"missing-id"}, straight(A + '<userTask name="x"/>')),
    "no element of BPMN": ({"unknown-element"}, straight(A + '<userTaks id="x"/>')),
    "process without elements": ({"nothing-to-run"}, diagram("", "")),
}  # fmt: skip

WARNED = DOUBTFUL | {
    "a step before the first stage": ({"no-stage"}, diagram(ENDS + B + node("user", "a", **NEEDS), "s -> b; b -> a; a -> e")),
    "a way around every stage": (
        {"perhaps-no-stage"},
        diagram(ENDS + node("xor", "g") + node("user", "a", **NEEDS) + B, "s -> g; g -> a [amount > 5]; g -> b*; a -> b; b -> e"),
    ),
    "cycle without a pause": (
        {"cycle-without-wait"},
        diagram(ENDS + node("xor", "g") + node("script", "a", "<script>n = n + 1</script>"), "s -> a; a -> g; g -> a [n < 3]; g -> e*"),
    ),
    "task without a name": ({"task-without-name"}, straight('<userTask id="a"/>')),
    "choice without names": (
        {"choice-without-name"}, diagram(ENDS + node("xor", "g") + A + B, "s -> g; g -> a; g -> b; a -> e; b -> e"),
    ),
    "process that is not deployed": ({"unknown-process"}, straight(node("call", "a", calledElement="elsewhere"))),
    "another's process of the same name as its call": ({"unknown-process"}, straight(node("call", "a", calledElement="a"))),
    "result without a title": ({"result-without-title"}, straight(task('<procession:result code="ok" titleRu="Да"/>'))),
    "two natural results": (
        {"several-primary-results"},
        straight(task("".join(f'<procession:result code="{c}" titleRu="Да" titleEn="Yes" primary="true"/>' for c in "xy"))),
    ),
    "number and collection": (
        {"loop-with-two-bounds"},
        straight(multi("<loopCardinality>3</loopCardinality><loopDataInputRef>people</loopDataInputRef>")),
    ),
}  # fmt: skip
