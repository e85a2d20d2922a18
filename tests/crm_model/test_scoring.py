"""Score cards: what each kind of rule counts, how long points last, and what a card may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model import touches
from crm_model.accounts import Account
from crm_model.activities import Activity
from crm_model.campaigns import Campaign
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import Lead
from crm_model.products import Product
from crm_model.scoring import accounts_rating, cards, ledger, shipped
from crm_model.scoring.entities import ScoreCard, ScoreEntry
from crm_model.scoring.kinds import KINDS
from kernel.context import Context
from kernel.errors import Conflict, PermissionDenied, ValidationFailed
from kernel.paging import Page
from tests.conftest import NOON, MakeContext


@pytest.fixture
def marketing(session: Session, make_context: MakeContext) -> Context:
    return make_context(session, "marketing")


@pytest.fixture
def card(session: Session, marketing: Context) -> ScoreCard:
    """The default card, without rules."""
    made = ScoreCard(name="All products")
    session.add(made)
    session.flush()
    return made


def ago(days: int) -> Any:
    return NOON - timedelta(days=days)


def a_client(session: Session) -> tuple[Account, Contact]:
    account = Account(name="Lathe Works", industry="Машиностроение", region="Санкт-Петербург и область", employees=250)
    session.add(account)
    session.flush()
    contact = Contact(name="Anna", account_id=account.id, role="decision_maker")
    session.add(contact)
    session.flush()
    return account, contact


def a_lead(session: Session, **values: Any) -> Lead:
    lead = Lead(**{"name": "Anna", "created_at": ago(10), **values})
    session.add(lead)
    session.flush()
    return lead


def a_rule(ctx: Context, card: ScoreCard, kind: str, points: int = 10, **values: Any) -> int:
    more = {key: values.pop(key) for key in ("valid_days", "active") if key in values}
    return cards.create_rule(ctx, card.id, {"kind": kind, "condition": values, "points": points, **more}).id


def score_of(ctx: Context, lead: Lead) -> int:
    ledger.score_lead(ctx.session, ctx.now(), lead)
    return lead.score


def entry_of(session: Session, lead: Lead) -> ScoreEntry:
    return session.scalars(select(ScoreEntry).where(ScoreEntry.lead_id == lead.id)).one()


def test_touches_of_a_kind_within_a_period_give_points(session: Session, marketing: Context, card: ScoreCard) -> None:
    _, contact = a_client(session)
    lead, other = a_lead(session, contact_id=contact.id), a_lead(session)
    a_rule(marketing, card, "touch", kinds=["letter_clicked", "download"], at_least=2, within_days=30)
    touches.note(marketing, "letter_clicked", lead_id=lead.id, at=ago(5))
    touches.note(marketing, "letter_opened", lead_id=lead.id, at=ago(4))
    touches.note(marketing, "download", lead_id=lead.id, at=ago(40))
    assert score_of(marketing, lead) == 0
    touches.note(marketing, "download", contact_id=contact.id, at=ago(20))
    assert score_of(marketing, lead) == 10
    assert score_of(marketing, other) == 0
    entry = entry_of(session, lead)
    assert (entry.cause_type, entry.cause_text, entry.given_at) == ("touch", "letter_clicked", ago(5))
    assert entry.valid_until == ago(20) + timedelta(days=30)
    """From then on there are not two of them in thirty days."""


def test_a_touch_of_lead_and_contact_at_once_is_one_touch(
    session: Session, marketing: Context, card: ScoreCard
) -> None:
    _, contact = a_client(session)
    lead = a_lead(session, contact_id=contact.id)
    a_rule(marketing, card, "touch", kinds=["call"], at_least=2)
    touches.note(marketing, "call", lead_id=lead.id, contact_id=contact.id, at=ago(1))
    assert score_of(marketing, lead) == 0


def test_a_webinar_counts_and_another_event_does_not(session: Session, marketing: Context, card: ScoreCard) -> None:
    lead = a_lead(session)
    webinar, fair = Campaign(name="W", kind="webinar"), Campaign(name="F", kind="exhibition")
    session.add_all([webinar, fair])
    session.flush()
    a_rule(marketing, card, "touch", kinds=["event_attended"], campaign_kind="webinar")
    touches.note(marketing, "event_attended", lead_id=lead.id, campaign_id=fair.id)
    assert score_of(marketing, lead) == 0
    touches.note(marketing, "event_attended", lead_id=lead.id, campaign_id=webinar.id)
    assert score_of(marketing, lead) == 10


def test_activities_count_once_they_have_taken_place(session: Session, marketing: Context, card: ScoreCard) -> None:
    lead = a_lead(session)
    a_rule(marketing, card, "activity", kinds=["meeting"], within_days=30)
    session.add(Activity(kind="meeting", subject="Planned", lead_id=lead.id))
    session.add(Activity(kind="meeting", subject="Cancelled", lead_id=lead.id, status="cancelled", completed_at=ago(1)))
    session.add(Activity(kind="call", subject="Call", lead_id=lead.id, status="completed", completed_at=ago(1)))
    session.flush()
    assert score_of(marketing, lead) == 0
    session.add(Activity(kind="meeting", subject="Met", lead_id=lead.id, status="completed", completed_at=ago(1)))
    session.flush()
    assert score_of(marketing, lead) == 10
    assert entry_of(session, lead).cause_text == "Met"


@pytest.mark.parametrize(
    ("kind", "condition", "fits"),
    [
        ("request", {"requests": ["tender"]}, True),
        ("request", {"requests": ["webinar"]}, False),
        ("source", {"sources": ["phone", "email"]}, True),
        ("source", {"sources": ["import"]}, False),
        ("known", {"known": ["company", "need"]}, True),
        ("known", {"known": ["company", "email"]}, False),
        ("company", {"industries": ["машиностроение"]}, True),
        ("company", {"regions": ["петербург"], "employees_from": 100, "employees_to": 500}, True),
        ("company", {"regions": ["москва"]}, False),
        ("company", {"employees_from": 300}, False),
        ("contact_role", {"roles": ["decision_maker"]}, True),
        ("contact_role", {"roles": ["lawyer"]}, False),
        ("silence", {"days": 5}, True),
        ("silence", {"days": 20}, False),
        ("deals_won", {"within_days": 365}, True),
        ("deals_won", {"within_days": 30}, False),
        ("deals_won", {"at_least": 2}, False),
        ("deals_stalled", {"days": 60}, True),
        ("deals_stalled", {"days": 120}, False),
    ],
)
def test_facts_of_lead_client_and_deals(
    session: Session, marketing: Context, card: ScoreCard, kind: str, condition: dict[str, Any], fits: bool
) -> None:
    account, contact = a_client(session)
    deal = {"account_id": account.id, "currency": "RUB"}
    session.add(Deal(title="Won", stage="won", status="won", stage_entered_at=ago(90), closed_at=ago(90), **deal))
    session.add(Deal(title="Slow", stage="needs", status="open", stage_entered_at=ago(100), **deal))
    lead = a_lead(
        session, request="tender", source="phone", company="Lathe Works", need="Two lathes", account_id=account.id,
        contact_id=contact.id,
    )  # fmt: skip
    stranger = a_lead(session, request="download", source="api", created_at=ago(1))
    a_rule(marketing, card, kind, **condition)
    assert score_of(marketing, lead) == (10 if fits else 0)
    assert score_of(marketing, stranger) == 0


def test_every_kind_of_rule_can_be_said_in_both_languages() -> None:
    conditions: dict[str, dict[str, Any]] = {
        "touch": {"kinds": ["event_attended"], "campaign_kind": "webinar", "within_days": 90, "at_least": 2},
        "activity": {"kinds": ["call", "meeting"]}, "request": {"requests": ["meeting", "tender"]},
        "silence": {"days": 60}, "source": {"sources": ["phone"]}, "known": {"known": ["phone", "email"]},
        "company": {"industries": ["Банки"], "employees_from": 100}, "contact_role": {"roles": ["lawyer"]},
        "deals_won": {"within_days": 365}, "deals_stalled": {"days": 30},
    }  # fmt: skip
    assert set(conditions) == set(KINDS)
    said = {kind: KINDS[kind].summary(condition, "ru") for kind, condition in conditions.items()}
    assert said["touch"] == "был на вебинаре не менее 2 раз за последние 90 дней"
    for kind, condition in conditions.items():
        assert said[kind] != KINDS[kind].summary(condition, "en")


def test_points_expire_from_the_day_of_their_cause(session: Session, marketing: Context, card: ScoreCard) -> None:
    lead = a_lead(session)
    a_rule(marketing, card, "touch", kinds=["form"], valid_days=7)
    touches.note(marketing, "form", lead_id=lead.id, at=ago(2))
    assert score_of(marketing, lead) == 10
    ledger.expire(session, NOON + timedelta(days=4))
    session.refresh(lead)
    assert lead.score == 10
    ledger.expire(session, NOON + timedelta(days=6))
    session.refresh(lead)
    assert (lead.score, lead.stars) == (0, 0)
    assert entry_of(session, lead).expired


def test_a_rule_that_is_changed_switched_off_or_deleted_changes_the_ledger(
    session: Session, marketing: Context, card: ScoreCard
) -> None:
    lead = a_lead(session, source="phone")
    rule = a_rule(marketing, card, "source", sources=["phone"])
    assert score_of(marketing, lead) == 10
    cards.update_rule(marketing, card.id, rule, {"points": -5})
    assert score_of(marketing, lead) == -5
    cards.update_rule(marketing, card.id, rule, {"active": False})
    assert score_of(marketing, lead) == 0
    cards.update_rule(marketing, card.id, rule, {"active": True})
    assert score_of(marketing, lead) == -5
    cards.delete_rule(marketing, card.id, rule)
    assert score_of(marketing, lead) == 0
    assert session.scalars(select(ScoreEntry).where(ScoreEntry.lead_id == lead.id)).all() == []


def test_a_lead_is_counted_by_the_card_of_its_product(session: Session, marketing: Context, card: ScoreCard) -> None:
    lathe, press = Product(name="Lathe"), Product(name="Press")
    session.add_all([lathe, press])
    session.flush()
    own = cards.create_card(marketing, {"name": "Lathes", "product_id": lathe.id})
    a_rule(marketing, card, "source", 1, sources=["phone"])
    a_rule(marketing, own, "source", 2, sources=["phone"])
    leads = [a_lead(session, source="phone", product_id=product) for product in (lathe.id, press.id, None)]
    assert [score_of(marketing, lead) for lead in leads] == [2, 1, 1]
    leads[0].product_id = press.id
    assert score_of(marketing, leads[0]) == 1
    leads[0].product_id = lathe.id
    cards.update_card(marketing, own.id, {"active": False})
    assert score_of(marketing, leads[0]) == 1


@pytest.mark.parametrize(
    ("points", "stars"), [(-5, 0), (5, 1), (30, 2), (59, 2), (60, 3), (89, 3), (90, 4), (99, 4), (100, 5), (300, 5)]
)
def test_stars_tell_the_thresholds_of_the_card(
    session: Session, marketing: Context, card: ScoreCard, points: int, stars: int
) -> None:
    lead = a_lead(session, source="phone")
    a_rule(marketing, card, "source", points, sources=["phone"])
    score_of(marketing, lead)
    assert lead.stars == stars


def test_counting_a_range_does_the_same_as_counting_one_and_tells_what_changed(
    session: Session, marketing: Context, card: ScoreCard
) -> None:
    leads = [a_lead(session, source=source, status="nurturing") for source in ("phone", "email", "phone")]
    a_rule(marketing, card, "source", 100, sources=["phone"])
    changes = ledger.rescore_range(session, NOON, card, leads[0].id - 1, leads[2].id)
    assert [(one.lead_id, one.was, one.score, one.ripened) for one in changes] == [
        (leads[0].id, 0, 100, True), (leads[2].id, 0, 100, True),
    ]  # fmt: skip
    assert ledger.rescore_range(session, NOON, card, leads[0].id - 1, leads[2].id) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "moon", "points": 1}, "kind"),
        ({"kind": "touch", "points": 1}, "condition.kinds"),
        ({"kind": "touch", "points": 1, "condition": {"kinds": []}}, "condition.kinds"),
        ({"kind": "touch", "points": 1, "condition": {"kinds": ["dance"]}}, "condition.kinds"),
        ({"kind": "touch", "points": 0, "condition": {"kinds": ["call"]}}, "points"),
        ({"kind": "touch", "points": 1, "condition": {"kinds": ["call"], "moon": 1}}, "condition.moon"),
        ({"kind": "silence", "points": 1, "condition": {"days": 0}}, "condition.days"),
        ({"kind": "silence", "points": 1, "condition": {"days": 1}, "valid_days": 0}, "valid_days"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_where_it_is_wrong(
    marketing: Context, card: ScoreCard, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        cards.create_rule(marketing, card.id, values)
    assert set(refused.value.fields_in("en")) == {field}


def test_a_card_needs_a_product_of_its_own_and_rising_thresholds(
    session: Session, marketing: Context, card: ScoreCard
) -> None:
    lathe = Product(name="Lathe")
    session.add(lathe)
    session.flush()
    with pytest.raises(ValidationFailed):
        cards.create_card(marketing, {"name": "Another default"})
    own = cards.create_card(marketing, {"name": "Lathes", "product_id": lathe.id})
    with pytest.raises(ValidationFailed):
        cards.create_card(marketing, {"name": "Lathes again", "product_id": lathe.id})
    with pytest.raises(ValidationFailed):
        cards.update_card(marketing, own.id, {"high_mql_from": 120})
    with pytest.raises(Conflict):
        cards.delete_card(marketing, card.id)
    with pytest.raises(ValidationFailed):
        cards.update_card(marketing, card.id, {"active": False})
    cards.delete_card(marketing, own.id)


def test_sellers_read_cards_and_do_not_change_them(
    session: Session, make_context: MakeContext, card: ScoreCard
) -> None:
    seller = make_context(session, "manager")
    assert cards.list_cards(seller, Page(10)).items
    with pytest.raises(PermissionDenied):
        cards.create_rule(seller, card.id, {"kind": "silence", "condition": {"days": 5}, "points": -5})
    with pytest.raises(PermissionDenied):
        cards.list_cards(make_context(session, "designer"), Page(10))


def test_the_shipped_card_is_made_once_and_all_of_its_rules_are_valid(session: Session, marketing: Context) -> None:
    shipped.make_default_card(marketing)
    shipped.make_default_card(marketing)
    card = session.scalars(select(ScoreCard)).one()
    assert len(card.rules) == len(shipped.RULES)
    for rule in card.rules:
        values = {"kind": rule.kind, "condition": rule.condition, "points": rule.points}
        assert cards.read_rule(marketing, values)["condition"] == rule.condition


def test_the_stars_of_an_account_come_from_leads_people_and_deals(
    session: Session, marketing: Context, card: ScoreCard
) -> None:
    account, contact = a_client(session)
    a_rule(marketing, card, "source", 60, sources=["phone"])
    lead = a_lead(session, source="phone", account_id=account.id)
    score_of(marketing, lead)

    def stars() -> int:
        accounts_rating.rate(session, NOON, [account.id])
        session.refresh(account)
        return account.stars

    assert stars() == 3
    touches.note(marketing, "letter_clicked", contact_id=contact.id, at=ago(5))
    assert stars() == 4
    deal = {"account_id": account.id, "currency": "RUB"}
    session.add(Deal(title="Slow", stage="needs", status="open", stage_entered_at=ago(100), **deal))
    session.flush()
    assert stars() == 3
    lead.status = "disqualified"
    session.flush()
    assert stars() == 0
    session.add(Deal(title="Won", stage="won", status="won", stage_entered_at=ago(9), closed_at=ago(9), **deal))
    session.flush()
    assert stars() == 1
