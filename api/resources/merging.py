"""Duplicates: the search for them, what people say of each pair, merging two records and undoing it."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.schemas import (
    Answer,
    Anything,
    Body,
    Flag,
    IdArg,
    Nothing,
    Number,
    PageArgs,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    path,
    shown,
)
from crm_model.merging.choosing import BOTH, LOSER, SURVIVOR
from crm_model.merging.tables import MODELS
from processes import duplicate_search, merging

bp = blueprint("merging", "Duplicates and merging")
KIND = validate.OneOf(tuple(MODELS))


class PairArgs(PageArgs):
    type = Text(load_default="contact", validate=KIND)
    state = Text(load_default="open", validate=validate.OneOf(("open", "different")))


class RecordRef(Answer):
    id = Number(required=True)
    name = Text(required=True)


class PairAnswer(Answer):
    id = Number(required=True)
    type = Text(required=True)
    score = Whole(required=True)
    reasons = fields.List(Text(), required=True)
    state = Text(required=True)
    first = fields.Nested(RecordRef, required=True)
    second = fields.Nested(RecordRef, required=True)


class SearchAnswer(Answer):
    state = Text(required=True)
    progress = Whole(required=True)
    found = Whole(required=True)
    started_at = Time(required=True)
    finished_at = Time(required=True, allow_none=True)


class ApartBody(Body):
    different = Flag(load_default=True)


class ApartAnswer(Answer):
    id = Number(required=True)
    state = Text(required=True)


class CompareArgs(PageArgs):
    type = Text(required=True, validate=KIND)
    survivor_id = IdArg(required=True)
    loser_id = IdArg(required=True)


class MergeChoiceAnswer(Answer):
    name = Text(required=True)
    survivor = Anything(required=True, allow_none=True)
    loser = Anything(required=True, allow_none=True)
    choices = fields.List(Text(), required=True)
    default = Text(required=True)


class MergeBody(Body):
    type = Text(required=True, validate=KIND)
    survivor_id = Number(required=True)
    loser_id = Number(required=True)
    choices = fields.Dict(
        keys=fields.String(), values=Text(validate=validate.OneOf((SURVIVOR, LOSER, BOTH))), load_default=dict
    )


class MergeAnswer(Answer):
    id = Number(required=True)
    type = Text(required=True, attribute="kind")
    survivor_id = Number(required=True)
    loser_id = Number(required=True)
    loser_name = Text(required=True)
    state = Text(required=True)
    moved = Whole(required=True, attribute="moved_count")
    at = Time(required=True)
    by_id = Number(required=True, allow_none=True)
    undone_at = Time(required=True, allow_none=True)


@bp.route("/duplicates", methods=["GET"])
@bp.arguments(PairArgs, location="query")
@bp.response(200, list_of(PairAnswer))
def list_pairs(args: dict[str, Any]) -> Any:
    """Pairs that the last search found among records the caller sees, the surest first."""
    page = page_of(args)
    found = duplicate_search.list_pairs(g.context, page, kind=args["type"], state=args["state"])
    return shown(found.map(lambda row: _pair(*row)))


def _pair(pair: Any, first: Any, second: Any) -> dict[str, Any]:
    return {
        "id": pair.id, "type": pair.kind, "score": pair.score, "reasons": pair.reasons, "state": pair.state,
        "first": first, "second": second,
    }  # fmt: skip


@bp.route("/duplicates/search", methods=["GET"])
@bp.response(200, SearchAnswer)
def get_search() -> Any:
    """The last search, with its progress."""
    return duplicate_search.get_search(g.context)


@bp.route("/duplicates/search", methods=["POST"])
@bp.arguments(Nothing)
@bp.response(202, SearchAnswer)
def start_search(_: dict[str, Any]) -> Any:
    """Looks for duplicates among all accounts, contacts and leads, in the background."""
    return duplicate_search.start_search(g.context)


@bp.route(path("/duplicates/{pair_id}/different"), methods=["POST"])
@bp.arguments(ApartBody)
@bp.response(200, ApartAnswer)
def tell_apart(given: dict[str, Any], pair_id: int) -> Any:
    """Says that the two are not the same, which later searches remember; `different: false` takes it back."""
    return duplicate_search.tell_apart(g.context, pair_id, **given)


@bp.route("/merges/comparison", methods=["GET"])
@bp.arguments(CompareArgs, location="query")
@bp.response(200, list_of(MergeChoiceAnswer))
def compare(args: dict[str, Any]) -> Any:
    """Field by field what both records say, and whose value a merge takes unless it is told otherwise."""
    _survivor, _loser, choices = merging.compare(g.context, args["type"], args["survivor_id"], args["loser_id"])
    return {"items": choices, "next": None}


@bp.route("/merges", methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(MergeAnswer))
def list_merges(args: dict[str, Any]) -> Any:
    """What was merged, newest first."""
    return shown(merging.list_merges(g.context, page_of(args)))


@bp.route("/merges", methods=["POST"])
@bp.arguments(MergeBody)
@bp.response(201, MergeAnswer)
def merge(given: dict[str, Any]) -> Any:
    """Makes two records one; everything that refers to the second belongs to the first, which both numbers find."""
    return merging.merge(g.context, kind=given.pop("type"), **given)


@bp.route(path("/merges/{merge_id}"), methods=["GET"])
@bp.response(200, MergeAnswer)
def get_merge(merge_id: int) -> Any:
    """One merge."""
    return merging.get_merge(g.context, merge_id)


@bp.route(path("/merges/{merge_id}/undo"), methods=["POST"])
@bp.response(200, MergeAnswer)
def undo(merge_id: int) -> Any:
    """Makes of the one record two again; 409 where a later change would be lost."""
    merging.undo_merge(g.context, merge_id)
    return merging.get_merge(g.context, merge_id)
