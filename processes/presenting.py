"""Rows and states turned into the views that the interfaces present."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from bpmn.model import Node
from crm_model.users import User
from engine import definitions
from engine.definitions import Definition
from engine.state import CHOICE, JOIN, LISTEN, LOOP, SCOPE, decode
from engine.tables import InstanceRow
from kernel.context import Context
from kernel.i18n import N_, translate
from kernel.statements import Prepared, prepared
from processes import forms, node_forms, view_rows
from processes.views import (
    ActiveElement,
    Choice,
    DealBrief,
    DefinitionRef,
    InstanceRef,
    InstanceView,
    PersonRef,
    SubjectRef,
    TaskForm,
    TaskView,
)

COMPLETED = N_("Done")
PEOPLE = Prepared(select(User.id, User.username, User.name).where(User.id == view_rows.OF_IDS))


def people(session: Session, ids: Iterable[int | None]) -> dict[int, PersonRef]:
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    return {row.id: PersonRef(row.id, row.username, row.name) for row in PEOPLE.rows(session, ids=list(wanted))}


def deal_brief(session: Session, deal_id: int) -> DealBrief:
    brief = _brief(view_rows.deals(session, [deal_id])[0])
    assert brief is not None
    return brief


def _brief(row: Row[Any]) -> DealBrief | None:
    """The deal beside a task or an instance."""
    if row.deal_id is None:
        return None
    return DealBrief(
        row.deal_id, row.deal_title, row.deal_stage, row.deal_status, row.deal_amount, row.deal_currency,
        row.deal_account_id, row.deal_account or "",
        _person(row.deal_owner_id, row.deal_owner_username, row.deal_owner_name),
    )  # fmt: skip


def _person(id: int | None, username: str | None, name: str | None) -> PersonRef | None:
    return None if id is None or username is None else PersonRef(id, username, name or username)


def _subject(row: Row[Any], brief: DealBrief | None, titles: dict[tuple[str, int], str]) -> SubjectRef | None:
    if not row.subject_type or not row.subject_id:
        return None
    title = brief.title if brief else titles.get((row.subject_type, row.subject_id), "")
    return SubjectRef(row.subject_type, row.subject_id, title)


def _titles(session: Session, rows: Sequence[Row[Any]]) -> dict[tuple[str, int], str]:
    return subject_titles(session, [(r.subject_type, r.subject_id) for r in rows if r.subject_type != "deal"])


def definition_ref(context: Context, definition: Definition) -> DefinitionRef:
    return DefinitionRef(definition.id, definition.key, definition.version, definition.title(context.actor.language))


def results_of(context: Context, node: Node) -> tuple[Choice, ...]:
    """The buttons of a task; one that lists none can only be done."""
    language = context.actor.language
    listed = tuple(Choice(r.code, r.titles.get(language) or r.code, r.primary) for r in node.extension.results)
    return listed or (Choice("completed", translate(COMPLETED, language), True),)


def flows_of(context: Context, definition: Definition, node: Node, kind: str) -> tuple[Choice, ...]:
    """The ways on of a task of this kind, where whoever does it chooses."""
    if kind != CHOICE and not node.choice:
        return ()
    language = context.actor.language
    return tuple(
        Choice(flow.id, flow.titles.get(language) or flow.name or _target(definition, flow.target, language))
        for flow in definition.graph.outgoing(node)
    )


def _target(definition: Definition, node_id: str, language: str) -> str:
    return definition.graph.node(node_id).title(language)


def form_of(context: Context, definition: Definition, node: Node) -> TaskForm:
    form = node_forms.form_of(definition, node)
    return forms.present(form, context.actor.language) if form is not None else TaskForm(node.extension.form)


def tasks_of(context: Context, ids: Iterable[int]) -> list[TaskView]:
    """Those tasks, in that order, as lists show them."""
    return tasks(context, view_rows.tasks(context.session, ids))


def tasks(context: Context, rows: Sequence[Row[Any]]) -> list[TaskView]:
    """Rows of `view_rows.TASKS` with everything a list shows."""
    session = context.session
    titles = _titles(session, rows)
    found = []
    for row in rows:
        definition = definitions.load(session, row.definition_id)
        node = definition.graph.node(row.element_id)
        brief = _brief(row)
        assignee = _person(row.assignee_id, row.assignee_username, row.assignee_name)
        found.append(
            TaskView(
                id=row.id,
                name=node.title(context.actor.language),
                element_id=row.element_id,
                state=row.state,
                created_at=row.created_at,
                assignee=assignee,
                owner=_person(row.owner_id, row.owner_username, row.owner_name),
                delegation=row.delegation,
                candidate_roles=tuple(row.candidate_roles),
                due=row.due,
                follow_up=row.follow_up,
                priority=row.priority,
                subject=_subject(row, brief, titles),
                instance=InstanceRef(
                    row.instance_id, row.instance_state, definition_ref(context, definition), row.instance_key
                ),
                form=form_of(context, definition, node) if row.kind != CHOICE else TaskForm(),
                results=results_of(context, node) if row.kind != CHOICE else (),
                flows=flows_of(context, definition, node, row.kind),
                activity_kind=node.extension.activity,
                stage=row.stage,
                deal=brief,
                result=row.result,
                completed_at=row.ended_at,
                completed_by=_person(row.ended_by, row.ended_by_username, row.ended_by_name),
                for_person=assignee if row.assignee_id in context.actor.stands_for else None,
            )
        )
    return found


def task(context: Context, task_id: int) -> TaskView:
    """A single task; fields of its form that only show something show it."""
    view = tasks_of(context, [task_id])[0]
    if not any(field.read_only for field in view.form.fields):
        return view
    content = context.session.scalar(select(InstanceRow.content).where(InstanceRow.id == view.instance.id))
    known = decode(content).variables if content else {}
    shown = (replace(f, default=known.get(f.key)) if f.read_only else f for f in view.form.fields)
    return replace(view, form=replace(view.form, fields=tuple(shown)))


def subject_titles(session: Session, keys: Iterable[tuple[str | None, int | None]]) -> dict[tuple[str, int], str]:
    from processes.facts import SUBJECTS

    wanted: dict[str, set[int]] = {}
    for kind, number in keys:
        if kind in SUBJECTS and number is not None:
            wanted.setdefault(kind, set()).add(number)
    titles: dict[tuple[str, int], str] = {}
    for kind, numbers in wanted.items():
        query = prepared(("titles", kind), lambda kind=kind: _titled(SUBJECTS[kind]))  # type: ignore[misc]
        titles |= {(kind, row.id): row.title or "" for row in query.rows(session, ids=list(numbers))}
    return titles


def _titled(model: Any) -> Select[Any]:
    title = model.title if hasattr(model, "title") else model.name
    return select(model.id, title.label("title")).where(model.id == view_rows.OF_IDS)


def instances(context: Context, rows: Sequence[Row[Any]]) -> list[InstanceView]:
    """Rows of `view_rows.INSTANCES` with everything a list shows."""
    session = context.session
    titles = _titles(session, rows)
    found = []
    for row in rows:
        definition = definitions.load(session, row.definition_id)
        brief = _brief(row)
        found.append(
            InstanceView(
                id=row.id,
                state=row.state,
                definition=definition_ref(context, definition),
                business_key=row.business_key,
                subject=_subject(row, brief, titles),
                started_at=row.started_at,
                ended_at=row.ended_at,
                started_by=_person(row.started_by, row.started_by_username, row.started_by_name),
                active_elements=active_elements(context, definition, row.content),
                end_event=row.end_event,
                parent_id=row.parent_id,
                incidents=row.incidents,
                deal=brief,
                goes_round=row.goes_round,
            )
        )
    return found


def instance(context: Context, instance_id: int) -> InstanceView:
    return instances(context, [view_rows.instance(context.session, instance_id)])[0]


def active_elements(context: Context, definition: Definition, content: bytes) -> tuple[ActiveElement, ...]:
    """Where the tokens stand, listeners left out."""
    counts: dict[str, int] = {}
    scopes: set[str] = set()
    for token in decode(content).tokens.values():
        if token.kind not in (LISTEN, JOIN):
            counts[token.node] = counts.get(token.node, 0) + 1
        if token.kind in (SCOPE, LOOP):
            scopes.add(token.node)
    language = context.actor.language
    return tuple(
        ActiveElement(node, definition.graph.node(node).title(language), count, node in scopes)
        for node, count in counts.items()
    )
