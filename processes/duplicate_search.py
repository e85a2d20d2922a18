"""The search for duplicates over all records: what they have in common is written down, and those that meet are compared,
a few thousand a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from crm_model import access, bulk
from crm_model.merging import likeness, pairs
from crm_model.merging.pairs import DIFFERENT, FINISHED, OPEN, RUNNING, DuplicateKey, DuplicatePair, DuplicateSearch
from crm_model.merging.tables import MODELS
from engine import background
from kernel.context import Context
from kernel.errors import Conflict, NotFound
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

READ, COMPARE = "duplicates.read", "duplicates.compare"
CHUNK = 2000
LARGEST_GROUP = 60
"""What more records than this have in common says nothing."""
KINDS = tuple(MODELS)
RUNS = N_("A search is under way. Wait until it has ended.")


@use_case("duplicates.search")
def start_search(context: Context) -> DuplicateSearch:
    """Looks for duplicates among all accounts, contacts and leads, in the background."""
    context.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("duplicates.search"))))
    if context.session.scalar(select(DuplicateSearch.id).where(DuplicateSearch.state == RUNNING).limit(1)):
        raise Conflict("search_running", RUNS)
    context.session.execute(delete(DuplicateKey))
    context.session.execute(delete(DuplicatePair).where(DuplicatePair.state == OPEN))
    total = sum(context.session.scalar(select(func.count()).select_from(model)) or 0 for model in MODELS.values())
    search = DuplicateSearch(started_at=context.now(), started_by_id=context.actor.user_id, total=total)
    context.session.add(search)
    context.session.flush()
    background.schedule(context, READ, {"search_id": search.id, "kind": KINDS[0], "after": 0})
    return search


@use_case("records.read")
def last_search(context: Context) -> DuplicateSearch | None:
    return context.session.scalar(select(DuplicateSearch).order_by(DuplicateSearch.id.desc()).limit(1))


@use_case("records.read")
def get_search(context: Context) -> DuplicateSearch:
    """The last search; NotFound before the first."""
    search = last_search(context)
    if search is None:
        raise NotFound()
    return search


@use_case("records.read")
def list_pairs(context: Context, page: Page, *, kind: str, state: str = OPEN) -> Slice[Any]:
    """(pair, older record, newer record) of those the caller sees, the surest first."""
    return pairs.paged(context, kind, page, state=state)


@use_case("records.write")
def tell_apart(context: Context, pair_id: int, *, different: bool = True) -> DuplicatePair:
    """Says that the two are not the same, which later searches remember; or takes that back."""
    pair = context.session.get(DuplicatePair, pair_id, with_for_update=True)
    if pair is None:
        raise NotFound()
    for number in (pair.first_id, pair.second_id):
        access.get_visible(context, MODELS[pair.kind], number)
    pair.state = DIFFERENT if different else OPEN
    pair.decided_at, pair.decided_by_id = context.now(), context.actor.user_id
    context.session.flush()
    return pair


@background.task(READ)
def _read(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """Writes down what the next records may have in common with others."""
    kind, search = payload["kind"], _search(context, payload)
    model = MODELS[kind]
    query = likeness.traits_of(kind).where(model.id > payload["after"]).order_by(model.id).limit(CHUNK)
    found = [likeness.read(row) for row in context.session.execute(query)]
    keys = [{"kind": kind, "key": key, "record_id": one.id} for one in found for key in likeness.keys_of(kind, one)]
    bulk.insert_rows(context.session, DuplicateKey, keys)
    search.done += len(found)
    if len(found) == CHUNK:
        return {**payload, "after": found[-1].id}
    if kind != KINDS[-1]:
        return {**payload, "kind": KINDS[KINDS.index(kind) + 1], "after": 0}
    common = select(DuplicateKey.key).group_by(DuplicateKey.kind, DuplicateKey.key).having(_meets()).subquery()
    search.total = search.done + (context.session.scalar(select(func.count()).select_from(common)) or 0)
    background.schedule(context, COMPARE, {"search_id": search.id, "kind": KINDS[0], "after": ""})
    return None


@background.task(COMPARE)
def _compare(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """Compares the records that meet at the next keys."""
    kind, search = payload["kind"], _search(context, payload)
    groups = context.session.execute(
        select(DuplicateKey.key, func.array_agg(DuplicateKey.record_id))
        .where(DuplicateKey.kind == kind, DuplicateKey.key > payload["after"])
        .group_by(DuplicateKey.key)
        .having(_meets())
        .order_by(DuplicateKey.key)
        .limit(CHUNK)
    ).all()
    wanted = {number for _, group in groups for number in group}
    rows = context.session.execute(likeness.traits_of(kind).where(MODELS[kind].id.in_(wanted)))
    traits = {row[0]: likeness.read(row) for row in rows}
    pairs.note(context, kind, likeness.pairs_among(kind, [group for _, group in groups], traits))
    search.done += len(groups)
    if len(groups) == CHUNK:
        return {**payload, "after": groups[-1][0]}
    if kind != KINDS[-1]:
        return {**payload, "kind": KINDS[KINDS.index(kind) + 1], "after": ""}
    _finish(context, search)
    return None


def _finish(context: Context, search: DuplicateSearch) -> None:
    open_ones = select(func.count()).select_from(DuplicatePair).where(DuplicatePair.state == OPEN)
    search.found = context.session.scalar(open_ones) or 0
    search.state, search.finished_at, search.done = FINISHED, context.now(), search.total
    context.session.execute(delete(DuplicateKey))


def _meets() -> Any:
    return func.count().between(2, LARGEST_GROUP)


def _search(context: Context, payload: Mapping[str, Any]) -> DuplicateSearch:
    return context.session.get_one(DuplicateSearch, payload["search_id"], with_for_update=True, populate_existing=True)
