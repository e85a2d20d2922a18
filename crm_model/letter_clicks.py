"""Clicks on links of letters, each person and link once. They are weighed a little later: a program that looks letters
over follows all links at once, a person does not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from crm_model import letter_html
from crm_model.letters import Letter
from kernel.context import Context
from kernel.db import Base

AT_ONCE = timedelta(seconds=5)
"""Nobody reads and follows this many links, or all there are, within this time."""
TOO_MANY = 3


class LetterClick(Base):
    """`number` is the place of the link in `letter_html.links_of`; `counted` None until the click is weighed."""

    __tablename__ = "letter_clicks"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    counted: Mapped[bool | None]


def note(ctx: Context, letter: Letter, number: int) -> bool:
    """Keeps a click to be weighed; False for one that is known."""
    row = insert(LetterClick).values(letter_id=letter.id, number=number, at=ctx.now())
    return ctx.session.scalar(row.on_conflict_do_nothing().returning(LetterClick.number)) is not None


def weigh(ctx: Context, letter: Letter) -> list[str]:
    """The addresses that a person has followed since the last time. What a program followed is forgotten, so that the
    person may still come."""
    query = select(LetterClick).where(LetterClick.letter_id == letter.id, LetterClick.counted.is_(None))
    fresh = ctx.session.scalars(query.order_by(LetterClick.at, LetterClick.number).with_for_update()).all()
    links = letter_html.links_of(letter.html)
    if _by_a_program(fresh, len(links)):
        for click in fresh:
            ctx.session.delete(click)
        return []
    for click in fresh:
        click.counted = True
    ctx.session.flush()
    return [links[click.number] for click in fresh if click.number < len(links)]


def _by_a_program(clicks: Sequence[LetterClick], links: int) -> bool:
    many = min(TOO_MANY, max(2, links))
    return any(later.at - earlier.at <= AT_ONCE for earlier, later in zip(clicks, clicks[many - 1 :], strict=False))
