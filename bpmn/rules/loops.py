"""A loop says how often it repeats."""

import re
from collections.abc import Iterator

from bpmn.model import Diagram, Finding, Loop
from bpmn.normalise.unbounded_repetition import has_bounds
from bpmn.rules.findings import at, error, nodes, warning
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

NO_BOUNDS = N_(
    "“%(element)s” is repeated for many, but not for which. Give a number or a collection, or remove the mark."
)
NO_CONDITION = N_("“%(element)s” is repeated, but not until when. Give a condition or a maximum, or remove the mark.")
BEHAVIOR = N_(
    "“%(element)s” throws an event when its runs are done (behavior %(what)s), but not which. Name a message, signal,"
    " error or escalation, or set the behavior to All."
)
NO_BEHAVIOR = N_("“%(element)s” has the behavior %(what)s, which is none of None, One, All and Complex. Choose one.")
THROWN = frozenset({"message", "signal", "error", "escalation"})
NEGATIVE = N_("“%(element)s” is repeated a negative number of times. Set the number to 0 or more.")
NOT_WHOLE = N_("“%(element)s” is repeated “%(number)s” times, which is no whole number. Write one, or an expression.")
NEGATIVE_NUMBER = re.compile(r"-\s*\d+(\.\d+)?")
NO_WHOLE_NUMBER = re.compile(r"\d*\.\d+|'[^']*'|\"[^\"]*\"|true|false|null", re.IGNORECASE)
"""A literal that no number of runs can be."""
BOTH = N_("“%(element)s” has both a number and a collection. The collection is used; remove the number.")


def check(diagram: Diagram, vocabulary: Vocabulary) -> Iterator[Finding]:
    for node in nodes(diagram):
        loop = node.loop
        if loop is None:
            continue
        if loop.behavior not in ("All", "None", "One", "Complex"):
            yield at(error("loop-behavior", node, NO_BEHAVIOR, what=loop.behavior), loop.line)
        elif loop.behavior != "All" and not _throws(loop):
            yield at(error("loop-behavior", node, BEHAVIOR, what=loop.behavior), loop.line)
        if not has_bounds(loop):
            yield at(error("loop-without-bounds", node, NO_BOUNDS if loop.multi else NO_CONDITION), loop.line)
        if _is_negative(loop):
            yield at(error("loop-number", node, NEGATIVE), loop.line)
        elif loop.cardinality is not None and NO_WHOLE_NUMBER.fullmatch(loop.cardinality.strip()):
            yield at(error("loop-number", node, NOT_WHOLE, number=loop.cardinality), loop.line)
        elif loop.multi and loop.cardinality is not None and loop.collection is not None:
            yield at(warning("loop-with-two-bounds", node, BOTH), loop.line)


def _is_negative(loop: Loop) -> bool:
    if loop.maximum is not None and loop.maximum < 0:
        return True
    return loop.cardinality is not None and NEGATIVE_NUMBER.fullmatch(loop.cardinality.strip()) is not None


def _throws(loop: Loop) -> bool:
    """Whether it is said what the runs throw, and when."""
    conditional = loop.behavior == "Complex"
    return bool(loop.events) and all(
        thrown.event.kind in THROWN and thrown.event.reference and (thrown.condition or not conditional)
        for thrown in loop.events
    )
