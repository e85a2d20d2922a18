"""Sample input for a decision: texts that a person types, as values of the columns' types."""

from typing import Any

from processes.design_views import DecisionTableView

TRUE, FALSE = frozenset({"true", "yes", "да", "1"}), frozenset({"false", "no", "нет", "0"})


def columns(view: DecisionTableView) -> list[Any]:
    """The input columns of the decision and of what it requires."""
    asked = (view.decision, *view.requires)
    return [column for decision in asked if decision.table for column in decision.table.inputs]


def sample(view: DecisionTableView, given: dict[str, str]) -> dict[str, Any]:
    """A name with dots is a record inside a record."""
    kinds = {column.expression: column.kind for column in columns(view)}
    found: dict[str, Any] = {}
    for name, text in given.items():
        *path, last = name.split(".")
        holder = found
        for part in path:
            inner = holder.setdefault(part, {})
            holder = inner if isinstance(inner, dict) else {}
        holder[last] = _value(text.strip(), kinds.get(name))
    return found


def _value(text: str, kind: str | None) -> Any:
    if not text:
        return None
    if kind in ("number", "integer", None):
        try:
            return float(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
        except ValueError:
            return text
    if kind == "boolean" and text.casefold() in TRUE | FALSE:
        return text.casefold() in TRUE
    return text
