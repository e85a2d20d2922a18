"""Everything a person needs to do one task, on one card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from bpmn.model import Node
from crm_model import letters, suppressions
from crm_model.contacts import Contact
from crm_model.deal_entities import DealCompetitor, DealParticipant
from crm_model.leads import Lead
from engine import definitions
from engine.definitions import Definition
from engine.state import decode
from engine.tables import HistoryEntryRow, InstanceRow, UserTaskRow
from kernel import statements
from kernel.context import Context
from kernel.i18n import N_, translate
from kernel.permissions import use_case
from processes import answers, presenting, process_letters
from processes.process_letters import Prepared
from processes.task_access import get_visible, is_candidate, may_complete
from processes.tasks import list_comments
from processes.views import SubjectRef, TaskCard, TaskView

ASSIGNED = N_("It is yours: the process gave it to you.")
OWNER = N_("It is yours because you own the deal.")
DELEGATED = N_("%(name)s asked you to do it.")
YOU_MAY_TAKE = N_("Nobody has it yet; your role may take it.")
STANDS_IN = N_("You do it for %(name)s, who is away.")
SOMEBODY = N_("It is with %(name)s.")
NOBODY = N_("Nobody has it yet.")
SUSPENDED = N_("The process is suspended: the task can be done once it goes on.")
POSTPONED = N_("The task is put off.")
SENDS_A_LETTER = "lead.send_personal_letter"
NO_LETTER = {
    letters.NO_ADDRESS: N_("There is no e-mail address, so no letter can leave. Call, or skip this."),
    letters.NO_CONSENT: N_("The person has not agreed to letters, so none will leave. Call, or skip this."),
    suppressions.OPTED_OUT: N_("The person wants no letters, so none will leave. Skip this."),
}
LETTER_STOPPED = N_("The address is on the list of those that get no letters, so none will leave. Call, or skip this.")
NEVER_REPEATED = frozenset({"stage", "datetime", "date", "time", "text", "boolean", "file", "process"})
"""Types whose last answer is no good guess for the next one."""

CONTENT = statements.Prepared(select(InstanceRow.content).where(InstanceRow.id == bindparam("instance")))
DONE = statements.Prepared(
    select(HistoryEntryRow.element_id, HistoryEntryRow.result)
    .where(HistoryEntryRow.instance_id == bindparam("instance"), HistoryEntryRow.result.is_not(None))
    .order_by(HistoryEntryRow.run.desc())
    .limit(100)
)


@use_case("tasks.work")
def task_card(context: Context, task_id: int) -> TaskCard:
    """The task with its instructions, what was answered before, and what the form starts with."""
    row = get_visible(context, task_id)
    whole = presenting.task(context, row.id)
    task = replace(whole, form=replace(whole.form, fields=tuple(f for f in whole.form.fields if not f.read_only)))
    definition = definitions.load(context.session, row.definition_id)
    node = definition.graph.node(row.element_id)
    ((content,),) = CONTENT.rows(context.session, instance=row.instance_id)
    variables = decode(content).variables
    prepared = _prepared(context, row, node) if row.state == "open" else None
    step, steps = _place(definition, node)
    is_open = row.state == "open" and task.instance.state == "active"
    return TaskCard(
        task=task,
        instructions=_instructions(context, node),
        why_me=_why(context, row, task),
        step=step,
        steps=steps,
        can_complete=is_open and may_complete(context, row),
        can_claim=is_open and is_candidate(context, row),
        answers=tuple(answers.earlier(context, definition, _done(context, row), variables)),
        comments=tuple(list_comments(context, task_id)),
        values=_values(context, row, task, variables) | (_letter(prepared) if prepared is not None else {}),
        warnings=(*_warnings(context, row, whole), *_why_no_letter(context, prepared)),
    )


def _instructions(context: Context, node: Node) -> str:
    """What the designer wrote for the people; else what another tool's diagram says and notes beside the element."""
    told = node.extension.instructions
    written = told.get(context.actor.language) or next(iter(told.values()), "")
    return written or "\n".join(text for text in (node.documentation, *node.notes) if text)


def _place(definition: Definition, node: Node) -> tuple[int, int]:
    """Which of the tasks of its stage it is."""
    tasks = [n.id for n in definition.graph.children(node.scope) if n.type in ("userTask", "manualTask", "task")]
    return (tasks.index(node.id) + 1, len(tasks)) if node.id in tasks else (1, 1)


