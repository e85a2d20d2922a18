"""Running instances: start, watch, repair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from bpmn.model import Node
from crm_model import access
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.documents import Document
from crm_model.leads import Lead
from crm_model.stage_history import going_round
from engine import history as engine_history
from engine import instances
from engine.definitions import Definition, load
from engine.history import VariableChange
from engine.state import decode
from engine.tables import (
    IncidentRow,
    InstanceRow,
    JobRow,
    OperatorActionRow,
    SubscriptionRow,
    UserTaskRow,
)
from kernel.context import Context
from kernel.errors import NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, encode_cursor, slice_of
from kernel.permissions import use_case
from processes import engine_room, facts, forms, presenting, starting, task_access, view_rows, waits
from processes.views import HistoryRow, InstanceFilter, InstanceView, OperatorAction, Wait

DEFINITION_NEEDED = N_("Say which process to start.")
REASON_NEEDED = N_("Say why.")
NAME_TOO_LONG = N_("Names of variables are 1 to 255 characters.")
SUBJECTS: dict[str, Any] = {
    "deal": Deal, "account": Account, "contact": Contact, "lead": Lead, "document": Document,
}  # fmt: skip


def visible(context: Context) -> ColumnElement[bool]:
    """Instances that exist for the caller: all for supervisors, else those of records he sees or has open tasks of.

    Having started one, or worked in it, is not enough: who handed a deal on no longer sees what it went through.
    """
    if task_access.sees_everything(context):
        return true()
    subjects = (
        and_(
            InstanceRow.subject_type == kind,
            InstanceRow.subject_id.in_(select(model.id).where(access.visible(context, model))),
        )
        for kind, model in SUBJECTS.items()
    )
    mine = exists().where(UserTaskRow.instance_id == InstanceRow.id, task_access.mine(context))
    of_no_record = or_(InstanceRow.subject_type.is_(None), InstanceRow.subject_type.not_in(list(SUBJECTS)))
    return or_(
        *subjects,
        mine.where(UserTaskRow.state == "open"),
        and_(of_no_record, or_(InstanceRow.started_by == context.actor.user_id, mine)),
    )


def visible_row(context: Context, instance_id: int) -> InstanceRow:
    """The instance, if it exists for the caller."""
    row = context.session.scalar(
        select(InstanceRow)
        .where(InstanceRow.id == instance_id, visible(context))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    return row


@use_case("instances.start")
def start_instance(
    context: Context,
    *,
    definition_key: str | None = None,
    definition_id: int | None = None,
    subject: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
    start_event_id: str | None = None,
) -> InstanceView:
    if definition_key is None and definition_id is None:
        raise ValidationFailed({"definition_key": [DEFINITION_NEEDED]})
    execution = engine_room.execution(context)
    definition = instances.definition_for(execution, definition_key, definition_id)
    live = starting.start_on(
        execution,
        definition,
        subject=subject,
        business_key=business_key,
        variables=forms.json_values(variables or {}),
        start_event=start_event_id,
    )
    execution.write()
    return presenting.instance(context, live.id)


@use_case("instances.read")
def list_instances(context: Context, filter: InstanceFilter, page: Page) -> Slice[InstanceView]:
    """Newest first."""
    query = view_rows.INSTANCES.where(visible(context), *_clauses(context, filter)).order_by(InstanceRow.id.desc())
    if page.after is not None:
        query = query.where(InstanceRow.id < page.key(int)[0])
    found = slice_of(context.session.execute(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])
    return Slice(presenting.instances(context, found.items), found.next)


def _clauses(context: Context, filter: InstanceFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if filter.definition_key is not None:
        clauses.append(InstanceRow.definition_key == filter.definition_key)
    if filter.definition_id is not None:
        clauses.append(InstanceRow.definition_id == filter.definition_id)
    if filter.state is not None:
        clauses.append(InstanceRow.state == filter.state)
    if filter.business_key is not None:
        key = facts.current_key(context, filter.business_key)
        clauses.append(or_(InstanceRow.business_key == key, InstanceRow.origin_key == key))
    if filter.element_id is not None:
        clauses.append(
            or_(
                *(
                    exists().where(row.instance_id == InstanceRow.id, row.element_id == filter.element_id, *extra)
                    for row, extra in (
                        (UserTaskRow, [UserTaskRow.state == "open"]),
                        (JobRow, []),
                        (SubscriptionRow, []),
                        (IncidentRow, [IncidentRow.resolved_at.is_(None)]),
                    )
                )
            )
        )
    if filter.has_incident is not None:
        open_incident = exists().where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
        clauses.append(open_incident if filter.has_incident else ~open_incident)
    if filter.goes_round:
        clauses.append(and_(InstanceRow.subject_type == "deal", InstanceRow.subject_id.in_(going_round())))
    if filter.owner_id is not None:
        owned = select(Deal.id).where(Deal.owner_id == filter.owner_id)
        clauses.append(and_(InstanceRow.subject_type == "deal", InstanceRow.subject_id.in_(owned)))
    if filter.ids is not None:
        clauses.append(InstanceRow.id.in_(filter.ids))
    if filter.text:
        found = select(Deal.id).where(Deal.title.icontains(filter.text, autoescape=True))
        clauses.append(and_(InstanceRow.subject_type == "deal", InstanceRow.subject_id.in_(found)))
    return clauses


@use_case("instances.read")
def get_instance(context: Context, instance_id: int) -> InstanceView:
    return presenting.instance(context, visible_row(context, instance_id).id)


@use_case("instances.read")
def list_waits(context: Context, instance_id: int, page: Page | None = None) -> Slice[Wait]:
    """Why an instance waits: one entry for each event that could happen."""
    row = visible_row(context, instance_id)
    found = waits.of(context, row)
    if page is None:
        return Slice(found)
    first = page.key(int)[0] if page.after else 0
    rest = found[first : first + page.limit]
    more = first + page.limit < len(found)
    return Slice(rest, encode_cursor([first + page.limit]) if more else None)


@use_case("instances.read")
def list_history(context: Context, instance_id: int, page: Page | None = None) -> Slice[HistoryRow]:
    """Every run of every element, in the order in which they were entered."""
    row = visible_row(context, instance_id)
    page = page or Page(limit=10_000)
    after = page.key(int)[0] if page.after else 0
    entries = engine_history.entries(context.session, row.id, decode(row.content), after, page.limit + 1)
    found = slice_of(entries, page, lambda entry: [entry.run])
    return Slice(_history(context, row, found.items), found.next)


def _history(context: Context, row: InstanceRow, entries: Any) -> list[HistoryRow]:
    definition = load(context.session, row.definition_id)
    found = context.session.execute(
        select(UserTaskRow.token, UserTaskRow.id, UserTaskRow.assignee_id, UserTaskRow.ended_by).where(
            UserTaskRow.instance_id == row.id, UserTaskRow.token.in_([e.token for e in entries if e.token])
        )
    )
    of_tokens = {task.token: task for task in found}
    holders = [task.assignee_id for task in of_tokens.values()]
    named = presenting.people(context.session, [*(entry.actor_id for entry in entries), *holders])
    rows = []
    for entry in entries:
        of_entry = definition if definition.graph.knows(entry.element_id) else _earlier(context, row, entry.element_id)
        node = of_entry.graph.node(entry.element_id)
        task = of_tokens.get(entry.token or 0)
        for_another = (
            task is not None and entry.outcome == "completed" and task.ended_by not in (None, task.assignee_id)
        )
        rows.append(
            HistoryRow(
                run=entry.run,
                element_id=entry.element_id,
                element_name=node.title(context.actor.language),
                element_type=node.type,
                entered_at=entry.entered_at,
                left_at=entry.left_at,
                outcome=entry.outcome,
                actor=named.get(entry.actor_id or 0),
                task_id=task.id if task else None,
                result=entry.result,
                stage=node.extension.stage,
                result_title=_result_title(context, of_entry, node, entry.result),
                on_behalf_of=named.get(task.assignee_id or 0) if task is not None and for_another else None,
            )
        )
    return rows


def _earlier(context: Context, row: InstanceRow, element_id: str) -> Definition:
    """The version in which an instance was at an element that its present one does not have."""
    migrated = select(OperatorActionRow.was["definition_id"].as_integer()).where(
        OperatorActionRow.instance_id == row.id, OperatorActionRow.kind == "migrate"
    )
    for number in context.session.scalars(migrated.order_by(OperatorActionRow.id.desc())):
        earlier = load(context.session, number)
        if earlier.graph.knows(element_id):
            return earlier
    raise LookupError(f"instance {row.id} was at {element_id}, which none of its versions has")


def _result_title(context: Context, definition: Definition, node: Node, result: str | None) -> str | None:
    """The words of what a person chose: a button's, or a flow's."""
    titles = [choice.label for choice in presenting.results_of(context, node) if choice.code == result]
    if result is None or len(node.extension.results) == 1:
        return None
    flow = definition.graph.process.flows.get(result)
    named = (flow.titles.get(context.actor.language) or flow.name) if flow else None
    return titles[0] if titles and node.extension.results else named


@use_case("instances.read")
def flows_taken(context: Context, instance_id: int) -> set[str]:
    """The sequence flows some token has gone along: the path on the diagram."""
    row = visible_row(context, instance_id)
    entries = engine_history.entries(context.session, row.id, decode(row.content))
    return {flow for entry in entries for flow in entry.flows}


@use_case("instances.read")
def get_variables(context: Context, instance_id: int) -> dict[str, Any]:
    return decode(visible_row(context, instance_id).content).variables


@use_case("instances.operate")
def set_variables(context: Context, instance_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Changes variables of a running instance; the change is in its history."""
    visible_row(context, instance_id)
    for name in values:
        if not 1 <= len(name) <= 255:
            raise ValidationFailed({"variables": [NAME_TOO_LONG]})
    execution = engine_room.execution(context)
    live = instances.set_variables(execution, instance_id, forms.json_values(values))
    execution.write()
    return live.state.variables


