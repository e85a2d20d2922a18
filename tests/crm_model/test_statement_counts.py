"""A list asks the database as often for fifty rows as for two."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.orm import Session

from benchmarks.statements import listening
from crm_model import accounts, activities, contacts, deals, documents, leads, notes, notifications, search
from crm_model.activities import Activity
from crm_model.documents import Document
from crm_model.notes import Note
from kernel.context import Context
from kernel.paging import Page
from tests.crm_model.sales import Sales, add

ALL = Page(limit=200)
LISTS: dict[str, Callable[[Context], Any]] = {
    "accounts": lambda ctx: accounts.list_accounts(ctx, ALL),
    "contacts": lambda ctx: contacts.list_contacts(ctx, ALL),
    "leads": lambda ctx: leads.list_leads(ctx, ALL),
    "deals": lambda ctx: deals.list_deals(ctx, ALL),
    "activities": lambda ctx: activities.list_activities(ctx, ALL),
    "documents": lambda ctx: documents.list_documents(ctx, ALL),
    "notes": lambda ctx: notes.list_notes(ctx, ALL),
    "notifications": lambda ctx: notifications.list_notifications(ctx, ALL),
    "search": lambda ctx: search.search(ctx, "noise", ALL),
}
SHOWN = {
    "accounts": ("owner",),
    "contacts": ("owner", "account"),
    "leads": ("owner", "product"),
    "deals": ("owner", "account", "products"),
    "activities": ("owner", "deal", "account", "contact"),
    "documents": ("owner", "current"),
    "notes": ("author",),
}
"""What the screens show beside a row; touching it must not ask again."""


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    with listening(session.connection().engine) as said:
        yield said.statements


def fill(sales: Sales, count: int) -> None:
    for number in range(count):
        account = sales.account(name=f"Noise {number}")
        contact = sales.contact(name=f"Noise {number}", account_id=account.id)
        lead = sales.lead(name=f"Noise {number}", account_id=account.id)
        deal = sales.deal(title=f"Noise {number}", account_id=account.id, contact_id=contact.id)
        links = {"deal_id": deal.id, "account_id": account.id}
        add(sales.session, Note(text="Noise", created_by_id=sales.manager_user.id, **links))
        add(sales.session, Document(title="Noise", kind="other", owner_id=sales.manager_user.id, **links))
        add(
            sales.session,
            Activity(kind="call", subject="Noise", owner_id=sales.manager_user.id, lead_id=lead.id, **links),
        )


def asked(sales: Sales, kind: str) -> tuple[int, int]:
    """How many rows came of how many statements, everything shown beside them included."""
    sales.session.flush()
    sales.session.expunge_all()
    with counted(sales.session) as said:
        rows = LISTS[kind](sales.supervisor).items
        for row in rows:
            for beside in SHOWN.get(kind, ()):
                getattr(row, beside)
    return len(rows), len(said)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_many_rows_as_for_few(session: Session, name: str) -> None:
    sales = Sales(session)
    fill(sales, 2)
    few, for_few = asked(sales, name)
    fill(sales, 30)
    many, for_many = asked(sales, name)
    assert name == "notifications" or many >= few + 30
    assert for_many <= for_few <= 8
