"""What expressions in a diagram know of the record behind an instance: always as it is now, never a copy."""

from __future__ import annotations

from typing import Any

from crm_model import access, deals, working_calendars
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import Lead
from engine.execution import Execution
from engine.live import Live
from kernel.context import Context
from kernel.working_time import Calendar

SUBJECTS: dict[str, type[Any]] = {"deal": Deal, "account": Account, "contact": Contact, "lead": Lead}
CLIENT_FACTS = (
    "id", "name", "owner_id", "account_id", "industry", "region", "employees", "type", "status", "job_title", "role",
)  # fmt: skip
LEAD_FACTS = (
    "company", "phone", "email", "need", "request", "source", "form", "campaign_id", "product_id", "consent", "opted_out",
    "score", "stars", "disqualify_reason", "contact_id", "deal_id",
)  # fmt: skip
SUBJECT_TYPES = (*SUBJECTS, "document")


def parse_key(key: str | None) -> tuple[str, int] | None:
    """deal:7 → ("deal", 7); None for a key that names no record."""
    kind, _, number = (key or "").partition(":")
    if kind in SUBJECT_TYPES and number.isascii() and number.isdigit() and len(number) < 19:
        return kind, int(number)
    return None


def current_key(context: Context, key: str | None) -> str | None:
    """The key under which a record is found now: that of the one it was merged into."""
    found = parse_key(key)
    while found is not None and found[0] in access.MERGED.values():
        became = access.successor(context, *found)
        if became is None:
            return f"{found[0]}:{found[1]}"
        found = found[0], became
    return key


def read_ahead(execution: Execution, kind: str | None, number: int | None) -> Deal | None:
    """The deal behind an instance, with what expressions will ask of it, in one statement."""
    if kind != "deal" or number is None:
        return None
    deal, heads, calendar = deals.with_heads(execution.context.session, number)
    execution.memory[deal.owner_id, deal.business_line_id] = heads
    execution.memory["calendar", deal.owner_id, deal.business_line_id] = calendar
    return deal


def calendar(execution: Execution, live: Live | None) -> Calendar:
    """By which an instance reckons: that of its record's business line or owner, else the default one."""
    session = execution.context.session
    kind, number = live.subject if live is not None and live.subject is not None else (None, None)
    record = session.get(SUBJECTS[kind], number) if kind in SUBJECTS else None
    owner, line = (getattr(record, name, None) for name in ("owner_id", "business_line_id"))
    asked = ("calendar", owner, line)
    if asked not in execution.memory:
        execution.memory[asked] = working_calendars.calendar_for(session, business_line_id=line, owner_id=owner)
    found: Calendar = execution.memory[asked]
    return found


def look_up(execution: Execution, live: Live, name: str) -> Any:
    """A name that is no variable; KeyError if expressions know no such name."""
    context = execution.context
    if name == "initiator_id":
        return live.started_by
    if name == "actor_id":
        return context.actor.user_id or live.started_by
    if name == "subject":
        return f"{live.subject[0]}:{live.subject[1]}" if live.subject else None
    if name not in SUBJECTS:
        raise KeyError(name)
    record = _record(context, live, name)
    return None if record is None else describe(execution, name, record)


def _record(context: Context, live: Live, name: str) -> Any:
    if live.subject is None:
        return None
    kind, number = live.subject
    if kind not in SUBJECTS:
        return None
    record = context.session.get(SUBJECTS[kind], number)
    if kind == name or record is None:
        return record
    linked = getattr(record, f"{name}_id", None)
    return context.session.get(SUBJECTS[name], linked) if linked else None


def describe(execution: Execution, kind: str, record: Any) -> dict[str, Any]:
    if kind == "deal":
        asked = (record.owner_id, record.business_line_id)
        if asked not in execution.memory:
            execution.memory[asked] = deals.heads(execution.context.session, *asked)
        return deals.facts(record, execution.memory[asked])
    fields: tuple[str, ...] = (
        "id",
        "name",
        "owner_id",
        "account_id",
        "industry",
        "region",
        "employees",
        "type",
        "status",
        "job_title",
        "role",
    )
    if kind == "lead":
        fields += LEAD_FACTS
    return {field: getattr(record, field) for field in fields if hasattr(record, field)}
