"""A letter as bytes becomes plain values, however broken it is: who wrote what, from which number, with which files."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TypeVar

import phonenumbers
from imap_tools import MailAttachment, MailMessage

from crm_model import fields, letter_html
from crm_model.inbound_letters import AUTO_REPLY, BOUNCE, COMPLAINT, LETTER
from crm_model.web_form_entries import readable

R = TypeVar("R")
LONGEST_TEXT = 20_000
SIGNATURE_LINES = 12
AUTO_SUBJECT = re.compile(
    r"^(автоответ|автоматический ответ|auto(matic)?[ -]?reply|out of (the )?office)", re.IGNORECASE
)
QUOTED = re.compile(
    r"^(>|-{3,} ?(исходное|пересланное|original|forwarded)|(от|from): .*@|.{0,80}(писал|пишет|написал|wrote)\w*:$)",
    re.IGNORECASE,
)
MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply")
REPORT = "message/feedback-report"
COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
"""Kinds of feedback (RFC 5965 and its registry) by which a reader refuses letters; `not-spam` is the opposite."""
ADDRESS = re.compile(r"[^\s<>;,]+@[^\s<>;,]+")
FAILED_TO = re.compile(r"^final-recipient:\s*rfc822;\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attachment:
    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Complaint:
    by: str | None
    about: str | None


@dataclass(frozen=True, slots=True)
class Received:
    """`text` is all of it; `fresh` is without what it quotes. `failed_to` is whom a bounced letter could not reach;
    `complaint` is who complained of a letter of ours, and its Message-ID, as far as the report says so."""

    message_key: str
    kind: str
    from_name: str | None
    from_address: str
    subject: str
    text: str
    fresh: str
    phone: str | None
    sent_at: datetime | None
    attachments: tuple[Attachment, ...] = ()
    failed_to: str | None = None
    complaint: Complaint | None = None


def understand(raw: bytes) -> Received:
    """Never fails: what cannot be read is left out."""
    mail = MailMessage.from_bytes(raw)
    sender = mail.from_values
    address = (sender.email if sender else "").strip()[:255]
    subject = readable(" ".join(_safely(lambda: mail.subject, "").split()), 500) or ""
    text = _text(mail)
    fresh = without_quotes(text)
    kind = _kind(mail.obj, address, subject)
    return Received(
        message_key=_key(mail.obj, raw),
        kind=kind,
        from_name=readable(sender.name if sender else None, 255),
        from_address=address,
        subject=subject,
        text=text,
        fresh=fresh,
        phone=_phone(fresh),
        sent_at=_sent(mail.obj),
        attachments=tuple(_attachments(mail)),
        failed_to=_failed_to(raw) if kind == BOUNCE else None,
        complaint=_complaint(mail.obj) if kind == COMPLAINT else None,
    )


def without_quotes(text: str) -> str:
    """What was written this time."""
    kept: list[str] = []
    for line in text.splitlines():
        if QUOTED.match(line.strip()):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()


def _safely(read: Callable[[], R], otherwise: R) -> R:
    try:
        return read()
    except (ValueError, LookupError, TypeError, AttributeError):
        return otherwise


def _key(message: Message, raw: bytes) -> str:
    named = str(message.get("Message-ID") or "").strip()
    return named if 0 < len(named) <= 255 and named.isprintable() else hashlib.sha256(raw).hexdigest()


def _text(mail: MailMessage) -> str:
    plain = _safely(lambda: mail.text, "").strip()
    if not plain:
        plain = letter_html.text_of(letter_html.sanitised(_safely(lambda: mail.html, "")))
    lines = plain.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char.isprintable() or char in "\n\t")[:LONGEST_TEXT].strip()


def _kind(message: Message, address: str, subject: str) -> str:
    if (report := _report(message)) is not None:
        said = str(report.get("Feedback-Type") or "").strip().lower()
        return COMPLAINT if said in COMPLAINTS else AUTO_REPLY
    if message.get_content_type() == "multipart/report" or address.lower().startswith(MACHINES[:2]):
        return BOUNCE
    auto = str(message.get("Auto-Submitted") or "no").lower()
    bulk = str(message.get("Precedence") or "").lower() in ("bulk", "junk", "list", "auto_reply")
    marked = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id"))
    if (
        not auto.startswith("no")
        or bulk
        or marked
        or AUTO_SUBJECT.match(subject)
        or address.lower().startswith(MACHINES)
    ):
        return AUTO_REPLY
    return LETTER


def _phone(text: str) -> str | None:
    """The first number of the signature, which is where people write their own."""
    signature = "\n".join(text.splitlines()[-SIGNATURE_LINES:])
    found = phonenumbers.PhoneNumberMatcher(signature, fields.DEFAULT_REGION)
    return next((match.raw_string.strip()[:50] for match in found), None)


def _sent(message: Message) -> datetime | None:
    said = _safely(lambda: parsedate_to_datetime(str(message.get("Date"))), None)
    return said if said is not None and said.tzinfo is not None else None


def _attachments(mail: MailMessage) -> Iterator[Attachment]:
    found: list[MailAttachment] = _safely(lambda: mail.attachments, [])
    for one in found:
        content = _safely(partial(getattr, one, "payload"), b"")
        if content and not (one.content_disposition == "inline" and one.content_id):
            yield Attachment(readable(one.filename, 255) or "attachment", one.content_type[:100], content)


def _report(message: Message) -> Message | None:
    """The fields of a feedback report (ARF)."""
    if message.get_content_type() != "multipart/report":
        return None
    part = next((part for part in message.walk() if part.get_content_type() == REPORT), None)
    if part is None:
        return None
    content = part.get_payload()
    nested = content[0] if isinstance(content, list) and content else None
    return nested if isinstance(nested, Message) else message_from_string(str(content))


def _complaint(message: Message) -> Complaint:
    """Who complained stands in the report, where it is not blotted out; which letter, in what it returns of it."""
    report = _report(message)
    said = str(report.get("Original-Rcpt-To") or "") if report is not None else ""
    found = ADDRESS.search(said)
    returned = (part for part in message.walk() if part is not message and part.get("Message-ID"))
    about = next((str(part["Message-ID"]).strip()[:255] for part in returned), None)
    if about is None:
        about = _in_headers(message)
    return Complaint(found[0][:255] if found else None, about)


def _in_headers(message: Message) -> str | None:
    """Some return only the head of the letter, as text."""
    heads = (part for part in message.walk() if part.get_content_type() == "text/rfc822-headers")
    texts = (str(part.get_payload()) for part in heads)
    found = (str(message_from_string(text).get("Message-ID") or "").strip()[:255] for text in texts)
    return next((one for one in found if one), None)


def _failed_to(raw: bytes) -> str | None:
    found = FAILED_TO.search(raw.decode("ascii", "replace"))
    return found[1][:255] if found else None
