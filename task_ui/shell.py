"""What stands around every page: the rail by role, counts, commands of the palette, quick create."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request

from crm_model import telephony
from kernel.context import ADMINISTRATOR, CALL_CENTRE, DESIGNER, HEAD, MANAGER, MARKETING, SUPERVISOR, Context
from kernel.i18n import N_, translate
from kernel.permissions import POLICY, may
from processes import tasks
from processes.views import TaskCounts
from task_ui import csrf
from task_ui.web import is_part, signed_in

SALES = (ADMINISTRATOR, SUPERVISOR, HEAD, MANAGER)
RECORDS = (*SALES, MARKETING, CALL_CENTRE)
EVERYONE = (*RECORDS, DESIGNER)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the rail. `key` is the letter after G."""

    title: str
    url: str
    icon: str
    roles: tuple[str, ...]
    key: str = ""


RAIL: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (N_("Work"), (
        Entry(N_("My tasks"), "/tasks", icon="list-checks", roles=EVERYONE, key="t"),
        Entry(N_("Calendar"), "/calendar", icon="calendar-days", roles=RECORDS, key="k"),
        Entry(N_("Letters"), "/letters", icon="mail", roles=RECORDS),
        Entry(N_("Incoming mail"), "/inbox", icon="inbox", roles=(ADMINISTRATOR, SUPERVISOR, MARKETING)),
        Entry(N_("Knowledge base"), "/knowledge", icon="book-open", roles=RECORDS, key="b"),
    )),
    (N_("Clients"), (
        Entry(N_("Leads"), "/leads", icon="sprout", roles=RECORDS, key="l"),
        Entry(N_("Accounts"), "/accounts", icon="building-2", roles=RECORDS, key="a"),
        Entry(N_("Contacts"), "/contacts", icon="users", roles=RECORDS, key="c"),
        Entry(N_("Deals"), "/deals", icon="handshake", roles=SALES, key="d"),
        Entry(N_("Pipeline"), "/pipeline", icon="square-kanban", roles=SALES, key="p"),
        Entry(N_("Duplicates"), "/duplicates", icon="merge", roles=RECORDS),
        Entry(N_("Imports"), "/imports", icon="sheet", roles=(ADMINISTRATOR, SUPERVISOR, HEAD, MARKETING)),
    )),
    (N_("Marketing"), (
        Entry(N_("Campaigns"), "/campaigns", icon="megaphone", roles=RECORDS, key="y"),
        Entry(N_("Segments"), "/segments", icon="funnel", roles=(ADMINISTRATOR, SUPERVISOR, HEAD, MARKETING)),
        Entry(N_("Web forms"), "/forms", icon="text-cursor-input", roles=(ADMINISTRATOR, MARKETING)),
        Entry(N_("Scoring"), "/scoring", icon="star", roles=RECORDS),
    )),
    (N_("Processes"), (
        Entry(N_("Process gallery"), "/processes", icon="workflow", roles=(ADMINISTRATOR, DESIGNER, SUPERVISOR, HEAD), key="m"),
        Entry(N_("Decisions"), "/decisions", icon="table", roles=(ADMINISTRATOR, DESIGNER, SUPERVISOR, HEAD)),
    )),
    (N_("Control"), (
        Entry(N_("Reports"), "/reports", icon="chart-column", roles=RECORDS, key="r"),
        Entry(N_("Running processes"), "/instances", icon="activity", roles=(ADMINISTRATOR, SUPERVISOR, DESIGNER, HEAD), key="i"),
        Entry(N_("Incidents"), "/incidents", icon="triangle-alert", roles=(ADMINISTRATOR, SUPERVISOR), key="n"),
    )),
    (N_("Settings"), (
        Entry(N_("Profile"), "/settings/profile", icon="user-round", roles=EVERYONE),
        Entry(N_("Personal data"), "/erasures", icon="shield-user", roles=(ADMINISTRATOR, SUPERVISOR)),
        Entry(N_("Substitution"), "/settings/substitutions", icon="user-round-check", roles=EVERYONE),
        Entry(N_("Users"), "/settings/users", icon="user-cog", roles=(ADMINISTRATOR,)),
        Entry(N_("Teams"), "/settings/teams", icon="network", roles=(ADMINISTRATOR,)),
        Entry(N_("Business lines"), "/settings/business-lines", icon="signpost", roles=(ADMINISTRATOR,)),
        Entry(N_("Working calendars"), "/settings/calendars", icon="calendar-days", roles=(ADMINISTRATOR,)),
        Entry(N_("Stages"), "/settings/stages", icon="flag", roles=(ADMINISTRATOR,)),
        Entry(N_("Products"), "/settings/products", icon="package", roles=(ADMINISTRATOR,)),
        Entry(N_("Mail"), "/settings/mail", icon="server", roles=(ADMINISTRATOR,)),
        Entry(N_("Mailbox"), "/settings/mailbox", icon="mailbox", roles=(ADMINISTRATOR,)),
        Entry(N_("Telephony"), "/settings/telephony", icon="phone-call", roles=(ADMINISTRATOR,)),
    )),
)  # fmt: skip

