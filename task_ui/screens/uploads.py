"""Uploading diagrams and forms: what is wrong is drawn on the refused diagram, and what was sent is kept."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, g, redirect, request

from kernel.errors import ValidationFailed
from kernel.i18n import N_
from processes import designs, drafts
from processes.design_views import DecisionView, DefinitionView, Deployment
from task_ui import diagram, flashes
from task_ui.diagram import Picture
from task_ui.web import View, _, attempt, ctx, go, only_for, page

blueprint = Blueprint("uploads", __name__, url_prefix="/processes/upload")

NO_FILE = N_("Choose a .bpmn file first, or drop it here.")
DECISION_HELD_BACK = N_(
    "The decision is stored as version %(version)s but not published: scenarios of processes that use it go differently. "
    "Press “Publish the decision” to see which."
)
HELD_BACK = N_("Version %(version)s is stored but not published: scenarios of the process go differently on it.")
DATA_FILES = (".form", ".json", ".dmn")
KEPT_BYTES = 2 * 1024 * 1024
"""What is sent along with the page for the next try; larger uploads have to be chosen anew."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of the upload. `picture` is there for diagrams only."""

    name: str
    size: int
    kept: str
    errors: int
    picture: Picture | None
    findings: list[dict[str, Any]]


@blueprint.after_request
def tell_where_next(answer: Response) -> Response:
    """The page's script sends the files itself to show how far each is; it goes on where a form would be led."""
    if request.headers.get("X-Upload") and answer.status_code == 303:
        answer.headers["X-Go"] = answer.headers.pop("Location")
        answer.status_code = 204
        answer.set_data(b"")
    return answer


@blueprint.get("")
@only_for(designs.upload)
def show() -> View:
    return _page([], [], None)


@blueprint.post("")
def send() -> View:
    files = _files()
    if not files:
        return _page([], [], _(NO_FILE)), 422
    mended = request.form.get("mend")
    if mended in dict(files):
        return _opened(mended, dict(files)[mended])
    try:
        done = _stored(files, publish=bool(request.form.get("publish")))
    except ValidationFailed as error:
        said = [error.in_language(g.language), *(text for row in error.fields_in(g.language).values() for text in row)]
        findings = diagram.numbered(error.details.get("findings") or [])
        return _page(files, findings, " ".join(dict.fromkeys(said)), error.details.get("offers") or []), 422
    if not done.definitions:
        if request.form.get("publish") and done.decisions[0].state != "published":
            flashes.tell("error", text=_(DECISION_HELD_BACK, version=done.decisions[0].version))
            return redirect(f"/decisions/{done.decisions[0].id}", 303)
        return go("/processes", _("Decisions of the upload: %(names)s.", names=_named(done.decisions)))
    first = done.definitions[0]
    if request.form.get("publish") and first.state != "published":
        flashes.tell("error", text=_(HELD_BACK, version=first.version))
        return redirect(f"/processes/{first.id}/publish", 303)
    return go(f"/processes/{first.id}", _told(done))


def _opened(name: str, content: bytes) -> View:
    """A refused diagram becomes a draft, to be mended in the editor."""
    draft, errors = attempt(
        lambda: drafts.save_draft(
            ctx(), xml=content.decode("utf-8", "replace"), name=PurePath(name).name.partition(".")[0]
        )
    )
    if draft is None:
        return _page([(name, content)], [], " ".join(text for texts in errors.values() for text in texts)), 422
    return redirect(f"/processes/drafts/{draft.id}", 303)


def _stored(files: list[tuple[str, bytes]], *, publish: bool) -> Deployment:
    """What was sent is stored also where scenarios keep it from being published."""
    try:
        return designs.upload(
            ctx(), files, publish=publish, accept_repairs=bool(request.form.get("accept_repairs")),
            comment=request.form.get("comment") or None,
        )  # fmt: skip
    except ValidationFailed as error:
        if error.code != "scenarios_broken":
            raise
        return _stored(files, publish=False)


def _told(done: Deployment) -> str:
    first, *others = done.definitions
    said = [_("“%(process)s” is there as version %(version)s.", process=first.name, version=first.version)]
    if others:
        said.append(_("Other processes of the upload: %(names)s.", names=_named(others)))
    if done.decisions:
        said.append(_("Decisions of the upload: %(names)s.", names=_named(done.decisions)))
    return " ".join(said)


def _named(stored: Sequence[DefinitionView | DecisionView]) -> str:
    return ", ".join(f"“{one.name}” ({one.version})" for one in stored)


def _files() -> list[tuple[str, bytes]]:
    """The files chosen now, and those kept from the try before that none of them replaces."""
    found: dict[str, bytes] = {}
    for name, content in zip(request.form.getlist("kept_name"), request.form.getlist("kept_content"), strict=False):
        try:
            found[name] = base64.b64decode(content, validate=True)
        except binascii.Error:
            continue
    for name in request.form.getlist("forget"):
        found.pop(name, None)
    found |= {file.filename: file.read() for file in request.files.getlist("file") if file.filename}
    return list(found.items())


def _page(
    files: list[tuple[str, bytes]],
    findings: list[dict[str, Any]],
    error: str | None,
    offers: list[dict[str, Any]] | None = None,
) -> str:
    keeps = sum(len(content) for _name, content in files) <= KEPT_BYTES
    return page(
        "processes/upload.html",
        sent=[_sent(name, content, findings, keeps) for name, content in files],
        loose=[row for row in findings if row.get("file") not in dict(files)],
        offers=offers or [],
        error=error,
        typed=request.form,
    )


def _sent(name: str, content: bytes, findings: list[dict[str, Any]], keeps: bool) -> Sent:
    own = [row for row in findings if row.get("file") == name]
    pictured = not name.lower().endswith(DATA_FILES)
    source = content.decode("utf-8", "replace") if pictured else ""
    return Sent(
        name=name,
        size=len(content),
        kept=base64.b64encode(content).decode() if keeps else "",
        errors=sum(row["severity"] == "error" for row in own),
        picture=diagram.of_source(source, own) if pictured else None,
        findings=own,
    )
