"""Starting a process by hand: what fits the record, what it asks first, and where it has come to."""

from typing import Any

from flask import Blueprint, request

from crm_model import accounts, contacts, deals, leads
from kernel.errors import NotFound
from kernel.paging import Page
from kernel.permissions import may
from processes import manual_starts, tasks
from processes.manual_starts import Beginning, Subject
from processes.views import InstanceView, TaskFilter
from task_ui import forms
from task_ui.web import View, _, attempt, ctx, form_answer, go, page

blueprint = Blueprint("starting", __name__, url_prefix="/start")

GET = {
    "deal": deals.get_deal, "account": accounts.get_account, "contact": contacts.get_contact, "lead": leads.get_lead,
}  # fmt: skip
HOMES = {"deal": "/deals", "account": "/accounts", "contact": "/contacts", "lead": "/leads"}


@blueprint.get("")
def choose() -> View:
    """The processes that can be started on a record, or about none."""
    subject = _subject()
    return page(
        "processes/beginnings.html",
        found=manual_starts.list_beginnings(ctx(), subject),
        subject=subject,
        record=_record(subject),
        home=_home(subject),
    )


@blueprint.route("/<key>", methods=["GET", "POST"])
def begin(key: str) -> View:
    subject = _subject()
    beginning = manual_starts.get_beginning(ctx(), key, request.values.get("event") or None)
    inputs = forms.of_task([field for field in beginning.form.fields if not field.read_only])
    values: dict[str, Any] = {f"v.{field.key}": field.default for field in beginning.form.fields}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        started, errors = attempt(lambda: _started(beginning, subject, values))
        if started:
            return _onwards(beginning, started, subject)
        errors = forms.without_prefix(errors)
    answer = page(
        "processes/begin.html",
        beginning=beginning,
        inputs=inputs,
        values=values,
        errors=errors,
        subject=subject,
        record=_record(subject),
        home=_home(subject),
    )
    return form_answer(answer, errors)


def _subject() -> Subject | None:
    kind, number = request.values.get("type"), request.values.get("id", type=int)
    if not kind:
        return None
    if kind not in GET or not number:
        raise NotFound()
    return kind, number


def _record(subject: Subject | None) -> Any:
    return GET[subject[0]](ctx(), subject[1]) if subject else None


def _home(subject: Subject | None) -> str:
    return f"{HOMES[subject[0]]}/{subject[1]}" if subject else "/processes"


def _started(beginning: Beginning, subject: Subject | None, values: dict[str, Any]) -> InstanceView:
    given = {name: value for name, value in forms.strip_prefix(values).items() if value not in (None, "")}
    return manual_starts.start_by_hand(
        ctx(), beginning.key, start_event_id=beginning.start_event_id, subject=subject, variables=given
    )


def _onwards(beginning: Beginning, started: InstanceView, subject: Subject | None) -> View:
    """To the first task, if it is this person's; else back to the record, or to where the process stands."""
    said = _("“%(process)s” is started.", process=beginning.name)
    me = ctx().actor.user_id
    opened = tasks.list_tasks(ctx(), TaskFilter(instance_id=started.id), Page(20)).items
    mine = next((task for task in opened if task.assignee and task.assignee.id == me), None)
    if mine is not None:
        return go(f"/tasks/{mine.id}", f"{said} " + _("Next: %(task)s", task=mine.name))
    if opened:
        said += " " + _("Next: %(task)s", task=opened[0].name)
    if subject is not None:
        return go(_home(subject), said)
    return go(f"/instances/{started.id}" if may(ctx(), "instances.operate") else "/tasks", said)
