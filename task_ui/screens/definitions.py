"""The gallery of processes: pictures, versions, upload with findings on the diagram, publishing."""

from typing import Any

from flask import Blueprint, Response, g, request

from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page
from processes import designs
from processes.views import DefinitionView
from task_ui import diagram
from task_ui.web import View, _, ctx, go, page, paging

blueprint = Blueprint("definitions", __name__, url_prefix="/processes")

NO_FILE = N_("Choose a .bpmn file first, or drop it here.")


@blueprint.get("")
def gallery() -> View:
    found = designs.list_definitions(ctx(), paging(60), state=request.args.get("state") or None, latest=True)
    return page("processes/gallery.html", definitions=found)


@blueprint.get("/<int:definition_id>")
def card(definition_id: int) -> View:
    definition = designs.get_definition(ctx(), definition_id)
    versions = designs.list_definitions(ctx(), Page(100), key=definition.key)
    return page("processes/definition.html", **_with_findings(definition), versions=versions.items)


def _with_findings(definition: DefinitionView) -> dict[str, Any]:
    noted = [*definition.findings, *({**repair, "severity": "info"} for repair in definition.repairs)]
    return {"definition": definition, "findings": noted, "picture": diagram.of_definition(definition.id, noted)}


@blueprint.get("/<int:definition_id>/diagram.bpmn")
def xml(definition_id: int) -> View:
    answer = Response(designs.get_xml(ctx(), definition_id), mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="process-{definition_id}.bpmn"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.cache_control.private = True
    answer.cache_control.max_age = 3600
    return answer


@blueprint.route("/upload", methods=["GET", "POST"])
def upload() -> View:
    if request.method == "GET":
        return page("processes/upload.html", findings=[], error=None)
    sent = [(file.filename, file.read()) for file in request.files.getlist("file") if file.filename]
    if not sent:
        return page("processes/upload.html", findings=[], error=_(NO_FILE)), 422
    try:
        done = designs.upload(
            ctx(), sent, publish=bool(request.form.get("publish")), accept_repairs=bool(request.form.get("accept_repairs")),
            comment=request.form.get("comment") or None,
        )  # fmt: skip
    except ValidationFailed as error:
        return _refused(error, sent)
    first = done.definitions[0]
    return go(
        f"/processes/{first.id}",
        _("“%(process)s” is there as version %(version)s.", process=first.name, version=first.version),
    )


def _refused(error: ValidationFailed, sent: list[tuple[str, bytes]]) -> View:
    """The same page with each finding at its element, drawn on the refused diagram as well as listed."""
    findings = error.details.get("findings") or []
    said = error.in_language(g.language)
    extra = [text for texts in error.fields_in(g.language).values() for text in texts]
    drawn = diagram.of_definition(0, findings)
    source = next(
        (content.decode("utf-8", "replace") for name, content in sent if not name.endswith((".form", ".dmn"))), ""
    )
    answer = page(
        "processes/upload.html", findings=findings, error=" ".join([said, *extra]), picture=drawn, source=source
    )
    return answer, 422


@blueprint.post("/<int:definition_id>/publish")
def publish(definition_id: int) -> View:
    done = designs.publish(ctx(), definition_id)
    return go(
        f"/processes/{definition_id}",
        _("Version %(version)s is published: new processes start on it.", version=done.version),
    )


@blueprint.post("/<int:definition_id>/retire")
def retire(definition_id: int) -> View:
    designs.retire(ctx(), definition_id)
    return go(f"/processes/{definition_id}", _("Retired: no new process starts on it."))
