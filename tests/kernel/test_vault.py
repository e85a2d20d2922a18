"""What is sealed opens with the key that sealed it, and with no other."""

import pytest
from cryptography.fernet import Fernet

from kernel.vault import SecretUnreadable, Vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def vault(keys: str) -> Vault:
    return Vault(lambda: keys)


def test_a_sealed_secret_does_not_show_itself_and_opens_again() -> None:
    sealed = vault(OLD).seal("пароль")
    assert sealed is not None and "пароль" not in sealed
    assert vault(OLD).open(sealed) == "пароль"


def test_no_secret_stays_no_secret() -> None:
    assert vault(OLD).seal(None) is None
    assert vault(OLD).open(None) is None


def test_another_key_is_told_in_words() -> None:
    sealed = vault(OLD).seal("password")
    with pytest.raises(SecretUnreadable) as refused:
        vault(NEW).open(sealed)
    assert "секретным ключом" in refused.value.in_language("ru")


def test_a_new_key_before_the_old_one_opens_both_and_seals_with_the_new() -> None:
    both = vault(f"{NEW},{OLD}")
    assert both.open(vault(OLD).seal("password")) == "password"
    assert vault(NEW).open(both.seal("password")) == "password"
