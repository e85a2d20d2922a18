"""Whether the product lives and can answer."""

from typing import Any

from flask import current_app, g

from api.records import blueprint
from api.schemas import Answer, Text
from kernel.errors import AppError

bp = blueprint("health", "Whether it lives")


class HealthAnswer(Answer):
    status = Text(required=True)


@bp.route("/health", methods=["GET"])
@bp.response(200, HealthAnswer)
def health() -> Any:
    """The process answers."""
    return {"status": "ok"}


@bp.route("/ready", methods=["GET"])
@bp.response(200, HealthAnswer)
@bp.alt_response(503, schema=HealthAnswer, description="The database is not there, or not migrated")
def ready() -> Any:
    """A request can be served."""
    try:
        is_ready = current_app.extensions["is_ready"](g.session)
    except AppError:
        is_ready = False
    return ({"status": "ready"}, 200) if is_ready else ({"status": "starting"}, 503)
