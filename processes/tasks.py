"""What a person does with tasks: see them, take them, do them, put them off, hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Select, and_, bindparam, func, literal_column, or_, select

from bpmn.model import Node
from crm_model import users
from engine import definitions, instances
from engine.definitions import Definition
from engine.errors import TaskNotOpen
from engine.execution import Execution
from engine.history import record_action
from engine.state import CHOICE
from engine.tables import TaskCommentRow, UserTaskRow
from kernel.context import Context
from kernel.errors import Conflict, Message, PermissionDenied, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from kernel.statements import prepared
from processes import engine_room, facts, forms, presenting, task_access, task_filters
from processes.followers import activities, guests
from processes.node_forms import form_of
from processes.resolving import RecordResolver
from processes.task_access import candidate_clause, get_visible, is_candidate, require_worker
from processes.views import CommentView, Completion, TaskCounts, TaskFilter, TaskView

UNKNOWN_RESULT = N_("This task has no such result. Choose one of: %(results)s.")
RESULT_NEEDED = N_("Choose a result.")
NO_CHOICE = N_("There is nothing to choose here.")
CHOICE_NEEDED = N_("Choose how to go on.")
UNKNOWN_CHOICE = N_("This is not one of the ways on.")
ONE_CHOICE = N_("Choose one way only.")
NOT_IN_FUTURE = N_("Choose a time in the future.")
TAKEN = N_("Somebody else has already taken this task.")
EMPTY_COMMENT = N_("Write something.")
DELEGATED = N_("The task has been delegated to you: resolve it, then its owner completes it.")


@use_case("tasks.work")
def list_tasks(context: Context, filter: TaskFilter, page: Page) -> Slice[TaskView]:
    """Tasks that the caller may see; open and not postponed unless the filter says otherwise.

    Those of a suspended process are left out unless the tasks of one instance or record are asked for."""
    rows = context.session.execute(task_filters.page_of(context, filter, page)).all()
    found = slice_of(rows, page, task_filters.cursor)
    return Slice(presenting.tasks_of(context, [row.id for row in found.items]), found.next)


@use_case("tasks.work")
def count_tasks(context: Context) -> TaskCounts:
    """The caller's own numbers by day, in his time zone, and what he may take."""
    query = prepared(("task counts", task_access.shape(context)), lambda: _counting(context))
    values = {"now": context.now(), "tomorrow": users.start_of_tomorrow(context), **task_access.names(context)}
    return TaskCounts(*query.rows(context.session, **values)[0])


def _counting(context: Context) -> Select[Any]:
    now, tomorrow = (bindparam(name, type_=DateTime(timezone=True)) for name in ("now", "tomorrow"))
    awake = or_(UserTaskRow.follow_up.is_(None), UserTaskRow.follow_up <= now)
    mine = task_access.mine(context)
    counted = {
        "overdue": (mine, awake, UserTaskRow.due < now),
        "today": (mine, awake, UserTaskRow.due >= now, UserTaskRow.due < tomorrow),
        "later": (mine, awake, or_(UserTaskRow.due >= tomorrow, UserTaskRow.due.is_(None))),
        "available": (UserTaskRow.assignee_id.is_(None), awake),
        "postponed": (mine, ~awake),
    }
    numbers: list[Any] = [func.count().filter(and_(*clauses)).label(name) for name, clauses in counted.items()]
    return select(*numbers).where(
        UserTaskRow.state == literal_column("'open'"), ~UserTaskRow.suspended, or_(mine, candidate_clause(context))
    )


@use_case("tasks.work")
def get_task(context: Context, task_id: int) -> TaskView:
    return presenting.task(context, get_visible(context, task_id).id)


@use_case("tasks.work")
def complete_task(
    context: Context,
    task_id: int,
    *,
    result: str | None = None,
    variables: Mapping[str, Any] | None = None,
    choose: str | list[str] | None = None,
) -> Completion:
    """Does the task: its answers are checked, the process goes on, the deal follows, all in this transaction."""
    execution = engine_room.execution(context)
    row = _held(execution, task_id)
    deal = facts.read_ahead(execution, row.subject_type, row.subject_id)
    stage = deal.stage if deal else None
    instance_id, opened = _complete(execution, row, result, variables or {}, choose)
    return _completion(context, task_id, instance_id, opened, stage)


@use_case("tasks.work")
def finish_task(
    context: Context, task_id: int, *, result: str | None = None, variables: Mapping[str, Any] | None = None
) -> None:
    """Does the task like `complete_task`, without telling what came of it: for whoever does many of them."""
    execution = engine_room.execution(context)
    _complete(execution, _held(execution, task_id), result, variables or {}, None)


