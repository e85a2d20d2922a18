"""Passwords of other systems, which the product must be able to use: kept in the database encrypted (Fernet) by keys that
are not in it."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kernel.errors import Conflict
from kernel.i18n import N_

SEALED = "fernet:"
"""What a sealed value begins with."""


class SecretUnreadable(Conflict):
    """The key at hand is not the one that sealed it."""

    default_code = "secret_unreadable"
    default_message = N_(
        "The password was saved with another secret key of the program. Enter it again, or start the program with the "
        "key it was saved with (PROCESSION_SECRET_KEY)."
    )


class Vault:
    """Keys separated by commas: the first seals, each of them opens. `keys` is asked at the first use."""

    def __init__(self, keys: Callable[[], str]) -> None:
        self._keys = keys
        self._box: MultiFernet | None = None

    def seal(self, secret: str | None) -> str | None:
        return None if secret is None else SEALED + self._opened().encrypt(secret.encode()).decode()

    def open(self, sealed: str | None) -> str | None:
        """Raises SecretUnreadable."""
        if sealed is None:
            return None
        try:
            return self._opened().decrypt(sealed.removeprefix(SEALED)).decode()
        except InvalidToken as error:
            raise SecretUnreadable() from error

    def _opened(self) -> MultiFernet:
        if self._box is None:
            self._box = box_of(self._keys())
        return self._box


def box_of(keys: str) -> MultiFernet:
    """ValueError for keys that are none."""
    return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])


def _nobody() -> str:
    raise RuntimeError("no secret key: the entry point calls kernel.vault.hold")


_vault = Vault(_nobody)


def hold(keys: Callable[[], str]) -> None:
    """Said once by the entry point of a program, before anything forks."""
    global _vault
    _vault = Vault(keys)


def seal(secret: str | None) -> str | None:
    return _vault.seal(secret)


def opens(sealed: str | None) -> bool:
    """Whether the key at hand is the one that sealed it."""
    try:
        reveal(sealed)
    except SecretUnreadable:
        return False
    return True


def reveal(sealed: str | None) -> str | None:
    """Raises SecretUnreadable."""
    return _vault.open(sealed)
