"""The fields of a process: who sets each, who reads it, which are never read and which nobody sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bpmn import data_flow
from bpmn.data_flow import Use
from bpmn.decisions.model import Decision
from bpmn.model import Diagram, Node, Process
from engine import decisions
from engine.tables import DecisionRow
from kernel.context import Context
from processes.forms import FormDefinition, read_form
from processes.operations import REGISTRY
from processes.versions import only_newest

FORM, OPERATION, DECISION, MESSAGE = "form", "operation", "decision", "message"
CARRIED = {"deal.change_stage": ("next_stage", "close_reason", "winner_competitor_id", "reroute_to")}
"""What the product's own messages bring along."""
USED, UNUSED, MISSING, OUTSIDE = "used", "unused", "missing", "outside"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is set or read, and as what; `detail` is the form, the parameter, the flow."""

    kind: str
    element_id: str
    element_name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProcessField:
    """A variable of a process. `state`: used; unused (a form asks for it, and nothing reads it); missing (a gateway
    reads it, and nobody sets it); outside (read, and to come with the start, a message or a called process)."""

    process: str
    name: str
    label: str
    type: str
    state: str
    set_by: tuple[Place, ...]
    read_by: tuple[Place, ...]


def fields_of(context: Context, diagrams: Sequence[Diagram], forms: Mapping[str, Any]) -> list[ProcessField]:
    """Every field of the diagrams' processes; those that want attention first, then by name."""
    known = _Known(context, {key: read_form(content) for key, content in forms.items()})
    found = [field for diagram in diagrams for process in diagram.processes.values() for field in _of(process, known)]
    order = {MISSING: 0, UNUSED: 1}
    return sorted(found, key=lambda field: (order.get(field.state, 2), field.process, field.name))


class _Known:
    """What stands beside the diagram: forms, operations, decisions."""

    def __init__(self, context: Context, forms: Mapping[str, FormDefinition]) -> None:
        self.context = context
        self.forms = forms

    def decision(self, key: str) -> tuple[Decision, Mapping[str, Decision]] | None:
        session = self.context.session
        row = session.scalar(only_newest(select(DecisionRow).where(DecisionRow.key == key), DecisionRow))
        if row is None:
            return None
        all_of_file = decisions.load(session, row.id).requirements.decisions
        return all_of_file[row.key], all_of_file


def _of(process: Process, known: _Known) -> Iterator[ProcessField]:
    set_by: dict[str, list[Place]] = defaultdict(list)
    read_by: dict[str, list[Place]] = defaultdict(list)
    labels: dict[str, tuple[str, str]] = {}
    language = known.context.actor.language
    outcomes = {f"{node.id}_result" for node in process.nodes.values()}

    def note(into: dict[str, list[Place]], use: Use) -> None:
        node = process.nodes[use.element]
        if use.name not in outcomes:
            into[use.name].append(Place(use.kind, node.id, node.title(language), use.detail))

    for use in data_flow.sets(process):
        note(set_by, use)
    for use in data_flow.reads(process):
        note(read_by, use)
    for node in process.nodes.values():
        for use, label, kind in _asked(node, known, language):
            note(set_by, use)
            labels.setdefault(use.name, (label, kind))
        for use in (*_shown(node, known), *_decided_from(node, known)):
            note(read_by, use)
        for use in (*_operated(node), *_decided(node, known), *_carried(node)):
            note(set_by, use)
    for node in process.nodes.values():
        for name in _taken_along(node, set_by):
            note(read_by, Use(name, data_flow.PARAMETER, node.id, name))
    open_calls = list(data_flow.passes_everything(process))
    for name in sorted(set_by.keys() | read_by.keys()):
        for node in open_calls if name in set_by else ():
            note(read_by, Use(name, data_flow.CALL_ALL, node.id))
        label, kind = labels.get(name, ("", ""))
        state = _state(set_by[name], read_by[name], bool(open_calls))
        yield ProcessField(process.id, name, label, kind, state, tuple(set_by[name]), tuple(read_by[name]))


