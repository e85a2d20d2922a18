"""Where a process drives deals, whatever state it can come to belongs to exactly one stage."""

from collections.abc import Iterator

from bpmn.markings import Marking, Markings
from bpmn.model import Diagram, Finding, Node, Process
from bpmn.rules.findings import error, label, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

TWO = N_(
    "While the process stands at “%(element)s” (stage “%(stage)s”), the deal can be at the stage “%(other)s”: a deal"
    " has one stage. Let the stages follow one another, or keep what runs beside outside of stages."
)
NONE = N_(
    "At “%(element)s” the process has given the deal no stage yet: a deal that is there already keeps the one it came"
    " with. Put the step into a stage, or after the first stage."
)
PERHAPS_NONE = N_(
    "“%(element)s” can be reached on a way that enters no stage: a deal then keeps the one it came with. Lead every way"
    " to it through a stage, or ask first whether there is a deal (condition “deal”)."
)
TOO_MANY = N_(
    "“%(element)s” has more than %(count)s states; the proof that each has one stage has looked at no more of them."
    " Fewer steps beside one another make it complete."
)


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for process in diagram.processes.values():
        if any(node.extension.stage for node in process.nodes.values()):
            yield from prove(process)


def prove(process: Process, most: int | None = None) -> Iterator[Finding]:
    """What speaks against every state having exactly one stage."""
    markings = Markings(process) if most is None else Markings(process, most)
    two: dict[str, tuple[str, str]] = {}
    without: set[str] = set()
    with_stage: set[str] = set()
    for marking in markings:
        standing = list(_standing(process, markings, marking))
        for node, carrier in standing:
            if carrier is not None and carrier.extension.stage != marking.stage:
                two.setdefault(carrier.id, (carrier.extension.stage or "", marking.stage or ""))
            (with_stage if marking.stage else without).add(node.id)
    for element, (stage, other) in two.items():
        yield error("two-stages", process.nodes[element], TWO, stage=stage, other=other)
    for element in sorted(without - with_stage):
        yield warning("no-stage", process.nodes[element], NONE)
    for element in sorted(without & with_stage):
        yield warning("perhaps-no-stage", process.nodes[element], PERHAPS_NONE)
    if not markings.complete:
        yield warning("stage-proof-bound", process, TOO_MANY, count=str(markings.most), element=label(process))


def _standing(process: Process, markings: Markings, marking: Marking) -> Iterator[tuple[Node, Node | None]]:
    """The steps that wait in a state, each with the innermost element around it that carries a stage."""
    for place in marking.places:
        node = process.nodes[place.node]
        if place.flow is not None or node.is_scope or not markings.waits(node):
            continue
        carrier: Node | None = node
        while carrier is not None and carrier.extension.stage is None:
            carrier = process.nodes.get(carrier.scope)
        yield node, carrier
