"""Score cards and their rules: read by whoever sees leads, kept by marketing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from crm_model import fields, inputs, listing, references
from crm_model.inputs import Field, Wrong
from crm_model.products import Product
from crm_model.records import change
from crm_model.scoring import versions
from crm_model.scoring.entities import ScoreCard, ScoreRule
from crm_model.scoring.kinds import KINDS, read_condition
from crm_model.scoring.kinds.kind import LONGEST_PERIOD
from kernel.context import Context
from kernel.errors import Conflict, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

MOST_POINTS = 1000
MOST_RULES = 100
THRESHOLDS = {"cold_up_to": 10, "high_mql_from": 60, "sql_from": 100}
"""What a new card begins with, in rising order."""
TAKEN = N_("This product has a score card already.")
DEFAULT_STAYS = N_("Leads without a card of their own are counted by this one: it stays, and stays active.")
ORDER = N_("The thresholds must rise: cold, then high MQL, then SQL.")
NO_POINTS = N_("Give at least one point, or take one away.")
TOO_MANY = N_("A card has at most 100 rules.")


def points(ctx: Context, value: Any) -> int:
    """Points that a rule gives, or takes away."""
    number = fields.whole(MOST_POINTS, -MOST_POINTS)(ctx, value)
    if not number:
        raise Wrong(NO_POINTS)
    return int(number)


CARD = {
    "name": Field(inputs.name, required=True),
    "product_id": Field(inputs.record(Product)),
    "active": Field(inputs.boolean, nullable=False),
    "sql_from": Field(fields.whole(MOST_POINTS, 1), nullable=False),
    "high_mql_from": Field(fields.whole(MOST_POINTS), nullable=False),
    "cold_up_to": Field(fields.whole(MOST_POINTS, -MOST_POINTS), nullable=False),
}
RULE = {
    "kind": Field(inputs.choice(KINDS), required=True),
    "condition": Field(fields.mapping, nullable=False),
    "points": Field(points, required=True),
    "valid_days": Field(fields.whole(LONGEST_PERIOD, 1)),
    "active": Field(inputs.boolean, nullable=False),
}


@use_case("scoring.read")
def list_cards(ctx: Context, page: Page) -> Slice[ScoreCard]:
    """The score cards, each with its thresholds."""
    query = select(ScoreCard).options(joinedload(ScoreCard.product), selectinload(ScoreCard.rules))
    return listing.paged(ctx.session, query, page, ScoreCard, "id")


@use_case("scoring.read")
def get_card(ctx: Context, card_id: int) -> ScoreCard:
    return load(ctx, card_id)


@use_case("scoring.write")
def create_card(ctx: Context, values: Mapping[str, Any]) -> ScoreCard:
    """A card of a product, whose leads it counts from now on."""
    clean = inputs.read(ctx, values, CARD)
    if clean.get("product_id") is None:
        raise ValidationFailed({"product_id": [inputs.REQUIRED]})
    card = ScoreCard()
    _assign(ctx, card, clean)
    ctx.session.add(card)
    versions.keep(ctx, card)
    return card


@use_case("scoring.write")
def update_card(ctx: Context, card_id: int, values: Mapping[str, Any]) -> ScoreCard:
    card = load(ctx, card_id, lock=True)
    inputs.check_version(card, values)
    _assign(ctx, card, inputs.read(ctx, values, CARD, partial=True, read_only=["product_id"]))
    versions.keep(ctx, card)
    return card


@use_case("scoring.write")
def delete_card(ctx: Context, card_id: int) -> None:
    """The leads of its product are counted by the default card from now on."""
    card = load(ctx, card_id, lock=True)
    if card.is_default:
        raise Conflict("default_score_card", DEFAULT_STAYS)
    ctx.session.delete(card)
    ctx.session.flush()


@use_case("scoring.read")
def list_rules(ctx: Context, card_id: int, page: Page) -> Slice[ScoreRule]:
    load(ctx, card_id)
    query = select(ScoreRule).where(ScoreRule.score_card_id == card_id)
    return listing.paged(ctx.session, query, page, ScoreRule, "id")


@use_case("scoring.read")
def get_rule(ctx: Context, card_id: int, rule_id: int) -> ScoreRule:
    return rule_of(load(ctx, card_id), rule_id)


@use_case("scoring.write")
def create_rule(ctx: Context, card_id: int, values: Mapping[str, Any]) -> ScoreRule:
    card = load(ctx, card_id, lock=True)
    if len(card.rules) >= MOST_RULES:
        raise ValidationFailed({"kind": [TOO_MANY]})
    rule = ScoreRule(score_card_id=card.id, **read_rule(ctx, values))
    card.rules.append(rule)
    versions.keep(ctx, card)
    return rule


@use_case("scoring.write")
def update_rule(ctx: Context, card_id: int, rule_id: int, values: Mapping[str, Any]) -> ScoreRule:
    card = load(ctx, card_id, lock=True)
    rule = rule_of(card, rule_id)
    inputs.check_version(rule, values)
    change(rule, read_rule(ctx, values, rule))
    versions.keep(ctx, card)
    return rule


@use_case("scoring.write")
def delete_rule(ctx: Context, card_id: int, rule_id: int) -> None:
    """Its points are taken from every lead."""
    card = load(ctx, card_id, lock=True)
    card.rules.remove(rule_of(card, rule_id))
    versions.keep(ctx, card)


def read_rule(ctx: Context, values: Mapping[str, Any], rule: ScoreRule | None = None) -> dict[str, Any]:
    """What a rule would be with these values. A condition is always sent whole, and anew with another kind."""
    partial = rule is not None
    clean = inputs.read(ctx, values, RULE, partial=partial)
    kind = clean.get("kind") or (rule.kind if rule else "")
    if not partial or "condition" in clean or "kind" in clean:
        clean["condition"] = read_condition(ctx, kind, clean.get("condition") or {})
    return clean


def load(ctx: Context, card_id: int, *, lock: bool = False) -> ScoreCard:
    card = ctx.session.get(ScoreCard, card_id, with_for_update=lock, populate_existing=lock)
    if card is None:
        raise NotFound()
    return card


def rule_of(card: ScoreCard, rule_id: int) -> ScoreRule:
    rule = next((one for one in card.rules if one.id == rule_id), None)
    if rule is None:
        raise NotFound()
    return rule


def _assign(ctx: Context, card: ScoreCard, clean: dict[str, Any]) -> None:
    references.refuse_twin(ctx, card, "product_id", clean, TAKEN)
    if card.id is not None and card.is_default and clean.get("active") is False:
        raise ValidationFailed({"active": [DEFAULT_STAYS]})
    values = {**THRESHOLDS, **clean} if card.id is None else clean
    cold, high, sql = (values.get(key, getattr(card, key)) for key in THRESHOLDS)
    if not cold < high < sql:
        raise ValidationFailed({"sql_from": [ORDER]})
    change(card, values)
