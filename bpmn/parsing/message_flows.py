"""Message flows: from one participant, or what stands in it, to another."""

from lxml import etree

from bpmn.model import FLOW_NODES
from bpmn.parsing.source import Source
from bpmn.parsing.xml import BPMN, attribute, local
from kernel.i18n import N_

DANGLING = N_("The message flow “%(element)s” is connected to “%(reference)s”, which is not in the file. Draw it anew.")
NOT_AN_END = N_(
    "The message flow “%(element)s” is connected to “%(reference)s” (%(kind)s). Connect pools, tasks and events only."
)
OWN_POOL = N_("The message flow “%(element)s” stays inside one pool. Use a sequence flow, or two pools.")
ENDS = ("sourceRef", "targetRef")


def message_flows(source: Source, participants: dict[str, str | None]) -> tuple[tuple[str, str], ...]:
    """(from, to) by ids. `participants` are the pools with their processes."""
    found = []
    for flow in source.root.iter(f"{{{BPMN}}}messageFlow"):
        start, end = (source.find(attribute(flow, name)) for name in ENDS)
        if start is None or end is None:
            missing = attribute(flow, ENDS[0] if start is None else ENDS[1]) or "?"
            source.problem("dangling-message-flow", "error", DANGLING, flow, reference=missing)
        elif _are_ends(flow, (start, end), source):
            if _in_one_pool(start, end, participants):
                source.problem("message-flow-in-pool", "error", OWN_POOL, flow)
            found.append((attribute(start, "id") or "", attribute(end, "id") or ""))
    return tuple(found)


def _are_ends(flow: etree._Element, ends: tuple[etree._Element, ...], source: Source) -> bool:
    wrong = [end for end in ends if local(end) not in FLOW_NODES | {"participant"}]
    for end in wrong:
        reference = attribute(end, "name") or attribute(end, "id") or ""
        source.problem("message-flow-end", "error", NOT_AN_END, flow, reference=reference, kind=local(end))
    return not wrong


def _in_one_pool(start: etree._Element, end: etree._Element, participants: dict[str, str | None]) -> bool:
    """Whether a pool is connected with itself or with what stands in it; two steps of a pool are told by lint."""
    if local(start) != "participant" and local(end) != "participant":
        return False
    places = [
        participants.get(attribute(one, "id") or "", "") if local(one) == "participant" else _process(one)
        for one in (start, end)
    ]
    return start is end or (places[0] is not None and places[0] == places[1])


def _process(found: etree._Element) -> str | None:
    process = next(found.iterancestors(f"{{{BPMN}}}process"), None)
    return attribute(process, "id") if process is not None else None
