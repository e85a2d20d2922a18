"""Small BPMN diagrams written as text, so that a test shows the process it plays."""

import re
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:procession="urn:procession:bpmn:1.0" targetNamespace="test"'
)
SHORT = {
    "start": "startEvent", "end": "endEvent", "user": "userTask", "script": "scriptTask", "service": "serviceTask",
    "xor": "exclusiveGateway", "and": "parallelGateway", "or": "inclusiveGateway", "event": "eventBasedGateway",
    "catch": "intermediateCatchEvent", "throw": "intermediateThrowEvent", "boundary": "boundaryEvent",
    "call": "callActivity", "receive": "receiveTask", "send": "sendTask", "task": "task",
}  # fmt: skip
FLOW = re.compile(r"(\w+)\s*->\s*(\w+)(\*)?(?:\s*\[(.*?)\])?\s*$")


def node(kind: str, id: str, inner: str = "", **attributes: str) -> str:
    """One flow node; keyword arguments are its XML attributes (`_` in a name stands for `:`)."""
    text = "".join(f" {name.replace('_', ':', 1)}={quoteattr(value)}" for name, value in attributes.items())
    tag = SHORT.get(kind, kind)
    return f'<{tag} id="{id}" name="{id}"{text}>{inner}</{tag}>'


def timer(kind: str, text: str) -> str:
    tag = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[kind]
    return f"<timerEventDefinition><{tag}>{escape(text)}</{tag}></timerEventDefinition>"


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="m_{name}"/>'


def signal(name: str) -> str:
    return f'<signalEventDefinition signalRef="s_{name}"/>'


def error(code: str = "") -> str:
    return f'<errorEventDefinition errorRef="e_{code}"/>' if code else "<errorEventDefinition/>"


def escalation(code: str) -> str:
    return f'<escalationEventDefinition escalationRef="x_{code}"/>'


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{escape(text)}</condition></conditionalEventDefinition>"


def body(nodes: str, flows: str) -> str:
    """Nodes as XML and flows as lines `a -> b`, `a -> b [condition]`, `a -> b*` (the default)."""
    defaults: dict[str, str] = {}
    parts = []
    for number, line in enumerate(line for line in re.split(r"[\n;]", flows) if line.strip()):
        match = FLOW.match(line.strip())
        assert match, line
        source, target, default, text = match.groups()
        id = f"{source}_{target}" if flows.count(f"{source} -> {target}") == 1 else f"{source}_{target}_{number}"
        inner = f"<conditionExpression>{escape(text)}</conditionExpression>" if text else ""
        if default:
            defaults[source] = id
        parts.append(f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    for source, flow in defaults.items():
        nodes = nodes.replace(f'id="{source}"', f'id="{source}" default="{flow}"', 1)
    return nodes + "".join(parts)


def diagram(nodes: str, flows: str, *, id: str = "p", more: str = "") -> bytes:
    """A whole file with one process; messages, signals, errors and escalations are declared as they are used."""
    content = body(nodes, flows)
    declared = ""
    for prefix, tag, extra in (
        ("m", "message", ""),
        ("s", "signal", ""),
        ("e", "error", "errorCode"),
        ("x", "escalation", "escalationCode"),
    ):
        for name in sorted(set(re.findall(rf'Ref="{prefix}_(\w+)"', content + more))):
            code = f' {extra}="{name}"' if extra else ""
            declared += f'<{tag} id="{prefix}_{name}" name="{name}"{code}/>'
    process = f'<process id="{id}" name="{id}" isExecutable="true">{content}</process>'
    return f"<definitions {NAMESPACES}>{declared}{process}{more}</definitions>".encode()
