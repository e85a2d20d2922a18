"""What each kind of element does when a token enters it: one function a kind, found by BPMN's name."""

from collections.abc import Callable

from bpmn.model import Node
from engine.behaviours import ad_hoc, complex_gateways, events, gateways, sub_processes, tasks
from engine.runtime import Run
from engine.state import Token

Behaviour = Callable[[Run, Token, Node], None]

BEHAVIOURS: dict[str, Behaviour] = {
    "startEvent": events.start,
    "endEvent": events.end,
    "intermediateThrowEvent": events.throw,
    "intermediateCatchEvent": events.catch,
    "exclusiveGateway": gateways.exclusive,
    "inclusiveGateway": gateways.inclusive,
    "parallelGateway": gateways.parallel,
    "complexGateway": complex_gateways.enter,
    "eventBasedGateway": gateways.event_based,
    "task": tasks.person,
    "userTask": tasks.person,
    "manualTask": tasks.person,
    "serviceTask": tasks.service,
    "businessRuleTask": tasks.service,
    "sendTask": tasks.send,
    "receiveTask": tasks.receive,
    "scriptTask": tasks.script,
    "callActivity": sub_processes.call,
    "subProcess": sub_processes.embedded,
    "adHocSubProcess": ad_hoc.enter,
    "transaction": sub_processes.embedded,
}


def behaviour_of(node: Node) -> Behaviour:
    return BEHAVIOURS[node.type]
