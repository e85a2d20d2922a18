"""Nothing a designer writes can reach the server, hang it, or fill its memory."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpmn.durations import Duration, WorkingDays
from bpmn.expressions import ExpressionError, compile_expression, compile_script, to_json_value
from tests.bpmn.hostile_expressions import BOMBS, ESCAPES, PIECES
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


SENTENCES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join)


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
