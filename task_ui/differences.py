"""What differs between two versions of a process, in the words of people who draw them."""

import re
from collections.abc import Mapping
from typing import Any

from kernel.i18n import N_, translate
from task_ui.words import LABELS

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
DECISION_PROPERTIES = {
    "name": N_("name"), "variable": N_("name of the result"), "type": N_("type"), "requires": N_("uses the results of"),
    "expression": N_("expression"), "hit_policy": N_("which rule decides"), "aggregation": N_("aggregation"),
    "order": N_("order of the rules"), "label": N_("heading"), "allowed": N_("allowed values"),
    "default": N_("result where no rule matches"), "inputs": N_("as a condition"), "outputs": N_("as a result"),
}  # fmt: skip
ANNOTATION = N_("Annotation")
THERE, NOT_THERE = N_("there"), N_("not there")
FORMS, DECISIONS = "forms", "decisions"
HIDDEN = re.compile(r"condition_language|script_language|.*\.id")


def readable(difference: Mapping[str, Any], names: Mapping[str, str], language: str) -> dict[str, list[dict[str, Any]]]:
    """The comparison with elements called as the reader calls them, properties and values in words."""
    elements = {kind: rows for kind, rows in difference.items() if kind not in (FORMS, DECISIONS)}
    shown = {kind: [_element(row, names, language) for row in rows] for kind, rows in elements.items()}
    tables = [_decision(row, language) for row in difference.get(DECISIONS, ())]
    return shown | {FORMS: list(difference.get(FORMS, ())), DECISIONS: tables}


def _decision(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    changes = [
        {
            "what": translate(DECISION_PROPERTIES[one["what"]], language),
            "column": one["column"],
            "before": _decision_value(one["what"], one["before"], language),
            "after": _decision_value(one["what"], one["after"], language),
        }
        for one in row["changes"]
    ]
    rules = [{**rule, "cells": [_cell(cell, language) for cell in rule["cells"]]} for rule in row["rules"]]
    return {**row, "changes": changes, "rules": rules}


def _decision_value(what: str, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return translate(THERE if value else NOT_THERE, language)
    if what == "hit_policy" and value:
        return translate(LABELS["hit_policy"][value], language)
    return _value(value, {})


def _cell(cell: Mapping[str, Any], language: str) -> dict[str, Any]:
    column = cell["column"] or translate(ANNOTATION, language)
    return {"column": column, "before": cell["before"] or "—", "after": cell["after"] or "—"}


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
