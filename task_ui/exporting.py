"""A list as a file that spreadsheets open: what the filters let through, in the reader's words."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    """The rows of a list, page after page."""
    rows = ([show(row) for _title, show in columns] for row in _rows(ask))
    return rows_answer(name, [_(title) for title, _show in columns], rows)


def rows_answer(name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Semicolons and a byte-order mark, as spreadsheets with Russian settings expect."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
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


def harmless(value: Any) -> Any:
    """What a spreadsheet shows and never computes; numbers stay numbers."""
    if isinstance(value, int | float):
        return value
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).replace(" ", "").isdigit()
