"""What expressions mean, in each of the spellings that diagrams use."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bpmn.durations import Duration
from bpmn.expressions import (
    ExpressionError,
    as_datetime,
    compile_expression,
    compile_script,
    to_json_value,
    truth,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAMES: dict[str, Any] = {
    "a": 7,
    "b": "x",
    "yes": True,
    "no": False,
    "word": "false",
    "zero": 0,
    "list": [1, 2, 3],
    "nothing_in": [],
    "call_at": "2026-11-21T10:00:00+03:00",
    "day": "2026-11-21",
    "amount": "1500000.00",
    "now": NOW,
    "deal": {"stage": "needs", "amount": "250.50", "owner": {"id": 5}, "ids": [4, 5]},
    "count": 3,
    "имя": "Анна",
}


def value(text: str, language: str | None = None) -> Any:
    return compile_expression(text, language=language).evaluate(NAMES)


SPELLINGS = [
    # Python
    ("a > 5 and b == 'x'", True),
    ("  a > 5 and b == 'x'  ", True),
    ("\n\ta > 5\n  and b == 'x'\n", True),
    ("a > 5 or unknown.field.deeper > 3", True),
    ("not a > 5", False),
    ("not (a > 5) or yes", True),
    ("a if yes else b", 7),
    ("'low' if a < 5 else 'middle' if a < 10 else 'high'", "middle"),
    ("b in ['x', 'y']", True),
    ("b not in ('x', 'y')", False),
    ("'stage' in deal", True),
    ("unknown is None", True),
    ("a is not None", True),
    ("1 < a <= 7", True),
    ("1 < a < 7 != 3", False),
    ("unknown or deal.stage", "needs"),
    ("a and b", "x"),
    ("word and b", "false"),
    ("word or b", "x"),
    ("deal['stage']", "needs"),
    ("deal.owner.id", 5),
    ("list[0] + list[-1]", 4),
    ("list[10]", None),
    ("-a + 2 * 3 - 4 / 2", -3),
    ("7 // 2", 3),
    ("7 % 4", 3),
    ("7 / 2", 3.5),
    ("8 / 2", 4),
    ("2 - -2", 4),
    ("{'x': a, 'y': [b]}", {"x": 7, "y": ["x"]}),
    ("[1, 2,] + [3]", [1, 2, 3]),
    ("()", []),
    ("(a)", 7),
    ("(a,)", [7]),
    ("'it\\'s ' + \"so\\n\"", "it's so\n"),
    ("count > 2", True),
    ("имя + '!'", "Анна!"),
    ("True", True),
    ("0.1 + 0.2", 0.1 + 0.2),
    ("1e3", 1000.0),
    (".5", 0.5),
    # JUEL
    ("${a > 5 && b == 'x'}", True),
    ("#{a gt 5 and b eq 'x'}", True),
    (" ${ a le 7 or false } ", True),
    ("${a ne 7 || !yes}", False),
    ("${!empty list}", True),
    ("${empty nothing_in and empty unknown}", True),
    ("${not empty unknown}", False),
    ("${empty(list)}", False),
    ("${a lt 5 ? 'low' : 'high'}", "high"),
    ("${a div 2}", 3.5),
    ("${a mod 4}", 3),
    ("${!no}", True),
    ("${not word}", True),
    ("${word == 'false'}", True),
    ("${no == 'false'}", True),
    ("${yes == 'true'}", True),
    ("${deal.owner.id == 5}", True),
    ("${deal['stage'] == \"needs\"}", True),
    ("${list.size() > 2}", True),
    ("${b.equals('x')}", True),
    ("${!b.equals('y')}", True),
    ("${list.contains(2)}", True),
    ("${nothing_in.isEmpty()}", True),
    ("${execution.getVariable('a') == 7}", True),
    ("${execution.hasVariable('a')}", True),
    ("${a > 5} && ${b == 'x'}", True),
    ("Order ${a} for ${b}", "Order 7 for x"),
    ("${a}-${b}", "7-x"),
    ("${a == 7 and not yes}", False),
    ("${ word && yes }", False),
    ("${amount > 1000000}", True),
    ("#{approved}", None),
    ("#{!approved}", True),
    # FEEL
    ('= a > 5 and b = "x"', True),
    ("=a != 7", False),
    ('= if a > 5 then "y" else "n"', "y"),
    ('if a > 8 then "y" else if a > 6 then "z" else "n"', "z"),
    ("= a in [1, 7]", True),
    ("= a in [1..7]", True),
    ("= a in (1..7)", False),
    ("= a in ]1..7]", True),
    ("= a in [7..9)", True),
    ("= a between 1 and 5", False),
    ("= a between 1 and 7 and yes", True),
    ("= not(a > 5)", False),
    ("= not(no) and yes", True),
    ("= unknown = null", True),
    ("= list[1]", 1),
    ("= list[-1]", 3),
    ("= {a: 1, b: [2]}.b", [2]),
    ("= count(list)", 3),
    ('= contains("foobar", "oba")', True),
    ('= starts with("foobar", "foo")', True),
    ('= ends with("foobar", "foo")', False),
    ('= string length("abc")', 3),
    ('= upper case("abc")', "ABC"),
    ('= substring("foobar", 3, 2)', "ob"),
    ('= substring before("a:b", ":")', "a"),
    ("= list contains(list, 2)", True),
    ("= is defined(unknown)", False),
    ('= date and time("2026-11-20T12:00:00Z") = now', True),
    ('= duration("P1D") > duration("PT1H")', True),
    ('= @"2026-11-20T12:00:00Z" = now', True),
    ("= sum(list) + max(1, 5) - min([2, 3])", 9),
    ("= floor(1.5) + ceiling(1.5)", 3),
    ("= string(a) + b", "7x"),
    ("= modulo(7, 4)", 3),
    ("= append(list, 4)", [1, 2, 3, 4]),
    # JavaScript, as some modellers write
    ("a === 7 && b !== 'y'", True),
    ("a <> 8", True),
    ("list.length > 2 && !no", True),
    # XPath, with BPMN's functions for data
    ("bpmn:getDataObject('a') = 7 and getProcessProperty('p', 'b') = 'x'", True),
    ("getDataObject('no') = false()", True),
    ("getDataObject('deal')/owner/id = 5", True),
]  # fmt: skip


@pytest.mark.fidelity("text.conditions", "runs")
@pytest.mark.parametrize(("text", "expected"), SPELLINGS)
def test_every_spelling_means_the_same(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_the_language_can_be_named_instead_of_marked() -> None:
    assert value('b = "x"', "https://www.omg.org/spec/DMN/20191111/FEEL/") is True
    assert value("not(a = 7)", "feel") is False
    assert value("list[1]", "feel") == 1
    assert value("list[1]", "python") == 2
    assert value("!no && yes", "juel") is True


COERCIONS = [
    ("amount > 1000000", True),
    ("amount == 1500000", True),
    ("'10' > '9'", True),
    ("'abc' < 'abd'", True),
    ("amount * 2", Decimal("3000000.00")),
    ("deal.amount + 0.1", Decimal("250.60")),
    ("unknown > 1", False),
    ("1 >= unknown", False),
    ("unknown < unknown", False),
    ("unknown == None", True),
    ("unknown != 1", True),
    ("unknown in list", False),
    ("1 in unknown", False),
    ("yes == 'true'", True),
    ("yes == 'maybe'", False),
    ("'7' == a", True),
    ("'x' == a", False),
    ("'2' in list", True),
    ("call_at > now", True),
    ("call_at < now + days(1)", True),
    ("now == '2026-11-20T15:00:00+03:00'", True),
    ("day > now", True),
    ("call_at < '2026-11-21T08:00:00Z'", True),
    ("call_at - now", timedelta(hours=19)),
    ("(call_at - now).hours", 19.0),
    ("now.year", 2026),
    ("call_at.day", 21),
    ("len(unknown)", 0),
    ("max(list)", 3),
    ("min(call_at, now)", NOW),
    ("sum([])", 0),
    ("mean([1, 2])", 1.5),
    ("max([])", None),
]


@pytest.mark.parametrize(("text", "expected"), COERCIONS)
def test_kinds_that_people_mix_are_understood(text: str, expected: Any) -> None:
    assert value(text) == expected


MOSCOW_NINE = "2026-11-23T06:00:00+00:00"
MOMENTS = [
    ("now + days(1)", "2026-11-21T12:00:00+00:00"),
    ("days(1) + now", "2026-11-21T12:00:00+00:00"),
    ("now - hours(2)", "2026-11-20T10:00:00+00:00"),
    ("now + minutes(90)", "2026-11-20T13:30:00+00:00"),
    ("now + weeks(1)", "2026-11-27T12:00:00+00:00"),
    ("now + duration('PT1H')", "2026-11-20T13:00:00+00:00"),
    ("now + duration('P1M')", "2026-12-20T12:00:00+00:00"),
    ("now + 2 * duration('P1M')", "2027-01-20T12:00:00+00:00"),
    ("date('2026-01-31') + duration('P1M')", "2026-02-27T21:00:00+00:00"),
    ("now + working_days(1)", "2026-11-23T12:00:00+00:00"),
    ("now - working_days(1)", "2026-11-19T12:00:00+00:00"),
    ("add_working_days(5)", "2026-11-27T12:00:00+00:00"),
    ("working_hours(4)", "2026-11-23T07:00:00+00:00"),
    ("next_working_day()", MOSCOW_NINE),
    ("next_working_day(call_at)", MOSCOW_NINE),
    ("call_at + days(1)", "2026-11-22T07:00:00+00:00"),
    ("date('2026-11-21')", "2026-11-20T21:00:00+00:00"),
    ("date(2026, 11, 21)", "2026-11-20T21:00:00+00:00"),
    ("date(now)", "2026-11-19T21:00:00+00:00"),
    ("today()", "2026-11-19T21:00:00+00:00"),
    ("now()", "2026-11-20T12:00:00+00:00"),
    ("datetime('2026-11-21T10:00')", "2026-11-21T07:00:00+00:00"),
    ("= date and time(\"2026-11-21T10:00:00+05:00\")", "2026-11-21T05:00:00+00:00"),
    ("days(2)", "P2D"),
    ("hours(1.5)", "PT1H30M"),
    ("duration('P1Y2M')", "P1Y2M"),
    ("duration('P1Y2M') + duration('P1M')", "P1Y3M"),
    ("-duration('P1M')", "-P1M"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "stored"), MOMENTS)
def test_dates_and_durations_calculate(text: str, stored: str) -> None:
    assert to_json_value(value(text)) == stored


def test_a_condition_with_the_text_false_does_not_hold() -> None:
    assert not compile_expression("word").test(NAMES)
    assert not compile_expression("${word}").test(NAMES)
    assert compile_expression("b").test(NAMES)
    assert not truth("")
    assert not truth([])
    assert truth("0")


def test_names_are_those_that_may_be_read() -> None:
    assert compile_expression("deal.stage == 'x' and len(list) > a").names == {"deal", "list", "a"}
    assert compile_expression("next_working_day()").names == {"now"}
    assert compile_expression("Order ${a}").names == {"a"}
    assert compile_expression("{a: 1}").names == frozenset()
    assert compile_expression("${execution.getVariable('x')}").names == {"x"}


class _Asked(Mapping[str, Any]):
    """A mapping that notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.asked.append(name)
        if name == "missing":
            raise KeyError(name)
        return 1

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_only_names_that_are_reached_are_looked_up() -> None:
    names = _Asked()
    assert compile_expression("a == 1 or deal.stage").evaluate(names) is True
    assert names.asked == ["a"]


