"""The numbers on the card of an account or a contact."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from crm_model import activities, participants
from crm_model.stage_history import move_to_stage
from crm_model.summaries import account_summary, contact_summary
from kernel.errors import NotFound
from tests.crm_model.sales import NOW, Sales


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def test_an_account_counts_its_deals_money_and_contacts(sales: Sales) -> None:
    account = sales.account()
    for amount, stage in (("10", None), ("5", None), ("100", "won"), ("7", "lost")):
        deal = sales.deal(account_id=account.id, amount=amount)
        if stage:
            move_to_stage(sales.manager, deal, stage, cause="process")
    sales.deal(amount="999")
    for hours in (-1, 2, 5):
        moment = NOW + timedelta(hours=hours)
        values = {"kind": "call", "subject": "Call", "account_id": account.id, "start": moment, "due": moment}
        made = activities.create_activity(sales.manager, values)
    activities.complete_activity(sales.manager, made.id, result="completed")
    found = account_summary(sales.manager, account.id)
    assert (found.open_deals, found.open_amount) == (2, Decimal("15.00"))
    assert (found.won_deals, found.won_amount, found.lost_deals) == (1, Decimal("100.00"), 1)
    assert (found.open_activities, found.overdue_activities) == (2, 1)
    assert (found.last_contact_at, found.next_contact_at) == (NOW, NOW - timedelta(hours=1))


def test_a_contact_counts_the_deals_it_takes_part_in(sales: Sales) -> None:
    contact = sales.contact()
    sales.deal(contact_id=contact.id, amount="10")
    joined = sales.deal(amount="5")
    participants.create_participant(sales.manager, joined.id, {"contact_id": contact.id, "role": "user"})
    sales.deal(amount="999")
    found = contact_summary(sales.manager, contact.id)
    assert (found.open_deals, found.open_amount) == (2, Decimal("15.00"))


def test_only_what_the_caller_sees_is_counted(sales: Sales) -> None:
    account = sales.account()
    theirs = sales.deal(account_id=account.id, amount="10")
    theirs.owner_id = sales.stranger_user.id
    sales.session.flush()
    assert account_summary(sales.manager, account.id).open_deals == 0
    assert account_summary(sales.stranger, account.id).open_deals == 1
    with pytest.raises(NotFound):
        account_summary(sales.colleague, account.id)
