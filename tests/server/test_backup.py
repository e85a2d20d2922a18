"""A backup holds one moment of a running product, and a restored database goes on where it stood."""

import json
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from crm_model import accounts, users
from crm_model.accounts import Account
from engine import jobs
from engine.tables import InstanceRow, UserTaskRow
from kernel.context import ADMINISTRATOR, SYSTEM, Context, system_clock
from kernel.db import Database
from kernel.paging import Page
from processes import designs, instances, tasks
from processes.engine_room import PORTS
from processes.views import TaskFilter
from server import backup
from server.backup import BackupError
from tests.support.diagrams import diagram, node, timer

CARE = 'Имя: "Ёж"\t\\N\nвторая строка'
"""What a careless format would break: quotes, tab, backslash, line end."""


def waiting_process() -> bytes:
    nodes = node("start", "begin") + node("and", "fork") + node("catch", "rest", timer("duration", "P1D"))
    nodes += node("user", "work") + node("user", "rested") + node("end", "done") + node("end", "over")
    flows = "begin -> fork; fork -> rest; fork -> work; rest -> rested; rested -> done; work -> over"
    return diagram(nodes, flows, id="waiting")


@dataclass
class Firm:
    """A database in use, with an instance that has both a task and a timer."""

    url: str

    def __post_init__(self) -> None:
        self.database = Database(self.url, pool_size=1, application_name="procession tests")

    def settle(self) -> None:
        with self.database.transaction() as session:
            context = Context(session, SYSTEM)
            users.add_user(session, username="boss", name=CARE, roles=[ADMINISTRATOR], password="a long password")
            accounts.create_account(context, {"name": "ООО «Ромашка»"})
            designs.upload(context, [("waiting.bpmn", waiting_process())], publish=True)
            instances.start_instance(context, definition_key="waiting", variables={"note": CARE})

    def open_tasks(self) -> list[str]:
        with self.database.read_only() as session:
            return sorted(session.scalars(select(UserTaskRow.element_id).where(UserTaskRow.state == "open")))

    def complete(self, element_id: str) -> None:
        with self.database.transaction() as session:
            context = Context(session, SYSTEM)
            found = tasks.list_tasks(context, TaskFilter(), Page()).items
            tasks.complete_task(context, next(task.id for task in found if task.element_id == element_id))

    def a_day_passes(self) -> None:
        def tomorrow() -> datetime:
            return system_clock() + timedelta(days=1, minutes=1)

        while jobs.run_batch(self.database, PORTS, tomorrow, "worker"):
            pass

    def state(self) -> str:
        with self.database.read_only() as session:
            return session.scalars(select(InstanceRow.state)).one()

    def rows(self) -> dict[str, int]:
        with self.database.read_only() as session:
            names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            return {name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


@pytest.fixture
def firm(migrated_url: str) -> Iterator[Firm]:
    made = Firm(migrated_url)
    made.settle()
    yield made
    made.database.close()


@pytest.fixture
def other(other_url: str) -> Iterator[Firm]:
    made = Firm(other_url)
    yield made
    made.database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


def test_a_restored_database_has_every_row(firm: Firm, other: Firm, file: Path) -> None:
    assert backup.write(firm.url, file) == file.stat().st_size
    restored = backup.read(other.url, file)
    assert other.rows() == firm.rows()
    assert restored == sum(firm.rows().values()) - 1  # the schema's revision is not data


def test_a_restored_instance_goes_on_with_its_task_and_its_timer(firm: Firm, other: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    backup.read(other.url, file)
    assert other.open_tasks() == ["work"]
    other.complete("work")
    assert other.open_tasks() == []
    other.a_day_passes()
    assert other.open_tasks() == ["rested"]
    other.complete("rested")
    assert other.state() == "completed"
    assert firm.open_tasks() == ["work"]


def test_new_records_get_new_numbers_after_a_restore(firm: Firm, other: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    backup.read(other.url, file)
    with other.database.transaction() as session:
        before = session.scalar(select(func.max(Account.id))) or 0
        made = accounts.create_account(Context(session, SYSTEM), {"name": "Новая"})
        assert made.id > before


def test_texts_come_back_as_they_were(firm: Firm, other: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    backup.read(other.url, file)
    with other.database.read_only() as session:
        context = Context(session, SYSTEM)
        assert session.scalar(select(users.User.name).where(users.User.username == "boss")) == CARE
        instance = session.scalars(select(InstanceRow.id)).one()
        assert instances.get_variables(context, instance)["note"] == CARE


def test_the_keys_between_tables_hold_again_after_a_restore(firm: Firm, other: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    backup.read(other.url, file)

    def keys(one: Firm) -> int | None:
        with one.database.read_only() as session:
            return session.scalar(text("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"))

    assert keys(other) == keys(firm)


def test_a_backup_is_of_one_moment_though_work_goes_on(
    firm: Firm, other: Firm, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = backup._entry

    def work_meanwhile(table: str) -> str:
        if "work" in firm.open_tasks():
            firm.complete("work")
        return entry(table)

    monkeypatch.setattr(backup, "_entry", work_meanwhile)
    backup.write(firm.url, file)
    monkeypatch.undo()
    backup.read(other.url, file)
    assert firm.open_tasks() == []
    assert other.open_tasks() == ["work"]


def test_a_database_with_rows_is_left_alone_unless_forced(firm: Firm, other: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    firm.complete("work")
    with pytest.raises(BackupError, match="not empty"):
        backup.read(firm.url, file)
    assert firm.open_tasks() == []
    backup.read(firm.url, file, force=True)
    assert firm.open_tasks() == ["work"]


def test_a_running_product_is_not_restored_under_its_feet(firm: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    web = Database(firm.url, pool_size=1)
    with web.read_only() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(BackupError, match="running"):
            backup.read(firm.url, file, force=True)
    web.close()
    assert firm.open_tasks() == ["work"]


def test_a_foreign_database_is_not_touched(firm: Firm, other: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    with other.database.transaction() as session:
        session.execute(text("CREATE TABLE users (id int)"))
    with pytest.raises(BackupError, match="not Procession's"):
        backup.read(other.url, file, force=True)


def test_a_damaged_file_changes_nothing(firm: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    whole = file.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:200] + bytes(50) + whole[250:], b"", b"no zip at all"):
        file.write_bytes(content)
        with pytest.raises(BackupError):
            backup.read(firm.url, file, force=True)
    assert firm.open_tasks() == ["work"]


@pytest.mark.parametrize("change", [{"format": 99}, {"revision": "fedcba"}])
def test_a_backup_of_a_newer_release_is_refused(
    firm: Firm, file: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    backup.write(firm.url, file)
    newer = tmp_path / "newer.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(newer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, json.dumps(json.loads(data) | change) if name == backup.MANIFEST else data)
    with pytest.raises(BackupError, match="newer release"):
        backup.read(firm.url, newer, force=True)
    assert firm.open_tasks() == ["work"]


def test_only_its_owner_may_read_a_backup(firm: Firm, file: Path) -> None:
    backup.write(firm.url, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_that_fails_leaves_the_one_before(firm: Firm, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup.write(firm.url, file)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_write_rows", full)
    with pytest.raises(BackupError, match="No space left"):
        backup.write(firm.url, file)
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]


def test_an_empty_database_has_nothing_to_back_up(empty_url: str, file: Path) -> None:
    with pytest.raises(BackupError, match="nothing to back up"):
        backup.write(empty_url, file)
    assert not file.exists()


def test_a_folder_that_is_not_there(firm: Firm, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file"):
        backup.write(firm.url, tmp_path / "no" / "where.zip")
    with pytest.raises(BackupError, match="cannot be read"):
        backup.read(firm.url, tmp_path / "nothing.zip")
