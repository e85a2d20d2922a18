"""The key that seals passwords comes from the environment, or lies in the data folder where only its owner reads it."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from server import secret_key, settings
from server.settings import Settings, SettingsError


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    configured = Settings(data=tmp_path / "new")
    key = secret_key.of(configured)
    assert Fernet(key)
    assert secret_key.of(configured) == key
    (file,) = configured.data.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_environment_wins_and_nothing_is_written(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    assert secret_key.of(Settings(data=tmp_path, secret_key=key)) == key
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_none_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESSION_SECRET_KEY", "too short")
    with pytest.raises(SettingsError, match="openssl rand -base64 32"):
        settings.read()
