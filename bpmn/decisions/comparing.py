"""What differs between two versions of decisions: rules added, removed and changed cell by cell, and the rest."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Any

from bpmn.decisions.model import FIRST, RULE_ORDER, Cell, Decision, Input, Output, Rule, Table

ORDERED = frozenset({FIRST, RULE_ORDER})
NO_TABLE = Table("", (), (), ())


def compare_decisions(
    before: Mapping[str, Decision], after: Mapping[str, Decision], language: str = ""
) -> list[dict[str, Any]]:
    """Each decision that differs as {key, name, kind, changes, rules}; kind is added, removed or changed. `changes` are
    {what, column, before, after}, `what` being a property such as hit_policy, and `column` the label of the column it is
    of, or None; `rules` are {kind, number, cells} with the number people see in the newer table (in the older one, of a
    rule that is gone) and the cells that say something else as {column, before, after}; a remark has no column."""
    found: list[dict[str, Any]] = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            known = old or new
            assert known is not None
            kind = "added" if old is None else "removed"
            found.append({"key": key, "name": known.title(language), "kind": kind, "changes": [], "rules": []})
            continue
        pairs = _paired((old.table or NO_TABLE).rules, (new.table or NO_TABLE).rules)
        changes, rules = list(_changes(old, new, pairs, language)), list(_rules(old, new, pairs, language))
        if changes or rules:
            found.append(
                {"key": key, "name": new.title(language), "kind": "changed", "changes": changes, "rules": rules}
            )
    return found


Pair = tuple[Rule | None, Rule | None]


def _paired(before: Sequence[Rule], after: Sequence[Rule]) -> list[Pair]:
    """Rules that are the same one: by their ids, or else by what they say, or else by where they stand."""
    ids = {rule.id for rule in before if rule.id} & {rule.id for rule in after if rule.id}
    known = {rule.id: rule for rule in before if rule.id in ids}
    pairs: list[Pair] = [(known[rule.id], rule) for rule in after if rule.id in ids]
    old, new = [rule for rule in before if rule.id not in ids], [rule for rule in after if rule.id not in ids]
    matcher = SequenceMatcher(None, list(map(_said, old)), list(map(_said, new)), autojunk=False)
    for _tag, low, high, first, last in matcher.get_opcodes():
        pairs += zip_longest(old[low:high], new[first:last])
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0] or Rule(0, (), ())).number)


def _said(rule: Rule) -> tuple[str, ...]:
    return (*map(_text, (*rule.conditions, *rule.results)), rule.description)


def _text(cell: Cell | None) -> str:
    text = cell.text.strip() if cell is not None else ""
    return "" if text == "-" else text


def _changes(old: Decision, new: Decision, pairs: Sequence[Pair], language: str) -> Iterator[dict[str, Any]]:
    yield from _told(None, _properties(old, language), _properties(new, language))
    before, after = old.table or NO_TABLE, new.table or NO_TABLE
    was, became = _columns(before, language), _columns(after, language)
    labels = _labels(before, language) | _labels(after, language)
    for name in dict.fromkeys([*became, *was]):
        label = labels[name]
        if name in was and name in became:
            yield from _told(label, was[name], became[name])
        else:
            side = name.partition(".")[0]
            yield {"what": side, "column": label, "before": name in was, "after": name in became}
    same = [(one.number, other.number) for one, other in pairs if one is not None and other is not None]
    if after.hit_policy in ORDERED and any(one[0] > other[0] for one, other in pairwise(same)):
        numbers = {"before": [one for one, _ in sorted(same)], "after": [one for one, _ in same]}
        yield {"what": "order", "column": None, **numbers}


def _told(column: str | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for what in before:
        old, new = before[what] or None, after[what] or None
        if old != new:
            yield {"what": what, "column": column, "before": old, "after": new}


def _properties(decision: Decision, language: str) -> dict[str, Any]:
    """Every property but the columns and rules."""
    table = decision.table or NO_TABLE
    return {
        "name": decision.titles.get(language) or decision.name, "variable": decision.variable, "type": decision.kind,
        "requires": list(decision.requires), "expression": decision.literal.text if decision.literal else None,
        "hit_policy": table.hit_policy, "aggregation": table.aggregation,
    }  # fmt: skip


def _columns(table: Table, language: str) -> dict[str, dict[str, Any]]:
    """The properties of each column."""

    def common(one: Input | Output) -> dict[str, Any]:
        return {"label": one.titles.get(language) or one.label, "type": one.kind, "allowed": one.allowed}

    found = {name: common(one) for name, one in zip(_named(table.inputs), table.inputs, strict=True)}
    for name, one in zip(_named(table.outputs), table.outputs, strict=True):
        found[name] = {**common(one), "default": one.default}
    return found


def _named(columns: Sequence[Input] | Sequence[Output]) -> list[str]:
    """What a column is known by in both versions: the expression it looks at, or the name it gives."""
    names: list[str] = []
    for column in columns:
        said = f"inputs.{column.expression}" if isinstance(column, Input) else f"outputs.{column.name}"
        names.append(said if said not in names else f"{said} {len(names) + 1}")
    return names


def _labels(table: Table, language: str) -> dict[str, str]:
    labels = {name: one.title(language) for name, one in zip(_named(table.inputs), table.inputs, strict=True)}
    return labels | {name: one.title(language) for name, one in zip(_named(table.outputs), table.outputs, strict=True)}


def _rules(old: Decision, new: Decision, pairs: Sequence[Pair], language: str) -> Iterator[dict[str, Any]]:
    before, after = old.table or NO_TABLE, new.table or NO_TABLE
    labels = _labels(before, language) | _labels(after, language)
    for one, other in pairs:
        was, became = dict(_cells(before, one, language)), dict(_cells(after, other, language))
        cells = [
            {"column": labels.get(column), "before": was.get(column), "after": became.get(column)}
            for column in dict.fromkeys([*became, *was])
            if was.get(column) != became.get(column)
        ]
        if one is None and other is not None:
            yield {"kind": "added", "number": other.number, "cells": cells}
        elif other is None and one is not None:
            yield {"kind": "removed", "number": one.number, "cells": cells}
        elif other is not None and cells:
            yield {"kind": "changed", "number": other.number, "cells": cells}


def _cells(table: Table, rule: Rule | None, language: str) -> Iterator[tuple[str, str]]:
    """(column, text) of the cells that say something; the remark of a rule stands under “description”."""
    if rule is None:
        return
    for columns, cells in ((_named(table.inputs), rule.conditions), (_named(table.outputs), rule.results)):
        for column, cell in zip(columns, cells, strict=False):
            if _text(cell):
                yield column, _text(cell)
    if rule.remark(language):
        yield "description", rule.remark(language)
