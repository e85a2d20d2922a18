"""Score cards as marketing keeps them: each change counts the card's leads anew, in chunks in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text

from crm_model.leads import Lead
from crm_model.scoring import accounts_rating, cards, ledger, versions
from crm_model.scoring.entities import DONE, REPLACED, RUNNING, ScoreCard, ScoreRule, ScoreRun
from engine import background
from kernel.context import Context
from kernel.errors import NotFound
from kernel.paging import Page, Slice
from kernel.permissions import use_case
from processes import ripening

RESCORE, RATE = "scoring.rescore", "scoring.rate"
CHUNK = 5000
RATE_CHUNK = 5000
COUNTED_EVERY = timedelta(hours=20)
"""What only time changes (silence, a deal that stands still) is seen at the daily count."""
UPTO = text("SELECT max(id), count(*) FROM (SELECT id FROM leads WHERE id > :after ORDER BY id LIMIT :most) AS next")
UPTO_ACCOUNTS = text(
    "SELECT max(id), count(*) FROM (SELECT id FROM accounts WHERE id > :after ORDER BY id LIMIT :most) AS next"
)


@use_case("scoring.write")
def create_card(context: Context, values: Mapping[str, Any]) -> ScoreCard:
    """A card of a product; its leads are counted by it at once."""
    card = cards.create_card(context, values)
    _count_all(context)
    return card


@use_case("scoring.write")
def update_card(context: Context, card_id: int, values: Mapping[str, Any]) -> ScoreCard:
    """Changes a card; one that is switched off leaves its leads to the default card."""
    card = cards.update_card(context, card_id, values)
    if "active" in values:
        _count_all(context)
    else:
        begin_run(context, card)
    return card


@use_case("scoring.write")
def delete_card(context: Context, card_id: int) -> None:
    """Not the default card."""
    cards.delete_card(context, card_id)
    _count_all(context)


@use_case("scoring.write")
def create_rule(context: Context, card_id: int, values: Mapping[str, Any]) -> ScoreRule:
    """A new rule; the card's leads are counted anew at once."""
    rule = cards.create_rule(context, card_id, values)
    begin_run(context, cards.load(context, card_id), only=rule.id)
    return rule


@use_case("scoring.write")
def update_rule(context: Context, card_id: int, rule_id: int, values: Mapping[str, Any]) -> ScoreRule:
    """Changes a rule; the card's leads are counted anew at once."""
    rule = cards.update_rule(context, card_id, rule_id, values)
    begin_run(context, cards.load(context, card_id), only=rule.id)
    return rule


@use_case("scoring.write")
def delete_rule(context: Context, card_id: int, rule_id: int) -> None:
    """Its points are taken from every lead."""
    cards.delete_rule(context, card_id, rule_id)
    begin_run(context, cards.load(context, card_id), only=rule_id)


@use_case("scoring.write")
def restore_version(context: Context, card_id: int, version_id: int) -> ScoreCard:
    """The card and its rules as they were; what they have become since stays in the history."""
    card = cards.load(context, card_id, lock=True)
    versions.restore(context, card, version_id)
    versions.keep(context, card)
    _count_all(context)
    return card


@use_case("scoring.read")
def list_versions(context: Context, card_id: int, page: Page) -> Slice[versions.Step]:
    """What was changed of a card, the newest first."""
    cards.load(context, card_id)
    return versions.steps(context, card_id, page)


@use_case("scoring.write")
def rescore_card(context: Context, card_id: int) -> ScoreRun:
    """Counts the leads of a card anew."""
    return begin_run(context, cards.load(context, card_id))


@use_case("scoring.read")
def latest_run(context: Context, card_id: int) -> ScoreRun:
    """How far the newest count of a card is; NotFound where it was never counted."""
    run = find_run(context, card_id)
    if run is None:
        raise NotFound()
    return run


@use_case("scoring.read")
def find_run(context: Context, card_id: int) -> ScoreRun | None:
    """The same; None where it was never counted."""
    cards.load(context, card_id)
    return newest_run(context, card_id)


def newest_run(context: Context, card_id: int) -> ScoreRun | None:
    query = select(ScoreRun).where(ScoreRun.score_card_id == card_id).order_by(ScoreRun.id.desc()).limit(1)
    return context.session.scalar(query.execution_options(populate_existing=True))


def begin_run(context: Context, card: ScoreCard, *, only: int | None = None) -> ScoreRun:
    """By all rules, or `only` the one that was changed. Replaces a count that is still under way: it went by the card
    as it was, so that all rules are to be looked at."""
    session = context.session
    under_way = select(ScoreRun).where(ScoreRun.score_card_id == card.id, ScoreRun.state == RUNNING)
    for older in session.scalars(under_way.with_for_update()):
        older.state, older.finished_at, only = REPLACED, context.now(), None
    total = session.scalar(select(func.count()).select_from(Lead)) or 0
    run = ScoreRun(score_card_id=card.id, rule_id=only, total=total, started_at=context.now())
    session.add(run)
    session.flush()
    background.schedule(context, RESCORE, {"run_id": run.id})
    return run


def _count_all(context: Context) -> None:
    for card in ledger.active_cards(context.session):
        begin_run(context, card)


@background.task(RESCORE)
def _rescore(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    session, after = context.session, payload.get("after", 0)
    run = session.get(ScoreRun, payload["run_id"], with_for_update=True, populate_existing=True)
    if run is None or run.state != RUNNING:
        return None
    card = session.get_one(ScoreCard, run.score_card_id)
    upto, count = session.execute(UPTO, {"after": after, "most": CHUNK}).one()
    if count:
        changes = ledger.rescore_range(session, context.now(), card, after, upto, only=run.rule_id)
        ripening.see(context, changes)
        run.done += count
        run.changed += len(changes)
        run.became_sql += sum(change.became_sql for change in changes)
    if count == CHUNK:
        return {"run_id": run.id, "after": upto}
    run.state, run.done, run.finished_at = DONE, run.total, context.now()
    background.schedule(context, RATE, {})
    return None


@background.task(RATE)
def _rate(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """The stars of accounts follow those of their leads."""
    after = payload.get("after", 0)
    upto, count = context.session.execute(UPTO_ACCOUNTS, {"after": after, "most": RATE_CHUNK}).one()
    if count:
        accounts_rating.rate_range(context.session, context.now(), after, upto)
    return {"after": upto} if count == RATE_CHUNK else None


def pulse(context: Context) -> None:
    """What time does: points expire, and once a day every card is counted for what only time changes."""
    session, now = context.session, context.now()
    ledger.expire(session, now)
    for card in ledger.active_cards(session):
        run = newest_run(context, card.id)
        if run is None or (run.state != RUNNING and run.started_at < now - COUNTED_EVERY):
            begin_run(context, card)
