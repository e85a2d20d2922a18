"""Nothing a designer writes can reach the server, hang it, or fill its memory."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpmn.durations import Duration, WorkingDays
from bpmn.expressions import ExpressionError, compile_expression, compile_script, to_json_value
from tests.support.limits import cpu_seconds

NAMES: dict[str, Any] = {
    "a": 7,
    "f": 0.5,
    "s": "text",
    "l": [3, 1, 2],
    "d": {"stage": "needs", "x": None},
    "t": True,
    "now": datetime(2026, 11, 20, 12, tzinfo=UTC),
    "long": "x" * 100_000,
    "many": list(range(10_000)),
    "too_many": list(range(200_000)),
    "huge": 2**62,
}

ESCAPES = [
    "__import__('os')",
    "__import__('os').popen('id').read()",
    "().__class__",
    "().__class__.__base__.__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "'a'*10**9",
    "'a' * 1000000000",
    "9**9**9",
    "2 ** 10",
    "'%1000000000d' % 1",
    "'%s' % d",
    "[x for x in range(10**9)]",
    "{x for x in l}",
    "{x: 1 for x in l}",
    "(x for x in l)",
    "(lambda: 0)()",
    "lambda: 0",
    "lambda x: x",
    "str(1).__class__",
    "'{0.__class__}'.format(1)",
    "'{a.__class__}'.format_map({'a': 1})",
    "str.format('{0.__class__}', 1)",
    "d.__class__",
    "d['__class__'].__init__",
    "f'{1}'",
    "f'{().__class__}'",
    "open('/etc/hostname').read()",
    "eval('1')",
    "exec('1')",
    "compile('1', '', 'eval')",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "getattr(d, 'x')",
    "setattr(d, 'x', 1)",
    "type(1)",
    "object()",
    "print(1)",
    "input()",
    "range(10)",
    "breakpoint()",
    "len.__self__",
    "now.__class__",
    "now.replace.__self__",
    "now.tzinfo",
    "now.strftime('%Y')",
    "d.get.__self__",
    "d.items()",
    "d.pop('stage')",
    "d.update({'a': 1})",
    "l.append(1)",
    "l.__len__()",
    "l.sort()",
    "s.encode()",
    "s.format(1)",
    "s.join(l)",
    "(a := 5)",
    "a; b",
    "import os",
    "*l",
    "len(*l)",
    "len(value=l)",
    "**d",
    "yield 1",
    "await a",
    "l[0:1]",
    "l[::1]",
    "a @ a",
    "a << 100",
    "a | 1",
    "a & 1",
    "~a",
    "a ^ 1",
    "b'x'",
    "1j",
    "`a`",
    "a\\\n+ 1",
    "$a",
    "${a",
    "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "${''.getClass().forName('java.lang.Runtime')}",
    "#{execution.getVariable(s)}",
    "${execution.getVariable('__class__')}",
    "get.__globals__",
    "_private",
    "d._x",
    "{_x: 1}",
    "operator_0(1, 2)",
    "function_len(l)",
    "present_moment(1)",
    "for x in l return x",
    "some x in l satisfies x > 1",
    "function(x) x",
    "= l[item > 1]",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_escapes_do_not_even_compile(text: str) -> None:
    try:
        expression = compile_expression(text)
    except ExpressionError:
        return
    with pytest.raises(ExpressionError):
        expression.evaluate(NAMES)


def test_names_of_the_compiled_code_are_only_variables() -> None:
    for name in ("get", "kept", "operator_0", "function_len", "__builtins__", "open"):
        if not name.startswith("_"):
            assert compile_expression(name).evaluate({}) is None
    assert compile_expression("kept or get").evaluate({"get": 5}) == 5
    assert compile_expression("(kept or get) and open").evaluate({"get": 5, "open": 3, "kept": 0}) == 3


def test_records_show_their_data_only() -> None:
    assert compile_expression("d.keys").evaluate(NAMES) is None
    assert compile_expression("d.items").evaluate({"d": {"items": 3}}) == 3


BOMBS = [
    "(" * 3000 + ")" * 3000,
    "(" * 26 + "1" + ")" * 26,
    "[" * 500 + "]" * 500,
    "not " * 900 + "a",
    "-" * 900 + "a",
    "!" * 900 + "a",
    "1 in (" * 20 + "1" + ")" * 20,
    "a" + ".x" * 900,
    "a" + "[0]" * 900,
    "+".join(["a"] * 900),
    " and ".join(["a"] * 400),
    " < ".join(["a"] * 400),
    "a if b else " * 300 + "c",
    "a ? 1 : " * 300 + "2",
    "if a then 1 else " * 300 + "2",
    "[" + "1," * 999 + "]",
    "max(" * 200 + "1" + ")" * 200,
    "'" + "x" * 3990 + "'",
    "9" * 3999,
    "1e999",
    "9" * 30,
    "x" * 4001,
    "a " * 1999,
    "${" * 2000,
    "}" * 2000 + "${a}",
    "'" * 3999,
    "\\" * 3999,
    "huge * huge",
    "huge + huge + huge",
    "-huge - huge - huge",
    "1e300 * 1e300",
    "long + long",
    "many + many",
    "replace(long, 'x', long)",
    "join(many, long)",
    "split(long, 'x')",
    "sort(many)",
    "sum(too_many)",
    "5 in too_many",
    "'9223372036854775807' + 1",
    "int('9' + '0')" + " * 99999999999" * 5,
    "days(99999999999)",
    "days(-99999999999)",
    "now + days(999999999)",
    "working_days(10000000) + now",
    "add_working_days(10000000)",
    "working_hours(1e300)",
    "round(1e300 * 1e5)",
    "round(a, 1000000)",
    "now + duration('P9999Y')",
    "now + 10000 * duration('P999Y')",
    "duration('P99999999999999Y')",
    "duration('PT99999999999999999H')",
    "date(99999, 1, 1)",
    "weeks(1e308)",
]


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: text[:30])
def test_bombs_are_refused_at_once(text: str) -> None:
    with cpu_seconds(5):
        try:
            result = compile_expression(text).evaluate(NAMES)
            assert len(json.dumps(to_json_value(result))) < 250_000
        except ExpressionError:
            pass


def test_the_heaviest_expression_still_ends_soon() -> None:
    few = {"l": [str(n * 7919 % 500) for n in range(500)], "many": list(range(10_000))}
    with cpu_seconds(30):
        compile_expression("[" + ",".join(["sort(l)"] * 100) + "]").evaluate(few)
        compile_expression(" or ".join(["'x' in many"] * 100)).evaluate(few)


PIECES = st.sampled_from(
    [
        "a",
        "f",
        "s",
        "l",
        "d",
        "t",
        "now",
        "long",
        "many",
        "huge",
        "unknown",
        "1",
        "2",
        "0",
        "-1",
        "3.5",
        "1e10",
        "'x'",
        '"y"',
        "'2026-01-01'",
        "None",
        "true",
        "false",
        "null",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "<",
        ">",
        "<=",
        ">=",
        "==",
        "!=",
        "=",
        "and",
        "or",
        "not",
        "&&",
        "||",
        "!",
        "in",
        "is",
        "if",
        "then",
        "else",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "..",
        "between",
        "eq",
        "ne",
        "lt",
        "gt",
        "empty",
        "len(",
        "max(",
        "min(",
        "sum(",
        "abs(",
        "round(",
        "days(",
        "duration('P1D')",
        "duration('P1M')",
        "date('2026-01-01')",
        "next_working_day(",
        "sort(",
        "split(",
        "join(",
        "str(",
        "int(",
        "contains(",
        "replace(",
        "substring(",
        "coalesce(",
        "count(",
        "${",
        "#{",
        "}",
        ".stage",
        ".size()",
        "[0]",
        "working_days(",
        "'PT1H'",
        "@",
        "@'P1D'",
        "distinct(",
        "concatenate(",
        "append(",
        "lower(",
    ]
)
SENTENCES = st.lists(PIECES, min_size=1, max_size=14).map(" ".join)


def check(text: str) -> None:
    try:
        expression = compile_expression(text)
        with cpu_seconds(5):
            result = expression.evaluate(NAMES)
    except ExpressionError as error:
        assert str(error) and error.in_language("ru")
        return
    if isinstance(result, datetime | date | timedelta | Duration | WorkingDays):
        return
    try:
        json.dumps(to_json_value(result))
    except ExpressionError as error:
        assert "too large" in str(error) or "working days" in str(error)


@settings(max_examples=1500, deadline=None)
@given(SENTENCES)
def test_any_sentence_of_the_language_compiles_and_ends_or_is_refused(text: str) -> None:
    check(text)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
@example("\x00")
@example("\ud800")
@example("'\ud800'")
@example("'\\ud800'")
@example("١٢")
@example("a\u2028> 5")
def test_any_text_compiles_or_is_refused(text: str) -> None:
    check(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.builds("{} = {}".format, st.sampled_from(["x", "y", "now", "if"]), SENTENCES), max_size=6))
def test_any_script_compiles_and_ends_or_is_refused(lines: list[str]) -> None:
    try:
        json.dumps(compile_script("\n".join(lines)).run(NAMES))
    except ExpressionError:
        pass


@pytest.mark.parametrize(
    ("text", "words", "position"),
    [
        ("a > ", "ends too early", 4),
        ("a > (5", "“)” is missing", 6),
        ("a $ 5", "“$” means nothing", 2),
        ("a > 'x", "not closed", 4),
        ("a ** 2", "powers", 2),
        ("f(1)", "“f” is not a function", 0),
        ("a > 1 and\n foo(2)", "“foo” is not a function", 11),
        ("len()", "“len” does not take 0 values", 0),
        ("${a > }", "ends too early", 6),
        ("", "empty", None),
        ("1 / 0", "divides by zero", None),
        ("5 % 0", "divides by zero", None),
        ("a + None", "7 + null cannot be calculated", None),
        ("a > l", "7 and […] cannot be compared", None),
        ("s.x", "“text” has no field “x”", None),
        ("a + d", "7 + {…} cannot be calculated", None),
        ("duration('tomorrow')", "neither a date nor a duration", None),
        ("now + 1", "cannot be calculated", None),
    ],
)
def test_errors_say_what_and_where(text: str, words: str, position: int | None) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text).evaluate(NAMES)
    assert words in str(caught.value)
    assert caught.value.position == position
    assert caught.value.params["expression"] in " ".join(text.split())
