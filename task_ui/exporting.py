"""A list as a file that spreadsheets open: what the filters let through, in the reader's words."""

import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from typing import Any

from flask import Response

from kernel.paging import MAXIMUM_LIMIT, Page, Slice, decode_cursor
from task_ui.web import _

MOST_ROWS = 20_000
FORMULA = ("=", "+", "-", "@", "\t")
Columns = Sequence[tuple[str, Callable[[Any], Any]]]
"""Marked titles with what each shows of a row."""


def wanted(args: Any) -> bool:
    return bool(args.get("format") == "csv")


def answer(name: str, ask: Callable[[Page], Slice[Any]], columns: Columns) -> Response:
    """Semicolons and a byte-order mark, as spreadsheets with Russian settings expect."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_(title) for title, _show in columns])
    writer.writerows([_cell(show(row)) for _title, show in columns] for row in _rows(ask))
    made = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return made


def _rows(ask: Callable[[Page], Slice[Any]]) -> Iterator[Any]:
    after, count = None, 0
    while count < MOST_ROWS:
        found = ask(Page(MAXIMUM_LIMIT, after))
        yield from found.items
        count += len(found.items)
        if found.next is None:
            return
        after = decode_cursor(found.next)


def _cell(value: Any) -> str:
    """Text that a spreadsheet shows and never computes."""
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).replace(" ", "").isdigit()
