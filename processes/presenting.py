"""Rows and states turned into the views that the interfaces present, a page of them with a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from bpmn.model import Node
from crm_model.accounts import Account
from crm_model.deal_entities import Deal, StageHistory
from crm_model.stage_history import going_round
from crm_model.users import User
from engine import definitions
from engine.definitions import Definition
from engine.state import CHOICE, JOIN, LISTEN, LOOP, SCOPE, decode
from engine.tables import IncidentRow, InstanceRow, UserTaskRow
from kernel.context import Context
from kernel.i18n import N_, translate
from processes import forms
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
PEOPLE = select(User.id, User.username, User.name).where(User.id.in_(bindparam("ids", expanding=True)))
BRIEFS = (
    select(
        Deal.id, Deal.title, Deal.stage, Deal.status, Deal.amount, Deal.currency, Deal.account_id, Deal.owner_id,
        Account.name.label("account"), User.username, User.name.label("owner"),
    )
    .outerjoin(Account, Account.id == Deal.account_id)
    .outerjoin(User, User.id == Deal.owner_id)
    .where(Deal.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
MARKS = select(
    InstanceRow.id,
    select(func.count())
    .where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
    .scalar_subquery()
    .label("incidents"),
    and_(
        InstanceRow.subject_type == "deal",
        going_round().where(StageHistory.deal_id == InstanceRow.subject_id).correlate(InstanceRow).exists(),
    ).label("goes_round"),
).where(InstanceRow.id.in_(bindparam("ids", expanding=True)))
"""What a supervisor is to notice of instances: open incidents, and deals that go in circles."""


class Known:
    """What the views of one answer share: people, deals and instances that have been read for another of them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.instances: dict[int, InstanceRow] = {}
        self._people: dict[int, PersonRef] = {}
        self._deals: dict[int, DealBrief] = {}

    def deals(self, ids: Iterable[int]) -> dict[int, DealBrief]:
        read = deal_briefs(self.session, set(ids) - self._deals.keys())
        self._deals |= read
        self._people |= {brief.owner.id: brief.owner for brief in read.values() if brief.owner}
        return self._deals

    def people(self, ids: Iterable[int | None]) -> dict[int, PersonRef]:
        self._people |= people(self.session, set(ids) - self._people.keys())
        return self._people

    def instance_refs(self, ids: set[int]) -> dict[int, Any]:
        """Rows with at least id, state and business_key."""
        if ids <= self.instances.keys():
            return dict(self.instances)
        wanted = select(InstanceRow.id, InstanceRow.state, InstanceRow.business_key).where(InstanceRow.id.in_(ids))
        return {row.id: row for row in self.session.execute(wanted)}


def people(session: Session, ids: Iterable[int | None]) -> dict[int, PersonRef]:
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    rows = session.execute(PEOPLE, {"ids": wanted})
    return {row.id: PersonRef(row.id, row.username, row.name) for row in rows}


def deal_briefs(session: Session, ids: Iterable[int]) -> dict[int, DealBrief]:
    wanted = set(ids)
    if not wanted:
        return {}
    return {
        row.id: DealBrief(
            row.id, row.title, row.stage, row.status, row.amount, row.currency, row.account_id, row.account or "",
            PersonRef(row.owner_id, row.username, row.owner) if row.username else None,
        )
        for row in session.execute(BRIEFS, {"ids": wanted})
    }  # fmt: skip


def deal_brief(session: Session, deal_id: int) -> DealBrief:
    return deal_briefs(session, [deal_id])[deal_id]


def definition_ref(context: Context, definition: Definition) -> DefinitionRef:
    return DefinitionRef(definition.id, definition.key, definition.version, definition.title(context.actor.language))


def results_of(context: Context, node: Node) -> tuple[Choice, ...]:
    """The buttons of a task; one that lists none can only be done."""
    language = context.actor.language
    listed = tuple(Choice(r.code, r.titles.get(language) or r.code, r.primary) for r in node.extension.results)
    return listed or (Choice("completed", translate(COMPLETED, language), True),)


def flows_of(context: Context, definition: Definition, row: UserTaskRow) -> tuple[Choice, ...]:
    node = definition.graph.node(row.element_id)
    if row.kind != CHOICE and not node.choice:
        return ()
    language = context.actor.language
    return tuple(
        Choice(flow.id, flow.titles.get(language) or flow.name or _target(definition, flow.target, language))
        for flow in definition.graph.outgoing(node)
    )