def _held(execution: Execution, task_id: int) -> UserTaskRow:
    """The task, if the caller sees it, under the lock of its instance: nobody changes it any more."""
    return task_access.require_visible(execution.context, execution.lock_task(task_id))


def _complete(
    execution: Execution,
    row: UserTaskRow,
    result: str | None,
    variables: Mapping[str, Any],
    choose: str | list[str] | None,
) -> tuple[int, list[int]]:
    """The instance, and the ids of the tasks that the step opened."""
    context = execution.context
    require_worker(context, row)
    _require_open(context, row)
    if row.delegation == "pending":
        raise Conflict("task_delegated", DELEGATED)
    definition = definitions.load(context.session, row.definition_id)
    node = definition.graph.node(row.element_id)
    chosen = _flows(definition, node, row, choose)
    answer = _result(row, node, result)
    values = _values(context, definition, node, row, answer, variables)
    try:
        live = instances.complete(execution, row.instance_id, row.token, result=answer, variables=values, flows=chosen)
        execution.write()
    except TaskNotOpen as error:
        raise _not_open(context, get_visible(context, row.id)) from error
    except ValidationFailed as error:
        raise _in_the_form(error, values) from error
    return live.id, [task.id for task in execution.opened]


def _require_open(context: Context, row: UserTaskRow) -> None:
    if row.state != "open":
        raise _not_open(context, row)


def _not_open(context: Context, row: UserTaskRow) -> TaskNotOpen:
    by = presenting.people(context.session, [row.ended_by]).get(row.ended_by or 0)
    return TaskNotOpen(
        details={
            "task": {
                "id": row.id,
                "state": row.state,
                "result": row.result,
                "completed_by": {"id": by.id, "username": by.username, "name": by.name} if by else None,
                "completed_at": row.ended_at.isoformat() if row.ended_at else None,
            }
        }
    )


def _in_the_form(error: ValidationFailed, values: Mapping[str, Any]) -> ValidationFailed:
    """An operation's refusal of a value, shown at the field of the form that gave it."""
    if any(path.startswith("variables") or path in ("result", "choose") for path in error.fields):
        return error
    return error.prefixed("variables")


def _flows(definition: Definition, node: Node, row: UserTaskRow, choose: str | list[str] | None) -> list[str] | None:
    is_choice = row.kind == CHOICE or (node.choice and len(node.outgoing) > 1)
    if not is_choice:
        if choose is not None:
            raise ValidationFailed({"choose": [NO_CHOICE]})
        return None
    if not choose:
        raise ValidationFailed({"choose": [CHOICE_NEEDED]})
    wanted = [choose] if isinstance(choose, str) else list(dict.fromkeys(choose))
    if any(flow not in node.outgoing for flow in wanted):
        raise ValidationFailed({"choose": [UNKNOWN_CHOICE]})
    if len(wanted) > 1 and node.type == "exclusiveGateway":
        raise ValidationFailed({"choose": [ONE_CHOICE]})
    return wanted


def _result(row: UserTaskRow, node: Node, result: str | None) -> str | None:
    if row.kind == CHOICE:
        return result
    codes = [r.code for r in node.extension.results] or ["completed"]
    if result is None:
        if len(codes) == 1:
            return codes[0]
        raise ValidationFailed({"result": [RESULT_NEEDED]})
    if result not in codes:
        raise ValidationFailed({"result": [Message(UNKNOWN_RESULT, results=", ".join(codes))]})
    return result


