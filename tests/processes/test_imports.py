"""A file of clients is checked before anything changes, applied in chunks, and taken back whole."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import Workbook
from sqlalchemy import delete, func, select, text

from crm_model import consents, leads
from crm_model.audit import AuditEntry
from crm_model.consents import Consent
from crm_model.contacts import Contact
from crm_model.imports.tables import Import
from crm_model.leads import Lead
from crm_model.users import User, actor_of
from engine import jobs
from kernel.context import Context
from kernel.db import Database
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.paging import Page
from processes import imports
from processes.engine_room import PORTS
from processes.imports import ImportView

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PEOPLE = """Имя;Компания;Телефон;Почта;Интерес
Анна Белова;ООО Вектор;+7 916 111-22-01;anna@vector.example;Стеллажи
Борис Ли;ООО Спектр;8 (916) 111-22-02;boris@spectr.example;Конвейер
;ООО Без имени;+7 916 111-22-03;;
Анна Б.;Вектор;89161112201;;Ещё раз
"""


class Office:
    """Does each step in a transaction of its own, as requests and the worker do."""

    def __init__(self, database: Database, marketing: User) -> None:
        self.database, self.marketing = database, marketing

    def do(self, what: Callable[..., Any], *args: Any, user: User | None = None, **named: Any) -> Any:
        with self.database.transaction() as session:
            return what(Context(session, actor_of(user or self.marketing, "ru"), lambda: NOON), *args, **named)

    def send(self, text: str | bytes, kind: str = "leads", name: str = "clients.csv") -> ImportView:
        content = text.encode() if isinstance(text, str) else text
        return self.do(imports.upload_import, kind=kind, file_name=name, content=content)

    def work(self, batch: ImportView) -> ImportView:
        while jobs.run_batch(self.database, PORTS, lambda: NOON, "worker"):
            pass
        return self.do(imports.get_import, batch.id)

    def check(self, batch: ImportView, **options: Any) -> ImportView:
        self.do(imports.check_import, batch.id, options={"duplicates": "skip", **options})
        return self.work(batch)

    def run(self, batch: ImportView) -> ImportView:
        self.do(imports.run_import, batch.id)
        return self.work(batch)

    def undo(self, batch: ImportView) -> ImportView:
        self.do(imports.undo_import, batch.id)
        return self.work(batch)

    def rows(self, batch: ImportView, **which: str) -> list[imports.ImportRowView]:
        return list(self.do(imports.list_import_rows, batch.id, Page(200), **which).items)

    def leads(self) -> dict[str, str | None]:
        with self.database.read_only() as session:
            return dict(session.execute(select(Lead.name, Lead.need)).all())


@pytest.fixture
def office(database: Database, make_user: Any) -> Iterator[Office]:
    with database.transaction() as session:
        user = make_user(session, "marketing", phone="+7 495 000-00-00")
        user.username = f"marketing_{uuid4()}"
    made = Office(database, user)
    with database.transaction() as session:
        kept = set(session.scalars(select(Lead.id)))
    yield made
    with database.transaction() as session:
        session.execute(delete(Import))
        session.execute(delete(Lead).where(Lead.id.not_in(kept)))
        session.execute(delete(Contact).where(Contact.owner_id == user.id))


def test_columns_are_mapped_by_their_headings_and_as_the_last_time(office: Office) -> None:
    first = office.send(PEOPLE)
    assert first.mapping == {"0": "name", "1": "company", "2": "phone", "3": "email", "4": "need"}
    office.do(imports.check_import, first.id, mapping={"0": "name", "2": "phone"})
    assert office.send(PEOPLE).mapping == {"0": "name", "2": "phone"}


def test_every_row_is_told_what_it_would_become_and_nothing_changes_yet(office: Office) -> None:
    office.do(leads.create_lead, {"name": "Борис", "phone": "+79161112202"})
    found = office.check(office.send(PEOPLE))
    assert (found.state, found.done, found.total) == ("ready", 4, 4)
    verdicts = [(row.number, row.verdict) for row in office.rows(found)]
    assert verdicts == [(2, "new"), (3, "duplicate"), (4, "wrong"), (5, "repeated")]
    wrong, repeated = office.rows(found, verdict="wrong")[0], office.rows(found, verdict="repeated")[0]
    assert wrong.errors == {"name": ["Заполните это поле."]}
    assert repeated.same_as_row == 2
    assert set(office.leads()) == {"Борис"}


def test_consents_of_a_file_stand_in_the_ledger_and_go_with_an_undone_import(office: Office) -> None:
    found = office.run(
        office.check(office.send("Имя;Почта;Согласие\nАнна;anna@ledger.example;да\nБорис;boris@ledger.example;нет\n"))
    )
    with office.database.read_only() as session:
        assert consents.disagreeing(session, Lead) == []
        rows = session.execute(
            select(Consent.source, Consent.proof, Lead.name).join(Lead, Lead.id == Consent.lead_id)
        ).all()
    assert rows == [("import", {"import_id": found.id, "file": "clients.csv"}, "Анна")]
    office.undo(found)
    assert office.leads() == {}


def test_the_planner_knows_of_the_rows_before_each_is_compared_with_the_others(
    office: Office, database: Database
) -> None:
    """It compares each with each if it takes them for none, as after an import that was taken back: minutes for many."""
    many = "".join(f"Гость {number};;+7 916 1{number:06};;\n" for number in range(300))
    batch = office.check(office.send("Имя;Компания;Телефон;Почта;Интерес\n" + many))
    assert batch.total == 300
    with database.read_only() as session:
        assert session.execute(text("SELECT reltuples FROM pg_class WHERE relname = 'import_rows'")).scalar_one() >= 300


def test_duplicates_are_left_alone_or_brought_up_to_date_as_chosen(office: Office) -> None:
    office.do(leads.create_lead, {"name": "Борис", "phone": "+79161112202", "need": "Ничего"})
    skipped = office.run(office.check(office.send(PEOPLE)))
    assert skipped.counts["created"] == 1 and skipped.counts["skipped"] == 3
    assert office.leads() == {"Борис": "Ничего", "Анна Белова": "Стеллажи"}
    updated = office.run(office.check(office.send(PEOPLE), duplicates="update"))
    assert updated.counts["updated"] == 3
    assert office.leads() == {"Борис Ли": "Конвейер", "Анна Б.": "Ещё раз"}


def test_an_import_is_taken_back_with_its_updates(office: Office) -> None:
    office.do(leads.create_lead, {"name": "Борис", "phone": "+79161112202", "need": "Ничего"})
    done = office.run(office.check(office.send(PEOPLE), duplicates="update"))
    assert len(office.leads()) == 2
    undone = office.undo(done)
    assert (undone.state, undone.counts["removed"], undone.counts["restored"]) == ("undone", 1, 2)
    assert office.leads() == {"Борис": "Ничего"}
    with pytest.raises(Conflict):
        office.do(imports.undo_import, done.id)


def test_what_people_have_changed_since_stays_and_is_told(office: Office) -> None:
    done = office.run(office.check(office.send(PEOPLE)))
    with office.database.read_only() as session:
        lead_id = session.scalar(select(Lead.id).where(Lead.name == "Анна Белова"))
    office.do(leads.update_lead, lead_id, {"need": "Склад под ключ"})
    undone = office.undo(done)
    assert undone.counts["kept"] == 1 and undone.counts["removed"] == 1
    assert office.rows(undone, outcome="kept")[0].reason == "С тех пор запись изменили."
    assert office.leads() == {"Анна Белова": "Склад под ключ"}


def test_contacts_come_with_their_companies_and_go_with_them(office: Office) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ФИО", "Организация", "Телефоны", "Согласие"])
    sheet.append(["Вера Коль", "ООО Импортёр", 79161112209, "да"])
    sheet.append(["Глеб Ом", "ооо импортёр", "+7 495 000-00-01; +7 495 000-00-02", ""])
    saved = io.BytesIO()
    book.save(saved)
    done = office.run(office.check(office.send(saved.getvalue(), "contacts", "people.xlsx")))
    with office.database.read_only() as session:
        query = select(Contact).where(Contact.owner_id == office.marketing.id).order_by(Contact.id)
        vera, gleb = session.scalars(query).all()
        assert (vera.phones, vera.consent, vera.account_id) == (["79161112209"], True, gleb.account_id)
        assert len(gleb.phones) == 2
    assert office.undo(done).counts["removed"] == 2
    with office.database.read_only() as session:
        left = select(func.count()).select_from(Contact).where(Contact.owner_id == office.marketing.id)
        assert session.scalar(left) == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\x00\x01\x02", b"name\n", "Имя\n".encode("utf-16")])
def test_a_file_that_is_no_table_of_clients_is_refused_in_words(office: Office, content: bytes) -> None:
    with pytest.raises(ValidationFailed) as refused:
        office.send(content)
    assert refused.value.fields_in("ru")["file"][0].endswith(".")


def test_leads_are_there_before_their_processes_which_then_begin_a_hundred_at_a_time(office: Office) -> None:
    people = "Имя;Почта\n" + "".join(f"Лид {number};lead{number}@crowd.example\n" for number in range(150))
    found = office.check(office.send(people))
    office.do(imports.run_import, found.id)
    waiting = [office.do(imports.get_import, found.id).waiting]
    while jobs.run_batch(office.database, PORTS, lambda: NOON, "worker", limit=1):
        seen = office.do(imports.get_import, found.id)
        waiting.append(seen.waiting)
        assert seen.state != "done" or len(office.leads()) == 150
    assert waiting == [0, 150, 50, 0]
    assert office.undo(found).counts["removed"] == 150
    assert office.leads() == {}


def test_the_audit_of_records_taken_back_tells_what_they_were(office: Office) -> None:
    found = office.run(office.check(office.send("Имя;Почта\nАнна;anna@audit.example\n")))
    record_id = office.rows(found)[0].record_id
    office.undo(found)
    with office.database.read_only() as session:
        entries = session.execute(
            select(AuditEntry.action, AuditEntry.cause, AuditEntry.changes["email"])
            .where(AuditEntry.entity == "lead", AuditEntry.entity_id == record_id)
            .order_by(AuditEntry.id)
        ).all()
    cause = {"import_id": found.id}
    assert entries == [
        ("create", cause, [None, "anna@audit.example"]),
        ("delete", cause, ["anna@audit.example", None]),
    ]


def test_a_file_of_another_persons_does_not_exist(office: Office, database: Database, make_user: Any) -> None:
    sent = office.send(PEOPLE)
    with database.transaction() as session:
        other = make_user(session, "head")
    assert office.do(imports.list_imports, Page(50), user=other).items == []
    with pytest.raises(NotFound):
        office.do(imports.get_import, sent.id, user=other)
