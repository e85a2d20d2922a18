"""A pool with nothing in it is a black box: it takes part in messages but does not run."""

from dataclasses import replace

from bpmn.model import Diagram
from bpmn.normalise.repairs import Repairs
from kernel.i18n import N_

MESSAGE = N_("“%(element)s” has no elements: it is shown, but nothing of it runs.")


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    full = {key: process for key, process in diagram.processes.items() if process.nodes}
    if not full or len(full) == len(diagram.processes):
        return diagram
    for process in diagram.processes.values():
        if not process.nodes:
            repairs.note("empty-pool", process, MESSAGE, element=process.participant or process.name or process.id)
    return replace(diagram, processes=full)
