"""Where settings come from, and which cannot be used."""

from pathlib import Path

import pytest

from server import settings
from server.settings import SettingsError

NAMES = (
    "PROCESSION_HOST", "PROCESSION_PORT", "PROCESSION_DATA", "PROCESSION_DEMO", "PROCESSION_THREADS",
    "PROCESSION_WEB_PROCESSES", "DATABASE_URL",
)  # fmt: skip


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_anything_it_listens_at_home_on_port_8000_with_a_database_of_its_own() -> None:
    read = settings.read()
    assert read.address == "http://127.0.0.1:8000"
    assert read.database_url is None
    assert read.data == Path("var").resolve()
    assert not read.demo


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROCESSION_HOST", "0.0.0.0")
    monkeypatch.setenv("PROCESSION_PORT", "9000")
    monkeypatch.setenv("PROCESSION_DATA", str(tmp_path))
    monkeypatch.setenv("PROCESSION_DEMO", "1")
    read = settings.read()
    assert (read.address, read.data, read.demo) == ("http://0.0.0.0:9000", tmp_path, True)


def test_flags_win_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROCESSION_PORT", "9000")
    monkeypatch.setenv("PROCESSION_DATA", "elsewhere")
    read = settings.read(port=9001, data=str(tmp_path))
    assert (read.port, read.data) == (9001, tmp_path)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@one/x", "postgresql+psycopg://u:p@one/x"),
        ("postgresql://u:p@one:1,two/x", "postgresql+psycopg://u:p@/x?host=one:1&host=two:5432"),
        ("postgresql://one,two/x?a=b", "postgresql+psycopg:///x?host=one:5432&host=two:5432&a=b"),
    ],
)
def test_an_address_of_a_database_may_name_several_hosts(given: str, read: str) -> None:
    assert settings.with_driver(given) == read


@pytest.mark.parametrize("value", ["", "0"])
def test_demo_can_be_switched_off_by_the_environment(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PROCESSION_DEMO", value)
    assert not settings.read().demo


@pytest.mark.parametrize("value", ["eight", "0", "-1", "70000", "80 80", "٣"])
def test_a_port_that_is_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PROCESSION_PORT", value)
    with pytest.raises(SettingsError, match="PROCESSION_PORT"):
        settings.read()


@pytest.mark.parametrize("value", [0, -1, 70000])
def test_a_port_given_as_a_flag_is_checked_too(value: int) -> None:
    with pytest.raises(SettingsError, match="port"):
        settings.read(port=value)


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_usual_spelling_of_a_database_address_is_understood(given: str) -> None:
    assert settings.with_driver(given) == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize("given", ["sqlite:///x", "mysql://u@h/d", "h/d"])
def test_another_kind_of_database_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="postgresql://"):
        settings.with_driver(given)
