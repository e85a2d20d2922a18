"""Reports: the list, a chart with the table of the same figures, the leads behind a figure, files for a spreadsheet."""

import io
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from openpyxl import Workbook

from crm_model.reports import report as kinds
from crm_model.reports import room
from task_ui import exporting, formatting, words
from task_ui.web import View, _, attempt, ctx, form_answer, page, paging

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWED = ("product_id", "campaign_id", "owner_id")


@blueprint.get("")
def index() -> View:
    return page("reports/list.html", reports=room.list_reports(ctx()))


@blueprint.get("/<name>")
def card(name: str) -> View:
    compare = bool(request.args.get("compare"))
    answer, errors = attempt(lambda: room.ask(ctx(), name, compare=compare, **_asked()))
    if answer is None:
        return form_answer(page("reports/wrong.html", errors=errors, name=name), errors)
    if request.args.get("format") == "csv":
        return exporting.rows_answer(name, _titles(answer), _cells(answer))
    if request.args.get("format") == "xlsx":
        return _workbook(name, _titles(answer), _cells(answer))
    return page(
        "reports/report.html",
        answer=answer,
        previous=_beside(answer),
        figure=figure,
        label=label_of,
        behind=lambda row, column: _behind(answer, row, column),
    )


@blueprint.get("/<name>/leads")
def behind(name: str) -> View:
    """The leads that a figure counts."""
    key, step = request.args.get("key", ""), request.args.get("step", "leads")
    answer = room.ask(ctx(), name, **_asked())
    found = room.list_leads_behind(ctx(), name, paging(), key=key, step=step, **_asked())
    kept = {one: value for one, value in request.args.items() if one not in ("key", "step", "after")}
    return page("reports/leads.html", answer=answer, leads=found, back=f"/reports/{name}?{urlencode(kept)}")


def _asked() -> dict[str, Any]:
    given: dict[str, Any] = {"first": _day("from"), "last": _day("to"), "source": request.args.get("source") or None}
    return given | {one: request.args.get(one, type=int) for one in NARROWED}


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def label_of(row: Any) -> str:
    """What a row is called: a day, a word for its code, or its own name."""
    if isinstance(row["label"], date):
        return formatting.day(row["label"])
    return words.label(row["group"], row["label"]) if row["group"] else str(row["label"])


def figure(column: kinds.Column, value: Any) -> str:
    if value is None:
        return "—"
    if column.kind == kinds.MONEY:
        return formatting.money(value)
    if column.kind == kinds.SHARE:
        return f"{formatting.number(value)} %"
    if column.kind == kinds.TEXT:
        return words.label("campaign_kind", value) if column.key == "kind" else str(value)
    return formatting.number(value)


def _behind(answer: room.Answer, row: Any, column: kinds.Column) -> str | None:
    """The address of the leads behind a figure."""
    if row.get("url"):
        return str(row["url"]) if column.key == "label" else None
    if column.step is None or answer.report.leads is None or not row[column.key]:
        return None
    kept = {name: request.args[name] for name in ("source", *NARROWED) if request.args.get(name)}
    days = {"from": answer.asked.first.isoformat(), "to": answer.asked.last.isoformat()}
    asked = {**kept, **days, "key": row["key"], "step": column.step}
    return f"/reports/{answer.report.name}/leads?{urlencode(asked)}"


def _beside(answer: room.Answer) -> dict[str, Any]:
    """By key of a row, the row of the period before; steps of time are matched by their place."""
    if answer.previous is None:
        return {}
    if answer.report.chart == "lines":
        return {row["key"]: old for row, old in zip(answer.table.rows, answer.previous.rows, strict=False)}
    return {row["key"]: row for row in answer.previous.rows}


def _titles(answer: room.Answer) -> list[str]:
    return [_(column.title) for column in answer.table.columns]


def _cells(answer: room.Answer) -> list[list[Any]]:
    """Plain values, so that a spreadsheet counts with them."""
    return [
        [label_of(row) if column.key == "label" else _plain(column, row[column.key]) for column in answer.table.columns]
        for row in answer.table.rows
    ]


def _plain(column: kinds.Column, value: Any) -> Any:
    return figure(column, value) if column.kind == kinds.TEXT else float(value) if isinstance(value, Decimal) else value


def _workbook(name: str, titles: list[str], rows: list[list[Any]]) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for row in (titles, *rows):
        sheet.append([exporting.harmless(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    made = Response(content.getvalue(), mimetype=XLSX)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return made
