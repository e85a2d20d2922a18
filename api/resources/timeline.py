"""What happened with a record: activities, letters, notes, documents and stages in one list."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint
from api.resources.deals import StageHistoryAnswer
from api.resources.letters import LetterAnswer
from api.resources.work import ActivityAnswer, DocumentAnswer, NoteAnswer
from api.schemas import Answer, PageArgs, Text, Time, list_of, page_of, path, shown
from crm_model import timeline

bp = blueprint("timeline", "What happened, newest first")
SHAPES: dict[str, type[Answer]] = {
    timeline.ACTIVITY: ActivityAnswer,
    timeline.DOCUMENT: DocumentAnswer,
    timeline.LETTER: LetterAnswer,
    timeline.NOTE: NoteAnswer,
    timeline.STAGE: StageHistoryAnswer,
}


class TimelineAnswer(Answer):
    kind = Text(required=True, validate=validate.OneOf(tuple(SHAPES)))
    at = Time(required=True)
    record = fields.Method("as_its_kind", required=True, metadata={"type": "object"})

    def as_its_kind(self, item: timeline.TimelineItem) -> Any:
        return SHAPES[item.kind]().dump(item.record)


class TimelineArgs(PageArgs):
    kind = Text(validate=validate.OneOf(tuple(SHAPES)))


def _timeline_of(name: str) -> None:
    @bp.route(path(f"/{name}s/{{{name}_id}}/timeline"), endpoint=f"{name}_timeline", methods=["GET"])
    @bp.arguments(TimelineArgs, location="query")
    @bp.response(200, list_of(TimelineAnswer))
    def view(args: dict[str, Any], **number: int) -> Any:
        """What happened with the record, newest first; planned work stands at its time."""
        kinds = [args["kind"]] if "kind" in args else None
        return shown(timeline.timeline(g.context, page=page_of(args), kinds=kinds, **number))


for parent in ("deal", "account", "contact", "lead"):
    _timeline_of(parent)
