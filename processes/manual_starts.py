"""Starting a process by hand: which ones fit a record, what they ask first, and the start itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bpmn.model import Node
from crm_model import access
from crm_model.deal_entities import Deal
from engine import definitions
from engine.definitions import Definition
from engine.tables import PUBLISHED, DefinitionRow
from kernel.context import Context
from kernel.errors import NotFound
from kernel.permissions import use_case
from processes import forms, instances, presenting, starting
from processes.facts import SUBJECTS
from processes.node_forms import form_of
from processes.resolving import RecordResolver
from processes.versions import only_newest
from processes.views import InstanceView, TaskForm

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Beginning:
    """A start event by which a person may start a process, or none where the process begins without one; `start` names
    it where there are several, `what` is what the designer wrote of the process."""

    key: str
    version: int
    name: str
    start_event_id: str | None
    start: str
    what: str
    form: TaskForm


@use_case("instances.start")
def list_beginnings(context: Context, subject: Subject | None = None) -> list[Beginning]:
    """Every published process that a person can start, by name: on a record those that fit it, which leaves out what
    works on records of another kind and a second sale of one deal. Raises NotFound for a record one may not see."""
    is_open, taken = True, False
    if subject is not None:
        record = access.get_visible(context, _model(subject[0]), subject[1])
        is_open = not isinstance(record, Deal) or record.is_open
        taken = starting.running_instance(context, subject) is not None
    found = [
        one
        for definition in _published(context)
        if subject is None or _fits(definition, subject[0], is_open=is_open, taken=taken)
        for one in _beginnings(context, definition)
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.start.casefold()))


@use_case("instances.start")
def get_beginning(context: Context, key: str, start_event_id: str | None = None) -> Beginning:
    """What a process asks before it starts. Raises NotFound where nobody can start it by hand."""
    definition = definitions.load(context.session, definitions.latest_published(context.session, key))
    found = _beginnings(context, definition)
    chosen = next((one for one in found if start_event_id in (None, one.start_event_id)), None)
    if chosen is None:
        raise NotFound()
    return chosen


@use_case("instances.start")
def start_by_hand(
    context: Context, key: str, *, start_event_id: str | None, subject: Subject | None, variables: Mapping[str, Any]
) -> InstanceView:
    """Starts the newest published version with the answers to its first form; raises ValidationFailed with errors by
    field where they do not fit it."""
    definition = definitions.load(context.session, definitions.latest_published(context.session, key))
    given: Mapping[str, Any] = variables
    form = form_of(definition, _chosen(definition, start_event_id))
    if form is not None:
        given = forms.validate(form, None, variables, RecordResolver(context, subject))
    return instances.start_instance(
        context,
        definition_id=definition.id,
        subject={"type": subject[0], "id": subject[1]} if subject else None,
        variables=given,
        start_event_id=start_event_id,
    )


def _model(kind: str) -> Any:
    if kind not in SUBJECTS:
        raise NotFound()
    return SUBJECTS[kind]


def _published(context: Context) -> list[Definition]:
    newest = only_newest(select(DefinitionRow), DefinitionRow, PUBLISHED).with_only_columns(DefinitionRow.id)
    return [definitions.load(context.session, number) for number in context.session.scalars(newest)]


def _fits(definition: Definition, kind: str, *, is_open: bool, taken: bool) -> bool:
    if starting.drives_deals(definition):
        return kind != "deal" or (is_open and not taken)
    worked_on = {
        node.extension.operation.partition(".")[0]
        for node in definition.graph.process.nodes.values()
        if node.extension.operation
    } & SUBJECTS.keys()
    return not worked_on or kind in worked_on


def _beginnings(context: Context, definition: Definition) -> list[Beginning]:
    language = context.actor.language
    plain = _plain(definition)
    process = definition.graph.process
    return [
        Beginning(
            key=definition.key,
            version=definition.version,
            name=definition.title(language),
            start_event_id=node.id if node else None,
            start=node.title(language) if node and len(plain) > 1 else "",
            what=process.documentation,
            form=presenting.form_of(context, definition, node) if node else TaskForm(),
        )
        for node in plain
    ]


def _plain(definition: Definition) -> list[Node | None]:
    """The start events that wait for nothing; None for a process that has no start event at all."""
    graph = definition.graph
    starts = graph.start_events(graph.root)
    if not starts and not graph.instantiating(graph.root):
        return [None]
    return [node for node in starts if not node.events]


def _chosen(definition: Definition, start_event_id: str | None) -> Node | None:
    found = [node for node in _plain(definition) if (node.id if node else None) == start_event_id]
    if not found:
        raise NotFound()
    return found[0]
