"""A lead typed in one line, in any order of number and address: name, company, phone, e-mail, what they need."""

from __future__ import annotations

import re
from typing import Any

EMAIL = re.compile(r"[^\s,;<>]+@[^\s,;<>]+")
PHONE = re.compile(r"\+?\d[\d\s()\-]{5,}\d")


def read_line(line: str) -> dict[str, Any]:
    """`Anna Sedova, Romashka LLC, +7 921 111-22-33, anna@romashka.ru, two lathes` as values of a lead."""
    values: dict[str, Any] = {}
    for name, pattern in (("email", EMAIL), ("phone", PHONE)):
        found = pattern.search(line)
        if found is not None:
            values[name] = found.group().strip(" .")
            line = f"{line[: found.start()]},{line[found.end() :]}"
    parts = [part.strip() for part in re.split(r"[,;\t]", line) if part.strip()]
    for name, part in zip(("name", "company"), parts, strict=False):
        values[name] = part
    if len(parts) > 2:
        values["need"] = ", ".join(parts[2:])
    return values
