"""What the repairs have in common: the list they are noted in, and changing nodes and flows of a diagram of values."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from bpmn.model import Diagram, Finding, Flow, Node, Process


@dataclass
class Repairs:
    file: str
    found: list[Finding] = field(default_factory=list)

    def note(self, rule: str, where: Node | Flow | Process, message: str, /, **params: str) -> None:
        params.setdefault("element", where.name or where.id)
        titles = where.extension.titles if isinstance(where, Node) else where.titles
        self.found.append(Finding(rule, "repair", message, where.line, where.id, where.name, self.file, params, titles))


def each_node(diagram: Diagram, change: Callable[[Node, Process], Node]) -> Diagram:
    """The diagram with every node as `change` answers it."""
    processes = {}
    for key, process in diagram.processes.items():
        nodes = {node.id: change(node, process) for node in process.nodes.values()}
        processes[key] = replace(process, nodes=nodes) if nodes != process.nodes else process
    return replace(diagram, processes=processes)


def with_flows(process: Process, flows: Iterable[Flow]) -> Process:
    """The process with some flows replaced."""
    return replace(process, flows={**process.flows, **{flow.id: flow for flow in flows}})


def outgoing(node: Node, process: Process) -> list[Flow]:
    return [process.flows[flow] for flow in node.outgoing if flow in process.flows]


def all_nodes(diagram: Diagram) -> Iterator[tuple[Node, Process]]:
    for process in diagram.processes.values():
        for node in process.nodes.values():
            yield node, process
