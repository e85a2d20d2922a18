"""The audit writes itself: nobody has to remember it."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import accounts, audit, users
from crm_model.accounts import Account
from crm_model.audit import AuditEntry
from crm_model.deal_entities import Deal, DealCompetitor
from crm_model.records import Record
from kernel.context import SYSTEM, Context
from kernel.db import Base
from kernel.errors import NotFound
from kernel.paging import Page, decode_cursor
from kernel.permissions import use_case
from tests.crm_model.people import NOON, Company


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def entries(company: Company, record: Any) -> list[AuditEntry]:
    name = audit.name_of(type(record))
    return list(audit.list_audit(company.as_("administrator"), name, record.id, Page()).items)


def test_making_changing_and_deleting_are_written_with_who_when_and_what(company: Company) -> None:
    ctx = company.as_("manager")
    accounts.create_account(ctx, {"name": "Noise"})
    account = accounts.create_account(ctx, {"name": "Acme", "potential": "10"})
    accounts.update_account(company.as_("head"), account.id, {"name": "Acme Ltd", "potential": "20.50"})
    changed, made = entries(company, account)
    assert made.action == "create" and made.actor_id == company.id("manager") and made.at == NOON
    assert made.changes["name"] == [None, "Acme"] and made.changes["owner_id"] == [
        None,
        company.id("manager"),
    ]
    assert "legal_name" not in made.changes and "version" not in made.changes
    assert changed.action == "update" and changed.actor_id == company.id("head")
    assert changed.changes == {"name": ["Acme", "Acme Ltd"], "potential": ["10.00", "20.50"]}
    number = account.id
    accounts.delete_account(ctx, number)
    last = company.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None and (last.action, last.entity_id) == ("delete", number)
    assert last.changes["name"] == ["Acme Ltd", None]


def test_saving_without_a_change_leaves_no_trace(company: Company) -> None:
    ctx = company.as_("manager")
    account = accounts.create_account(ctx, {"name": "Acme"})
    accounts.update_account(ctx, account.id, {"name": "Acme", "employees": None})
    assert [entry.action for entry in entries(company, account)] == ["create"]
    assert account.version == 1


def test_a_change_outside_every_use_case_is_the_system_s(company: Company) -> None:
    account = accounts.create_account(company.as_("manager"), {"name": "Acme"})
    account.region = "Tver"
    company.session.flush()
    assert (entries(company, account)[0].actor_id, account.version) == (None, 2)


def test_what_follows_from_an_act_is_written_to_the_person_with_its_cause(company: Company) -> None:
    account = accounts.create_account(company.as_("manager"), {"name": "Acme"})

    @use_case("records.write")
    def act(ctx: Context) -> None:
        with audit.caused_by(ctx.session, instance_id=7, element_id="needs"):
            accounts.update_account(Context(ctx.session, SYSTEM), account.id, {"region": "Tver"})
        account.industry = "Steel"

    act(company.as_("manager2"))
    later, caused = entries(company, account)[:2]
    assert caused.actor_id == company.id("manager2")
    assert caused.cause == {"instance_id": 7, "element_id": "needs"}
    assert later.changes == {"industry": [None, "Steel"]} and later.cause is None


def test_what_hangs_on_a_deal_is_shown_on_the_deal(company: Company) -> None:
    deal = Deal(title="Deal", stage="needs", stage_entered_at=NOON, owner_id=company.id("manager"), amount=Decimal(5))
    company.session.add(deal)
    company.session.flush()
    company.session.add(DealCompetitor(deal_id=deal.id, name="Rival"))
    company.session.flush()
    assert [entry.entity for entry in entries(company, deal)] == ["deal_competitor", "deal"]


def test_the_audit_is_for_those_who_see_the_record(company: Company) -> None:
    account = accounts.create_account(company.as_("manager"), {"name": "Acme"})
    assert audit.list_audit(company.as_("head"), "account", account.id, Page()).items
    for name in ("manager2", "stranger", "designer", "marketing"):
        with pytest.raises(NotFound):
            audit.list_audit(company.as_(name), "account", account.id, Page())
    with pytest.raises(NotFound):
        audit.list_audit(company.as_("supervisor"), "user", company.id("manager"), Page())
    with pytest.raises(NotFound):
        audit.list_audit(company.as_("administrator"), "nonsense", 1, Page())


def test_the_list_is_paged_newest_first(company: Company) -> None:
    ctx = company.as_("manager")
    account = accounts.create_account(ctx, {"name": "0"})
    for number in range(1, 5):
        accounts.update_account(ctx, account.id, {"name": str(number)})
    first = audit.list_audit(ctx, "account", account.id, Page(limit=3))
    assert first.next is not None
    second = audit.list_audit(ctx, "account", account.id, Page(limit=3, after=decode_cursor(first.next)))
    names = [entry.changes["name"][1] for entry in (*first.items, *second.items)]
    assert names == ["4", "3", "2", "1", "0"] and second.next is None


def test_passwords_are_never_kept(company: Company) -> None:
    user = company.people["manager"]
    users.update_user(company.as_("administrator"), user.id, {"password": "correct horse", "name": "New"})
    entry = audit.list_audit(company.as_("administrator"), "user", user.id, Page()).items[0]
    assert entry.changes == {"name": ["Manager", "New"]}


def test_every_record_with_a_version_writes_its_audit() -> None:
    forgotten = [
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("crm_model.")
        and "version" in mapper.columns
        and not issubclass(mapper.class_, Record)
    ]
    assert forgotten == []


def test_long_texts_are_cut(company: Company) -> None:
    account = accounts.create_account(company.as_("manager"), {"name": "Acme", "description": "я" * 5000})
    assert len(entries(company, account)[0].changes["description"][1]) == audit.LONGEST_TEXT + 1


def test_the_old_value_is_known_though_the_record_was_expired(company: Company) -> None:
    account = accounts.create_account(company.as_("manager"), {"name": "Acme", "region": "Tver"})
    company.session.expire_all()
    assert isinstance(account, Account)
    account.region = "Omsk"
    company.session.flush()
    assert entries(company, account)[0].changes == {"region": ["Tver", "Omsk"]}
