"""What comes back of letters: people count, programs do not, and whoever refuses is left in peace at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm_model import letter_clicks, letters, suppressions, touches
from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.letter_clicks import LetterClick
from crm_model.letters import Letter
from crm_model.touches import Touch
from engine import background
from engine.tables import InstanceRow, JobRow
from kernel.context import SYSTEM, Context, system_clock
from kernel.errors import NotFound
from processes import catalogue, engine_room, lead_flow, letter_reactions

READER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0"}
LINKS = ["https://firm.example/a", "https://firm.example/b", "https://firm.example/c"]
HTML = "".join(f'<p><a href="{link}">Read</a></p>' for link in LINKS)


@pytest.fixture
def context(session: Session) -> Context:
    made = Context(session, SYSTEM)
    catalogue.deploy_shipped(made)
    return made


def sent(context: Context, minutes: float = 60, html: str = HTML, **person: object) -> Letter:
    """A letter that left some time ago."""
    values = {"name": "Анна", "email": "anna@example.com", "consent": True, **person}
    lead = Lead(**values)
    context.session.add(lead)
    context.session.flush()
    letter = letters.queue(
        context,
        to="anna@example.com",
        subject="Новости",
        html=html,
        purpose="marketing",
        key=f"news {lead.id}",
        lead_id=lead.id,
    )
    letter.status, letter.sent_at = letters.SENT, system_clock() - timedelta(minutes=minutes)
    context.session.flush()
    return letter


def kinds(context: Context, letter: Letter) -> list[str]:
    query = select(Touch.kind).where(Touch.lead_id == letter.lead_id).order_by(Touch.id)
    return list(context.session.scalars(query))


def weigh(context: Context, letter: Letter) -> None:
    background.run(Context(context.session, SYSTEM), letter_reactions.WEIGH, {"letter_id": letter.id})


def test_an_open_is_counted_once(context: Context) -> None:
    letter = sent(context)
    for _ in range(3):
        letter_reactions.note_open(context.session, letter.token, READER)
    assert letter.opened_at is not None
    assert kinds(context, letter) == [touches.LETTER_OPENED]
    letter_reactions.note_open(context.session, "nonsense", READER)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": "curl/8.5"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "Mozilla/5.0 Barracuda Sentinel"},
        {**READER, "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_programs_neither_open_nor_click_but_get_where_they_go(context: Context, headers: dict[str, str]) -> None:
    letter = sent(context)
    letter_reactions.note_open(context.session, letter.token, headers)
    assert letter_reactions.note_click(context.session, letter.token, 1, headers) == LINKS[1]
    weigh(context, letter)
    assert kinds(context, letter) == []


def test_whoever_comes_within_seconds_is_a_guard_of_the_mail_server(context: Context) -> None:
    letter = sent(context, minutes=0.05)
    letter_reactions.note_open(context.session, letter.token, READER)
    letter_reactions.note_click(context.session, letter.token, 0, READER)
    weigh(context, letter)
    assert kinds(context, letter) == []


def test_a_click_is_counted_once_for_each_link_and_opens_the_letter(context: Context) -> None:
    letter = sent(context)
    for number in (0, 0, 0):
        letter_reactions.note_click(context.session, letter.token, number, READER)
    due = context.session.scalars(select(JobRow.due).where(JobRow.element_id == letter_reactions.WEIGH)).all()
    assert len(due) == 1 and due[0] > system_clock() + timedelta(seconds=20)
    assert kinds(context, letter) == []
    weigh(context, letter)
    letter_reactions.note_click(context.session, letter.token, 1, READER)
    weigh(context, letter)
    assert kinds(context, letter) == [touches.LETTER_OPENED, touches.LETTER_CLICKED, touches.LETTER_CLICKED]
    query = select(Touch.detail).where(Touch.lead_id == letter.lead_id, Touch.kind == touches.LETTER_CLICKED)
    assert [one["url"] for one in context.session.scalars(query.order_by(Touch.id))] == LINKS[:2]


@pytest.mark.parametrize(("html", "followed"), [(HTML, [0, 1, 2]), (HTML.replace(LINKS[2], LINKS[1]), [0, 1])])
def test_whoever_follows_all_links_at_once_is_a_program_and_a_person_may_still_come(
    context: Context, html: str, followed: list[int]
) -> None:
    letter = sent(context, html=html)
    for number in followed:
        letter_reactions.note_click(context.session, letter.token, number, READER)
    weigh(context, letter)
    assert kinds(context, letter) == []
    letter_reactions.note_click(context.session, letter.token, 0, READER)
    weigh(context, letter)
    assert kinds(context, letter) == [touches.LETTER_OPENED, touches.LETTER_CLICKED]


def test_links_followed_one_after_another_are_a_persons(context: Context) -> None:
    letter = sent(context)
    for number in range(3):
        letter_clicks.note(context, letter, number)
    for number in range(3):
        later = system_clock() + timedelta(seconds=4 * number)
        context.session.execute(update(LetterClick).where(LetterClick.number == number).values(at=later))
    context.session.expire_all()
    weigh(context, letter)
    assert kinds(context, letter).count(touches.LETTER_CLICKED) == 3


def test_a_link_that_no_letter_has_leads_nowhere(context: Context) -> None:
    letter = sent(context)
    for token, number in (("nonsense", 0), (letter.token, 3), (letter.token + "x", 0), ("жжж", 0)):
        with pytest.raises(NotFound):
            letter_reactions.note_click(context.session, token, number, READER)


def nurtured(context: Context, letter: Letter) -> InstanceRow:
    execution = engine_room.execution(context)
    live = lead_flow.start(execution, lead_flow.NURTURING, letter.lead_id or 0, {"engagements": 0})
    execution.write()
    assert live is not None
    return context.session.get_one(InstanceRow, live.id)


def test_a_click_of_a_nurtured_lead_reaches_its_process(context: Context) -> None:
    letter = sent(context, request="download")
    instance = nurtured(context, letter)
    letter_reactions.note_click(context.session, letter.token, 0, READER)
    weigh(context, letter)
    variables = engine_room.execution(context).lock(instance.id).state.variables  # type: ignore[union-attr]
    assert variables["engagements"] == 1


def test_one_click_stops_processes_and_letters_and_says_which(context: Context) -> None:
    letter = sent(context)
    instance = nurtured(context, letter)
    contact = Contact(name="Анна", emails=["Anna@example.com"], consent=True)
    context.session.add(contact)
    context.session.flush()
    waiting = letters.queue(
        context,
        to="anna@example.com",
        subject="Ещё",
        html="<p>Ещё</p>",
        purpose="marketing",
        key="more",
        lead_id=letter.lead_id,
    )
    letter_reactions.unsubscribe(context.session, letter.token)
    letter_reactions.unsubscribe(context.session, letter.token)
    context.session.expire_all()
    lead = context.session.get_one(Lead, letter.lead_id)
    assert (lead.opted_out, lead.consent, contact.opted_out, contact.consent) == (True, False, True, False)
    assert (instance.state, waiting.status, waiting.reason) == ("completed", "suppressed", "opted_out")
    assert suppressions.reason_for(context, "anna@example.com") == "opted_out"
    (refusal,) = context.session.scalars(select(Touch).where(Touch.kind == touches.OPTED_OUT))
    assert refusal.detail["instances"] == [instance.id]
    nurturing = context.session.scalars(
        select(Letter.id).where(Letter.key == f"process:{lead.id}:nurture_digest")
    ).one()
    assert refusal.detail["letters"] == [nurturing, waiting.id]
    assert refusal.detail["letter_id"] == letter.id


def test_an_address_that_is_nobodys_here_may_refuse_too(context: Context) -> None:
    letter = letters.queue(context, to="x@example.com", subject="S", html="<p>S</p>", purpose="service", key="x")
    letter_reactions.unsubscribe(context.session, letter.token)
    assert suppressions.reason_for(context, "x@example.com") == "opted_out"
    with pytest.raises(NotFound):
        letter_reactions.unsubscribe(context.session, "nonsense")
