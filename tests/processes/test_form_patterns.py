"""Patterns of form fields agree with Python's `re` on the syntax they share, and never hang."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processes.forms.patterns import PatternError, compile_pattern
from tests.support.limits import cpu_seconds

SAME = [
    "abc", "^abc$", "a|b|cd", "(ab)+", "(?:ab)*c", "a?b", "^a{2,3}$", "^a{2,}$", "^a{2}$", "[a-c]+", "[^a-c]+", "^[-a]+$",
    r"^\d+$", r"\w\s\w", r"^\D+$", r"\.", "^.*$", "^(a|ab)(c|bcd)$", "^[0-9]{10}([0-9]{2})?$", "", "^$", "a*?b", r"^[\d,]+$",
    r"^\+7\d{10}$", "(a|b)*abb", r"[\]]", r"^[А-Яа-яЁё]+$", r"^\u0041$",
]  # fmt: skip
TEXTS = ["", "a", "b", "ab", "abc", "abb", "aabb", "aaa", "aa", "1", "1234567890", "123456789012", "x y", "a,b", "1,2", "-a",
         ".", "]", "+79161234567", "abcd", "cd", "Анна", "A", "abababc"]  # fmt: skip


@pytest.mark.parametrize("pattern", SAME)
def test_patterns_mean_what_they_mean_elsewhere(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    for text in TEXTS:
        assert compiled.matches(text) == bool(re.search(pattern, text)), text


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[", "[a", "a{", "a{,3}", "a{3,2}", "*a", "a{999}", "(?=a)", "(?!a)", "(?<x>a)", r"\1", r"\b", "\\", r"\u00",
                "^*", "x" * 501, "(" * 30 + ")" * 30, "((((a{99}){99}){99}){99})", "[z-a]", r"[a-\d]", "[]1]", "[^]a]"],
)  # fmt: skip
def test_patterns_outside_the_syntax_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|aa)+$", "(a*)*b", "^(a|a)*$", "(x+x+)+y", "a*a*a*a*a*a*b", "(((a*)*)*)*b"]
)
def test_patterns_that_hang_others_do_not_hang(pattern: str) -> None:
    with cpu_seconds(10):
        assert not compile_pattern(pattern).matches("a" * 1900 + "!") or pattern == ""


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab|()*+?{}[]^$.\\d1-,", max_size=12), st.text(alphabet="ab1-", max_size=8))
def test_any_pattern_agrees_with_python_or_is_refused(pattern: str, text: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return
    try:
        expected = bool(re.search(pattern, text, re.ASCII))
    except re.error:
        return
    if "$" not in pattern and "{" not in pattern:
        assert compiled.matches(text) == expected
