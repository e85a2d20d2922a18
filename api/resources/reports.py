"""Reports on leads: the figures of a period, of the one before it, and the leads behind a figure."""

from typing import Any

from flask import g
from marshmallow import fields

from api.records import blueprint
from api.resources.clients import LeadAnswer
from api.schemas import Answer, Anything, Given, IdArg, PageArgs, Text, list_of, page_of, shown
from crm_model.reports import room
from kernel.i18n import translate

bp = blueprint("reports", "Figures about leads and campaigns")


class ReportBriefAnswer(Answer):
    name = Text(required=True)
    title = Text(required=True)
    about = Text(required=True)


class ReportColumn(Answer):
    key = Text(required=True)
    title = Text(required=True)
    kind = Text(required=True)


class ReportTable(Answer):
    rows = fields.List(fields.Dict(keys=fields.String(), values=Anything(allow_none=True)), required=True)
    totals = fields.Dict(keys=fields.String(), values=Anything(allow_none=True), required=True)


class ReportAnswer(ReportBriefAnswer, ReportTable):
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    columns = fields.List(fields.Nested(ReportColumn), required=True)
    previous = fields.Nested(ReportTable, required=True, allow_none=True)


class Question(Given):
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    source = Text()
    product_id = IdArg()
    campaign_id = IdArg()
    owner_id = IdArg()


class ReportArgs(Question):
    compare = fields.Boolean(load_default=False)


class BehindArgs(PageArgs, Question):
    key = Text(load_default="")
    step = Text(load_default="leads")


@bp.route("/reports", methods=["GET"])
@bp.response(200, list_of(ReportBriefAnswer))
def list_reports() -> Any:
    """The reports there are."""
    language = g.context.actor.language
    found = room.list_reports(g.context)
    items = [
        {"name": one.name, "title": translate(one.title, language), "about": translate(one.about, language)}
        for one in found
    ]
    return {"items": items, "next": None}


@bp.route("/reports/<string:name>", methods=["GET"])
@bp.arguments(ReportArgs, location="query")
@bp.response(200, ReportAnswer)
def get_report(asked: dict[str, Any], name: str) -> Any:
    """The figures of a report for a period, both days included; the last ninety days unless it is said."""
    answer = room.ask(g.context, name, **asked)
    language = g.context.actor.language
    return {
        "name": answer.report.name,
        "title": translate(answer.report.title, language),
        "about": translate(answer.report.about, language),
        "first": answer.asked.first,
        "last": answer.asked.last,
        "columns": [
            {"key": one.key, "title": translate(one.title, language), "kind": one.kind} for one in answer.table.columns
        ],
        "previous": _plain(answer.previous) if answer.previous else None,
        **_plain(answer.table),
    }


@bp.route("/reports/<string:name>/leads", methods=["GET"])
@bp.arguments(BehindArgs, location="query")
@bp.response(200, list_of(LeadAnswer))
def leads_behind(asked: dict[str, Any], name: str) -> Any:
    """The leads that a figure counts: `key` is the row's, `step` the column."""
    page = page_of(asked)
    return shown(room.list_leads_behind(g.context, name, page, **asked))


def _plain(table: Any) -> dict[str, Any]:
    """Money and days as text."""
    return {"rows": [_as_json(row) for row in table.rows], "totals": _as_json(table.totals)}


def _as_json(row: Any) -> dict[str, Any]:
    kept = (bool, int, float, str, type(None))
    return {key: value if isinstance(value, kept) else str(value) for key, value in row.items() if key != "group"}
