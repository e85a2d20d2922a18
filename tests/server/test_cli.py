"""The command line says what is wrong in words, by the name of what was given."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from server import cli
from tests.support.diagrams import diagram, node

Run = Callable[..., int]


@pytest.fixture
def run(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setattr("server.logs.prepare", lambda: None)
    return lambda *arguments: cli.main([str(argument) for argument in arguments])


def roles_of(url: str, username: str) -> list[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        found = connection.execute(text("SELECT roles FROM users WHERE username = :name"), {"name": username})
        return list(found.scalar_one())


def test_a_user_gets_a_password_that_is_shown(run: Run, migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "create", "anna", "--role", "head", "--role", "manager") == 0
    assert capsys.readouterr().out.startswith("anna made, password ")
    assert sorted(roles_of(migrated_url, "anna")) == ["head", "manager"]


def test_a_folder_of_diagrams_is_scored(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flows = "s -> a; a -> e"
    (tmp_path / "good.bpmn").write_bytes(diagram(node("start", "s") + node("user", "a") + node("end", "e"), flows))
    (tmp_path / "torn.bpmn").write_text("<definitions")
    assert run("fidelity", tmp_path) == 0
    good, torn, summary = capsys.readouterr().out.splitlines()
    assert good.startswith("completed") and torn.startswith("refused")
    assert summary == "1 completed, 1 refused"


def test_a_given_password_is_not_shown(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "create", "anna", "--password", "correct horse battery") == 0
    assert capsys.readouterr().out == "anna made\n"


def test_a_user_who_is_there_is_not_made_again(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("user", "create", "anna")
    assert run("user", "create", "anna") == 1
    assert capsys.readouterr().err.startswith("username: ")


def test_an_unknown_role_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "create", "anna", "--role", "king") == 1
    assert capsys.readouterr().err.startswith("roles")


def test_a_short_password_is_refused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("user", "create", "anna", "--password", "short") == 1
    assert capsys.readouterr().err.startswith("password: ")


def test_a_file_that_is_not_there_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("deploy", "nowhere.bpmn") == 1
    assert capsys.readouterr().err == "nowhere.bpmn: No such file or directory.\n"


def test_a_folder_that_cannot_be_made_is_named(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    (tmp_path / "file").write_text("")
    assert run("check", "--data", tmp_path / "file" / "data") == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_check_ends_with_one_where_it_has_found_something(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 1
    out = capsys.readouterr().out
    assert "Nobody can administer" in out
    assert "\n  -> Run `procession user create NAME --role administrator`." in out


def test_a_backup_goes_from_one_command_to_the_other(
    run: Run, tmp_path: Path, migrated_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "copy.zip"
    run("user", "create", "anna")
    assert run("backup", file) == 0
    assert run("restore", file) == 1
    assert "--force" in capsys.readouterr().err
    assert run("restore", file, "--force") == 0
    assert "rows restored" in capsys.readouterr().out
    assert roles_of(migrated_url, "anna") == ["manager"]


@pytest.mark.parametrize("fault", [RuntimeError("a fault"), KeyError("x")])
def test_a_fault_of_ours_shows_where(run: Run, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def break_down(*_: object) -> int:
        raise fault

    monkeypatch.setitem(cli.COMMANDS, "check", break_down)
    with pytest.raises(type(fault)):
        run("check")


def test_a_settings_mistake_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROCESSION_PORT", "eighty")
    assert run("check") == 1
    assert "PROCESSION_PORT must be a number" in capsys.readouterr().err
