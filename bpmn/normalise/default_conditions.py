"""The condition of a default flow is ignored, as BPMN says."""

from dataclasses import replace

from bpmn.model import Diagram
from bpmn.normalise.repairs import Repairs, with_flows
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” is the default flow, so its condition “%(condition)s” is not looked at.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    processes = {}
    for key, process in diagram.processes.items():
        changed = []
        for node in process.nodes.values():
            flow = process.flows.get(node.default or "")
            if flow is not None and flow.condition is not None and flow.source == node.id:
                repairs.note("default-condition", flow, MESSAGE, condition=flow.condition)
                changed.append(replace(flow, condition=None))
        processes[key] = with_flows(process, changed) if changed else process
    return replace(diagram, processes=processes)