def _state(set_by: Sequence[Place], read_by: Sequence[Place], calls: bool) -> str:
    if not read_by:
        return UNUSED if any(place.kind == FORM for place in set_by) else USED
    if set_by:
        return USED
    decides = any(place.kind == data_flow.CONDITION for place in read_by)
    return MISSING if decides and not calls else OUTSIDE


def _asked(node: Node, known: _Known, language: str) -> Iterator[tuple[Use, str, str]]:
    """The fields of the node's form that a person fills in."""
    form = known.forms.get(node.extension.form or "")
    for field in form.fields if form is not None else ():
        if not field.read_only:
            yield Use(field.key, FORM, node.id, node.extension.form or ""), field.title(language), field.type
    if form is None:
        for embedded in node.extension.fields:
            yield Use(embedded.key, FORM, node.id), embedded.label or embedded.key, embedded.type


def _shown(node: Node, known: _Known) -> Iterator[Use]:
    """What the node's form reads: fields that only show something, and conditions that hide a field."""
    form = known.forms.get(node.extension.form or "")
    for field in form.fields if form is not None else ():
        if field.read_only:
            yield Use(field.key, FORM, node.id, field.key)
        if field.hide is not None:
            yield from (Use(name, FORM, node.id, field.key) for name in sorted(field.hide.names - data_flow.GIVEN))


def _operations(node: Node) -> list[str]:
    return [name for name in (node.extension.operation, node.extension.on_complete) if name]


def _operated(node: Node) -> Iterator[Use]:
    only = node.extension.result_variable
    for name in _operations(node):
        operation = REGISTRY.get(name)
        for given in operation.gives if operation is not None else ():
            if only is None or given == only:
                yield Use(given, OPERATION, node.id, name)


def _taken_along(node: Node, known: Mapping[str, Any]) -> Iterator[str]:
    """Parameters that are not written and take the variable of their name."""
    written = {parameter.name for parameter in node.extension.parameters}
    for name in _operations(node):
        operation = REGISTRY.get(name)
        for parameter in operation.parameters if operation is not None else ():
            if parameter.name not in written and parameter.name in known:
                yield parameter.name


def _decided(node: Node, known: _Known) -> Iterator[Use]:
    key = node.extension.decision
    if key is None or node.foreign is not None or node.extension.result_variable:
        return
    found = known.decision(key)
    if found is not None and found[0].table is not None:
        yield from (Use(output.name, DECISION, node.id, key) for output in found[0].table.outputs)


def _decided_from(node: Node, known: _Known) -> Iterator[Use]:
    key = node.extension.decision
    found = known.decision(key) if key is not None and node.foreign is None else None
    if key is None or found is None:
        return
    for name in sorted(names_read(*found) - data_flow.GIVEN):
        yield Use(name, DECISION, node.id, key)


def names_read(decision: Decision, known: Mapping[str, Decision]) -> set[str]:
    """The variables that a decision and what it requires look at."""
    read: set[str] = set()
    seen: dict[str, Decision] = {}
    waiting = [decision]
    while waiting:
        each = waiting.pop()
        if each.id in seen:
            continue
        seen[each.id] = each
        waiting += [known[key] for key in each.requires if key in known]
        texts = [column.expression for column in (each.table.inputs if each.table else ())]
        texts += [each.literal.text] if each.literal else []
        for text in texts:
            read.update(data_flow.names_in(text))
    return read - {each.variable for each in seen.values() if each.variable} - seen.keys()


def _carried(node: Node) -> Iterator[Use]:
    """What a message of the product brings."""
    names = [node.message, *(event.reference for event in node.events if event.kind == "message")]
    for message in names if node.type != "endEvent" and node.type != "intermediateThrowEvent" else ():
        yield from (Use(name, MESSAGE, node.id, message or "") for name in CARRIED.get(message or "", ()))
