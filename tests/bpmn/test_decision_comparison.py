"""Two versions of a decision differ by rules, cells, columns and the way they decide."""

from dataclasses import replace
from typing import Any

from bpmn.decisions import Decision, compare_decisions, read_decisions
from tests.support.decisions import dmn, table, titled

COLUMNS = ("amount:number", "rate:number")


def read(*rules: str, inputs: str = COLUMNS[0], outputs: str = COLUMNS[1], **options: Any) -> dict[str, Decision]:
    return read_decisions("d.dmn", dmn(table(inputs, outputs, *rules, **options))).decisions


def compared(before: dict[str, Decision], after: dict[str, Decision]) -> dict[str, Any]:
    (found,) = compare_decisions(before, after)
    return found


def test_the_same_table_does_not_differ() -> None:
    assert compare_decisions(read("> 5 -> 3"), read("> 5 -> 3")) == []


def test_a_rule_that_came_and_one_that_went_keep_the_others_unchanged() -> None:
    found = compared(read("> 5 -> 3", "> 1 -> 2", "- -> 1"), read("> 5 -> 3", "- -> 1", "0 -> 0"))
    assert found["rules"] == [
        {"kind": "removed", "number": 2, "cells": cells(("amount", "> 1", None), ("rate", "2", None))},
        {"kind": "added", "number": 3, "cells": cells(("amount", None, "0"), ("rate", None, "0"))},
    ]


def test_a_changed_rule_names_the_cells() -> None:
    found = compared(read("> 5 -> 3", "- -> 1"), read("> 7 -> 3", "- -> 1"))
    assert found["kind"] == "changed" and found["changes"] == []
    assert found["rules"] == [{"kind": "changed", "number": 1, "cells": cells(("amount", "> 5", "> 7"))}]


def cells(*told: tuple[str, str | None, str | None]) -> list[dict[str, Any]]:
    return [{"column": column, "before": before, "after": after} for column, before, after in told]


def test_rules_with_ids_are_the_same_wherever_they_stand() -> None:
    def numbered(*ids: str) -> dict[str, Decision]:
        text = dmn(table(*COLUMNS, *[f"{one[1]} -> {one[1]}" for one in ids], policy="FIRST")).decode()
        for one in ids:
            text = text.replace("<rule>", f'<rule id="{one}">', 1)
        return read_decisions("d.dmn", text.encode()).decisions

    found = compared(numbered("r1", "r2", "r3"), numbered("r3", "r1", "r2"))
    assert found["rules"] == []
    assert found["changes"] == [{"what": "order", "column": None, "before": [1, 2, 3], "after": [3, 1, 2]}]


def test_columns_and_the_hit_policy_are_told() -> None:
    before = read("> 5 -> 3", policy="UNIQUE")
    after = read("> 5 | true -> 3", inputs="amount:integer vip:boolean", policy="FIRST")
    assert [
        (one["what"], one["column"], one["before"], one["after"]) for one in compared(before, after)["changes"]
    ] == [
        ("hit_policy", None, "UNIQUE", "FIRST"),
        ("type", "amount", "number", "integer"),
        ("inputs", "vip", False, True),
    ]


def test_a_decision_that_one_of_them_lacks_is_new_or_gone() -> None:
    one = read("> 5 -> 3")
    assert [(row["kind"], row["key"]) for row in compare_decisions({}, one)] == [("added", "d1")]
    assert [(row["kind"], row["key"]) for row in compare_decisions(one, {})] == [("removed", "d1")]


def test_it_is_called_by_its_title_in_the_language_asked_for() -> None:
    titled = {key: replace(one, titles={"ru": "Ставка", "en": "Rate"}) for key, one in read("> 5 -> 3").items()}
    assert [row["name"] for row in compare_decisions({}, titled, "ru")] == ["Ставка"]
    renamed = {key: replace(one, titles={"ru": "Тариф", "en": "Rate"}) for key, one in titled.items()}
    assert compare_decisions(titled, renamed, "en") == []
    (found,) = compare_decisions(titled, renamed, "ru")
    assert found["changes"] == [{"what": "name", "column": None, "before": "Ставка", "after": "Тариф"}]


def test_columns_and_remarks_are_told_in_the_language_asked_for() -> None:
    def drawn(cell: str) -> bytes:
        return titled(dmn(table("amount:number", "fee:number", f"{cell} -> 1")))

    before, after = drawn("> 5"), drawn("> 6").replace("Всем".encode(), "Немногим".encode())
    told = {
        language: [
            (cell["column"], cell["before"], cell["after"])
            for row in compare_decisions(*(read_decisions("d.dmn", one).decisions for one in (before, after)), language)
            for rule in row["rules"]
            for cell in rule["cells"]
        ]
        for language in ("ru", "en")
    }
    assert told == {"ru": [("Сумма", "> 5", "> 6"), (None, "Всем", "Немногим")], "en": [("Amount", "> 5", "> 6")]}
