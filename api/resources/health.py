"""Whether the product lives and can answer."""

from typing import Any

from flask import Response, current_app, g
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest

from api.records import blueprint
from api.schemas import Answer, Text
from kernel.context import SYSTEM, Context
from kernel.errors import AppError
from processes import monitoring

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


@bp.route("/metrics", methods=["GET"])
@bp.doc(responses={200: {"description": "Numbers for Prometheus", "content": {"text/plain": {}}}})
def metrics() -> Response:
    """Numbers for Prometheus: work that waits, troubles, and the process itself; open on the machine itself only."""
    registry = CollectorRegistry()
    for name, number in monitoring.count_work(g.context or Context(g.session, SYSTEM)).items():
        Gauge(f"procession_{name}", monitoring.NUMBERS[name], registry=registry).set(number)
    return Response(generate_latest(registry) + generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
