"""Where the links in letters lead, for people who are not signed in: the picture, the links, and no more letters."""

from base64 import b64decode

from flask import Blueprint, Response, g, redirect, request

from kernel.errors import NotFound
from processes import letter_reactions
from task_ui.web import View, page

blueprint = Blueprint("letter_links", __name__, url_prefix="/l")

DOT = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""A picture of one transparent point."""


@blueprint.get("/o/<token>")
def opened(token: str) -> View:
    """The picture in a letter. HEAD, as mail servers ask, counts nothing."""
    if request.method == "GET":
        letter_reactions.note_open(g.session, token, dict(request.headers))
    return Response(DOT, mimetype="image/gif", headers={"Cache-Control": "no-store"})


@blueprint.get("/c/<token>/<int:number>")
def followed(token: str, number: int) -> View:
    """On to where the letter's link leads."""
    if request.method == "HEAD":
        return Response(headers={"Cache-Control": "no-store"})
    return redirect(letter_reactions.note_click(g.session, token, number, dict(request.headers)), 302)


@blueprint.get("/u/<token>")
def ask(token: str) -> View:
    """Asks, because programs that look letters over follow every link."""
    return page("letters/unsubscribe.html", address=letter_reactions.address_of(g.session, token), done=False)


@blueprint.post("/u/<token>")
def stop(token: str) -> View:
    """The button of the page, and the one click of mail programs (RFC 8058)."""
    try:
        letter_reactions.unsubscribe(g.session, token)
    except NotFound:
        return Response(status=404)
    return page("letters/unsubscribe.html", address=letter_reactions.address_of(g.session, token), done=True)
