"""A loop says how often it repeats."""

from collections.abc import Iterator

from bpmn.model import Diagram, Finding
from bpmn.normalise.unbounded_repetition import has_bounds
from bpmn.rules.findings import at, error, nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NO_BOUNDS = N_(
    "“%(element)s” is repeated for many, but not for which. Give a number or a collection, or remove the mark."
)
NO_CONDITION = N_("“%(element)s” is repeated, but not until when. Give a condition or a maximum, or remove the mark.")
BEHAVIOR = N_(
    "“%(element)s” throws an event with each run (behavior %(what)s), which cannot be run yet. Set it to All."
)
BOTH = N_("“%(element)s” has both a number and a collection. The collection is used; remove the number.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        loop = node.loop
        if loop is None:
            continue
        if loop.behavior != "All":
            yield at(error("loop-behavior", node, BEHAVIOR, what=loop.behavior), loop.line)
        if not has_bounds(loop):
            yield at(error("loop-without-bounds", node, NO_BOUNDS if loop.multi else NO_CONDITION), loop.line)
        elif loop.multi and loop.cardinality is not None and loop.collection is not None:
            yield at(warning("loop-with-two-bounds", node, BOTH), loop.line)
