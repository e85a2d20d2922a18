"""Accounts, contacts and leads: what is taken, what is refused and where, what may be deleted."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from crm_model import accounts, contacts, leads
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.paging import Page
from tests.crm_model.sales import Sales

CREATE: dict[str, Any] = {
    "account": accounts.create_account, "contact": contacts.create_contact, "lead": leads.create_lead,
}  # fmt: skip
UPDATE: dict[str, Any] = {
    "account": accounts.update_account, "contact": contacts.update_contact, "lead": leads.update_lead,
}  # fmt: skip
DELETE: dict[str, Any] = {
    "account": accounts.delete_account, "contact": contacts.delete_contact, "lead": leads.delete_lead,
}  # fmt: skip
KINDS = tuple(CREATE)


@pytest.fixture
def sales(session: Session) -> Sales:
    return Sales(session)


def refused(act: Any, *args: Any) -> list[str]:
    with pytest.raises(ValidationFailed) as caught:
        act(*args)
    return sorted(caught.value.fields)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_its_makers_unless_another_owner_is_named(sales: Sales, kind: str) -> None:
    assert CREATE[kind](sales.manager, {"name": "Север"}).owner_id == sales.manager_user.id
    given = CREATE[kind](sales.head, {"name": "Юг", "owner_id": sales.colleague_user.id})
    assert given.owner_id == sales.colleague_user.id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [None, "", "   ", "x" * 256, "a\nb", "a\x00b", 7, ["x"]])
def test_a_name_is_one_line_of_1_to_255_characters(sales: Sales, kind: str, name: Any) -> None:
    assert refused(CREATE[kind], sales.manager, {"name": name}) == ["name"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["nonsense", "id", "created_at", "created_by_id"])
def test_a_key_that_is_not_ours_to_set_is_named(sales: Sales, kind: str, key: str) -> None:
    assert refused(CREATE[kind], sales.manager, {"name": "Север", key: 1}) == [key]
    record = CREATE[kind](sales.manager, {"name": "Север"})
    assert refused(UPDATE[kind], sales.manager, record.id, {key: 1}) == [key]


@pytest.mark.parametrize(
    ("kind", "values", "fields"),
    [
        ("account", {"inn": "7707083894"}, ["inn"]),
        ("account", {"kpp": "12"}, ["kpp"]),
        ("account", {"ogrn": "1027700132196"}, ["ogrn"]),
        ("account", {"type": "friend", "abc_class": "E", "journey_stage": "x"}, ["abc_class", "journey_stage", "type"]),
        ("account", {"potential": "-1"}, ["potential"]),
        ("account", {"employees": -1}, ["employees"]),
        ("account", {"website": "javascript:alert(1)"}, ["website"]),
        ("account", {"phones": ["+7 916 1234567", "none"]}, ["phones"]),
        ("account", {"emails": ["nobody"]}, ["emails"]),
        ("account", {"birthday": "31.31.2020"}, ["birthday"]),
        ("contact", {"account_id": 2**40}, ["account_id"]),
        ("contact", {"role": "boss"}, ["role"]),
        ("contact", {"time_zone": "Europe/Nowhere"}, ["time_zone"]),
        ("contact", {"language": "tlh"}, ["language"]),
        ("lead", {"request": "money"}, ["request"]),
        ("lead", {"source": "dream"}, ["source"]),
        ("lead", {"status": "sql"}, ["status"]),
        ("lead", {"deal_id": 1}, ["deal_id"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field(sales: Sales, kind: str, values: dict[str, Any], fields: list[str]) -> None:
    assert refused(CREATE[kind], sales.manager, {"name": "Север", **values}) == fields


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_an_older_state_is_a_conflict(sales: Sales, kind: str) -> None:
    record = CREATE[kind](sales.manager, {"name": "Север"})
    seen = record.version
    UPDATE[kind](sales.manager, record.id, {"name": "Юг", "version": seen})
    with pytest.raises(Conflict) as caught:
        UPDATE[kind](sales.manager, record.id, {"name": "Запад", "version": seen})
    assert caught.value.details == {"version": seen + 1}
    assert record.name == "Юг"
    UPDATE[kind](sales.manager, record.id, {"name": "Юг"})
    assert record.version == seen + 1, "nothing differs, so nothing changed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_deleted_once(sales: Sales, kind: str) -> None:
    record = CREATE[kind](sales.manager, {"name": "Север"})
    DELETE[kind](sales.manager, record.id)
    with pytest.raises(NotFound):
        DELETE[kind](sales.manager, record.id)


def test_what_others_refer_to_is_not_deleted_and_the_refusal_counts_them(sales: Sales) -> None:
    account = sales.account()
    contact = sales.contact(account_id=account.id)
    sales.deal(account_id=account.id, contact_id=contact.id)
    with pytest.raises(Conflict) as caught:
        accounts.delete_account(sales.manager, account.id)
    assert caught.value.details == {"used_by": {"deals": 1, "contacts": 1}}
    with pytest.raises(Conflict):
        contacts.delete_contact(sales.manager, contact.id)


def test_a_link_to_a_hidden_record_is_a_link_to_nothing(sales: Sales) -> None:
    hidden = sales.account(owner=sales.stranger_user)
    assert refused(contacts.create_contact, sales.manager, {"name": "Пётр", "account_id": hidden.id}) == ["account_id"]


def test_opting_out_takes_the_consent_back_and_dates_both(sales: Sales) -> None:
    contact = contacts.create_contact(sales.manager, {"name": "Пётр", "consent": True})
    assert contact.consent_at is not None
    contacts.update_contact(sales.manager, contact.id, {"opted_out": True})
    assert (contact.consent, contact.opted_out) == (False, True)
    assert contact.opted_out_at is not None
    lead = leads.create_lead(sales.manager, {"name": "Пётр", "consent": True, "opted_out": True})
    assert (lead.consent, lead.opted_out) == (False, True)


def test_lists_are_filtered_and_counted_alike(sales: Sales) -> None:
    mine = sales.account(name="Ёлка", type="customer", abc_class="A", region="Тверь")
    sales.account(name="Дуб", type="partner", abc_class="B", region="Псков")
    for wanted in ({"type": "customer"}, {"abc_class": "A"}, {"region": "Тверь"}, {"q": "елк"}):
        rows = accounts.list_accounts(sales.manager, Page(), **wanted).items  # type: ignore[arg-type]
        assert [row.id for row in rows] == [mine.id], wanted
        assert accounts.count_accounts(sales.manager, **wanted) == 1  # type: ignore[arg-type]


def test_names_are_sorted_as_a_russian_reader_expects(sales: Sales) -> None:
    for name in ("яблоко", "Ель", "ёж", "Дуб", "жук"):
        sales.account(name=name)
    rows = accounts.list_accounts(sales.manager, Page()).items
    assert [row.name for row in rows] == ["Дуб", "ёж", "Ель", "жук", "яблоко"]
    assert refused(lambda: accounts.list_accounts(sales.manager, Page(), sort="inn")) == ["sort"]