def _target(definition: Definition, node_id: str, language: str) -> str:
    return definition.graph.node(node_id).title(language)


def form_of(context: Context, definition: Definition, node: Node) -> TaskForm:
    key = node.extension.form
    if key is None or key not in definition.forms:
        return TaskForm(key)
    return forms.present(forms.read_form(definition.forms[key]), context.actor.language)


def tasks(context: Context, rows: Sequence[UserTaskRow], known: Known | None = None) -> list[TaskView]:
    """Task rows with everything a list shows, however many there are."""
    session = context.session
    known = known or Known(session)
    instances = known.instance_refs({row.instance_id for row in rows})
    briefs = known.deals(row.subject_id for row in rows if row.subject_type == "deal" and row.subject_id)
    named = known.people(n for row in rows for n in (row.assignee_id, row.owner_id, row.ended_by))
    titles = subject_titles(session, [(r.subject_type, r.subject_id) for r in rows if r.subject_type != "deal"])
    found = []
    for row in rows:
        definition = definitions.load(session, row.definition_id)
        node = definition.graph.node(row.element_id)
        instance = instances[row.instance_id]
        brief = briefs.get(row.subject_id or 0) if row.subject_type == "deal" else None
        subject = None
        if row.subject_type and row.subject_id:
            title = brief.title if brief else titles.get((row.subject_type, row.subject_id), "")
            subject = SubjectRef(row.subject_type, row.subject_id, title)
        found.append(
            TaskView(
                id=row.id,
                name=node.title(context.actor.language),
                element_id=row.element_id,
                state=row.state,
                created_at=row.created_at,
                assignee=named.get(row.assignee_id or 0),
                owner=named.get(row.owner_id or 0),
                delegation=row.delegation,
                candidate_roles=tuple(row.candidate_roles),
                due=row.due,
                follow_up=row.follow_up,
                priority=row.priority,
                subject=subject,
                instance=InstanceRef(
                    instance.id, instance.state, definition_ref(context, definition), instance.business_key
                ),
                form=form_of(context, definition, node) if row.kind != CHOICE else TaskForm(),
                results=results_of(context, node) if row.kind != CHOICE else (),
                flows=flows_of(context, definition, row),
                activity_kind=node.extension.activity,
                stage=row.stage,
                deal=brief,
                result=row.result,
                completed_at=row.ended_at,
                completed_by=named.get(row.ended_by or 0),
            )
        )
    return found


def task(context: Context, row: UserTaskRow) -> TaskView:
    """A single task; fields of its form that only show something show it."""
    view = tasks(context, [row])[0]
    if not any(field.read_only for field in view.form.fields):
        return view
    content = context.session.scalar(select(InstanceRow.content).where(InstanceRow.id == row.instance_id))
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
        model = SUBJECTS[kind]
        column = model.title if kind == "deal" else model.name
        for number, title in session.execute(select(model.id, column).where(model.id.in_(numbers))):
            titles[kind, number] = title or ""
    return titles


def instances(context: Context, rows: Sequence[InstanceRow], known: Known | None = None) -> list[InstanceView]:
    session = context.session
    known = known or Known(session)
    briefs = known.deals(row.subject_id for row in rows if row.subject_type == "deal" and row.subject_id)
    named = known.people(row.started_by for row in rows)
    titles = subject_titles(session, [(r.subject_type, r.subject_id) for r in rows if r.subject_type != "deal"])
    marks = {row.id: row for row in session.execute(MARKS, {"ids": [row.id for row in rows]})} if rows else {}
    found = []
    for row in rows:
        definition = definitions.load(session, row.definition_id)
        brief = briefs.get(row.subject_id or 0) if row.subject_type == "deal" else None
        subject = None
        if row.subject_type and row.subject_id:
            title = brief.title if brief else titles.get((row.subject_type, row.subject_id), "")
            subject = SubjectRef(row.subject_type, row.subject_id, title)
        found.append(
            InstanceView(
                id=row.id,
                state=row.state,
                definition=definition_ref(context, definition),
                business_key=row.business_key,
                subject=subject,
                started_at=row.started_at,
                ended_at=row.ended_at,
                started_by=named.get(row.started_by or 0),
                active_elements=active_elements(context, definition, row.content),
                end_event=row.end_event,
                parent_id=row.parent_id,
                incidents=marks[row.id].incidents,
                deal=brief,
                goes_round=marks[row.id].goes_round,
            )
        )
    return found


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
