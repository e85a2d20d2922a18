"""Who sees what: every kind of record, looked at by every role."""

import itertools
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_model import access, accounts, contacts, leads, search
from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal, DealParticipant
from crm_model.documents import Document
from crm_model.leads import Lead
from crm_model.notes import Note
from kernel.context import SYSTEM, Context
from kernel.errors import NotFound, PermissionDenied
from kernel.paging import Page
from tests.crm_model.people import NOON, Company

ABOVE = {"head", "administrator", "supervisor"}
"""Who sees what a manager of their team owns."""


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def saved(company: Company, record: Any) -> Any:
    company.session.add(record)
    company.session.flush()
    return record


def deal(company: Company, owner: str, **values: Any) -> Deal:
    made = Deal(title="Deal", stage="needs", stage_entered_at=NOON, owner_id=company.id(owner), **values)
    return saved(company, made)


def account(company: Company, owner: str | None) -> Account:
    return saved(company, Account(name="Account", owner_id=company.id(owner) if owner else None))


def contact(company: Company, owner: str | None, **values: Any) -> Contact:
    return saved(company, Contact(name="Contact", owner_id=company.id(owner) if owner else None, **values))


def activity(company: Company, owner: str | None, **values: Any) -> Activity:
    owner_id = company.id(owner) if owner else None
    return saved(company, Activity(kind="call", subject="Call", owner_id=owner_id, **values))


def lead(company: Company, owner: str | None) -> Lead:
    return saved(company, Lead(name="Lead", owner_id=company.id(owner) if owner else None))


def viewers(company: Company, record: Any) -> set[str]:
    """Who finds the record: by its id, in the list, and in the count, which must agree."""
    model = type(record)
    found = set()
    for name in company.people:
        ctx = company.as_(name)
        by_id = access.find(ctx, model, record.id) is not None
        listed = record.id in company.session.scalars(select(model.id).where(access.visible(ctx, model))).all()
        count = select(func.count()).select_from(model).where(model.id == record.id, access.visible(ctx, model))
        assert by_id == listed == bool(company.session.scalar(count)), name
        if by_id:
            found.add(name)
    return found


@pytest.mark.parametrize("make", [account, contact, lead, deal, activity])
def test_a_record_is_seen_by_its_owner_and_those_above(company: Company, make: Any) -> None:
    extra = {"marketing", "caller"} if make is lead else set()
    assert viewers(company, make(company, "manager")) == {"manager"} | ABOVE | extra
    assert viewers(company, make(company, "head")) == ABOVE | extra
    assert viewers(company, make(company, "stranger")) == {
        "stranger", "other_head", "administrator", "supervisor"} | extra  # fmt: skip


@pytest.mark.parametrize("make", [account, contact, activity, lead])
def test_a_record_of_nobody_is_seen_by_those_who_see_everything(company: Company, make: Any) -> None:
    extra = {"marketing", "caller"} if make is lead else set()
    assert viewers(company, make(company, None)) == {"administrator", "supervisor"} | extra


def test_the_system_sees_everything(company: Company) -> None:
    record = account(company, "stranger")
    assert access.find(Context(company.session, SYSTEM), Account, record.id) is record


def test_a_designer_sees_no_records_not_even_owned_ones(company: Company) -> None:
    assert "designer" not in viewers(company, account(company, "designer"))


def test_a_person_with_two_roles_sees_what_either_sees(company: Company) -> None:
    company.people["designer"].roles = ["designer", "manager"]
    assert "designer" in viewers(company, account(company, "designer"))


def test_whoever_has_an_open_task_sees_the_deal_as_long_as_it_is_open(company: Company) -> None:
    record, noise = deal(company, "manager"), deal(company, "manager")
    system = Context(company.session, SYSTEM)
    access.grant_deal(system, record.id, company.id("stranger"), "task:1")
    access.grant_deal(system, record.id, company.id("stranger"), "task:1")
    access.grant_deal(system, record.id, company.id("stranger"), "task:2")
    assert viewers(company, record) == {"manager", "stranger"} | ABOVE
    assert viewers(company, noise) == {"manager"} | ABOVE
    access.revoke_deal(system, "task:1")
    assert "stranger" in viewers(company, record)
    access.revoke_deal(system, "task:2", user_id=company.id("manager2"))
    assert "stranger" in viewers(company, record)
    access.revoke_deal(system, "task:2")
    assert viewers(company, record) == {"manager"} | ABOVE


def test_who_handed_a_deal_on_no_longer_sees_it(company: Company) -> None:
    record = deal(company, "manager", created_by_id=company.id("manager"))
    record.owner_id = company.id("manager2")
    assert viewers(company, record) == {"manager2"} | ABOVE


def test_whoever_sees_a_deal_sees_its_account_and_the_contacts_there(company: Company) -> None:
    client, other = account(company, "stranger"), account(company, "stranger")
    person, noise = contact(company, None, account_id=client.id), contact(company, None, account_id=other.id)
    deal(company, "manager", account_id=client.id)
    everyone = {"manager", "stranger", "other_head"} | ABOVE
    assert viewers(company, client) == everyone
    assert viewers(company, person) == everyone
    assert viewers(company, other) == {"stranger", "other_head", "administrator", "supervisor"}
    assert viewers(company, noise) == {"stranger", "other_head", "administrator", "supervisor"}


