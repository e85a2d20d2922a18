"""What managers do between the tasks of a process: notes, letters, meetings, files, lines of the proposal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from crm_model import accounts, competitors, documents, line_items, notes
from crm_model.deal_entities import Deal
from processes import activities, sales
from server.demo import values, words
from server.demo.paper import paper
from server.demo.sale import Sale

VAT = 22
"""Per cent, since 2026."""
TITLES = {"calculation": "Расчёт", "proposal": "Коммерческое предложение", "contract": "Договор поставки"}


def note(stage: str) -> Callable[[Sale], None]:
    def write(sale: Sale) -> None:
        text = sale.random.choice(words.NOTES[stage]).format(area=f"{sale.random.randint(12, 140) * 100}")
        notes.create_note(sale.context(), {"text": text, "deal_id": sale.deal_id})

    return write


def letter(sale: Sale) -> None:
    _contact(sale, "email", sale.random.choice(words.LETTERS))


def meeting(sale: Sale) -> None:
    _contact(sale, "meeting", sale.random.choice(words.MEETINGS))


def _contact(sale: Sale, kind: str, subject: str) -> None:
    """Something the manager did without being asked: written down when it was over."""
    context = sale.context()
    began = (sale.moment - timedelta(hours=1)).isoformat()
    made = activities.create_activity(
        context,
        {
            "kind": kind,
            "subject": subject,
            "deal_id": sale.deal_id,
            "contact_id": sale.person.id,
            "start": began,
            "due": sale.moment.isoformat(),
        },
    )
    activities.complete_activity(context, made.id, result="completed")


def plan_meeting(sale: Sale) -> None:
    """A meeting that is still to come."""
    start = sale.timeline.at(sale.timeline.present + sale.random.uniform(2, 36)).replace(minute=0, second=0)
    given = {
        "kind": "meeting",
        "subject": sale.random.choice(words.MEETINGS),
        "deal_id": sale.deal_id,
        "contact_id": sale.person.id,
        "start": start.isoformat(),
        "due": (start + timedelta(hours=1)).isoformat(),
    }
    activities.create_activity(sale.context(), given)


def describe(sale: Sale) -> None:
    """What the manager knows of the deal once it is there."""
    close = sale.timeline.at(sale.timeline.hour_of(sale.moment) + sale.random.uniform(25, 60) * 9).date()
    given = {"need": sale.offer.need, "expected_close_date": close, "decision_date": close - timedelta(days=10)}
    deal = sale.session.get_one(Deal, sale.deal_id)
    if deal.contact_id is None:
        given["contact_id"] = sale.person.id
    if deal.business_line_id is None:
        given["business_line_id"] = sale.department.lines[sale.offer.line].id
    owner = next(user for user in sale.department.people.values() if user.id == deal.owner_id)
    sales.update_deal(sale.context(owner), deal.id, given)


def welcome(sale: Sale) -> None:
    """Who has bought is a customer."""
    stage = "repeat" if sale.client.account.type == "customer" else "purchase"
    given = {"type": "customer", "journey_stage": stage}
    accounts.update_account(sale.context(), sale.client.account.id, given)


def itemise(sale: Sale) -> None:
    """The lines of the proposal, whose sum becomes the deal's amount."""
    discount = sale.random.choice((0, 0, 0, 3, 5, 7))
    for product, count in sale.basket:
        given = {"product_id": product.id, "quantity": count, "discount": discount, "vat": VAT}
        line_items.create_line_item(sale.context(), sale.deal_id, given)


def revise(sale: Sale) -> None:
    """A lower price for the main line, as agreed."""
    first = line_items.LineItem
    item = sale.session.query(first).filter_by(deal_id=sale.deal_id).order_by(first.position).first()
    if item is not None:
        line_items.update_line_item(sale.context(), sale.deal_id, item.id, {"discount": sale.random.randint(4, 9)})


def rival(sale: Sale) -> None:
    """Somebody else who sells to the client comes to light."""
    for row in values.competitors(sale):
        competitors.create_competitor(sale.context(), sale.deal_id, row)


def upload(kind: str) -> Callable[[Sale], None]:
    """A file of a kind: the first of it makes the document, the next ones are versions of it."""

    def add(sale: Sale) -> None:
        context = sale.context()
        title = f"{TITLES[kind]}: {sale.offer.title}"
        content = paper(title, [sale.client.account.legal_name or sale.client.short, sale.offer.need, *_lines(sale)])
        name = f"{TITLES[kind]} {sale.client.short}.docx"
        known = documents.newest_of(context, sale.deal_id, kind)
        if known is None:
            given = {"title": title, "kind": kind, "deal_id": sale.deal_id}
            documents.create_document(context, given, file_name=name, content=content)
        else:
            documents.add_version(context, known.id, file_name=name, content=content)

    return add


def _lines(sale: Sale) -> list[str]:
    return [f"{product.name}: {count} × {product.price:,.2f} ₽".replace(",", " ") for product, count in sale.basket]
