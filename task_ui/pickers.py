"""Finding records for a field as one types: what each kind of picker searches, and the name of what is chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g

from crm_model import (
    accounts,
    articles,
    business_lines,
    campaigns,
    competitors,
    contacts,
    deals,
    documents,
    leads,
    products,
    teams,
    users,
    working_calendars,
)
from kernel.context import Context
from kernel.errors import AppError
from kernel.paging import Page
from processes import designs

Found = tuple[Any, str, str]
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Picker:
    """`find` answers (id, text, what tells it from others); `name` the text of one that is chosen already."""

    find: Callable[[Context, str | None, Mapping[str, str]], list[Found]]
    name: Callable[[Context, Any], str]


def _accounts(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [
        (row.id, row.name, getattr(row, "inn", None) or "")
        for row in accounts.list_accounts(ctx, Page(SHOWN), q=q).items
    ]


def _contacts(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    account = args.get("account")
    found = contacts.list_contacts(ctx, Page(SHOWN), q=q, account_id=int(account) if account else None).items
    return [(row.id, row.name, row.job_title or "") for row in found]


def _users(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    found = users.list_users(ctx, Page(SHOWN), q=q, role=args.get("role")).items
    return [(row.id, row.name, row.username) for row in found]


def _products(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [
        (row.id, row.name, row.sku or "") for row in products.list_products(ctx, Page(SHOWN), q=q, active=True).items
    ]


def _business_lines(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [(row.id, row.name, "") for row in business_lines.list_business_lines(ctx, Page(SHOWN), q=q).items]


def _teams(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [(row.id, row.name, "") for row in teams.list_teams(ctx, Page(SHOWN), q=q).items]


def _calendars(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    found = working_calendars.list_working_calendars(ctx, Page(SHOWN), q=q).items
    return [(row.id, row.name, row.time_zone) for row in found]


def _competitors(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    if not args.get("deal"):
        return []
    found = competitors.list_competitors(ctx, int(args["deal"]), Page(SHOWN)).items
    return [(row.id, row.name, "") for row in found if not q or q.lower() in row.name.lower()]


def _documents(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    deal = args.get("deal")
    found = documents.list_documents(ctx, Page(SHOWN), q=q, deal_id=int(deal) if deal else None).items
    return [(row.id, row.title, "") for row in found]


def _articles(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [(row.id, row.title, "") for row in articles.list_articles(ctx, Page(SHOWN), q=q).items]


def _deals(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    account = args.get("account")
    found = deals.list_deals(ctx, Page(SHOWN), q=q, account_id=int(account) if account else None).items
    return [(row.id, row.title, row.account.name if row.account else "") for row in found]


def _leads(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [(row.id, row.name, row.company or "") for row in leads.list_leads(ctx, Page(SHOWN), q=q).items]


def _campaigns(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    found = campaigns.list_campaigns(ctx, Page(SHOWN), q=q).items
    return [(row.id, row.name, str(row.starts_on.year) if row.starts_on else "") for row in found]


def _processes(ctx: Context, q: str | None, args: Mapping[str, str]) -> list[Found]:
    return [(key, name, "") for key, name in designs.names_of_published(ctx) if not q or q.lower() in name.lower()]


PICKERS = {
    "account": Picker(_accounts, lambda ctx, key: accounts.get_account(ctx, key).name),
    "contact": Picker(_contacts, lambda ctx, key: contacts.get_contact(ctx, key).name),
    "user": Picker(_users, lambda ctx, key: users.get_person(ctx, key).name),
    "product": Picker(_products, lambda ctx, key: products.get_product(ctx, key).name),
    "business_line": Picker(_business_lines, lambda ctx, key: business_lines.get_business_line(ctx, key).name),
    "team": Picker(_teams, lambda ctx, key: teams.get_team(ctx, key).name),
    "calendar": Picker(_calendars, lambda ctx, key: working_calendars.get_working_calendar(ctx, key).name),
    "competitor": Picker(_competitors, lambda ctx, key: str(key)),
    "document": Picker(_documents, lambda ctx, key: documents.get_document(ctx, key).title),
    "article": Picker(_articles, lambda ctx, key: articles.get_article(ctx, key).title),
    "deal": Picker(_deals, lambda ctx, key: deals.get_deal(ctx, key).title),
    "lead": Picker(_leads, lambda ctx, key: leads.get_lead(ctx, key).name),
    "campaign": Picker(_campaigns, lambda ctx, key: campaigns.get_campaign(ctx, key).name),
    "process": Picker(_processes, lambda ctx, key: str(key)),
}
SINGULAR = {"users": "user", "contacts": "contact", "products": "product"}


def url(kind: str, context: Mapping[str, Any] | None = None) -> str:
    """Where a picker asks; `context` narrows it to a deal or an account."""
    kept = {name: value for name, value in (context or {}).items() if value}
    return f"/pick/{SINGULAR.get(kind, kind)}" + (f"?{urlencode(kept)}" if kept else "")


def picked(kind: str, value: Any) -> list[tuple[Any, str]]:
    """Id and name of what is chosen, one or several; the bare id where the record is gone or hidden."""
    chosen = value if isinstance(value, list | tuple) else [value]
    return [(key, name_of(kind, key) or f"№ {key}") for key in chosen if key not in (None, "")]


def name_of(kind: str, key: Any) -> str | None:
    """None where the record is gone or hidden."""
    try:
        return PICKERS[SINGULAR.get(kind, kind)].name(g.context, int(key) if str(key).isdigit() else key)
    except AppError:
        return None
