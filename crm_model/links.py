"""The links of what hangs on a deal, an account, a contact or a lead."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from crm_model import inputs
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.inputs import Field
from crm_model.leads import Lead
from kernel.context import Context

FIELDS = {
    "deal_id": Field(inputs.record(Deal)),
    "account_id": Field(inputs.record(Account)),
    "contact_id": Field(inputs.record(Contact)),
    "lead_id": Field(inputs.record(Lead)),
}


class Linked:
    """Columns of a record that belongs to a deal, an account, a contact or a lead; several may be filled."""

    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))


def filled(ctx: Context, clean: dict[str, Any]) -> dict[str, Any]:
    """The values with what a link says of the others: a deal names its account and contact, a contact its account."""
    known = dict(clean)
    if known.get("deal_id"):
        deal = ctx.session.get(Deal, known["deal_id"])
        if deal is not None:
            known = {**known, "account_id": known.get("account_id") or deal.account_id}
            known = {**known, "contact_id": known.get("contact_id") or deal.contact_id}
    if known.get("contact_id") and not known.get("account_id"):
        contact = ctx.session.get(Contact, known["contact_id"])
        known = {**known, "account_id": contact.account_id if contact else None}
    return known
