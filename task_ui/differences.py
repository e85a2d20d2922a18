"""What differs between two versions of a process, in the words of people who draw them."""

import re
from collections.abc import Mapping
from typing import Any

from kernel.i18n import N_, translate

PROPERTIES = (
    (r"(extension\.)?titles\.ru", N_("title in Russian")),
    (r"(extension\.)?titles\.en", N_("title in English")),
    (r"name", N_("name")),
    (r"documentation", N_("description")),
    (r"condition|events\.\d+\.condition", N_("condition")),
    (r"events\.\d+\.timer", N_("time")),
    (r"events\.\d+\.reference|message", N_("message")),
    (r"source", N_("starts from")),
    (r"target", N_("leads to")),
    (r"scope", N_("stands in")),
    (r"type", N_("kind of element")),
    (r"default", N_("default way")),
    (r"script", N_("calculation")),
    (r"called_element", N_("called process")),
    (r"lanes", N_("lane")),
    (r"attached_to", N_("sits on")),
    (r"interrupting", N_("interrupts")),
    (r"loop\..*", N_("repetition")),
    (r"extension\.stage", N_("stage")),
    (r"extension\.instructions\..*", N_("instructions")),
    (r"extension\.assignee", N_("who does it")),
    (r"extension\.candidate_(roles|users)", N_("who may take it")),
    (r"extension\.due", N_("due date")),
    (r"extension\.follow_up", N_("when it appears")),
    (r"extension\.priority", N_("priority")),
    (r"extension\.form", N_("form")),
    (r"extension\.activity", N_("kind of activity")),
    (r"extension\.results\..*", N_("result")),
    (r"extension\.(operation|on_complete)", N_("operation")),
    (r"extension\.(parameters|inputs|outputs)\..*", N_("value handed over")),
)
FORMS = "forms"
HIDDEN = re.compile(r"condition_language|script_language|.*\.id")


def readable(difference: Mapping[str, Any], names: Mapping[str, str], language: str) -> dict[str, list[dict[str, Any]]]:
    """The comparison with elements called as the reader calls them, properties and values in words."""
    elements = {kind: rows for kind, rows in difference.items() if kind != FORMS}
    shown = {kind: [_element(row, names, language) for row in rows] for kind, rows in elements.items()}
    return shown | {FORMS: list(difference.get(FORMS, ()))}


def _element(row: Mapping[str, Any], names: Mapping[str, str], language: str) -> dict[str, Any]:
    changes = [
        {
            "what": _property(change["what"], language),
            "before": _value(change["before"], names),
            "after": _value(change["after"], names),
        }
        for change in row.get("changes", ())
        if not HIDDEN.fullmatch(change["what"])
    ]
    return {**row, "name": names.get(row["element_id"]) or row["name"], "changes": changes}


def _property(path: str, language: str) -> str:
    return next((translate(text, language) for pattern, text in PROPERTIES if re.fullmatch(pattern, path)), path)


def _value(value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return "—"
    if isinstance(value, list | tuple):
        shown = value[1:] if len(value) == 2 and value[0] in ("duration", "date", "cycle") else value
        return ", ".join(_value(one, names) for one in shown)
    return names.get(value, value) if isinstance(value, str) else str(value).lower()
