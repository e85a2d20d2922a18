"""Letters leave once, stop when they must, and tell why they did not leave."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from crm_model import letters, suppressions, touches
from crm_model.leads import Lead
from crm_model.letters import Letter
from crm_model.suppressions import Suppression
from crm_model.touches import Touch
from crm_model.users import User
from kernel.context import SYSTEM, Context
from kernel.db import Database
from processes.post import composing, delivery
from processes.post.delivery import Postage
from processes.post.transport import Trouble
from tests.conftest import NOON
from tests.support.mailbox import Mailbox, open_mailbox


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox(Mailbox()) as made:
        yield made


@pytest.fixture
def firm(database: Database) -> Iterator[Database]:
    yield database
    with database.transaction() as session:
        for model in (Touch, Letter, Suppression):
            session.execute(delete(model))
        session.execute(delete(Lead).where(Lead.email_key == "anna@example.com"))


def queue(database: Database, to: str = "anna@example.com", **values: object) -> int:
    given = {"subject": "Здравствуйте", "html": "<p>Привет</p>", "purpose": "service", "key": f"to {to}"} | values
    with database.transaction() as session:
        return letters.queue(Context(session, SYSTEM, lambda: NOON), to=to, **given).id  # type: ignore[arg-type]


def lead(database: Database) -> int:
    with database.transaction() as session:
        made = Lead(name="Анна", email="anna@example.com", consent=True)
        session.add(made)
        session.flush()
        return made.id


def letter(database: Database, letter_id: int) -> Letter:
    with database.read_only() as session:
        return session.get_one(Letter, letter_id)


def deliver(database: Database, clock: Clock, mailbox: Mailbox) -> int:
    return delivery.deliver(database, clock, "worker", Postage(mailbox.server, public_url="https://crm.example"))


def test_what_is_queued_leaves_once_with_its_message_id(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    lead_id = lead(firm)
    letter_id = queue(firm, lead_id=lead_id)
    assert deliver(firm, clock, mailbox) == 1
    assert deliver(firm, clock, mailbox) == 0
    sent = letter(firm, letter_id)
    assert (sent.status, sent.sent_at, sent.attempts) == ("sent", NOON, 1)
    (taken,) = mailbox.taken
    assert taken["Message-ID"] == sent.message_id
    assert (taken["To"], taken["Subject"]) == ("anna@example.com", "Здравствуйте")
    assert str(taken["From"].addresses[0].display_name) == "Фирма"
    with firm.read_only() as session:
        assert session.scalars(select(Touch.kind).where(Touch.lead_id == lead_id)).all() == [touches.LETTER_SENT]


def test_a_seller_writes_in_his_own_name_and_gets_the_answer(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    with firm.transaction() as session:
        seller = User(username="seller.post", name="Олег Ким", email="oleg@firm.example", roles=["manager"])
        session.add(seller)
        session.flush()
    queue(firm, sender_id=seller.id)
    deliver(firm, clock, mailbox)
    assert str(mailbox.taken[0]["From"]) == "Олег Ким <sales@firm.example>"
    assert mailbox.taken[0]["Reply-To"] == "oleg@firm.example"


def test_advertising_can_be_refused_with_one_click(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    html = '<p><a href="https://firm.example/a?b=1&amp;c=2">Цены</a></p>'
    letter_id = queue(firm, lead_id=lead(firm), purpose="marketing", html=html)
    deliver(firm, clock, mailbox)
    (taken,) = mailbox.taken
    token = letter(firm, letter_id).token
    assert taken["List-Unsubscribe"] == f"<https://crm.example/l/u/{token}>"
    assert taken["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, marked = (part.get_content() for part in taken.iter_parts())  # type: ignore[attr-defined]
    assert "Цены (https://firm.example/a?b=1&c=2)" in text and f"/l/u/{token}" in text
    assert f'href="https://crm.example/l/c/{token}/0"' in marked and f"/l/o/{token}" in marked


def test_what_is_no_advertising_is_not_followed(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    queue(firm, html='<p><a href="https://firm.example/">Счёт</a></p>')
    deliver(firm, clock, mailbox)
    assert "List-Unsubscribe" not in mailbox.taken[0]
    assert "/l/" not in mailbox.taken[0].as_string()


def test_who_opts_out_between_queueing_and_sending_gets_nothing(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    lead_id = lead(firm)
    letter_id = queue(firm, lead_id=lead_id, purpose="marketing")
    with firm.transaction() as session:
        session.execute(update(Lead).where(Lead.id == lead_id).values(opted_out=True, consent=False))
    assert deliver(firm, clock, mailbox) == 0
    stopped = letter(firm, letter_id)
    assert (stopped.status, stopped.reason, mailbox.taken) == ("suppressed", "opted_out", [])


def test_an_address_of_nobody_bounces_and_gets_nothing_more(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    mailbox.answers["nobody@example.com"] = "550 No such user here"
    letter_id = queue(firm, "nobody@example.com")
    others = queue(firm, "anna@example.com")
    assert deliver(firm, clock, mailbox) == 2
    bounced = letter(firm, letter_id)
    assert (bounced.status, bounced.error) == ("bounced", "550 No such user here")
    assert letter(firm, others).status == "sent"
    next_one = letter(firm, queue(firm, "Nobody@example.com", key="again"))
    assert (next_one.status, next_one.reason) == ("suppressed", suppressions.BOUNCED)


def test_a_passing_refusal_is_tried_again_later_and_not_for_ever(
    firm: Database, clock: Clock, mailbox: Mailbox
) -> None:
    mailbox.answers["anna@example.com"] = "450 Greylisted"
    letter_id = queue(firm)
    for pause in delivery.BACK_OFF:
        assert deliver(firm, clock, mailbox) == 1
        assert deliver(firm, clock, mailbox) == 0
        waiting = letter(firm, letter_id)
        assert (waiting.status, waiting.due) == ("queued", clock.now + pause)
        clock.now += pause
    assert deliver(firm, clock, mailbox) == 1
    failed = letter(firm, letter_id)
    assert (failed.status, failed.error, failed.attempts) == ("failed", "450 Greylisted", 5)


def test_a_letter_that_is_refused_for_good_fails_at_once(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    mailbox.data.append("554 Looks like spam")
    letter_id = queue(firm)
    deliver(firm, clock, mailbox)
    assert (letter(firm, letter_id).status, letter(firm, letter_id).error) == ("failed", "554 Looks like spam")


def test_while_the_mail_server_is_away_letters_wait_without_losing_a_try(
    firm: Database, clock: Clock, mailbox: Mailbox
) -> None:
    letter_id = queue(firm)
    with open_mailbox(Mailbox()) as gone:
        pass
    for _ in range(10):
        with pytest.raises(Trouble):
            deliver(firm, clock, gone)
        clock.now += timedelta(minutes=1)
    waiting = letter(firm, letter_id)
    assert (waiting.status, waiting.attempts) == ("queued", 0)
    assert "refused" in (waiting.error or "")
    assert deliver(firm, clock, mailbox) == 1
    assert letter(firm, letter_id).status == "sent"


def test_no_more_letters_a_minute_than_the_mail_server_takes(firm: Database, clock: Clock, mailbox: Mailbox) -> None:
    for number in range(5):
        queue(firm, f"a{number}@example.com")
    slow = Postage(dataclasses.replace(mailbox.server, per_minute=2))
    counts = []
    for _ in range(4):
        counts.append(delivery.deliver(firm, clock, "worker", slow))
        clock.now += timedelta(seconds=61)
    assert counts == [2, 2, 1, 0]


def test_without_a_mail_server_letters_wait(firm: Database, clock: Clock) -> None:
    letter_id = queue(firm)
    assert delivery.deliver(firm, clock, "worker", Postage()) == 0
    assert letter(firm, letter_id).status == "queued"


def test_a_letter_whose_sender_is_gone_is_not_sent_again_by_itself(
    firm: Database, clock: Clock, mailbox: Mailbox
) -> None:
    letter_id = queue(firm)
    claimed = delivery.claim(firm, clock, "died", 60)
    assert claimed is not None and letter(firm, letter_id).status == "sending"
    assert delivery.forsake(firm, clock) == 0
    clock.now += delivery.LEASE + timedelta(seconds=1)
    assert delivery.forsake(firm, clock) == 1
    assert deliver(firm, clock, mailbox) == 0
    lost = letter(firm, letter_id)
    assert (lost.status, mailbox.taken) == ("unknown", [])
    with firm.transaction() as session:
        letters.resend_letter(Context(session, SYSTEM, clock), letter_id)
    assert deliver(firm, clock, mailbox) == 1
    assert mailbox.taken[0]["Message-ID"] == lost.message_id


def test_a_letter_that_cannot_be_written_harms_no_other(
    firm: Database, clock: Clock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compose(letter: Letter, *rest: object) -> object:
        if letter.to_address.startswith("broken"):
            raise ValueError("no such charset")
        return composing.compose(letter, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(delivery, "compose", compose)
    broken = queue(firm, "broken@example.com")
    fine = queue(firm, "fine@example.com")
    deliver(firm, clock, mailbox)
    assert (letter(firm, broken).status, letter(firm, fine).status) == ("failed", "sent")
