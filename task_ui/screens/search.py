"""Search: the page with everything found, and the quick answers of the palette."""

from typing import Any

from flask import Blueprint, request

from crm_model import search
from kernel.errors import ValidationFailed
from kernel.paging import Page
from task_ui import words
from task_ui.templating import subject_url
from task_ui.web import View, ctx, json_answer, page

blueprint = Blueprint("search", __name__)

ICONS = {
    "deal": "handshake", "account": "building-2", "contact": "users", "activity": "calendar-days", "document": "file-text",
    "article": "book-open", "product": "package", "lead": "sprout", "note": "sticky-note",
}  # fmt: skip


@blueprint.get("/search")
def everything() -> View:
    q = request.args.get("q", "").strip()
    return page("search.html", q=q, found=_found(q, 50), icons=ICONS)


@blueprint.get("/search/quick")
def quick() -> View:
    found = _found(request.args.get("q", "").strip(), 12)
    items = [
        {"title": hit["title"], "what": hit["what"], "url": hit["url"], "icon": ICONS.get(hit["type"], "file-text")}
        for hit in found if hit["url"]
    ]  # fmt: skip
    return json_answer({"items": items})


def _found(q: str, limit: int) -> list[dict[str, Any]]:
    if not q:
        return []
    try:
        hits = search.search(ctx(), q, Page(limit)).items
    except ValidationFailed:
        return []
    return [
        {"type": hit.type, "title": hit.title, "snippet": hit.snippet,
         "what": words.label("subject", hit.type), "url": subject_url(hit.type, hit.id)}
        for hit in hits
    ]  # fmt: skip