CREATE: tuple[Entry, ...] = (
    Entry(N_("Lead"), "/leads/new", icon="sprout", roles=RECORDS),
    Entry(N_("Deal"), "/deals/new", icon="handshake", roles=SALES),
    Entry(N_("Account"), "/accounts/new", icon="building-2", roles=RECORDS),
    Entry(N_("Contact"), "/contacts/new", icon="users", roles=RECORDS),
    Entry(N_("Activity"), "/activities/new", icon="calendar-plus", roles=RECORDS),
    Entry(N_("Campaign"), "/campaigns/new", icon="megaphone", roles=(ADMINISTRATOR, MARKETING)),
    Entry(N_("Start a sale"), "/sales/new", icon="play", roles=SALES),
    Entry(N_("Start a process"), "/start", icon="workflow", roles=EVERYONE),
)


def prepare(app: Flask) -> None:
    app.context_processor(around)


def around() -> dict[str, Any]:
    """Values of every template. A part of a page needs only who looks at it."""
    values: dict[str, Any] = {"csrf_token": csrf.token, "signed_in": signed_in(), "may": _may, "me": None}
    if not signed_in():
        return values
    context: Context = g.context
    values["me"] = context.actor
    if is_part():
        return values
    rail = [(title, [entry for entry in entries if context.actor.has_role(*entry.roles)]) for title, entries in RAIL]
    create = [entry for entry in CREATE if context.actor.has_role(*entry.roles)]
    values |= {
        "rail": [(title, entries) for title, entries in rail if entries],
        "quick_create": create,
        "commands": _commands(rail, create),
        "task_counts": task_counts(),
        "unread": _unread(context),
        "ringing": context.actor.has_role(*SALES, CALL_CENTRE) and telephony.is_on(context),
        "here": request.path,
        "here_full": request.full_path.rstrip("?"),
    }
    return values


def task_counts() -> TaskCounts:
    """The numbers of the one who looks, counted once a page."""
    if "task_counts" not in g:
        g.task_counts = tasks.count_tasks(g.context)
    found: TaskCounts = g.task_counts
    return found


def _may(permission: str) -> bool:
    return permission in POLICY and signed_in() and may(g.context, permission)


def _unread(context: Context) -> int:
    from crm_model import notifications

    return notifications.count_unread(context)


def _commands(rail: list[tuple[str, list[Entry]]], create: list[Entry]) -> list[dict[str, Any]]:
    def said(text: str) -> str:
        return translate(text, g.language)

    pages = [
        {"title": said(entry.title), "url": entry.url, "icon": entry.icon, "what": said(N_("Page"))}
        for _, entries in rail for entry in entries
    ]  # fmt: skip
    make = said(N_("Create"))
    made = [{"title": f"{make}: {said(entry.title).lower()}", "url": entry.url, "icon": entry.icon} for entry in create]
    return pages + made
