"""The search over all records finds who is probably one, tells why, and remembers what people said."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from crm_model import accounts, contacts, leads
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.duplicates import is_name_of_one
from crm_model.leads import Lead
from crm_model.merging.pairs import DuplicateKey, DuplicatePair, DuplicateSearch
from crm_model.users import User, actor_of
from engine import jobs
from kernel.context import Context
from kernel.db import Database
from kernel.errors import Conflict, NotFound, PermissionDenied
from kernel.paging import Page, decode_cursor
from processes import duplicate_search
from processes.engine_room import PORTS
from tests.conftest import NOON, MakeUser


class Office:
    """Does each step in a transaction of its own, as requests and the worker do."""

    def __init__(self, database: Database, user: User) -> None:
        self.database, self.user = database, user

    def do(self, what: Callable[..., Any], *args: Any, user: User | None = None, **named: Any) -> Any:
        with self.database.transaction() as session:
            return what(Context(session, actor_of(user or self.user, "en"), lambda: NOON), *args, **named)

    def search(self) -> DuplicateSearch:
        self.do(duplicate_search.start_search)
        while jobs.run_batch(self.database, PORTS, lambda: NOON, "worker"):
            pass
        found: DuplicateSearch = self.do(duplicate_search.last_search)
        return found

    def pairs(self, kind: str, **which: Any) -> list[tuple[str, str, list[str]]]:
        found = self.do(duplicate_search.list_pairs, Page(), kind=kind, **which).items
        return [(first.name, second.name, pair.reasons) for pair, first, second in found]


@pytest.fixture
def office(database: Database, make_user: MakeUser) -> Iterator[Office]:
    with database.transaction() as session:
        user = make_user(session, "supervisor")
        user.username = f"supervisor_{uuid4()}"
        before = {model: set(session.scalars(select(model.id))) for model in (Lead, Contact, Account)}
    yield Office(database, user)
    with database.transaction() as session:
        for table in (DuplicatePair, DuplicateSearch, DuplicateKey):
            session.execute(delete(table))
        for model, kept in before.items():
            session.execute(delete(model).where(model.id.not_in(kept)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Сидорова Ольга", "Ольга Сидорова", True),
        ("Сидорова Ольга Петровна", "Ольга Сидорова", True),
        ("Сидорова Ольга", "Сидорова Ольгa", True),
        ("Сидорова Ольга", "Сидоров Олег", False),
        ("Ольга", "Ольга Сидорова", False),
    ],
)
def test_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert is_name_of_one(one, other) is same


def test_every_kind_is_searched_and_each_pair_has_its_reasons(office: Office) -> None:
    for name, inn in (("ООО Ромашка", "7707083893"), ("Ромашка, АО", None), ("Василёк", "7707083893"), ("Ирис", None)):
        office.do(accounts.create_account, {"name": name, **({"inn": inn} if inn else {})})
    for name, mail in (
        ("Анна Белова", "anna@dup.example"),
        ("Белова Анна Юрьевна", None),
        ("Пётр", "ANNA@dup.example"),
    ):
        office.do(contacts.create_contact, {"name": name, **({"emails": [mail]} if mail else {})})
    for name, phone in (("Иван", "+79161112233"), ("Кто-то", "8 916 111-22-33"), ("Иван", "+79160000000")):
        office.do(leads.create_lead, {"name": name, "phone": phone})
    search = office.search()
    assert (search.state, search.progress, search.found) == ("finished", 100, 5)
    assert set(map(repr, office.pairs("account"))) == {
        repr(("ООО Ромашка", "Василёк", ["inn"])), repr(("ООО Ромашка", "Ромашка, АО", ["company"])),
    }  # fmt: skip
    assert office.pairs("contact") == [
        ("Анна Белова", "Пётр", ["email"]), ("Анна Белова", "Белова Анна Юрьевна", ["name"]),
    ]  # fmt: skip
    assert office.pairs("lead") == [("Иван", "Кто-то", ["phone"])]
    with office.database.read_only() as session:
        assert session.scalar(select(DuplicateKey.key).limit(1)) is None


def test_colleagues_and_namesakes_are_two(office: Office) -> None:
    firms = [office.do(accounts.create_account, {"name": name}).id for name in ("Вектор", "Спектр")]
    for name, firm, phone in (
        ("Анна Белова", firms[0], "+74951112233"),
        ("Борис Чернов", firms[0], "+74951112233"),
        ("Анна Белова", firms[1], "+74952223344"),
    ):
        office.do(contacts.create_contact, {"name": name, "account_id": firm, "phones": [phone]})
    office.search()
    assert office.pairs("contact") == []


def test_what_somebody_called_different_stays_different(office: Office) -> None:
    for _ in range(2):
        office.do(leads.create_lead, {"name": "Анна Белова", "company": "Вектор"})
    office.search()
    [(pair, _, _)] = office.do(duplicate_search.list_pairs, Page(), kind="lead").items
    office.do(duplicate_search.tell_apart, pair.id)
    office.search()
    assert office.pairs("lead") == []
    assert len(office.pairs("lead", state="different")) == 1
    office.do(duplicate_search.tell_apart, pair.id, different=False)
    assert len(office.pairs("lead")) == 1


def test_one_search_at_a_time(office: Office) -> None:
    office.do(duplicate_search.start_search)
    with pytest.raises(Conflict):
        office.do(duplicate_search.start_search)
    while jobs.run_batch(office.database, PORTS, lambda: NOON, "worker"):
        pass


def test_pairs_are_shown_to_those_who_see_both(office: Office, make_user: MakeUser) -> None:
    with office.database.transaction() as session:
        manager = make_user(session, "manager")
        manager.username = f"manager_{uuid4()}"
    own, other = (office.do(leads.create_lead, {"name": "Анна Белова", "company": "Вектор"}) for _ in range(2))
    office.do(leads.update_lead, own.id, {"owner_id": manager.id})
    office.search()
    [(pair, _, _)] = office.do(duplicate_search.list_pairs, Page(), kind="lead").items
    assert office.do(duplicate_search.list_pairs, Page(), kind="lead", user=manager).items == []
    with pytest.raises(NotFound):
        office.do(duplicate_search.tell_apart, pair.id, user=manager)
    with pytest.raises(PermissionDenied):
        office.do(duplicate_search.start_search, user=manager)
    office.do(leads.update_lead, other.id, {"owner_id": manager.id})
    assert len(office.do(duplicate_search.list_pairs, Page(), kind="lead", user=manager).items) == 1


def test_pages_follow_one_another(office: Office) -> None:
    for _ in range(4):
        office.do(leads.create_lead, {"name": "Анна Белова", "company": "Вектор"})
    office.search()
    first = office.do(duplicate_search.list_pairs, Page(4), kind="lead")
    second = office.do(duplicate_search.list_pairs, Page(4, decode_cursor(first.next or "")), kind="lead")
    assert len({pair.id for pair, _, _ in (*first.items, *second.items)}) == 6
    assert second.next is None
