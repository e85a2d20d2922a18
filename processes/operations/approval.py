"""Operations of document approval: whose turn it is, what they said, reminders and escalation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm_model import documents, notifications, users
from engine.live import Live, Step
from engine.tables import UserTaskRow
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes.followers import activities, guests
from processes.operations.registry import operation

SEQUENCE, PARALLEL = "sequence", "parallel"
NO_APPROVERS = N_("Choose at least one approver.")
REMINDER = N_("A document is waiting for your decision")
ESCALATED = N_("Overdue approval was passed on to you")


@operation(
    "approval.next_round",
    title=N_("Decide whom to ask next"),
    gives=("round", "more", "approval_outcome", "outcome", "document_id"),
)
def next_round(
    step: Step,
    *,
    approver_ids: list[int] | None = None,
    mode: str | None = None,
    asked: int | None = None,
    document_id: int | None = None,
    document_kind: str | None = None,
) -> Mapping[str, Any]:
    """All at once in parallel; in sequence the first who has not been asked yet, from the start after a rework.

    Where no document is named, it is the deal's newest of the kind; `outcome` is approved until somebody objects.
    """
    if not approver_ids:
        raise ValidationFailed({"approver_ids": [NO_APPROVERS]})
    for number in approver_ids:
        users.require_active(step.context.session, number)
    done = 0 if step.variables.get("approval_outcome") == "rework" else asked or 0
    people = list(dict.fromkeys(approver_ids))
    asking = people if mode == PARALLEL else people[done : done + 1]
    return {
        "round": asking,
        "asked": done + len(asking),
        "more": done + len(asking) < len(people),
        "approval_outcome": "approved",
        "outcome": "approved",
        "document_id": _document(step, document_id, document_kind),
    }


def _document(step: Step, document_id: int | None, kind: str | None) -> int | None:
    subject = step.live.subject
    if document_id is None and subject is not None:
        if subject[0] == "document":
            document_id = subject[1]
        elif subject[0] == "deal" and kind:
            newest = documents.newest_of(step.context, subject[1], kind)
            document_id = newest.id if newest is not None else None
    if document_id is not None:
        documents.set_approval(step.context, document_id, documents.ON_APPROVAL)
    return document_id


@operation(
    "approval.record",
    title=N_("Record an approver's decision"),
    gives=("comments", "comment", "approval_outcome", "outcome"),
)
def record(step: Step, *, result: str | None = None, comment: str | None = None) -> Mapping[str, Any]:
    """Approve leaves the outcome as it is; the first reject or rework decides the round."""
    said = {"reject": "rejected", "rework": "rework"}.get(result or "")
    comments = step.variables.get("comments") or ""
    if comment:
        who = step.context.actor.name
        comments = f"{comments}\n{who}: {comment}".strip()
    if said:
        _note_on_document(step, said)
    return {"comments": comments, "comment": None, **({"approval_outcome": said, "outcome": said} if said else {})}


def _note_on_document(step: Step, decision: str) -> None:
    number = step.variables.get("document_id")
    if isinstance(number, int):
        documents.set_approval(step.context, number, decision)


@operation("approval.approve", title=N_("Mark the document as approved"))
def approve(step: Step) -> None:
    _note_on_document(step, documents.APPROVED)


def _task(step: Step, live: Live) -> UserTaskRow | None:
    """The approval task that the timer of this scope belongs to."""
    scopes = {scope.id for scope in live.state.chain(step.token.scope)}
    tokens = [t.id for t in live.state.tokens.values() if t.kind == "task" and t.scope in scopes]
    return step.context.session.scalar(
        select(UserTaskRow).where(UserTaskRow.instance_id == live.id, UserTaskRow.token.in_(tokens))
    )


@operation("approval.remind", title=N_("Remind the approver"))
def remind(step: Step) -> None:
    task = _task(step, step.live)
    if task is not None and task.assignee_id is not None:
        notifications.notify(
            step.context, task.assignee_id, kind="reminder", text=REMINDER, params={}, link=f"/tasks/{task.id}"
        )


@operation("approval.escalate", title=N_("Pass an overdue approval on to the approver's head"))
def escalate(step: Step) -> None:
    task = _task(step, step.live)
    if task is None or task.assignee_id is None:
        return
    head = users.head_of(step.context.session, task.assignee_id)
    if head is None or head == task.assignee_id:
        return
    task.assignee_id = head
    guests.reassign(step.context, task)
    activities.reassign(step.context, task)
    notifications.notify(step.context, head, kind="escalation", text=ESCALATED, params={}, link=f"/tasks/{task.id}")
