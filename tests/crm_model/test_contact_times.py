"""The last and next contact on accounts and contacts follow their activities, whoever changes those."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import activities
from crm_model.activities import Activity
from tests.crm_model.sales import NOW, Sales

SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(days=1)


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def call(sales: Sales, **values: Any) -> Activity:
    return activities.create_activity(sales.manager, {"kind": "call", "subject": "Call", **values})


def test_the_next_contact_is_the_earliest_that_is_planned(sales: Sales) -> None:
    account, noise = sales.account(), sales.account()
    contact = sales.contact(account_id=account.id)
    call(sales, contact_id=contact.id, start=LATER)
    first = call(sales, contact_id=contact.id, start=SOON)
    assert account.next_contact_at == contact.next_contact_at == SOON
    activities.cancel_activity(sales.manager, first.id)
    assert account.next_contact_at == contact.next_contact_at == LATER
    assert (account.last_contact_at, noise.next_contact_at) == (None, None)


def test_the_last_contact_is_the_latest_that_took_place(sales: Sales) -> None:
    account = sales.account()
    done, void = call(sales, account_id=account.id), call(sales, account_id=account.id)
    activities.complete_activity(sales.manager, done.id, result="completed")
    activities.complete_activity(sales.later(days=1), void.id, result="cancelled")
    assert account.last_contact_at == NOW
    activities.reopen_activity(sales.manager, done.id)
    assert account.last_contact_at is None


def test_work_that_is_no_contact_does_not_count(sales: Sales) -> None:
    account = sales.account()
    activities.create_activity(
        sales.manager, {"kind": "document_work", "subject": "Write", "account_id": account.id, "due": SOON}
    )
    assert account.next_contact_at is None


def test_moving_an_activity_moves_the_times_of_both_accounts(sales: Sales) -> None:
    was, became = sales.account(), sales.account()
    activity = call(sales, account_id=was.id, start=SOON)
    activities.update_activity(sales.manager, activity.id, {"account_id": became.id})
    assert (was.next_contact_at, became.next_contact_at) == (None, SOON)
    activity.start = LATER
    sales.session.flush()
    assert became.next_contact_at == LATER
    activities.delete_activity(sales.manager, activity.id)
    assert became.next_contact_at is None


def test_the_times_leave_no_trace_in_the_accounts_version(sales: Sales) -> None:
    account = sales.account()
    call(sales, account_id=account.id, start=SOON)
    sales.session.refresh(account)
    assert (account.version, account.next_contact_at) == (1, SOON)
