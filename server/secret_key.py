"""The key that seals passwords of other systems: the environment's, else one made in the data folder on first use."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet

from server.settings import Settings

FILE = "secret.key"


def of(settings: Settings) -> str:
    """The environment's keys, or the content of the file; never in the database, so never in a backup."""
    return settings.secret_key or _of_file(settings.data / FILE)


def _of_file(file: Path) -> str:
    """Whoever of several comes first makes it; only its owner may read it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = file.with_name(f"{file.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(Fernet.generate_key() + b"\n")
        try:
            file.hardlink_to(made)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_text().strip()
