"""What a person was told: newest first, read when seen or all at once."""

from flask import Blueprint, request

from crm_model import notifications
from task_ui.web import View, _, ctx, go, page, paging

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


@blueprint.get("")
def index() -> View:
    unread_only = request.args.get("unread") == "1"
    return page(
        "notifications.html", notifications=notifications.list_notifications(ctx(), paging(), unread=unread_only)
    )


@blueprint.post("/read")
def read_all() -> View:
    notifications.mark_read(ctx())
    return go("/notifications", _("All marked as read."))


@blueprint.post("/<int:notification_id>/open")
def follow(notification_id: int) -> View:
    """Marks one as read and goes where it leads, if that is a page of ours."""
    notifications.mark_read(ctx(), [notification_id])
    link = request.form.get("link", "")
    return go(link if link.startswith("/") and not link.startswith("//") else "/notifications")