def _why(context: Context, row: UserTaskRow, task: TaskView) -> str:
    language, me = context.actor.language, context.actor.user_id
    if row.assignee_id == me:
        if task.delegation == "pending" and task.owner is not None:
            return translate(DELEGATED, language, name=task.owner.name)
        owns = task.deal is not None and task.deal.owner is not None and task.deal.owner.id == me
        return translate(OWNER if owns else ASSIGNED, language)
    if task.for_person is not None:
        return translate(STANDS_IN, language, name=task.for_person.name)
    if task.assignee is not None:
        return translate(SOMEBODY, language, name=task.assignee.name)
    return translate(YOU_MAY_TAKE if is_candidate(context, row) else NOBODY, language)


def _done(context: Context, row: UserTaskRow) -> list[tuple[str, str | None]]:
    """Elements that were answered in this instance and with which result, the newest first."""
    return [(entry.element_id, entry.result) for entry in DONE.rows(context.session, instance=row.instance_id)]


def _values(context: Context, row: UserTaskRow, task: TaskView, variables: dict[str, Any]) -> dict[str, Any]:
    """What the form starts with: what the deal already knows, else the last answer where it is a good guess."""
    found: dict[str, Any] = {}
    for field in task.form.fields:
        value = variables.get(field.key)
        if field.type not in NEVER_REPEATED and value not in (None, "", []):
            found[field.key] = value
    if task.subject is not None:
        account = _account(context, task.subject)
        if account is not None:
            found |= {field.key: account for field in task.form.fields if field.type == "account"}
        if task.subject.type == "deal":
            found |= _of_the_deal(context, task)
    return found


def _account(context: Context, subject: SubjectRef) -> int | None:
    """The account that the process is about, if it is about one."""
    if subject.type == "account":
        return subject.id
    if subject.type not in ("contact", "lead"):
        return None
    model = Contact if subject.type == "contact" else Lead
    return context.session.scalar(select(model.account_id).where(model.id == subject.id))


def _of_the_deal(context: Context, task: TaskView) -> dict[str, Any]:
    assert task.subject is not None
    wanted = {field.type: field.key for field in task.form.fields}
    found: dict[str, Any] = {}
    if "participants" in wanted:
        people = select(DealParticipant).where(DealParticipant.deal_id == task.subject.id).order_by(DealParticipant.id)
        found[wanted["participants"]] = [
            {key: getattr(one, key) for key in ("contact_id", "role", "influence", "loyalty", "motives")}
            for one in context.session.scalars(people)
        ]
    if "competitors" in wanted:
        rivals = select(DealCompetitor).where(DealCompetitor.deal_id == task.subject.id).order_by(DealCompetitor.id)
        found[wanted["competitors"]] = [
            {key: getattr(one, key) for key in ("id", "name", "strengths", "weaknesses")}
            for one in context.session.scalars(rivals)
        ]
    return found


def _prepared(context: Context, row: UserTaskRow, node: Node) -> Prepared | None:
    """The letter that a task sends when it is completed, as whoever looks would send it."""
    lead = context.session.get(Lead, row.subject_id) if row.subject_type == "lead" else None
    if node.extension.on_complete != SENDS_A_LETTER or lead is None:
        return None
    return process_letters.prepare(context, lead, context.actor.user_id)


def _letter(prepared: Prepared) -> dict[str, Any]:
    return {"letter_subject": prepared.subject, "letter_text": prepared.text}


def _why_no_letter(context: Context, prepared: Prepared | None) -> list[str]:
    reason = prepared.why_not if prepared is not None else None
    return [translate(NO_LETTER.get(reason, LETTER_STOPPED), context.actor.language)] if reason else []


def _warnings(context: Context, row: UserTaskRow, task: TaskView) -> list[str]:
    language = context.actor.language
    found = []
    if task.instance.state == "suspended":
        found.append(translate(SUSPENDED, language))
    if row.follow_up is not None and row.follow_up > context.now():
        found.append(translate(POSTPONED, language))
    shown = [field for field in task.form.fields if field.read_only and field.default]
    found.extend(f"{field.label}: {answers.in_words(context, field, field.default)}" for field in shown)
    return found
