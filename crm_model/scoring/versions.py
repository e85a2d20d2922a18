"""What a score card was after each change: shown as its history, and brought back when a change was a mistake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm_model.records import change
from crm_model.scoring.entities import ScoreCard, ScoreCardVersion, ScoreRule
from kernel.context import Context
from kernel.errors import NotFound
from kernel.paging import Page, Slice, slice_of

CARD_KEYS = ("name", "active", "sql_from", "high_mql_from", "cold_up_to")
RULE_KEYS = ("kind", "condition", "points", "valid_days", "active")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a card: the rules it added, changed (was, became) and took away, and the card's own values."""

    id: int
    at: datetime
    by: str | None
    is_current: bool
    added: list[dict[str, Any]]
    changed: list[tuple[dict[str, Any], dict[str, Any]]]
    removed: list[dict[str, Any]]
    values: dict[str, tuple[Any, Any]]


def keep(ctx: Context, card: ScoreCard) -> None:
    """The card as it is now becomes its newest version, unless nothing has changed since the last one."""
    ctx.session.flush()
    content = _content(card)
    if content == _newest(ctx, card.id):
        return
    ctx.session.add(ScoreCardVersion(score_card_id=card.id, at=ctx.now(), by_id=ctx.actor.user_id, content=content))
    ctx.session.flush()


def steps(ctx: Context, card_id: int, page: Page) -> Slice[Step]:
    """The newest first; each told against the one before it."""
    query = select(ScoreCardVersion).where(ScoreCardVersion.score_card_id == card_id)
    newest = ctx.session.scalar(select(func.max(ScoreCardVersion.id)).where(ScoreCardVersion.score_card_id == card_id))
    if page.after is not None:
        query = query.where(ScoreCardVersion.id < page.key(int)[0])
    query = query.options(joinedload(ScoreCardVersion.by)).order_by(ScoreCardVersion.id.desc())
    rows = list(ctx.session.scalars(query.limit(page.limit + 1)))
    before = {row.id: older.content for row, older in pairwise(rows)}
    found = slice_of(rows, page, lambda row: [row.id])
    return found.map(lambda row: _step(row, before.get(row.id, {}), is_current=row.id == newest))


def restore(ctx: Context, card: ScoreCard, version_id: int) -> None:
    """The card and its rules become what they were; points that rules of the same number gave keep their cause."""
    version = ctx.session.get(ScoreCardVersion, version_id)
    if version is None or version.score_card_id != card.id:
        raise NotFound()
    change(card, {key: version.content[key] for key in CARD_KEYS})
    wanted = {row["id"]: {key: row[key] for key in RULE_KEYS} for row in version.content["rules"]}
    kept = {rule.id for rule in card.rules} & set(wanted)
    for rule in list(card.rules):
        if rule.id in kept:
            change(rule, wanted[rule.id])
        else:
            ctx.session.delete(rule)
    for number, values in wanted.items():
        if number not in kept:
            ctx.session.add(ScoreRule(score_card_id=card.id, **values))
    ctx.session.flush()
    ctx.session.refresh(card, ["rules"])


def _content(card: ScoreCard) -> dict[str, Any]:
    rules = [{"id": rule.id, **{key: getattr(rule, key) for key in RULE_KEYS}} for rule in card.rules]
    return {**{key: getattr(card, key) for key in CARD_KEYS}, "rules": sorted(rules, key=lambda row: row["id"])}


def _newest(ctx: Context, card_id: int) -> dict[str, Any] | None:
    query = select(ScoreCardVersion.content).where(ScoreCardVersion.score_card_id == card_id)
    return ctx.session.scalar(query.order_by(ScoreCardVersion.id.desc()).limit(1))


def _step(row: ScoreCardVersion, before: Mapping[str, Any], *, is_current: bool) -> Step:
    old = {rule["id"]: rule for rule in before.get("rules", [])}
    new = {rule["id"]: rule for rule in row.content["rules"]}
    return Step(
        id=row.id,
        at=row.at,
        by=row.by.name if row.by else None,
        is_current=is_current,
        added=[rule for number, rule in new.items() if number not in old],
        changed=[(old[number], rule) for number, rule in new.items() if number in old and old[number] != rule],
        removed=[rule for number, rule in old.items() if number not in new],
        values={
            key: (before.get(key), row.content[key]) for key in CARD_KEYS if before and before[key] != row.content[key]
        },
    )
