"""Reads a spreadsheet into a header and rows of text, whatever program saved it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from kernel.errors import Message, ValidationFailed
from kernel.i18n import N_

MAXIMUM_SIZE = 20 * 1024 * 1024
"""Bytes of a file."""

MAXIMUM_UNPACKED = 300 * 1024 * 1024
MAXIMUM_ROWS = 100_000
MAXIMUM_COLUMNS = 100
LONGEST_CELL = 20_000
ENCODINGS = ("utf-8-sig", "cp1251")

EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The file is larger than 20 MB. Split it.")
TOO_MANY_ROWS = N_("The file has more than %(count)d rows. Split it.")
TOO_WIDE = N_("The sheet has more than %(count)d columns. Delete those that are not needed.")
NOT_A_SHEET = N_("This is neither a CSV file nor an Excel workbook. Save it as .xlsx or .csv.")
NO_ROWS = N_("There are no rows below the heading.")
NO_HEADING = N_("The first row must name the columns.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are (number of the line in the sheet, cells), all as wide as the header."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_sheet(name: str, content: bytes) -> Sheet:
    """The first sheet of a workbook, or a CSV file. Raises ValidationFailed at `file`."""
    if not content:
        raise _refused(EMPTY)
    if len(content) > MAXIMUM_SIZE:
        raise _refused(TOO_LARGE)
    if content.startswith(b"PK") or name.lower().endswith((".xlsx", ".xls", ".ods", ".xlsb")):
        lines = _workbook(content)
    else:
        lines = _csv(content)
    return _sheet(lines)


def _refused(template: str, **params: Any) -> ValidationFailed:
    return ValidationFailed({"file": [Message(template, **params)]})


def _sheet(lines: Iterable[tuple[int, list[str]]]) -> Sheet:
    filled = ((number, cells) for number, cells in lines if any(cells))
    _, header = next(filled, (0, []))
    while header and not header[-1]:
        header.pop()
    if not header:
        raise _refused(NO_HEADING)
    if len(header) > MAXIMUM_COLUMNS:
        raise _refused(TOO_WIDE, count=MAXIMUM_COLUMNS)
    width = len(header)
    rows: list[tuple[int, list[str]]] = []
    for number, cells in filled:
        if len(rows) == MAXIMUM_ROWS:
            raise _refused(TOO_MANY_ROWS, count=MAXIMUM_ROWS)
        rows.append((number, [*cells[:width], *[""] * (width - len(cells))]))
    if not rows:
        raise _refused(NO_ROWS)
    return Sheet(header, rows)


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\0" in text:
        raise _refused(NOT_A_SHEET)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            yield reader.line_num, [_clean(cell) for cell in cells]
    except csv.Error:
        raise _refused(NOT_A_SHEET) from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(NOT_A_SHEET)


def _delimiter(text: str) -> str:
    """The one that the heading holds most of, outside quotes."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(heading.split('"')[::2])
    return max(";,\t|", key=outside.count)


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        start = sheet.start[0] if sheet.start is not None else 0
        for number, cells in enumerate(sheet.iter_rows(), start + 1):
            yield number, [_clean(_text(cell)) for cell in cells]
    except (CalamineError, IndexError, OSError, ValueError):
        raise _refused(NOT_A_SHEET) from None


def _refuse_bomb(content: bytes) -> None:
    """A few kilobytes can unpack to gigabytes; what a member claims is what its checksum is tested against."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAXIMUM_UNPACKED:
                raise _refused(TOO_LARGE)
            if archive.testzip() is not None:
                raise _refused(NOT_A_SHEET)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise _refused(NOT_A_SHEET) from None


def _text(value: Any) -> str:
    """As a person would type it: no .0 at whole numbers, times as ISO."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        whole_day = value.time() == time(0)
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _clean(text: str) -> str:
    return text.replace("\xa0", " ").strip()[:LONGEST_CELL]
