"""The page to try the JSON interface: a visitor with a token, whoever is signed in with the session."""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from task_ui.safety import POLICY

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/api/docs")
def show() -> Response:
    answer = make_response(render_template("api_docs.html"))
    # The library writes styles into its elements; scripts stay ours.
    policy = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    answer.headers["Content-Security-Policy"] = policy
    return answer
