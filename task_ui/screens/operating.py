"""What a supervisor does with a running process: suspend, resume, cancel, release, hand over, change data."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import instances, messages, tasks
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, ctx, form_answer, go, only_for, page

blueprint = Blueprint("operating", __name__, url_prefix="/instances/<int:instance_id>")

REASON = Input("reason", N_("Why"), "text", required=True, wide=True, hint=N_("Stays in the journal of interventions."))
MAYBE_REASON = Input("reason", N_("Why"), "text", wide=True, hint=N_("Stays in the journal of interventions."))
PERSON = (Input("user_id", N_("Person"), "user", required=True, wide=True),)
DATA = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("value", N_("Value"), "text", wide=True, hint=N_("A number, true, false, a list in JSON; anything else is text.")),
)  # fmt: skip
MESSAGE = (
    Input("name", N_("Message"), required=True, wide=True),
    Input("data", N_("Data that comes with it"), "text", wide=True, hint=N_("One a line: name = value. May stay empty.")),
)  # fmt: skip
NO_PERSON = N_("Choose a person.")
NO_NAME = N_("Say what it is called.")
BAD_LINE = N_("“%(line)s” has no “=” between name and value.")


def _ask(
    instance_id: int, title: str, note: str, inputs: tuple[Input, ...], button: str, done: str,
    deed: Callable[[dict[str, Any]], Any], *, danger: bool = False, values: dict[str, Any] | None = None, tab: str = "",
) -> View:  # fmt: skip
    """A page (or dialog) that asks what the act needs, and keeps what was typed when the act is refused."""
    instance = instances.get_instance(ctx(), instance_id)
    home = f"/instances/{instance_id}" + (f"?tab={tab}" if tab else "")
    values = values or {}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        _done, errors = attempt(lambda: deed(values))
        if not errors:
            return go(home, done)
    shown = page(
        "processes/ask.html", title=title, note=note, inputs=inputs, values=values, errors=errors, button=button,
        danger=danger, home=home, instance=instance,
    )  # fmt: skip
    return form_answer(shown, errors)


@blueprint.route("/suspend", methods=["GET", "POST"])
@only_for(instances.suspend_instance)
def suspend(instance_id: int) -> View:
    return _ask(
        instance_id, _("Suspend the process"),
        _("Its tasks cannot be done and its times stop until you let it go on."), (MAYBE_REASON,),
        _("Suspend"), _("Suspended. Nobody can go on until it is resumed."),
        lambda values: instances.suspend_instance(ctx(), instance_id, reason=values["reason"]),
    )  # fmt: skip


@blueprint.post("/resume")
def resume(instance_id: int) -> View:
    return act(f"/instances/{instance_id}", lambda: instances.resume_instance(ctx(), instance_id), _("It goes on."))


@blueprint.route("/cancel", methods=["GET", "POST"])
@only_for(instances.cancel_instance)
def cancel(instance_id: int) -> View:
    return _ask(
        instance_id, _("Cancel the process"),
        _("Its open tasks and everything it called end at once. This cannot be taken back."), (REASON,),
        _("Cancel the process"), _("Cancelled."),
        lambda values: instances.cancel_instance(ctx(), instance_id, reason=values["reason"] or ""), danger=True,
    )  # fmt: skip


@blueprint.post("/release")
def release(instance_id: int) -> View:
    element_id = request.form.get("element_id", "")
    return act(
        f"/instances/{instance_id}",
        lambda: instances.release_wait(ctx(), instance_id, element_id=element_id),
        _("Released. The process has gone on."),
    )


@blueprint.route("/tasks/<int:task_id>/assign", methods=["GET", "POST"])
@only_for(tasks.assign_task)
def assign(instance_id: int, task_id: int) -> View:
    task = tasks.get_task(ctx(), task_id)

    def deed(values: dict[str, Any]) -> Any:
        if not isinstance(values["user_id"], int):
            raise ValidationFailed({"user_id": [NO_PERSON]})
        return tasks.assign_task(ctx(), task_id, user_id=values["user_id"])

    return _ask(
        instance_id, _("Hand the task over"), task.name, PERSON, _("Hand over"), _("The task has a new owner."), deed,
        values={"user_id": task.assignee.id if task.assignee else None}, tab="tasks",
    )  # fmt: skip


@blueprint.route("/data", methods=["GET", "POST"])
@only_for(instances.set_variables)
def change_data(instance_id: int) -> View:
    name = request.args.get("name", "")
    known = instances.get_variables(ctx(), instance_id)

    def deed(values: dict[str, Any]) -> Any:
        if not values["name"]:
            raise ValidationFailed({"name": [NO_NAME]})
        return instances.set_variables(ctx(), instance_id, {values["name"]: value_of(values["value"] or "")})

    return _ask(
        instance_id, _("Change the data"), _("Conditions that are looked at later see the new value."), DATA, _("Save"),
        _("Saved."), deed, values={"name": name, "value": text_of(known.get(name))}, tab="variables",
    )  # fmt: skip


@blueprint.route("/message", methods=["GET", "POST"])
@only_for(messages.send_message)
def message(instance_id: int) -> View:
    def deed(values: dict[str, Any]) -> Any:
        data = data_of(values["data"] or "")
        return messages.send_message(ctx(), name=values["name"] or "", instance_id=instance_id, variables=data)

    return _ask(
        instance_id, _("Send a message"), _("As if it had come from outside, to this process alone."), MESSAGE, _("Send"),
        _("The message has arrived."), deed, values={"name": request.args.get("name", "")},
    )  # fmt: skip


def value_of(text: str) -> Any:
    """What a person typed as a value: JSON where it is JSON, else text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def text_of(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) and value_of(value) == value else json.dumps(value, ensure_ascii=False)


def data_of(text: str) -> dict[str, Any]:
    found = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise ValidationFailed({"data": [_(BAD_LINE, line=line.strip())]})
        found[name.strip()] = value_of(value.strip())
    return found
