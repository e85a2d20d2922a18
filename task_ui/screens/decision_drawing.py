"""Drawing decision tables: the editor, saving, checking and trying what is drawn, and publishing it."""

import json
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect

from kernel.errors import ValidationFailed
from processes import decision_drafts, decisions, drafts
from processes.design_views import DecisionTableView
from task_ui import diagram, flashes, modeler_words, safety, sampling
from task_ui.script_answers import Sent, told
from task_ui.web import View, _, ctx, go, only_for, page

blueprint = Blueprint("decision_drawing", __name__, url_prefix="/decisions")


@blueprint.get("/new")
@only_for(decision_drafts.save_decision)
def new() -> View:
    name = _("New decision")
    source = decision_drafts.empty_decision(ctx(), name=name, first_input=_("Condition"), first_output=_("Result"))
    return _editor(name, source=source)


@blueprint.get("/<int:decision_id>/edit")
@only_for(decision_drafts.save_decision)
def edit(decision_id: int) -> View:
    """Begins from a version, or goes on with what this person has begun of the same decision."""
    own = decision_drafts.own_draft_of(ctx(), decision_id)
    if own is not None:
        return redirect(f"/decisions/drafts/{own.id}", 303)
    decision = decisions.get_decision(ctx(), decision_id)
    source = decisions.get_xml(ctx(), decision_id).decode("utf-8", "replace")
    return _editor(decision.name or decision.key, source=source, decision_id=decision_id)


@blueprint.get("/drafts/<int:draft_id>")
def draft(draft_id: int) -> View:
    found = drafts.get_draft(ctx(), draft_id)
    source = drafts.get_draft_xml(ctx(), draft_id).decode("utf-8", "replace")
    return _editor(found.name, source=source, decision_id=found.decision_id, found=found)


def _editor(title: str, *, source: str, decision_id: int | None = None, found: drafts.DraftView | None = None) -> View:
    drawn = page(
        "decisions/editor.html",
        title=title,
        source=source,
        draft=found,
        decision_id=decision_id,
        words=json.dumps(modeler_words.all_words(g.language), ensure_ascii=False),
    )
    answer = make_response(drawn)
    answer.headers["Content-Security-Policy"] = safety.DRAWING
    return answer


@blueprint.get("/drafts/<int:draft_id>/decision.dmn")
def xml(draft_id: int) -> View:
    answer = Response(drafts.get_draft_xml(ctx(), draft_id), mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"draft-{draft_id}.dmn")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/drafts/<int:draft_id>/discard")
def discard(draft_id: int) -> View:
    drafts.discard_draft(ctx(), draft_id)
    return go("/decisions", _("The draft is thrown away."))


@blueprint.post("/drafts/save")
def save() -> View:
    sent = Sent()

    def saved() -> dict[str, Any]:
        kept = decision_drafts.save_decision(
            ctx(), xml=sent.text("xml"), name=sent.text("name"), draft_id=sent.number("draft"),
            revision=sent.number("revision") or 0, decision_id=sent.number("decision"),
        )  # fmt: skip
        return {"id": kept.id, "revision": kept.revision, "url": f"/decisions/drafts/{kept.id}"}

    return told(saved)


@blueprint.post("/drafts/check")
def check() -> View:
    """What the server would say to the file as it is now, and which names each of its decisions reads."""
    sent = Sent()

    def examined() -> dict[str, Any]:
        findings, tables = decision_drafts.examine_decision(ctx(), xml=sent.text("xml"))
        return {"findings": diagram.numbered(findings), "decisions": [_asked(table) for table in tables]}

    return told(examined)


def _asked(table: DecisionTableView) -> dict[str, Any]:
    known = {column.expression: column for column in sampling.columns(table)}
    reads = []
    for name in table.reads:
        column = known.get(name)
        told = (
            {"label": column.title(g.language), "kind": _(column.kind or "")} if column else {"label": "", "kind": ""}
        )
        reads.append({"name": name, **told})
    return {"key": table.decision.id, "name": table.decision.title(g.language), "reads": reads}


@blueprint.post("/drafts/try")
def attempt() -> View:
    """What a decision gives for sample input, and by which rules."""
    sent = Sent()
    given = {name: str(text) for name, text in (sent.record("given") or {}).items() if str(text).strip()}

    def tried() -> dict[str, Any]:
        key = sent.text("key")
        _findings, tables = decision_drafts.examine_decision(ctx(), xml=sent.text("xml"))
        table = next((one for one in tables if one.decision.id == key), None)
        values = sampling.sample(table, given) if table is not None else {}
        try:
            return decision_drafts.try_decision(ctx(), xml=sent.text("xml"), key=key, variables=values)
        except ValidationFailed as error:
            texts = [text for row in error.fields_in(g.language).values() for text in row]
            return {"problem": " ".join(texts) or error.in_language(g.language)}

    return told(tried)


@blueprint.post("/drafts/<int:draft_id>/publish")
def publish(draft_id: int) -> View:
    sent = Sent()

    def published() -> dict[str, Any]:
        done = decision_drafts.publish_decision(
            ctx(), draft_id, revision=sent.number("revision") or 0, comment=sent.text("comment") or None,
            despite=sent.text("despite") or None,
        )  # fmt: skip
        first = done.decisions[0]
        said = _("Version %(version)s is published: processes decide by it from now on.", version=first.version)
        flashes.tell("done", text=said)
        return {"url": f"/decisions/{first.id}"}

    return told(published)
