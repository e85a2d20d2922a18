"""The mailbox is read without losing or doubling a letter, and each becomes what it should."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, select

from crm_model import contacts, leads, letters, mailboxes
from crm_model.activities import Activity
from crm_model.inbound_letters import InboundAttachment, InboundLetter
from crm_model.leads import Lead
from crm_model.mailboxes import Mailbox
from crm_model.notifications import Notification
from crm_model.suppressions import Suppression
from crm_model.touches import Touch
from kernel import vault
from kernel.context import SYSTEM, Context
from kernel.db import Database
from processes import catalogue
from processes.mailroom import reading, sorting
from tests.conftest import MakeUser
from tests.support import imap
from tests.support.imap import ImapServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBERS = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap.running() as started:
        yield started


class Post:
    """The mailbox and whoever reads it; the clock goes on by an hour at each look."""

    def __init__(self, database: Database, server: ImapServer) -> None:
        self.database, self.server = database, server
        self.now = NOON

    def look(self) -> int | None:
        self.now += timedelta(hours=1)
        return reading.look(self.database, lambda: self.now)

    def system(self, session: Any) -> Context:
        return Context(session, SYSTEM, lambda: self.now)

    def all(self, query: Any) -> list[Any]:
        with self.database.read_only() as session:
            return list(session.scalars(query))

    def one(self, query: Any) -> Any:
        (found,) = self.all(query)
        return found


@pytest.fixture
def post(own_database: Database, server: ImapServer) -> Iterator[Post]:
    made = Post(own_database, server)
    with server.open() as mailbox:
        mailbox.delete(mailbox.uids())
    with own_database.transaction() as session:
        catalogue.deploy_shipped(made.system(session))
        values = {
            "host": "127.0.0.1", "port": server.port, "security": "plain", "username": imap.USER,
            "password": imap.PASSWORD, "poll_minutes": 5,
        }  # fmt: skip
        mailboxes.save_mailbox(made.system(session), values)
    yield made
    with own_database.transaction() as session:
        session.execute(delete(Mailbox))


def letter(text: str = "Нужны стеллажи\n\n--\nПётр, +7 916 111-22-33", **headers: str) -> tuple[EmailMessage, str]:
    """A letter from an address of its own."""
    number = next(NUMBERS)
    address = f"petr{number}@vector{number}.example"
    made = EmailMessage()
    for name, value in {
        "From": f"Пётр <{address}>",
        "Subject": "Стеллажи",
        "Message-ID": f"<{address}>",
        **headers,
    }.items():
        made[name] = value
    made.set_content(text)
    return made, address


def of(address: str) -> Any:
    return select(InboundLetter).where(InboundLetter.from_address == address)


def test_a_strangers_letter_becomes_a_lead_that_is_qualified(post: Post) -> None:
    made, address = letter()
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    post.server.put(made.as_bytes())
    assert post.look() == 1
    lead = post.one(select(Lead).where(Lead.email == address))
    assert (lead.name, lead.source, lead.phone, lead.consent) == ("Пётр", "email", "+7 916 111-22-33", False)
    assert lead.need.startswith("Стеллажи\nНужны стеллажи") and lead.status != "new"
    kept = post.one(of(address))
    assert (kept.outcome, kept.lead_id) == ("new_lead", lead.id)
    activity = post.one(select(Activity).where(Activity.id == kept.activity_id))
    assert (activity.kind, activity.status, activity.direction, activity.lead_id) == (
        "email",
        "completed",
        "in",
        lead.id,
    )
    assert post.one(select(InboundAttachment.file_name).where(InboundAttachment.letter_id == kept.id)) == "plan.pdf"
    assert post.server.unread() == 0


def test_a_known_contacts_letter_is_added_and_its_manager_told(post: Post, make_user: MakeUser) -> None:
    made, address = letter()
    with post.database.transaction() as session:
        owner = make_user(session, "manager")
        values = {"name": "Пётр Ильин", "emails": [address.upper()], "owner_id": owner.id}
        contact = contacts.create_contact(post.system(session), values)
    post.server.put(made.as_bytes())
    post.look()
    kept = post.one(of(address))
    assert (kept.outcome, kept.contact_id, kept.lead_id) == ("added", contact.id, None)
    assert post.one(select(Touch.kind).where(Touch.contact_id == contact.id)) == "letter_replied"
    told = post.one(select(Notification).where(Notification.user_id == owner.id))
    assert (told.text_in("ru"), told.link) == ("Новое письмо, Пётр Ильин: Стеллажи", f"/contacts/{contact.id}")
    assert post.all(select(Lead).where(Lead.email == address)) == []


def test_a_second_letter_of_a_lead_is_added_to_it(post: Post) -> None:
    first, address = letter()
    second, _ = letter(From=first["From"], Subject="Ещё вопрос")
    post.server.put(first.as_bytes(), second.as_bytes())
    assert post.look() == 2
    assert [one.outcome for one in post.all(of(address).order_by(InboundLetter.id))] == ["new_lead", "added"]
    assert len(post.all(select(Lead).where(Lead.email == address))) == 1


def test_a_letter_that_comes_twice_is_taken_once(post: Post) -> None:
    made, address = letter()
    post.server.put(made.as_bytes(), made.as_bytes())
    post.look()
    assert len(post.all(of(address))) == len(post.all(select(Lead).where(Lead.email == address))) == 1


def test_dying_between_keeping_and_marking_doubles_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    made, address = letter()
    post.server.put(made.as_bytes())

    class Died(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr("imap_tools.MailBoxUnencrypted.flag", die)
        with pytest.raises(Died):
            post.look()
    assert (len(post.all(of(address))), post.server.unread()) == (1, 1)
    post.look()
    assert (len(post.all(of(address))), post.server.unread()) == (1, 0)
    assert len(post.all(select(Lead).where(Lead.email == address))) == 1


def test_a_letter_that_cannot_be_sorted_stays_unread_and_is_tried_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, address = letter()
    good, other = letter()
    post.server.put(made.as_bytes(), good.as_bytes())
    deliver = sorting._deliver

    def fail(context: Context, kept: InboundLetter, received: Any) -> None:
        if received.from_address == address:
            raise RuntimeError("out of paper")
        deliver(context, kept, received)

    with monkeypatch.context() as patched:
        patched.setattr(sorting, "_deliver", fail)
        assert post.look() == 1
    failed = post.one(of(address))
    assert (failed.outcome, failed.trouble, post.server.unread()) == ("failed", "RuntimeError: out of paper", 1)
    assert post.one(of(other)).outcome == "new_lead"
    assert post.look() == 1
    assert (post.one(of(address)).outcome, post.one(of(address)).trouble) == ("new_lead", None)


def test_machines_make_no_leads(post: Post) -> None:
    auto, away = letter(**{"Auto-Submitted": "auto-replied"})
    post.server.put(auto.as_bytes())
    post.look()
    kept = post.one(of(away))
    assert (kept.kind, kept.outcome) == ("auto_reply", "set_aside")
    assert post.all(select(Lead).where(Lead.email == away)) == []


def test_a_bounce_puts_the_address_on_the_list_of_those_not_written_to(post: Post) -> None:
    raw = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\nFrom: postmaster@mx.example\r\n\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; gone@vector.example\r\n\r\n--x--\r\n"
    )
    post.server.put(raw)
    post.look()
    assert post.one(select(Suppression.reason).where(Suppression.address == "gone@vector.example")) == "bounced"


def feedback(said: str, returned: str = "") -> bytes:
    """A report of a feedback loop, as RFC 5965 shows it."""
    text = (
        f"From: fbl@provider.example\nSubject: FW: Earn money\nMessage-ID: <fbl{next(NUMBERS)}@provider.example>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
        f"--b\nContent-Type: message/feedback-report\n\n{said}User-Agent: SomeGenerator/1.0\nVersion: 1\n\n"
        f"--b\nContent-Type: message/rfc822\n\nFrom: <sales@firm.example>\nSubject: Offer\n{returned}\nHello\n\n--b--\n"
    )
    return text.replace("\n", "\r\n").encode()


def test_a_complaint_puts_whoever_complained_on_the_list_of_those_not_written_to(post: Post) -> None:
    post.server.put(feedback("Feedback-Type: abuse\nOriginal-Rcpt-To: <angry@vector.example>\n"))
    post.look()
    reason = post.one(select(Suppression.reason).where(Suppression.address == "angry@vector.example"))
    kept = post.one(select(InboundLetter).where(InboundLetter.kind == "complaint"))
    assert (reason, kept.outcome) == ("complained", "set_aside")
    assert post.all(select(Lead).where(Lead.email == "fbl@provider.example")) == []


def test_a_complaint_with_the_address_blotted_out_is_known_by_our_own_letter(post: Post) -> None:
    with post.database.transaction() as session:
        sent = letters.queue(
            post.system(session), to="Silent@Vector.example", subject="Offer", html="", text="Hello",
            purpose=letters.SERVICE, key="a letter complained of",
        )  # fmt: skip
        message_id = sent.message_id
    post.server.put(feedback("Feedback-Type: abuse\n", f"To: redacted\nMessage-ID: {message_id}\n"))
    post.look()
    assert post.one(select(Suppression.reason).where(Suppression.address == "silent@vector.example")) == "complained"


def test_a_report_that_a_letter_is_no_spam_is_no_complaint(post: Post) -> None:
    post.server.put(feedback("Feedback-Type: not-spam\nOriginal-Rcpt-To: <glad@vector.example>\n"))
    post.look()
    assert post.all(select(Suppression).where(Suppression.address == "glad@vector.example")) == []


def test_of_a_huge_letter_only_the_head_is_read(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    made, address = letter("a" * 5000)
    monkeypatch.setattr(reading, "LARGEST", 4000)
    post.server.put(made.as_bytes())
    assert post.look() == 1
    assert (post.one(of(address)).text, post.one(of(address)).outcome) == ("", "new_lead")


def test_a_mailbox_that_is_not_due_is_left_alone_and_one_claim_serves_all(post: Post) -> None:
    assert post.look() == 0
    assert reading.look(post.database, lambda: post.now + timedelta(minutes=4)) is None
    assert reading.look(post.database, lambda: post.now + timedelta(minutes=5)) == 0


def test_a_mailbox_that_cannot_be_read_says_why_and_is_tried_again(post: Post) -> None:
    with post.database.transaction() as session:
        values = {"host": "127.0.0.1", "port": post.server.port, "security": "plain", "username": imap.USER}
        mailboxes.save_mailbox(post.system(session), {**values, "password": "wrong"})
    assert post.look() == 0
    assert post.one(select(Mailbox.trouble))
    with post.database.transaction() as session:
        mailboxes.save_mailbox(post.system(session), {**values, "password": imap.PASSWORD})
    assert post.one(select(Mailbox.checked_at)) is None  # nobody has looked with these settings
    post.look()
    assert post.one(select(Mailbox.trouble)) is None
    assert post.one(select(Mailbox.checked_at)) is not None


def test_a_lead_that_is_nurtured_wakes_up(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    made, address = letter()
    sent: list[tuple[str, str | None]] = []
    monkeypatch.setattr("processes.lead_flow.send", lambda _c, name, key, _v: sent.append((name, key)))
    with post.database.transaction() as session:
        lead = leads.create_lead(post.system(session), {"name": "Пётр", "email": address})
        leads.set_status(post.system(session), lead, "nurturing")
    post.server.put(made.as_bytes())
    post.look()
    assert sent == [("lead.engaged", f"lead:{lead.id}")]


def test_a_password_is_kept_when_it_is_left_out(post: Post) -> None:
    with post.database.transaction() as session:
        values = {"host": "127.0.0.1", "port": post.server.port, "username": imap.USER, "poll_minutes": 7}
        mailboxes.save_mailbox(post.system(session), values)
    assert vault.reveal(post.one(select(Mailbox.sealed_password))) == imap.PASSWORD
