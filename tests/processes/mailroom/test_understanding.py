"""Letters as they come, broken ones too, become plain values."""

from email.message import EmailMessage

import pytest

from processes.mailroom.understanding import understand, without_quotes

SIGNED = """Добрый день!
Нужны стеллажи на склад 3000 м2.

С уважением,
Пётр Ильин
ООО «Вектор», +7 (916) 111-22-33

15.11.2026 10:00, Sales пишет:
> Прежнее письмо, тел. +7 495 000-00-00
"""


def letter(**changes: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Пётр Ильин <p.ilin@vector.example>"
    made["Subject"] = "Стеллажи"
    made["Message-ID"] = "<one@vector.example>"
    made["Date"] = "Mon, 02 Mar 2026 12:00:00 +0300"
    for name, value in changes.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    made.set_content(SIGNED)
    return made


def test_who_wrote_what_from_which_number() -> None:
    read = understand(letter().as_bytes())
    assert (read.from_name, read.from_address) == ("Пётр Ильин", "p.ilin@vector.example")
    assert (read.subject, read.kind, read.message_key) == ("Стеллажи", "letter", "<one@vector.example>")
    assert read.phone == "+7 (916) 111-22-33"
    assert read.fresh.endswith("111-22-33") and "Прежнее письмо" in read.text
    assert read.sent_at is not None and read.sent_at.isoformat() == "2026-03-02T12:00:00+03:00"


def test_html_alone_is_read_as_text() -> None:
    made = letter()
    made.set_content("<p>Нужен <b>погрузчик</b></p><script>alert(1)</script>", subtype="html")
    assert understand(made.as_bytes()).text == "Нужен погрузчик"


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251", "iso-8859-5", "utf-16"])
def test_old_charsets_are_read(charset: str) -> None:
    made = letter()
    made.set_content("Нужен погрузчик", charset=charset)
    assert understand(made.as_bytes()).text == "Нужен погрузчик"


def test_attached_files_come_with_their_names() -> None:
    made = letter()
    made.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="План склада.pdf")
    (file,) = understand(made.as_bytes()).attachments
    assert (file.file_name, file.content_type, file.content) == ("План склада.pdf", "application/pdf", b"%PDF-1")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\xff\xfe", b"no headers at all", b"From: \r\n\r\n",
        b"From: =?bad?Q?x?= <a@b.example>\r\nSubject: =?utf-99?B?####?=\r\n\r\nHi",
        b"Content-Type: text/plain; charset=klingon\r\nFrom: a@b.example\r\n\r\n\xd0\xbf",
        b"Content-Type: multipart/mixed; boundary=x\r\nFrom: a@b.example\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p",
        b"Content-Transfer-Encoding: base64\r\nFrom: a@b.example\r\n\r\n!!!!",
        b"Date: yesterday\r\nMessage-ID: " + b"x" * 999 + b"\r\nFrom: a@b.example\r\n\r\nHi",
    ],
)  # fmt: skip
def test_broken_letters_are_read_as_far_as_they_go(raw: bytes) -> None:
    read = understand(raw)
    assert 0 < len(read.message_key) <= 255
    assert "\0" not in read.text + read.subject + read.from_address


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto_Submitted": "no"}, "letter"),
        ({"Precedence": "bulk"}, "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"List_Id": "<news.example>"}, "auto_reply"),
        ({"Subject": "Автоответ: Стеллажи"}, "auto_reply"),
        ({"Subject": "Out of office: racks"}, "auto_reply"),
        ({"From": "no-reply@shop.example"}, "auto_reply"),
        ({"From": "MAILER-DAEMON@mx.example"}, "bounce"),
    ],
)
def test_machines_are_told_from_people(changes: dict[str, str], kind: str) -> None:
    assert understand(letter(**changes).as_bytes()).kind == kind


def test_a_bounce_names_whom_it_could_not_reach() -> None:
    raw = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\nFrom: postmaster@mx.example\r\n\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; gone@vector.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n"
    )
    read = understand(raw)
    assert (read.kind, read.failed_to) == ("bounce", "gone@vector.example")


@pytest.mark.parametrize(
    "mark",
    ["> да", "-----Исходное сообщение-----", "On Mon, 2 Mar 2026, Anna wrote:", "От: Анна <anna@vector.example>"],
)
def test_what_is_quoted_is_not_what_was_written(mark: str) -> None:
    assert without_quotes(f"Согласен.\n\n{mark}\nНет.") == "Согласен."
