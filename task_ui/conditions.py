"""The conditions of a segment as a form asks and as people read them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_model.segment_fields import CONTAINS, FIELDS, SegmentField
from task_ui import pickers, words

GROUPS = {
    "status": "lead_status", "source": "lead_source", "request": "lead_request",
    "disqualify_reason": "disqualify_reason", "role": "participant_role", "journey_stage": "journey_stage",
    "abc_class": "abc_class",
}  # fmt: skip
"""Where the words of a choice are."""
NAMED = re.compile(r"c\.(\d+)\.field")


def read(args: "MultiDict[str, str]") -> list[dict[str, Any]]:
    """`c.0.field`, `c.0.operator`, `c.0.value` of every condition, in order; what is named in `remove` is left out,
    what is named in `add` comes last, still without a value."""
    numbers = sorted(int(match[1]) for match in map(NAMED.fullmatch, args) if match)
    found = [_one(args, f"c.{number}") for number in numbers if str(number) != args.get("remove")]
    if args.get("add") in FIELDS:
        found.append({"field": args["add"], "operator": FIELDS[args["add"]].operators[0], "value": None})
    return [one for one in found if one["field"] in FIELDS]


def _one(args: "MultiDict[str, str]", base: str) -> dict[str, Any]:
    name = args.get(f"{base}.field", "")
    field, operator = FIELDS.get(name), args.get(f"{base}.operator") or None
    values = [value.strip() for value in args.getlist(f"{base}.value") if value.strip()]
    if field is not None and field.kind == "text" and operator != CONTAINS:
        values = [part.strip() for value in values for part in value.split(",") if part.strip()]
    several = field is not None and (
        field.kind in ("choice", "record") or (field.kind == "text" and operator != CONTAINS)
    )
    return {"field": name, "operator": operator, "value": values if several else next(iter(values), None)}


def complete(conditions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(one) for one in conditions if one["value"] not in (None, "", [])]


def offered(subject: str) -> list[tuple[str, SegmentField]]:
    return [(name, field) for name, field in FIELDS.items() if subject in field.subjects]


def options(name: str) -> list[tuple[str, str]]:
    """The codes of a choice with their words."""
    return [(code, words.label(GROUPS[name], code)) for code in FIELDS[name].options]


def told(condition: Mapping[str, Any]) -> str:
    """`Status is MQL, SQL`, in the reader's language."""
    field = FIELDS[condition["field"]]
    return (
        f"{words.say(field.title)} {words.label('segment_operator', condition['operator'])} {_value(condition, field)}"
    )


def _value(condition: Mapping[str, Any], field: SegmentField) -> str:
    value = condition["value"]
    if field.kind == "choice":
        return ", ".join(words.label(GROUPS[condition["field"]], code) for code in value)
    if field.kind == "record":
        return ", ".join(name for _key, name in pickers.picked(str(field.options), value))
    if field.kind == "flag":
        return words.label("yes_no", str(value in (True, "true")).lower())
    if field.kind == "days":
        return words.days(int(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
