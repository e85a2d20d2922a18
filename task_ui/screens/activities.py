"""The calendar and single activities: planned by hand or asked for by a process."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request

from crm_model import activities, inbound_letters
from kernel.i18n import N_
from kernel.paging import Page
from processes import activities as worked
from task_ui import formatting, forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, back, ctx, form_answer, go, only_for, page

blueprint = Blueprint("activities", __name__)

INPUTS = (
    Input("kind", N_("Kind"), "select", required=True, group="kind"),
    Input("owner_id", N_("Responsible"), "user"),
    Input("subject", N_("What to do"), required=True, wide=True),
    Input("start", N_("Start"), "datetime"),
    Input("due", N_("Due"), "datetime"),
    Input("deal_id", N_("Deal"), "deal"),
    Input("account_id", N_("Account"), "account"),
    Input("contact_id", N_("Contact"), "contact"),
    Input("description", N_("Details"), "text", wide=True),
)
LINKS = ("deal_id", "account_id", "contact_id")


@blueprint.get("/calendar")
def calendar() -> View:
    """A week of days, with what is planned for each and what is late on top."""
    context = ctx()
    first = _monday()
    owner = None if request.args.get("who") == "all" else context.actor.user_id
    start = datetime.combine(first, time.min, formatting.zone())
    found = activities.list_activities(
        context, Page(200), owner_id=owner, starts_from=start, starts_before=start + timedelta(days=7), sort="start"
    )
    late = activities.list_activities(
        context, Page(50), owner_id=owner, is_open=True, due_before=context.now(), sort="due"
    )
    days = [(first + timedelta(days=n), []) for n in range(7)]  # type: ignore[var-annotated]
    for activity in found.items:
        moment = activity.start or activity.due
        if moment is not None:
            days[(formatting.local(moment).date() - first).days][1].append(activity)
    return page(
        "activities/calendar.html", days=days, late=late.items, first=first,
        previous=first - timedelta(days=7), following=first + timedelta(days=7), today=formatting.now().date(),
    )  # fmt: skip


def _monday() -> date:
    try:
        wanted = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        wanted = formatting.now().date()
    return wanted - timedelta(days=wanted.weekday())


@blueprint.get("/activities/<int:activity_id>")
def card(activity_id: int) -> View:
    activity = activities.get_activity(ctx(), activity_id)
    letter = inbound_letters.letter_of_activity(ctx(), activity_id) if activity.kind == "email" else None
    return page("activities/card.html", activity=activity, letter=letter)


@blueprint.route("/activities/new", methods=["GET", "POST"])
@only_for(worked.create_activity)
def new() -> View:
    values: dict[str, Any] = {
        "kind": request.args.get("kind", "call"), "owner_id": ctx().actor.user_id,
        **{name: request.args.get(name, type=int) for name in LINKS},
    }  # fmt: skip
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: worked.create_activity(ctx(), forms.given(values)))
        if made:
            return go(back(f"/activities/{made.id}"), _("Planned."))
    answer = page(
        "form_page.html",
        title=_("New activity"),
        inputs=INPUTS,
        values=values,
        errors=errors,
        back=back(""),
        cancel="/calendar",
        context={},
    )
    return form_answer(answer, errors)


@blueprint.route("/activities/<int:activity_id>/edit", methods=["GET", "POST"])
@only_for(worked.update_activity)
def edit(activity_id: int) -> View:
    activity = activities.get_activity(ctx(), activity_id)
    values: dict[str, Any] = forms.filled(activity, INPUTS)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        version = request.form.get("version", type=int)
        saved, errors = attempt(lambda: worked.update_activity(ctx(), activity_id, {**values, "version": version}))
        if saved:
            return go(back(f"/activities/{activity_id}"), _("Saved."))
    answer = page(
        "form_page.html", title=_("Change the activity"), crumb=(f"/activities/{activity_id}", activity.subject),
        inputs=INPUTS, values=values, errors=errors, version=activity.version,
        back=back(f"/activities/{activity_id}"), context={},
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.post("/activities/<int:activity_id>/complete")
def complete(activity_id: int) -> View:
    result, note = request.form.get("result") or "completed", request.form.get("note") or None
    if result == "rescheduled":
        return _reschedule(activity_id, note)
    _done, errors = attempt(lambda: worked.complete_activity(ctx(), activity_id, result=result, note=note))
    if errors:
        return page("activities/card.html", activity=activities.get_activity(ctx(), activity_id), errors=errors), 422
    return go(back(f"/activities/{activity_id}"), _("Done.") if result == "completed" else _("Cancelled."))


def _reschedule(activity_id: int, note: str | None) -> View:
    """By hand: a fresh activity takes the place of this one. One that a process counts on keeps being that one."""
    moments = {name: forms.value_of(Input(name, "", "datetime"), request.form) for name in ("start", "due")}
    when = {name: datetime.fromisoformat(text) if text else None for name, text in moments.items()}
    if activities.get_activity(ctx(), activity_id).instance_id:
        fresh, errors = attempt(lambda: worked.update_activity(ctx(), activity_id, when))
    else:
        fresh, errors = attempt(lambda: activities.reschedule_activity(ctx(), activity_id, note=note, **when))
    if fresh is None:
        return page("activities/card.html", activity=activities.get_activity(ctx(), activity_id), errors=errors), 422
    return go(f"/activities/{fresh.id}", _("Moved to another time."))


@blueprint.post("/activities/<int:activity_id>/delete")
def delete(activity_id: int) -> View:
    activities.delete_activity(ctx(), activity_id)
    return go("/calendar", _("Deleted."))
