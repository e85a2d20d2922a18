"""Intake: fifty thousand leads from a file checked, made and taken back, and the search for duplicates among as many."""

from __future__ import annotations

import csv
import io
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openpyxl import Workbook
from sqlalchemy import func, select

from benchmarks.measuring import Measured
from benchmarks.report import Gate, Row, Section
from benchmarks.site import Site
from crm_model import bulk
from crm_model.contacts import Contact
from crm_model.imports.tables import Import
from crm_model.leads import Lead
from crm_model.users import User, actor_of
from engine import jobs
from kernel.context import MARKETING, SYSTEM, Context, system_clock
from processes import duplicate_search, imports
from processes.catalogue import deploy_shipped
from processes.engine_room import PORTS

ROWS = 50_000
PROCESSES = 1_000
MOST_SECONDS = 60
HEADING = ("Name", "Company", "Phone", "E-mail", "Interest", "Consent")
FIRST = ("Anna", "Boris", "Vera", "Gleb", "Darya", "Yegor", "Zhanna", "Ivan", "Kira", "Lev", "Maya", "Nikita")
LAST = ("Belova", "Li", "Kol", "Om", "Petrova", "Sokolov", "Titova", "Uvarov", "Frolova", "Chernov")
NUMERALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def run(site: Site) -> Section:
    number, gate = site.many(ROWS), Gate(MOST_SECONDS, "s")
    clerk = Clerk(site)
    rows: list[Row] = []
    for kind, content in (("CSV", _csv(number)), ("XLSX", _xlsx(number))):
        batch_id, spent = clerk.bring_in(content)
        rows.append(_told(f"{number} rows of {kind} sent, checked and made leads", spent, gate))
        rows.append(_told(f"{kind} import taken back", clerk.take_back(batch_id), gate))
    rows.append(_told(f"Duplicates among {number} contacts", _search(site, number), gate))
    some = site.many(PROCESSES)
    with site.database.transaction() as session:
        deploy_shipped(Context(session, SYSTEM))
    batch_id, _ = clerk.bring_in(_csv(some))
    started = clerk.begin_processes()
    rows.append(_told(f"Qualification begun for the leads of {some} rows, in the background", started))
    rows.append(_told("… and taken back with what runs for them", clerk.take_back(batch_id)))
    with site.database.read_only() as session:
        left = session.scalar(select(func.count()).select_from(Lead)) or 0
    note = (
        "One row in ten repeats another, one in fifty has mistakes. The gate is for the processor: what one core needs, "
        f"whatever else the machine does. {left} leads are left when all is taken back."
    )
    return Section("Intake", tuple(rows), note)


class Clerk:
    """Brings in and takes back files, each step in a transaction of its own, as requests and the worker do."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.database.transaction() as session:
            user = User(username=f"intake-{secrets.token_hex(4)}", name="Intake", roles=[MARKETING], password_hash="!")
            session.add(user)
            session.flush()
            self.actor = actor_of(user)

    def bring_in(self, content: tuple[str, bytes]) -> tuple[int, Measured]:
        """The import, done, but for the processes of its leads."""
        name, data = content
        self.site.settle()
        spent = Measured(name)
        with _timed(self.site, spent):
            batch = self._do(imports.upload_import, kind="leads", file_name=name, content=data)
            self._do(imports.check_import, batch.id, options={"duplicates": "skip"})
            self._work_until(batch.id, "ready")
            self._do(imports.run_import, batch.id)
            self._work_until(batch.id, "done")
        return batch.id, spent

    def begin_processes(self) -> Measured:
        spent = Measured("processes")
        with _timed(self.site, spent):
            _work(self.site)
        return spent

    def take_back(self, batch_id: int) -> Measured:
        _work(self.site)
        self.site.settle()
        spent = Measured("undo")
        with _timed(self.site, spent):
            self._do(imports.undo_import, batch_id)
            self._work_until(batch_id, "undone")
        return spent

    def _do(self, what: Any, *args: Any, **named: Any) -> Any:
        with self.site.database.transaction() as session:
            return what(Context(session, self.actor), *args, **named)

    def _work_until(self, batch_id: int, state: str) -> None:
        while self._state(batch_id) != state:
            if not jobs.run_batch(self.site.database, PORTS, system_clock, "benchmark", limit=1):
                raise RuntimeError(f"the import stands still before it is {state}")

    def _state(self, batch_id: int) -> str:
        with self.site.database.read_only() as session:
            return session.scalars(select(Import.state).where(Import.id == batch_id)).one()


def _search(site: Site, number: int) -> Measured:
    """Contacts with the repetitions of the files, looked through."""
    with site.database.transaction() as session:
        bulk.insert_records(
            Context(session, SYSTEM),
            [
                Contact(name=name, phones=[phone], emails=[email] if email else [])
                for name, _, phone, email, *_ in (_line(one) for one in range(number))
            ],
            cause={},
        )
    site.settle()
    spent = Measured("search")
    with _timed(site, spent):
        with site.database.transaction() as session:
            duplicate_search.start_search(Context(session, SYSTEM))
        _work(site)
    return spent


def _work(site: Site) -> None:
    while jobs.run_batch(site.database, PORTS, system_clock, "benchmark"):
        pass


@contextmanager
def _timed(site: Site, measured: Measured) -> Iterator[None]:
    with site.meter.watch(measured):
        begun = time.perf_counter()
        yield
        measured.latencies.append(time.perf_counter() - begun)


def _told(name: str, spent: Measured, gate: Gate | None = None) -> Row:
    """The gate is for the processor, which is the same on a machine that does other work beside."""
    processor = spent.client_cpu + spent.server_cpu
    parts = f"{spent.client_cpu:.1f} s here and {spent.server_cpu:.1f} s in PostgreSQL"
    return Row(name, f"processor {processor:.1f} s ({parts}), clock {spent.seconds:.1f} s", processor, gate)


def _line(one: int) -> tuple[str, str, str, str, str, str]:
    """Every tenth row is that of the one before it, spelt a little otherwise; every fiftieth has no name."""
    same = one - 1 if one % 10 == 9 else one
    name = f"{LAST[same % 10]} {FIRST[same // 10 % 12]} {NUMERALS[same // 120 % 26]}{NUMERALS[same // 3120 % 26]}"
    phone = f"+7 9{same:09d}" if same == one else f"89{same:09d}"
    email = f"person{same}@company{same % 5000}.example"
    return ("" if one % 50 == 25 else name, f"Company {same % 5000}", phone, email, "Lathes", "yes" if one % 2 else "")


def _csv(number: int) -> tuple[str, bytes]:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADING, *(_line(one) for one in range(number))])
    return "clients.csv", text.getvalue().encode()


def _xlsx(number: int) -> tuple[str, bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in (HEADING, *(_line(one) for one in range(number))):
        sheet.append(cells)
    saved = io.BytesIO()
    book.save(saved)
    return "clients.xlsx", saved.getvalue()
