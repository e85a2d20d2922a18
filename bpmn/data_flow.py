"""Which variables the elements of a process set and read, as far as the diagram alone says."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bpmn.durations import is_date, is_duration
from bpmn.expressions import ExpressionError, compile_expression, compile_script
from bpmn.model import Flow, Node, Process

GIVEN = frozenset(
    {
        "deal", "account", "contact", "lead", "subject", "initiator_id", "actor_id", "now", "result", "loopCounter",
        "activationCount", "waitingForStart", "numberOfInstances", "numberOfActiveInstances",
        "numberOfCompletedInstances", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances",
    }
)  # fmt: skip
"""Names that are there without anybody setting them."""
CYCLE = re.compile(r"R\d*/")
CONDITION, EVENT, PEOPLE, TIME = "condition", "event", "people", "time"
PARAMETER, REPETITION, SCRIPT, CALL, CALL_ALL = "parameter", "repetition", "script", "call", "call_all"


@dataclass(frozen=True, slots=True)
class Use:
    """A variable at an element. `kind` says as what; `detail` which parameter, flow or the like."""

    name: str
    kind: str
    element: str
    detail: str = ""


def reads(process: Process) -> Iterator[Use]:
    """What elements look at; a name stands there once for each place."""
    for flow in process.flows.values():
        source = process.nodes.get(flow.source)
        if flow.condition and source is not None and not source.choice and source.default != flow.id:
            yield from _of_flow(flow, source)
    for node in process.nodes.values():
        own = {node.loop.element} if node.loop is not None and node.loop.element else set()
        yield from (use for use in _of_node(node) if use.name not in own)


def sets(process: Process) -> Iterator[Use]:
    """What elements set by themselves; forms, operations and decisions are known elsewhere."""
    for node in process.nodes.values():
        extension = node.extension
        if node.script is not None and node.foreign is None:
            yield from (Use(name, SCRIPT, node.id) for name in _targets(node.script))
        yield from (Use(moved.target, SCRIPT, node.id) for moved in (*node.takes, *node.gives))
        if node.type == "callActivity":
            yield from (Use(one.name, CALL, node.id) for one in extension.outputs)
        elif extension.result_variable:
            yield Use(extension.result_variable, SCRIPT if node.type == "scriptTask" else "machine", node.id)
        if node.loop is not None:
            for name in (node.loop.element, node.loop.output_collection):
                if name:
                    yield Use(name, REPETITION, node.id)


def passes_everything(process: Process) -> Iterator[Node]:
    """Call activities without a list of values: the called process sees every variable, and gives all of its own back."""
    for node in process.nodes.values():
        extension = node.extension
        mapped = extension.call_mapping or extension.inputs or extension.outputs
        if node.type == "callActivity" and node.called_element and not mapped:
            yield node


def _of_flow(flow: Flow, source: Node) -> Iterator[Use]:
    for name in names_in(flow.condition or ""):
        yield Use(name, CONDITION, source.id, flow.name or flow.id)


def _of_node(node: Node) -> Iterator[Use]:
    extension, loop = node.extension, node.loop
    for event in node.events:
        yield from _all(node, EVENT, [event.condition, event.timer[1] if event.timer else None])
    if loop is not None:
        texts = (loop.cardinality, loop.collection, loop.completion, loop.condition, loop.output_element)
        yield from _all(node, REPETITION, texts)
    if node.script is not None and node.foreign is None:
        yield from (Use(name, SCRIPT, node.id) for name in sorted(_read_by_script(node.script)))
    for moved in (*node.takes, *node.gives):
        yield from _all(node, SCRIPT, (moved.value,), moved.target)
    yield from _all(node, CONDITION, (node.activation_condition, node.ad_hoc_completion))
    yield from _all(node, PEOPLE, (extension.assignee, extension.candidate_users))
    yield from _all(node, TIME, (extension.due, extension.follow_up, extension.priority))
    yield from _all(node, EVENT, (extension.correlation,))
    for parameter in extension.parameters:
        yield from _all(node, PARAMETER, (parameter.value,), parameter.name)
    for given in extension.inputs:
        yield from _all(node, CALL, (given.value,), given.name)


def _all(node: Node, kind: str, texts: Iterable[str | None], detail: str = "") -> Iterator[Use]:
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(names_in(text or "")))
    return (Use(name, kind, node.id, detail) for name in found)


def names_in(text: str) -> list[str]:
    """The variables an expression reads; nothing where it cannot be read, which the check tells by itself."""
    plain = text.strip()
    if not plain or is_duration(plain) or is_date(plain) or CYCLE.match(plain):
        return []
    try:
        return sorted(compile_expression(text).names - GIVEN)
    except ExpressionError:
        return []


def _targets(script: str) -> tuple[str, ...]:
    try:
        return compile_script(script).targets
    except ExpressionError:
        return ()


def _read_by_script(script: str) -> frozenset[str]:
    try:
        return compile_script(script).names - GIVEN
    except ExpressionError:
        return frozenset()
