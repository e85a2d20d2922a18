"""What a visitor's post of a web form left besides the lead: where it came from, and what was agreed to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from crm_model import access
from crm_model.leads import Lead
from crm_model.web_forms import WebForm
from kernel.context import Context
from kernel.db import Base, HasId
from kernel.permissions import use_case

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
LONGEST_MARK = 255
LONGEST_ADDRESS = 2000


class WebFormEntry(HasId, Base):
    """`consent_text` is what stood beside the tick; None where nobody ticked. Forms that ask again
    send `confirm_key` in a letter and count the consent from `confirmed_at` on, when its link was followed."""

    __tablename__ = "web_form_entries"

    form_id: Mapped[int] = mapped_column(ForeignKey("web_forms.id", ondelete="CASCADE"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(2))
    address: Mapped[str | None] = mapped_column(String(64))
    page: Mapped[str | None] = mapped_column(Text)
    referrer: Mapped[str | None] = mapped_column(Text)
    utm: Mapped[dict[str, str]] = mapped_column(default=dict)
    consent_text: Mapped[str | None] = mapped_column(Text)
    consent_version: Mapped[int | None]
    confirm_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]

    form: Mapped[WebForm] = relationship()
    lead: Mapped[Lead] = relationship()

    @property
    def proof(self) -> dict[str, Any]:
        """That the consent was given: to which text, when, from which address and page."""
        return {
            "form": self.form.key,
            "text": self.consent_text,
            "text_version": self.consent_version,
            "at": self.at.isoformat(),
            "address": self.address,
            "page": self.page,
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a post came from, as the browser says; none of it is checked, and none is worth losing a lead for."""

    address: str | None = None
    page: str | None = None
    referrer: str | None = None
    utm: dict[str, str] = field(default_factory=dict)
    language: str | None = None


def origin(values: dict[str, Any], *, address: str | None, referrer: str | None) -> Origin:
    """Takes what is said of the origin out of the values of a post; the browser's own header stands in."""
    page = readable(values.pop("page", None), LONGEST_ADDRESS) or readable(referrer, LONGEST_ADDRESS)
    marks = {name: readable(values.pop(name, None), LONGEST_MARK) for name in UTM}
    return Origin(
        address=address,
        page=page,
        referrer=readable(values.pop("referrer", None), LONGEST_ADDRESS),
        utm={name: mark for name, mark in marks.items() if mark},
        language=readable(values.pop("language", None), 2),
    )


def readable(value: Any, longest: int) -> str | None:
    """What can be kept of it: one line, not too long."""
    if not isinstance(value, str):
        return None
    return "".join(char for char in value if char.isprintable())[:longest].strip() or None


@use_case("records.read")
def entries_of_lead(ctx: Context, lead_id: int) -> list[WebFormEntry]:
    """The posts by which a lead came, for those who see it."""
    lead = access.get_visible(ctx, Lead, lead_id)
    query = select(WebFormEntry).where(WebFormEntry.lead_id == lead.id).options(joinedload(WebFormEntry.form))
    return list(ctx.session.scalars(query.order_by(WebFormEntry.id)))