@use_case("instances.read")
def list_variable_changes(context: Context, instance_id: int, page: Page) -> Slice[VariableChange]:
    """Newest first."""
    row = visible_row(context, instance_id)
    before = None
    if page.after is not None:
        step, place = page.key(int, int)
        before = (step, place)
    found = engine_history.variable_changes(context.session, row.id, before, page.limit + 1)
    return slice_of(found, page, lambda change: [change.step, change.place])


@use_case("instances.operate")
def suspend_instance(context: Context, instance_id: int, *, reason: str | None = None) -> InstanceView:
    visible_row(context, instance_id)
    instances.suspend(engine_room.execution(context), instance_id, reason)
    return presenting.instance(context, instance_id)


@use_case("instances.operate")
def resume_instance(context: Context, instance_id: int) -> InstanceView:
    visible_row(context, instance_id)
    instances.resume(engine_room.execution(context), instance_id)
    return presenting.instance(context, instance_id)


@use_case("instances.operate")
def cancel_instance(context: Context, instance_id: int, *, reason: str) -> InstanceView:
    """Ends an instance with everything it called; a reason is needed."""
    visible_row(context, instance_id)
    if not reason or not reason.strip():
        raise ValidationFailed({"reason": [REASON_NEEDED]})
    execution = engine_room.execution(context)
    instances.cancel(execution, instance_id, reason.strip())
    execution.write()
    return presenting.instance(context, instance_id)


