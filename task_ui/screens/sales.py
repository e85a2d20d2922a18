"""Starting a sale on an account, a contact or a deal."""

from typing import Any

from flask import Blueprint, request

from crm_model import accounts, contacts, deals
from kernel.i18n import N_
from kernel.paging import Page
from processes import sales, tasks
from processes.views import TaskFilter
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, ctx, form_answer, go, only_for, page

blueprint = Blueprint("sales", __name__, url_prefix="/sales")

INPUTS = (
    Input("account", N_("Account"), "account", wide=True),
    Input("contact", N_("or a contact"), "contact", wide=True),
    Input("deal", N_("or a deal that exists already"), "deal", wide=True),
)
NAMES = {"account": accounts.get_account, "contact": contacts.get_contact, "deal": deals.get_deal}


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(sales.start_sale)
def start() -> View:
    kind, key = request.values.get("type"), request.values.get("id", type=int)
    known = {"type": kind, "id": key} if kind in NAMES and key else None
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        subject = known or next(
            ({"type": name, "id": values[name]} for name in ("deal", "contact", "account") if values[name]), None
        )
        if subject is None:
            errors = {"account": [_("Choose whom you want to sell to.")]}
        else:
            started, errors = attempt(lambda: sales.start_sale(ctx(), subject=subject))
            if started:
                return _first_task(started.id)
    record = NAMES[kind](ctx(), key) if known and kind and key else None
    answer = page("deals/start.html", known=known, record=record, inputs=INPUTS, values=values, errors=errors)
    return form_answer(answer, errors)


def _first_task(instance_id: int) -> View:
    found = tasks.list_tasks(ctx(), TaskFilter(instance_id=instance_id), Page(1)).items
    said = _("The sale is under way.")
    if not found:
        return go("/tasks", said)
    return go(f"/tasks/{found[0].id}", f"{said} " + _("Next: %(task)s", task=found[0].name))
