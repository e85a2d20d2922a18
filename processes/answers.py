"""What people answered earlier in an instance, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_model import stages
from crm_model.accounts import Account
from crm_model.articles import Article
from crm_model.business_lines import BusinessLine
from crm_model.contacts import Contact
from crm_model.deal_entities import DealCompetitor
from crm_model.documents import Document
from crm_model.products import Product
from crm_model.users import User
from engine.definitions import Definition
from kernel import text
from kernel.context import Context
from kernel.i18n import N_, translate
from processes import presenting
from processes.views import FormField

MOST = 20
NAMED: dict[str, tuple[Any, Any]] = {
    "user": (User, User.name),
    "account": (Account, Account.name),
    "contact": (Contact, Contact.name),
    "product": (Product, Product.name),
    "business_line": (BusinessLine, BusinessLine.name),
    "competitor": (DealCompetitor, DealCompetitor.name),
    "document": (Document, Document.title),
    "article": (Article, Article.title),
}
PLURALS = {"users": "user", "contacts": "contact", "products": "product"}


def earlier(
    context: Context,
    definition: Definition,
    done: Sequence[tuple[str, str | None]],
    variables: Mapping[str, Any],
) -> Iterator[tuple[str, str]]:
    """(label, text) of the newest answers first; of a question asked twice the last answer counts. Results of tasks that
    have only one, and fields of other results than the chosen one, tell nothing."""
    seen: set[str] = set()
    shown = 0
    for element_id, result in done:
        if element_id in seen or shown >= MOST or not definition.graph.knows(element_id):
            continue
        seen.add(element_id)
        node = definition.graph.node(element_id)
        labels = {choice.code: choice.label for choice in presenting.results_of(context, node)}
        if len(labels) > 1:
            yield node.title(context.actor.language), labels.get(result or "", result or "")
            shown += 1
        for field in presenting.form_of(context, definition, node).fields:
            if field.results and result not in field.results:
                continue
            told = "" if field.key in seen else in_words(context, field, variables.get(field.key))
            seen.add(field.key)
            if told:
                yield field.label, told
                shown += 1


def in_words(context: Context, field: FormField, value: Any) -> str:
    """An answer as a person would say it; names of records are those of today."""
    language = context.actor.language
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return translate(N_("yes") if value else N_("no"), language)
    kind = PLURALS.get(field.type, field.type)
    if kind in NAMED:
        return ", ".join(_names(context, kind, value if isinstance(value, list) else [value]))
    if kind in ("select", "multiselect"):
        labels = {option.code: option.label for option in field.options}
        return ", ".join(labels.get(code, str(code)) for code in (value if isinstance(value, list) else [value]))
    if kind == "stage":
        return stages.title_of(str(value), language)
    if kind == "money":
        return text.number(value, language)
    if kind == "datetime" and isinstance(value, str):
        return text.moment(datetime.fromisoformat(value), language, context.now(), ZoneInfo(context.actor.time_zone))
    if isinstance(value, list | dict):
        return _rows(context, value)
    return str(value)


def _names(context: Context, kind: str, keys: list[Any]) -> list[str]:
    model, column = NAMED[kind]
    known: dict[int, str] = dict(context.session.execute(select(model.id, column).where(model.id.in_(keys))).all())
    return [known[key] for key in keys if key in known]


def _rows(context: Context, value: Any) -> str:
    rows = value if isinstance(value, list) else [value]
    told = []
    for row in rows:
        if not isinstance(row, dict):
            told.append(str(row))
        elif "contact_id" in row:
            told.extend(_names(context, "contact", [row["contact_id"]]))
        else:
            told.append(str(row.get("name") or row.get("subject") or row.get("value") or ""))
    return ", ".join(filter(None, told))