def test_who_takes_part_in_a_deal_is_seen_with_it(company: Company) -> None:
    record = deal(company, "manager", contact_id=contact(company, "stranger").id)
    guest = contact(company, "stranger")
    saved(company, DealParticipant(deal_id=record.id, contact_id=guest.id, role="lawyer"))
    assert "manager" in viewers(company, guest)
    assert "manager" in viewers(company, company.session.get_one(Contact, record.contact_id))
    assert "manager2" not in viewers(company, guest)
    assert [c.id for c in contacts.list_contacts(company.as_("manager"), Page(), deal_id=record.id).items] == [
        record.contact_id, guest.id]  # fmt: skip
    assert contacts.count_contacts(company.as_("manager2"), deal_id=record.id) == 0


def test_what_is_seen_through_a_deal_is_for_reading(company: Company) -> None:
    client = account(company, "stranger")
    person = contact(company, "stranger", account_id=client.id)
    deal(company, "manager", account_id=client.id)
    with pytest.raises(PermissionDenied):
        accounts.update_account(company.as_("manager"), client.id, {"name": "Mine"})
    with pytest.raises(PermissionDenied):
        contacts.update_contact(company.as_("manager"), person.id, {"name": "Mine"})
    for name in ("stranger", "other_head", "administrator"):
        accounts.update_account(company.as_(name), client.id, {"name": name})
    assert client.name == "administrator"


def test_an_owner_of_a_contact_sees_no_account_of_somebody_else(company: Company) -> None:
    client = account(company, "stranger")
    contact(company, "manager", account_id=client.id)
    assert "manager" not in viewers(company, client)


@pytest.mark.parametrize("kind", ["activity", "note", "document"])
def test_what_hangs_on_a_record_is_seen_with_it(company: Company, kind: str) -> None:
    client, record = account(company, "stranger"), deal(company, "manager")

    def hang(**links: int) -> Any:
        if kind == "activity":
            return activity(company, None, **links)
        if kind == "note":
            return saved(company, Note(text="Note", **links))
        return saved(company, Document(title="Offer", kind="proposal", **links))

    assert viewers(company, hang(deal_id=record.id)) == {"manager"} | ABOVE
    both = hang(deal_id=record.id, account_id=client.id)
    assert viewers(company, both) == {"manager"} | ABOVE, "the deal decides, not the account beside it"
    assert viewers(company, hang(account_id=client.id)) == {
        "stranger", "other_head", "administrator", "supervisor"}  # fmt: skip


@pytest.mark.parametrize("model", [Activity, Note])
@pytest.mark.parametrize("link", ["account_id", "contact_id", "lead_id"])
def test_what_hangs_beside_other_records_is_seen_alike_in_a_list_and_on_the_record(
    company: Company, model: Any, link: str
) -> None:
    """With every link filled or not, of records that each of the people sees or does not, by every author."""
    owners = ("manager", "stranger")
    client = {name: account(company, name) for name in owners}
    parents = {
        "deal_id": [deal(company, name) for name in owners],
        "account_id": list(client.values()),
        "contact_id": [contact(company, name, account_id=client["stranger"].id) for name in owners],
        "lead_id": [lead(company, name) for name in owners],
    }
    access.grant_deal(Context(company.session, SYSTEM), parents["deal_id"][1].id, company.id("manager2"), "task:1")
    for ids in itertools.product(*([None, *(record.id for record in records)] for records in parents.values())):
        links = dict(zip(parents, ids, strict=True))
        if model is Note:
            saved(company, Note(text="Note", created_by_id=company.id("manager2"), **links))
        else:
            activity(company, "manager2", **links)
            activity(company, None, **links)
    compared = 0
    for name, parent in itertools.product(company.people, parents[link]):
        ctx = company.as_(name)
        if access.find(ctx, type(parent), parent.id) is None:
            continue
        hanging = select(model.id).where(getattr(model, link) == parent.id)
        listed = company.session.scalars(hanging.where(access.visible(ctx, model))).all()
        beside = company.session.scalars(hanging.where(access.visible_beside(ctx, model, link))).all()
        assert sorted(listed) == sorted(beside), name
        compared += 0 < len(listed) < len(company.session.scalars(hanging).all())
    assert compared > 1


def test_an_activity_on_a_lead_is_seen_by_those_who_work_with_leads(company: Company) -> None:
    interest = lead(company, "manager")
    assert viewers(company, activity(company, None, lead_id=interest.id)) == {"manager", "marketing", "caller"} | ABOVE


def test_what_one_may_not_see_is_not_found_listed_or_searched(company: Company) -> None:
    mine, hidden = account(company, "manager"), account(company, "stranger")
    ctx = company.as_("manager")
    with pytest.raises(NotFound):
        accounts.get_account(ctx, hidden.id)
    with pytest.raises(NotFound):
        accounts.update_account(ctx, hidden.id, {"name": "X"})
    with pytest.raises(NotFound):
        accounts.delete_account(ctx, hidden.id)
    assert [row.id for row in accounts.list_accounts(ctx, Page(), q="Account").items] == [mine.id]
    assert accounts.count_accounts(ctx) == 1
    assert [found.id for found in search.search(ctx, "Account", Page()).items] == [mine.id]
    assert leads.count_leads(ctx) == 0


@pytest.mark.parametrize("nonsense", [0, -1, 2**63, 2**70, "1", None, True, 1.0])
def test_nonsense_for_an_id_is_not_found(company: Company, nonsense: Any) -> None:
    with pytest.raises(NotFound):
        access.get_visible(company.as_("administrator"), Account, nonsense)
