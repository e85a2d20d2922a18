"""The start page: each role begins where its work is."""

from flask import Blueprint

from kernel.context import DESIGNER
from task_ui.web import View, ctx, go

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> View:
    return go("/processes" if ctx().actor.roles == {DESIGNER} else "/tasks")
