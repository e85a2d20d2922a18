"""Decision tables: every hit policy, unary test and type, what is required, and what is refused with its place."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bpmn.decisions import DecisionError, Requirements, compile_decisions, read_decisions
from bpmn.decisions.cells import unary_tests
from bpmn.examination import examine
from bpmn.intake import inspect
from bpmn.vocabulary import Vocabulary
from tests.support.decisions import DMN, dmn, table


def compiled(*decisions: str) -> Requirements:
    read = read_decisions("a.dmn", dmn(*decisions))
    assert read.problems == ()
    made = compile_decisions(read)
    assert made.problems == ()
    return made


def value(decision: str, **names: Any) -> Any:
    return compiled(decision).evaluate("d1", names).value


OVERLAPPING = ("< 10 -> 'low'", "< 20 -> 'middle'", "> 100 -> 'high'")


@pytest.mark.fidelity("text.hit-policies", "runs")
@pytest.mark.parametrize(
    ("policy", "allowed", "result"),
    [
        ("FIRST", "", "low"),
        ("PRIORITY", "'high', 'middle', 'low'", "middle"),
        ("RULE ORDER", "", ["low", "middle"]),
        ("OUTPUT ORDER", "'high', 'middle', 'low'", ["middle", "low"]),
        ("COLLECT", "", ["low", "middle"]),
        ("COLLECT+COUNT", "", 2),
    ],
)
def test_hit_policies(policy: str, allowed: str, result: Any) -> None:
    decision = table("n:integer", "o:string", *OVERLAPPING, policy=policy, allowed=allowed)
    assert value(decision, n=5) == result


@pytest.mark.parametrize(("sign", "result"), [("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)])
def test_collected_numbers_are_aggregated(sign: str, result: int) -> None:
    decision = table("n:integer", "o:integer", "- -> 3", "< 9 -> 1", "5 -> 2", policy=f"COLLECT+{sign}")
    assert value(decision, n=5) == result


def test_two_rules_of_a_unique_table_are_an_error_that_names_both() -> None:
    with pytest.raises(DecisionError, match=r"Rules 1 and 2 of “d1” both match.*n = 5"):
        value(table("n:integer", "o:string", *OVERLAPPING), n=5)


def test_any_takes_equal_results_and_refuses_different_ones() -> None:
    assert value(table("n:integer", "o:integer", "< 9 -> 1", "- -> 1", policy="ANY"), n=5) == 1
    with pytest.raises(DecisionError, match=r"Rules 1 and 2 .* different results"):
        value(table("n:integer", "o:integer", "< 9 -> 1", "- -> 2", policy="ANY"), n=5)


def test_without_a_matching_rule_the_default_is_taken_or_it_is_an_error() -> None:
    assert value(table("n:integer", "o:string", "1 -> 'x'", default="'none'"), n=5) == "none"
    with pytest.raises(DecisionError, match=r"No rule of “d1” matches.*n = 5"):
        value(table("n:integer", "o:string", "1 -> 'x'"), n=5)
    assert value(table("n:integer", "o:string", "1 -> 'x'", policy="COLLECT"), n=5) == []


def test_several_inputs_and_outputs_give_a_record() -> None:
    decision = table(
        "n:integer s:string", "a:string b:integer", "> 3 | 'x','y' -> 'one' | n * 2", "- | 'z' -> 'two' | 0"
    )
    assert value(decision, n=5, s="y") == {"a": "one", "b": 10}
    assert value(decision, n=5, s="z") == {"a": "two", "b": 0}


@pytest.mark.fidelity("text.unary", "runs")
@pytest.mark.parametrize(
    ("cell", "fits", "fails"),
    [
        ("5", [5, 5.0, Decimal(5)], [4, None, True]),
        ("< 5", [4, 4.9], [5, None]),
        (">= 5, 1", [5, 1], [4]),
        ("= 5", [5], [4]),
        ("!= 5", [4], [5]),
        ("[1..5]", [1, 5], [0, 6, None]),
        ("(1..5)", [2, 4], [1, 5]),
        ("]1..5[", [2, 4], [1, 5]),
        ("[1..5)", [1, 4], [5]),
        ("]1..5], 9", [5, 9], [1]),
        ("[min(1, 2)..max(4, 5)]", [1, 5], [6]),
        ("not(1, 2)", [3, None], [1, 2]),
        ("not([1..5])", [6], [3]),
        ('"a", "b,c"', ["a", "b,c"], ["b", "c", None]),
        ('not("a")', ["b"], ["a"]),
        ("null", [None], ["", 0]),
        ("not(null)", [0, ""], [None]),
        ("true", [True], [False, None]),
        ('> date("2026-01-31")', [date(2026, 2, 1), "2026-02-01"], [date(2026, 1, 31), None]),
        ('[date("2026-01-01")..date("2026-12-31")]', ["2026-06-01"], ["2027-01-01"]),
        ('< duration("P2D")', [], [None]),
        ("limit", [7], [8]),
        ("< limit + 1", [7], [8]),
        ("[1, 2]", [1, 2], [3]),
        ("? > 3 and ? < limit", [4], [3, 7]),
        ('contains(?, "x")', ["axb"], ["ab"]),
    ],
)
def test_unary_tests(cell: str, fits: list[Any], fails: list[Any]) -> None:
    test = unary_tests(cell)
    assert test is not None
    names = {"limit": 7}
    assert [one for one in fits if not test(one, names.get)] == []
    assert [one for one in fails if test(one, names.get)] == []


@pytest.mark.parametrize("cell", ["", "-", " - "])
def test_everything_passes_a_dash(cell: str) -> None:
    assert unary_tests(cell) is None


@pytest.mark.parametrize(
    ("kind", "given", "cell"),
    [
        ("string", 5, '"5"'), ("integer", "5", "5"), ("long", Decimal("5.0"), "5"), ("double", "5.5", "> 5"),
        ("boolean", "true", "true"), ("date", "2026-03-02T23:00:00Z", 'date("2026-03-03")'),
        ("dateTime", "2026-03-02T12:00:00Z", '> date and time("2026-03-02T11:00:00Z")'),
        ("dayTimeDuration", "PT36H", '> duration("P1D")'), ("Any", 5, "5"),
    ],
)  # fmt: skip
def test_inputs_are_brought_to_their_type(kind: str, given: Any, cell: str) -> None:
    assert value(table(f"n:{kind}", "o:boolean", f"{cell} -> true", "- -> false", policy="FIRST"), n=given) is True


@pytest.mark.parametrize(("kind", "given"), [("integer", "5.5"), ("integer", "x"), ("boolean", 1), ("date", "soon")])
def test_an_input_of_another_type_is_an_error_that_names_it(kind: str, given: Any) -> None:
    with pytest.raises(DecisionError, match=f"“n” of “d1” is .*not of the type {kind}"):
        value(table(f"n:{kind}", "o:boolean", "- -> true"), n=given)


def test_a_result_outside_the_allowed_values_is_an_error() -> None:
    with pytest.raises(DecisionError, match=r"Rule 1 of “d1” gives “c” .*allowed"):
        value(table("n:integer", "o:string", "- -> 'c'", allowed="'a', 'b'"), n=1)


def test_what_cannot_be_compared_tells_rule_and_column_in_both_languages() -> None:
    with pytest.raises(DecisionError, match=r"Rule 1 of “d1” cannot be calculated at “n”") as caught:
        value(table("n:Any", "o:string", "< 5 -> 'a'"), n="text")
    assert caught.value.in_language("ru").startswith("Правило 1 решения «d1» нельзя вычислить в столбце «n»")


@pytest.mark.fidelity("text.requirements", "runs")
def test_required_decisions_are_evaluated_once_and_seen_by_name() -> None:
    literal = '<decision id="base" name="Base"><variable name="basis"/><literalExpression><text>n * 2</text></literalExpression></decision>'
    left = table("basis:integer", "l:integer", "- -> basis + 1", name="left", requires="base")
    right = table("basis:integer", "r:integer", "- -> basis + 2", name="right", requires="base")
    top = table("l:integer r:integer", "o:integer", "- | - -> l + r", requires="left right")
    outcome = compiled(top, left, right, literal).evaluate("d1", {"n": 10})
    assert outcome.value == 43
    assert [each.decision.id for each in outcome.evaluations] == ["base", "left", "right", "d1"]


def test_the_reason_is_kept() -> None:
    outcome = compiled(table("n:integer", "o:string", *OVERLAPPING[:1], "> 9 -> 'x'")).evaluate("d1", {"n": 50})
    assert outcome.evaluations[0].to_json() == {
        "decision": "d1",
        "name": "d1",
        "inputs": [{"name": "n", "value": 50}],
        "rules": [{"rule": 2, "rule_id": None, "outputs": {"o": "x"}}],
        "result": "x",
    }


def problems(data: bytes) -> list[tuple[str, int, str | None]]:
    return [(f.rule, f.line, f.element_id) for f in examine([("a.dmn", data)], Vocabulary()).findings]


ROW = '<decisionTable>\n<input id="i"><inputExpression><text>n</text></inputExpression></input>\n<output id="o" name="o"/>\n<rule>\n{}\n</rule></decisionTable>'


def rowed(cells: str) -> str:
    return f'<decision id="a">{ROW.format(cells)}</decision>'


@pytest.mark.parametrize(
    ("inside", "rule", "line", "element"),
    [
        ('<decision id="a"/>', "empty-decision", 1, "a"),
        ('\n<decision id="a"><context/></decision>', "decision-logic", 2, "a"),
        ('<decision id="a"><decisionTable hitPolicy="BEST"><output/></decisionTable></decision>', "hit-policy", 1, "a"),
        ('<decision id="a"><literalExpression><text>1 +</text></literalExpression></decision>', "cell", 1, None),
        ('<decision id="a"><knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement><literalExpression><text>1</text></literalExpression></decision>',
         "knowledge-requirement", 1, "a"),
        ('<decision id="a"><informationRequirement><requiredDecision href="#b"/></informationRequirement><literalExpression><text>1</text></literalExpression></decision>',
         "requirement", 1, "a"),
        (rowed('<inputEntry><text>1</text></inputEntry>'), "cells", 4, "a"),
        (rowed('<inputEntry id="c"><text>1 1</text></inputEntry><outputEntry><text>1</text></outputEntry>'),
         "cell", 5, "c"),
        (rowed('<inputEntry id="c" expressionLanguage="groovy"><text>x.y()</text></inputEntry><outputEntry><text>1</text></outputEntry>'),
         "cell-language", 5, "c"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_its_place(inside: str, rule: str, line: int, element: str | None) -> None:
    found = problems(dmn(inside))
    assert [(each[0], each[1]) for each in found] == [(rule, line)]
    assert found[0][2] == (element or "a")


def test_a_plain_cell_is_the_same_in_every_language() -> None:
    row = ROW.format('<inputEntry><text>5</text></inputEntry><outputEntry><text>"x"</text></outputEntry>')
    assert problems(dmn(f'<decision id="a">{row}</decision>', extra='expressionLanguage="groovy"')) == []


def test_requirements_in_a_circle_are_refused() -> None:
    one, two = (
        table("n:integer", "o:integer", "- -> 1", requires="d2"),
        table("n:integer", "o:integer", "- -> 1", name="d2", requires="d1"),
    )
    assert {each[0] for each in problems(dmn(one, two))} == {"requirement-cycle"}


@pytest.mark.parametrize(
    "ns",
    ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", DMN,
     "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"],
)  # fmt: skip
def test_every_version_of_dmn_is_read(ns: str) -> None:
    assert problems(dmn(table("n:integer", "o:integer", "- -> 1"), ns=ns)) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"<a", b"<a/>", dmn(), b"<a>" * 200_000, b"<!DOCTYPE d [<!ENTITY a 'b'>]>" + dmn(table("n:integer", "o:integer", "- -> 1"))],
)  # fmt: skip
def test_hostile_and_foreign_files_are_refused(data: bytes) -> None:
    assert inspect([("a.dmn", data)], Vocabulary()).refused


def test_the_child_process_hands_decisions_back() -> None:
    answer = inspect([("a.dmn", dmn(table("n:integer", "o:integer", "- -> 1")))], Vocabulary())
    assert not answer.refused and list(answer.decisions[0].decisions) == ["d1"]


def test_a_decision_in_two_files_is_refused() -> None:
    data = dmn(table("n:integer", "o:integer", "- -> 1"))
    assert [f.rule for f in examine([("a.dmn", data), ("b.dmn", data)], Vocabulary()).findings] == [
        "duplicate-decision"
    ]


def named(attributes: str) -> tuple[str, str]:
    """What a Russian and an English reader call the decision."""
    ours = 'xmlns:procession="urn:procession:bpmn:1.0"'
    drawn = table("", "x:number", "-> 1").replace('name="d1"', attributes, 1)
    (decision,) = read_decisions("a.dmn", dmn(drawn, extra=ours)).decisions.values()
    return decision.title("ru"), decision.title("en")


def test_a_decision_is_called_by_its_title_in_the_readers_language() -> None:
    both = 'procession:titleRu="Скидка" procession:titleEn="Discount"'
    assert named(f'name="Discount" {both}') == ("Скидка", "Discount")
    assert named('name="Discount" procession:titleRu="Скидка"') == ("Скидка", "Discount")
    assert named('name="Discount"') == ("Discount", "Discount")
    assert named(f'name="Rebate" {both}') == ("Rebate", "Rebate")  # renamed by a tool that knows no titles