@use_case("instances.operate")
def release_wait(context: Context, instance_id: int, *, element_id: str) -> InstanceView:
    """Lets a waiting event go by hand."""
    visible_row(context, instance_id)
    execution = engine_room.execution(context)
    instances.release(execution, instance_id, element_id)
    execution.write()
    return presenting.instance(context, instance_id)


@use_case("instances.read")
def list_operator_actions(context: Context, instance_id: int) -> list[OperatorAction]:
    row = visible_row(context, instance_id)
    actions = context.session.scalars(
        select(OperatorActionRow).where(OperatorActionRow.instance_id == row.id).order_by(OperatorActionRow.id.desc())
    ).all()
    named = presenting.people(context.session, [action.actor_id for action in actions])
    return [OperatorAction(a.at, named.get(a.actor_id or 0), a.kind, a.was, a.became, a.reason) for a in actions]


@use_case("instances.read")
def list_family(context: Context, instance_id: int) -> list[InstanceView]:
    """The instances that one has called, and the one that called it."""
    row = visible_row(context, instance_id)
    related = or_(InstanceRow.parent_id == row.id, InstanceRow.id == row.parent_id)
    rows = context.session.execute(view_rows.INSTANCES.where(related).order_by(InstanceRow.id)).all()
    return presenting.instances(context, rows)
