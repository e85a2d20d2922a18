"""Drawing a process: the editor, saving what is drawn, checking it while it is drawn, and publishing it."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kernel.db import savepoint
from kernel.errors import AppError, Conflict, ValidationFailed
from processes import designs, drafts
from task_ui import diagram, flashes, modeler_words
from task_ui.errors import STATUS
from task_ui.web import View, _, ctx, go, json_answer, page

blueprint = Blueprint("modelling", __name__, url_prefix="/processes")


@blueprint.get("/new")
def new() -> View:
    return _editor(_("New process"), source=drafts.empty_diagram(ctx()))


@blueprint.get("/<int:definition_id>/edit")
def edit(definition_id: int) -> View:
    """Begins from a version, or goes on with what this person has begun of the same process."""
    own = drafts.own_draft_of(ctx(), definition_id)
    if own is not None:
        return redirect(f"/processes/drafts/{own.id}", 303)
    definition = designs.get_definition(ctx(), definition_id)
    source = designs.get_xml(ctx(), definition_id).decode("utf-8", "replace")
    return _editor(definition.name, source=source, definition_id=definition_id)


@blueprint.get("/drafts/<int:draft_id>")
def draft(draft_id: int) -> View:
    found = drafts.get_draft(ctx(), draft_id)
    source = drafts.get_draft_xml(ctx(), draft_id).decode("utf-8", "replace")
    return _editor(found.name, source=source, definition_id=found.definition_id, found=found)


def _editor(title: str, *, source: str, definition_id: int | None = None, found: drafts.DraftView | None = None) -> str:
    offered = drafts.choices(ctx(), definition_id=definition_id)
    return page(
        "processes/modeler.html",
        title=title,
        source=source,
        draft=found,
        definition_id=definition_id,
        words=json.dumps(modeler_words.all_words(g.language), ensure_ascii=False),
        choices_given=json.dumps(modeler_words.choices(offered, g.language), ensure_ascii=False),
    )


@blueprint.get("/drafts/<int:draft_id>/diagram.bpmn")
def xml(draft_id: int) -> View:
    answer = Response(drafts.get_draft_xml(ctx(), draft_id), mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"draft-{draft_id}.bpmn")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/drafts/<int:draft_id>/discard")
def discard(draft_id: int) -> View:
    drafts.discard_draft(ctx(), draft_id)
    return go("/processes", _("The draft is thrown away."))


@blueprint.post("/drafts/save")
def save() -> View:
    sent = _sent()

    def saved() -> dict[str, Any]:
        kept = drafts.save_draft(
            ctx(), xml=sent["xml"], name=sent["name"], draft_id=sent["draft"], revision=sent["revision"] or 0,
            definition_id=sent["definition"],
        )  # fmt: skip
        return {"id": kept.id, "revision": kept.revision, "url": f"/processes/drafts/{kept.id}"}

    return _told(saved)


@blueprint.post("/drafts/check")
def check() -> View:
    """What the server would say to the diagram as it is now."""
    sent = _sent()

    def examined() -> dict[str, Any]:
        told = drafts.examine(ctx(), xml=sent["xml"], definition_id=sent["definition"])
        repairs = ({**repair, "severity": "repair"} for repair in told["repairs"])
        return {"findings": diagram.numbered([*told["findings"], *repairs]), "offers": told["offers"]}

    return _told(examined)


@blueprint.post("/drafts/<int:draft_id>/publish")
def publish(draft_id: int) -> View:
    sent = _sent()

    def published() -> dict[str, Any]:
        done = drafts.publish_draft(
            ctx(), draft_id, revision=sent["revision"] or 0, comment=sent["comment"] or None,
            accept_repairs=sent["accept"],
        )  # fmt: skip
        first = done.definitions[0]
        said = _("Version %(version)s is published: new processes start on it.", version=first.version)
        flashes.tell("done", text=said)
        return {"url": f"/processes/{first.id}"}

    return _told(published)


def _sent() -> dict[str, Any]:
    """What the page's script sends: text or nothing, numbers or nothing."""
    given = request.get_json(silent=True)
    given = given if isinstance(given, dict) else {}
    texts = {name: str(given.get(name) or "") for name in ("xml", "name", "comment")}
    numbers = {name: _number(given.get(name)) for name in ("draft", "revision", "definition")}
    return {**texts, **numbers, "accept": given.get("accept") is True}


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _told(action: Callable[[], dict[str, Any]]) -> AnyResponse:
    """The answer, or what went wrong, as JSON for the page's script; a failed try leaves nothing behind."""
    try:
        with savepoint(ctx().session):
            return json_answer(action())
    except AppError as error:
        fields = error.fields_in(g.language) if isinstance(error, ValidationFailed) else {}
        texts = [error.in_language(g.language), *(text for row in fields.values() for text in row)]
        answer = json_answer(
            {
                "code": error.code,
                "message": " ".join(dict.fromkeys(texts)),
                "conflict": isinstance(error, Conflict),
                "findings": diagram.numbered(error.details.get("findings") or []),
                "offers": error.details.get("offers") or [],
            }
        )
        answer.status_code = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        return answer