def _values(
    context: Context, definition: Definition, node: Node, row: UserTaskRow, result: str | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    form = form_of(definition, node)
    if form is None:
        return forms.json_values(given)
    return forms.validate(form, result, given, RecordResolver.of_task(context, row))


def _completion(
    context: Context, task_id: int, instance_id: int, opened: list[int], stage_before: str | None
) -> Completion:
    views = {view.id: view for view in presenting.tasks_of(context, [task_id, *opened])}
    following = [views[number] for number in opened if number in views and views[number].state == "open"]
    following.sort(key=lambda view: (view.assignee is None or not context.actor.acts_for(view.assignee.id), view.id))
    instance = presenting.instance(context, instance_id)
    moved = instance.deal is not None and instance.deal.stage != stage_before
    return Completion(views[task_id], instance, instance.deal, tuple(following), moved)


def _change(context: Context, task_id: int) -> UserTaskRow:
    """An open task that the caller sees, locked for a change."""
    engine_room.execution(context).lock_task(task_id)
    row = get_visible(context, task_id)
    _require_open(context, row)
    return row


def _changed(
    context: Context, row: UserTaskRow, kind: str, was: Any, became: Any, reason: str | None = None
) -> TaskView:
    record_action(context, row.instance_id, kind, task_id=row.id, was=was, became=became, reason=reason)
    context.session.flush()
    return presenting.tasks_of(context, [row.id])[0]


@use_case("tasks.work")
def claim_task(context: Context, task_id: int) -> TaskView:
    """Takes a task that nobody has."""
    row = _change(context, task_id)
    if row.assignee_id == context.actor.user_id:
        return presenting.tasks_of(context, [row.id])[0]
    if row.assignee_id is not None:
        by = presenting.people(context.session, [row.assignee_id])[row.assignee_id]
        raise Conflict(
            "task_claimed", TAKEN, details={"task": {"id": row.id, "assignee": {"id": by.id, "name": by.name}}}
        )
    if not is_candidate(context, row):
        raise PermissionDenied()
    return _assign(context, row, context.actor.user_id, "claim")


@use_case("tasks.work")
def unclaim_task(context: Context, task_id: int) -> TaskView:
    """Gives a claimed task back to those who may take it."""
    row = _change(context, task_id)
    if row.assignee_id is None:
        return presenting.tasks_of(context, [row.id])[0]
    if not (context.actor.acts_for(row.assignee_id) or task_access.sees_everything(context)):
        raise PermissionDenied()
    return _assign(context, row, None, "unclaim")


@use_case("tasks.assign")
def assign_task(context: Context, task_id: int, *, user_id: int) -> TaskView:
    """Gives a task to another person."""
    row = _change(context, task_id)
    users.require_active(context.session, user_id, path="user_id")
    return _assign(context, row, user_id, "assign")


def _assign(context: Context, row: UserTaskRow, user_id: int | None, kind: str) -> TaskView:
    was, row.assignee_id = row.assignee_id, user_id
    guests.reassign(context, row)
    if user_id is not None and user_id != context.actor.user_id:
        guests.tell_of(context, row)
    activities.reassign(context, row)
    return _changed(context, row, kind, was, user_id)


@use_case("tasks.work")
def delegate_task(context: Context, task_id: int, *, user_id: int) -> TaskView:
    """Asks another person to do the work; the task comes back to its owner when it is resolved."""
    row = _change(context, task_id)
    if not (context.actor.acts_for(row.assignee_id) or task_access.sees_everything(context)):
        raise PermissionDenied()
    users.require_active(context.session, user_id, path="user_id")
    row.owner_id = row.owner_id or row.assignee_id or context.actor.user_id
    row.delegation = "pending"
    return _assign(context, row, user_id, "delegate")


@use_case("tasks.work")
def resolve_task(
    context: Context, task_id: int, *, result: str | None = None, variables: Mapping[str, Any] | None = None
) -> TaskView:
    """Hands delegated work back to its owner, with what was found out."""
    row = _change(context, task_id)
    if row.delegation != "pending":
        raise Conflict("task_not_delegated", N_("This task has not been delegated."))
    require_worker(context, row)
    if variables:
        execution = engine_room.execution(context)
        instances.set_variables(execution, row.instance_id, forms.json_values(variables))
        execution.write()
    row.delegation = "resolved"
    return _assign(context, row, row.owner_id, "resolve")


@use_case("tasks.work")
def postpone_task(context: Context, task_id: int, *, until: datetime, reason: str | None = None) -> TaskView:
    """Puts a task out of sight until a time; it comes back by itself."""
    row = _change(context, task_id)
    require_worker(context, row)
    if until <= context.now():
        raise ValidationFailed({"until": [NOT_IN_FUTURE]})
    was = row.follow_up.isoformat() if row.follow_up else None
    row.follow_up = until
    return _changed(context, row, "postpone", was, until.isoformat(), reason)


@use_case("tasks.work")
def wake_task(context: Context, task_id: int) -> TaskView:
    """Brings a postponed task back at once."""
    row = _change(context, task_id)
    require_worker(context, row)
    was, row.follow_up = row.follow_up, None
    return _changed(context, row, "wake", was.isoformat() if was else None, None)


@use_case("tasks.work")
def comment_task(context: Context, task_id: int, *, text: str) -> TaskView:
    row = get_visible(context, task_id)
    if not text.strip():
        raise ValidationFailed({"text": [EMPTY_COMMENT]})
    comment = TaskCommentRow(task_id=row.id, author_id=context.actor.user_id, at=context.now(), text=text.strip())
    context.session.add(comment)
    context.session.flush()
    return presenting.tasks_of(context, [row.id])[0]


@use_case("tasks.work")
def list_comments(context: Context, task_id: int) -> list[CommentView]:
    """The newest first."""
    row = get_visible(context, task_id)
    comments = context.session.scalars(
        select(TaskCommentRow).where(TaskCommentRow.task_id == row.id).order_by(TaskCommentRow.id.desc())
    ).all()
    named = presenting.people(context.session, [c.author_id for c in comments])
    return [CommentView(c.id, named.get(c.author_id or 0), c.at, c.text) for c in comments]
