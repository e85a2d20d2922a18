"""Drawing a process: the editor, saving what is drawn, checking it while it is drawn, and publishing it."""

import json
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect

from processes import designs, drafts
from task_ui import diagram, modeler_words, safety
from task_ui.script_answers import Sent, told
from task_ui.web import View, _, ctx, go, only_for, page

blueprint = Blueprint("modelling", __name__, url_prefix="/processes")


@blueprint.get("/new")
@only_for(drafts.save_draft)
def new() -> View:
    return _editor(_("New process"), source=drafts.empty_diagram(ctx()))


@blueprint.get("/<int:definition_id>/edit")
@only_for(drafts.save_draft)
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


def _editor(
    title: str, *, source: str, definition_id: int | None = None, found: drafts.DraftView | None = None
) -> View:
    offered = drafts.choices(ctx(), definition_id=definition_id)
    drawn = page(
        "processes/modeler.html",
        title=title,
        source=source,
        draft=found,
        definition_id=definition_id,
        forms=json.dumps(drafts.get_draft_forms(ctx(), found.id) if found else {}, ensure_ascii=False),
        words=json.dumps(modeler_words.all_words(g.language), ensure_ascii=False),
        choices_given=json.dumps(modeler_words.choices(offered, g.language), ensure_ascii=False),
    )
    answer = make_response(drawn)
    answer.headers["Content-Security-Policy"] = safety.DRAWING
    return answer


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
    sent = Sent()

    def saved() -> dict[str, Any]:
        kept = drafts.save_draft(
            ctx(), xml=sent.text("xml"), name=sent.text("name"), draft_id=sent.number("draft"),
            revision=sent.number("revision") or 0, definition_id=sent.number("definition"), forms=sent.record("forms"),
        )  # fmt: skip
        return {"id": kept.id, "revision": kept.revision, "url": f"/processes/drafts/{kept.id}"}

    return told(saved)


@blueprint.post("/drafts/check")
def check() -> View:
    """What the server would say to the diagram as it is now."""
    sent = Sent()

    def examined() -> dict[str, Any]:
        seen = drafts.examine(
            ctx(), xml=sent.text("xml"), definition_id=sent.number("definition"), forms=sent.record("forms")
        )
        repairs = ({**repair, "severity": "repair"} for repair in seen.repairs)
        return {
            "findings": diagram.numbered([*seen.findings, *repairs]),
            "offers": seen.offers,
            "fields": [asdict(field) for field in seen.fields],
        }

    return told(examined)
