"""Uploaded files: their size, their type, and a name that is safe to hand out again."""

import pytest

from crm_model import files
from kernel.errors import ValidationFailed


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Договор №5.docx", "Договор №5.docx"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"b<c>|d?.txt', "a_b_c__d_.txt"),
        ("line\r\nSet-Cookie: x.txt", "lineSet-Cookie_ x.txt"),
        ("name\u202egpj.exe", "namegpj.exe"),
        ("и\u0306.txt", "й.txt"),
        ("...", "document"),
        ("", "document"),
        ("/", "document"),
        ("a" * 300 + ".docx", "a" * 145 + ".docx"),
        ("a" * 300, "a" * 150),
        ("a." + "b" * 300, "a." + "b" * 148),
    ],
)
def test_names_are_made_safe_for_a_download(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


@pytest.mark.parametrize(
    ("name", "told", "kept"),
    [
        ("a.pdf", "application/pdf", "application/pdf"),
        ("a.pdf", "text/html; charset=utf-8", "text/html"),
        ("a.pdf", None, "application/pdf"),
        ("a.pdf", "x\r\nSet-Cookie: y", "application/pdf"),
        ("a", "", "application/octet-stream"),
    ],
)
def test_the_type_is_a_type_whatever_the_sender_writes(name: str, told: str | None, kept: str) -> None:
    assert files.take(name, b"x", told).content_type == kept


@pytest.mark.parametrize("content", [b"", bytes(files.MAXIMUM_SIZE + 1)], ids=["empty", "too large"])
def test_an_empty_or_too_large_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationFailed) as error:
        files.take("a.txt", content)
    assert set(error.value.fields) == {"file"}


def test_size_and_checksum_are_of_the_content() -> None:
    file = files.take("a.txt", b"abc")
    assert (file.size, file.sha256[:8]) == (3, "ba7816bf")
