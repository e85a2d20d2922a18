"""What stands on a task card besides the task: the parts of its form by result, and all about the client."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import g

from crm_model import accounts, competitors, contacts, deals, documents, participants, timeline
from kernel.context import Context
from kernel.errors import AppError
from kernel.i18n import N_, translate
from kernel.paging import Page
from processes import instances, lead_views
from processes.views import TaskView
from task_ui.forms import Input


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that the same results want; none named means all. `later` ones show when such a result is chosen."""

    results: tuple[str, ...]
    titles: tuple[str, ...]
    inputs: tuple[Input, ...]
    later: bool


def form_parts(task: TaskView, inputs: list[Input]) -> list[Part]:
    """The form's fields in order, those that the same results want together."""
    titles = {choice.code: choice.label for choice in task.results}
    primary = {choice.code for choice in task.results if choice.primary} or {choice.code for choice in task.results[:1]}
    parts: list[Part] = []
    for field, drawn in zip(task.form.fields, inputs, strict=True):
        wanted = () if len(field.results) >= len(task.results) else field.results
        same = next((at for at, part in enumerate(parts) if part.results == wanted), None)
        if same is not None:
            parts[same] = replace(parts[same], inputs=(*parts[same].inputs, drawn))
        else:
            later = bool(wanted) and primary.isdisjoint(wanted)
            parts.append(Part(wanted, tuple(titles.get(code, code) for code in wanted), (drawn,), later))
    return parts


def needs(task: TaskView, known: Mapping[str, Any]) -> dict[str, list[str]]:
    """The labels of the fields each result requires and that hold nothing yet; `known` are values by the form's names."""
    return {
        choice.code: [
            field.label for field in task.form.fields
            if field.required and not field.show_if and (not field.results or choice.code in field.results)
            and known.get(f"v.{field.key}") in (None, "", [])
        ]
        for choice in task.results
    }  # fmt: skip


def later_times(now: datetime) -> list[tuple[str, datetime]]:
    """Times a person often puts a task off to, the likeliest first."""
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=7 - now.weekday())
    hour = now.replace(second=0, microsecond=0) + timedelta(hours=1)
    times = [
        (N_("Tomorrow at 9:00"), morning + timedelta(days=1)), (N_("In an hour"), hour),
        (N_("In three days"), morning + timedelta(days=3)), (N_("On Monday at 9:00"), monday),
    ]  # fmt: skip
    return [(translate(text, g.language), moment) for text, moment in times]


def _phone(found: dict[str, Any]) -> dict[str, str] | None:
    """Whom to call: the contact of the deal, else the first participant or contact with a number, else the company."""
    lead = found["lead"]
    if lead is not None and lead.phone:
        return {"number": lead.phone, "name": lead.name}
    people = [found.get("contact"), *(row.contact for row in found["people"]), *found["contacts"], found["account"]]
    caller = next((one for one in people if one is not None and one.phones), None)
    return {"number": caller.phones[0], "name": caller.name} if caller is not None else None


def _paper(context: Context, task: TaskView) -> Any:
    """The document that waits for this person's decision."""
    try:
        number = instances.get_variables(context, task.instance.id).get("document_id")
        return documents.get_document(context, number) if isinstance(number, int) else None
    except AppError:
        return None


def around(context: Context, task: TaskView) -> dict[str, Any]:
    """The client as this task needs it; what the person may not see is left out."""
    found: dict[str, Any] = {
        "deal": None, "account": None, "people": [], "rivals": [], "papers": [],
        "past": None, "picker_context": {}, "contact": None, "contacts": [], "phone": None,
        "lead": None,
    }  # fmt: skip
    try:
        subject = _fill(context, task, found)
        found["past"] = timeline.timeline(context, page=Page(5), **subject) if subject else None
    except AppError:
        found["past"] = None
    found["phone"] = _phone(found)
    found["paper"] = _paper(context, task) if task.activity_kind == "approval" else None
    return found


def _fill(context: Context, task: TaskView, found: dict[str, Any]) -> dict[str, Any]:
    kind, key = (task.subject.type, task.subject.id) if task.subject else (None, 0)
    if task.deal is not None:
        kind, key = "deal", task.deal.id
    if kind == "deal":
        deal = found["deal"] = deals.get_deal(context, key)
        found["people"] = list(participants.list_participants(context, key, Page(20)).items)
        found["rivals"] = list(competitors.list_competitors(context, key, Page(20)).items)
        found["papers"] = list(documents.list_documents(context, Page(10), deal_id=key).items)
        found["picker_context"] = {"deal": key, "account": deal.account_id}
        found["account"] = deal.account
        found["contact"] = deal.contact
        if deal.contact is None and not found["people"] and deal.account_id:
            found["contacts"] = list(contacts.list_contacts(context, Page(5), account_id=deal.account_id).items)
        return {"deal_id": key}
    if kind == "account":
        found["account"] = accounts.get_account(context, key)
        found["picker_context"] = {"account": key}
        found["contacts"] = list(contacts.list_contacts(context, Page(10), account_id=key).items)
        return {"account_id": key}
    if kind == "contact":
        contact = found["contact"] = contacts.get_contact(context, key)
        found["account"] = contact.account
        return {"contact_id": key}
    if kind == "lead":
        return _lead(context, task, found)
    return {}


def _lead(context: Context, task: TaskView, found: dict[str, Any]) -> dict[str, Any]:
    """Whoever may take the task sees the lead; its history is for those who see the lead itself."""
    lead = found["lead"] = lead_views.lead_of_task(context, task.id)
    if lead is None:
        return {}
    found["alike"] = lead_views.list_duplicates(context, lead.id)
    found["account"], found["contact"] = lead.account, lead.contact
    return {"lead_id": lead.id}
