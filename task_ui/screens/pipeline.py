"""The pipeline: a column a stage with its money; a deal is moved by asking the process."""

from flask import Blueprint, request

from crm_model import business_lines, pipeline
from kernel.paging import Page
from processes import tasks
from processes.views import TaskFilter
from task_ui.web import View, ctx, page

blueprint = Blueprint("pipeline", __name__)


@blueprint.get("/pipeline")
def board() -> View:
    context = ctx()
    columns = pipeline.pipeline(
        context,
        q=request.args.get("q") or None,
        owner_id=context.actor.user_id if request.args.get("mine") else None,
        business_line_id=request.args.get("line", type=int),
    )
    open_tasks = tasks.list_tasks(context, TaskFilter(), Page(200)).items
    steps = {task.deal.id: task for task in reversed(open_tasks) if task.deal is not None}
    lines = [(row.id, row.name) for row in business_lines.list_business_lines(context, Page(100)).items]
    return page("deals/pipeline.html", columns=columns, lines=lines, steps=steps)
