"""A message flow between two pools gives both its ends the same message where they name none."""

from dataclasses import replace

from bpmn.model import Diagram, Node
from bpmn.normalise.repairs import Repairs, all_nodes
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” names no message: by the message flow it is “%(message)s”.")
SENDERS = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})
RECEIVERS = frozenset({"receiveTask", "startEvent", "intermediateCatchEvent", "boundaryEvent"})


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    nodes = {node.id: (node, process.id) for node, process in all_nodes(diagram)}
    for start, end in diagram.message_flows:
        if start not in nodes or end not in nodes or nodes[start][1] == nodes[end][1]:
            continue
        (sender, from_process), (receiver, to_process) = nodes[start], nodes[end]
        if not (_takes_message(sender, SENDERS) and _takes_message(receiver, RECEIVERS)):
            continue
        name = message_of(sender) or message_of(receiver) or receiver.name or sender.name or receiver.id
        nodes[start] = _named(sender, name, repairs), from_process
        nodes[end] = _named(receiver, name, repairs), to_process
    processes = {
        key: replace(process, nodes={node: nodes[node][0] for node in process.nodes})
        for key, process in diagram.processes.items()
    }
    return replace(diagram, processes=processes)


def _takes_message(node: Node, kinds: frozenset[str]) -> bool:
    if node.type in ("sendTask", "receiveTask"):
        return node.type in kinds and node.foreign is None and not node.extension.is_for_a_machine
    return node.type in kinds and any(event.kind == "message" for event in node.events)


def message_of(node: Node) -> str | None:
    return node.message or next((e.reference for e in node.events if e.kind == "message"), None)


def _named(node: Node, name: str, repairs: Repairs) -> Node:
    if message_of(node) is not None:
        return node
    repairs.note("message-by-flow", node, MESSAGE, message=name)
    if node.type in ("sendTask", "receiveTask"):
        return replace(node, message=name)
    events = tuple(replace(e, reference=name) if e.kind == "message" else e for e in node.events)
    return replace(node, events=events)
