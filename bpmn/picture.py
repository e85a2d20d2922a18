"""Whether a diagram can be shown as drawn, or has to be laid out first."""

from collections.abc import Iterator

from bpmn.model import Diagram


def without_picture(diagram: Diagram) -> Iterator[str]:
    """Ids of the nodes that have no shape. (A flow without an edge is drawn straight; that needs no layout.)"""
    for process in diagram.processes.values():
        for node in process.nodes.values():
            if node.id not in diagram.pictured:
                yield node.id


def is_pictured(diagram: Diagram) -> bool:
    """Whether every node has a shape."""
    return diagram.has_picture and not any(without_picture(diagram))