def test_a_name_the_mapping_does_not_have_is_none() -> None:
    assert compile_expression("missing").evaluate(_Asked()) is None


def test_the_present_moment_must_be_known() -> None:
    with pytest.raises(ExpressionError, match="present moment"):
        compile_expression("next_working_day()").evaluate({})


SCRIPT = """
# what the client wants
total = a * 2     # doubled
parts = [total,
         b]

label = 'a # b; c'; total += 1
due = now + days(1)
"""


def test_a_script_assigns_line_by_line() -> None:
    assert compile_script(SCRIPT).run(NAMES) == {
        "total": 15,
        "parts": [14, "x"],
        "label": "a # b; c",
        "due": "2026-11-21T12:00:00+00:00",
    }


def test_a_script_names_what_it_reads_and_what_it_sets() -> None:
    script = compile_script(SCRIPT)
    assert script.names == {"a", "b", "now"}
    assert script.targets == ("total", "parts", "label", "due")


def test_a_script_leaves_the_given_names_alone() -> None:
    names = {"a": 1}
    assert compile_script("a = a + 1\nb = a").run(names) == {"a": 2, "b": 2}
    assert names == {"a": 1}


def test_an_empty_script_does_nothing() -> None:
    assert compile_script("\n # nothing\n").run({}) == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [("a", 1), ("a == 1", 1), ("\n\nx = ", 3), ("x = 1\ny = 2 +", 2), ("now = 1", 1), ("if = 1", 1), ("a.b = 1", 1),
     ("_x = 1", 1), ("x = y = 1", 1), ("x = (1\ny = 2", 1), ("x = 'abc\ny = 2", 1), ("1 = x", 1), ("x[0] = 1", 1)],
)  # fmt: skip
def test_a_wrong_line_of_a_script_is_named(text: str, line: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_script(text)
    assert caught.value.line == line


def test_scripts_cannot_grow_a_value_without_end() -> None:
    doubling = "a = [1]\n" + "\n".join("a = [a, a]" for _ in range(60))
    with pytest.raises(ExpressionError, match="too large"):
        compile_script(doubling).run({})
    with pytest.raises(ExpressionError, match="too l"):
        compile_script("s = 'ab'\n" + "\n".join("s = s + s" for _ in range(60))).run({})
    with pytest.raises(ExpressionError, match="too large"):
        compile_script("n = 9\n" + "\n".join("n = n * n" for _ in range(60))).run({})


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (None, None), (True, True), (1, 1), (1.5, 1.5), ("x", "x"), ([1, (2,)], [1, [2]]), ({"a": NOW}, {"a": NOW.isoformat()}),
        (timedelta(days=1, hours=2), "P1DT2H"), (Duration(months=1), "P1M"), (Decimal("10.50"), "10.50"),
        (datetime(2026, 1, 1), "2025-12-31T21:00:00+00:00"), (NOW.date(), "2026-11-20"),
    ],
)  # fmt: skip
def test_stored_values_are_json(given: Any, stored: Any) -> None:
    assert to_json_value(given) == stored


@pytest.mark.parametrize("given", [object(), float("nan"), float("inf"), 2**70, {1, 2}, b"x", Decimal("NaN")])
def test_what_is_not_json_is_refused(given: Any) -> None:
    with pytest.raises(ValueError):
        to_json_value(given)


def test_iso_texts_become_moments() -> None:
    assert as_datetime("2026-11-20T12:00:00Z") == NOW
    assert as_datetime("2026-11-20T15:00") == NOW
    assert as_datetime("20 November") is None
    assert as_datetime("2026-13-40") is None
    assert as_datetime(5) is None
