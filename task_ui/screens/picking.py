"""What pickers ask while a person types."""

from flask import Blueprint, abort, request

from task_ui.pickers import PICKERS
from task_ui.web import View, ctx, json_answer

blueprint = Blueprint("picking", __name__)


@blueprint.get("/pick/<kind>")
def find(kind: str) -> View:
    if kind not in PICKERS:
        abort(404)
    found = PICKERS[kind].find(ctx(), request.args.get("q") or None, request.args)
    return json_answer({"items": [{"id": key, "text": text, "more": more} for key, text, more in found]})
