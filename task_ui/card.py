"""What the cards of deals, accounts and contacts share: the tab in the address and the rows of common tabs."""

from typing import Any

from flask import request

from crm_model import activities, audit, timeline
from task_ui.web import ctx, paging

KINDS = ("activity", "note", "document", "letter", "stage")


def tab_of(tabs: tuple[str, ...]) -> str:
    """The tab of the address; the first one for anything unknown."""
    wanted = request.args.get("tab")
    return wanted if wanted in tabs else tabs[0]


def stars_asked() -> int | None:
    """The least stars that a list is to show, from the address."""
    wanted = request.args.get("stars_from", type=int)
    return wanted if wanted in range(1, 6) else None


def with_timeline(**link: Any) -> dict[str, Any]:
    kind = request.args.get("kind")
    kinds = [kind] if kind in KINDS else None
    return {"timeline": timeline.timeline(ctx(), page=paging(30), kinds=kinds, **link)}


def with_activities(**link: Any) -> dict[str, Any]:
    return {"activities": activities.list_activities(ctx(), paging(), **link)}


def with_audit(entity: str, record_id: int) -> dict[str, Any]:
    return {"audit": audit.list_audit(ctx(), entity, record_id, paging())}
