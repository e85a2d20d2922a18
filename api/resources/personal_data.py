"""Personal data: everything known about a person, erasing it for good, and the protocols of that."""

from typing import Any

from flask import g
from marshmallow import fields

from api.records import blueprint, gives_object
from api.schemas import Answer, Body, Number, PageArgs, Text, Time, Whole, list_of, page_of, path, shown
from processes import known_data, personal_data
from processes.consents import PEOPLE

bp = blueprint("personal-data", "Personal data")


class EraseBody(Body):
    confirm = Text(required=True)
    reason = Text(required=True)


class KeptAnswer(Answer):
    type = Text(required=True)
    id = Number(required=True)
    why = Text(required=True)
    until = Text(required=True, allow_none=True)
    documents = Whole()


class ErasedRecord(Answer):
    type = Text(required=True)
    id = Number(required=True)


class SharedAnswer(Answer):
    kind = Text(required=True)
    type = Text(required=True)
    id = Number(required=True)


class ErasurePreviewAnswer(Answer):
    name = Text(required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    kept = fields.List(fields.Nested(KeptAnswer), required=True)
    shared = fields.List(fields.Nested(SharedAnswer), required=True)
    running = Whole(required=True)


class ErasureAnswer(Answer):
    id = Number(required=True)
    state = Text(required=True)
    progress = Whole(required=True)
    at = Time(required=True)
    by_id = Number(required=True, allow_none=True)
    finished_at = Time(required=True, allow_none=True)
    reason = Text(required=True)
    records = fields.List(fields.Nested(ErasedRecord), required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    kept = fields.List(fields.Nested(KeptAnswer), required=True)


def _serve(kind: str) -> None:
    """The same three operations for leads and for contacts."""
    address = path(f"/{kind}s/{{{kind}_id}}")

    @bp.route(f"{address}/personal-data", endpoint=f"export_{kind}", methods=["GET"])
    @gives_object(bp, "Lists of rows by their table")
    def export(**person: int) -> Any:
        """Everything that is known about the person, in all records that are the same one."""
        return known_data.export_person(g.context, kind, person[f"{kind}_id"])

    @bp.route(f"{address}/erasure", endpoint=f"preview_erasure_of_{kind}", methods=["GET"])
    @bp.response(200, ErasurePreviewAnswer)
    def preview(**person: int) -> Any:
        """What an erasure would blank, what is kept and why, and what ends; nothing changes."""
        return personal_data.preview_erasure(g.context, kind, person[f"{kind}_id"])

    @bp.route(f"{address}/erasure", endpoint=f"erase_{kind}", methods=["POST"])
    @bp.arguments(EraseBody)
    @bp.response(202, ErasureAnswer)
    def erase(given: dict[str, Any], **person: int) -> Any:
        """Erases the person's data for good; `confirm` is the name as it stands on the card."""
        return personal_data.erase_person(g.context, kind, person[f"{kind}_id"], **given)


for _kind in PEOPLE:
    _serve(_kind)


@bp.route("/erasures", methods=["GET"])
@bp.arguments(PageArgs, location="query")
@bp.response(200, list_of(ErasureAnswer))
def list_erasures(args: dict[str, Any]) -> Any:
    """Protocols of erasures, newest first."""
    return shown(personal_data.list_erasures(g.context, page_of(args)))


@bp.route(path("/erasures/{erasure_id}"), methods=["GET"])
@bp.response(200, ErasureAnswer)
def get_erasure(erasure_id: int) -> Any:
    """A protocol: who, when, why, how much, and what is kept; none of the data."""
    return personal_data.get_erasure(g.context, erasure_id)
