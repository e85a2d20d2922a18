"""Cuts the text of an expression into tokens; knows the spellings of Python, JUEL and FEEL."""

import re
from dataclasses import dataclass
from typing import Any

from bpmn.expressions.errors import Problem
from kernel.i18n import N_

MAXIMUM_TOKENS = 1000
MAXIMUM_INTEGER = 2**63 - 1
MAXIMUM_TEXT_LITERAL = 2000

LONG_NAMES = (
    "date and time", "years and months duration", "starts with", "ends with", "string length", "string join",
    "upper case", "lower case", "list contains", "substring before", "substring after", "day of week",
    "month of year", "is defined", "get value", "insert before", "index of", "distinct values", "is empty",
)  # fmt: skip
"""FEEL's function names with blanks, known as such only before a bracket."""

_LONG = "|".join(name.replace(" ", "[ \\t]+") for name in LONG_NAMES)
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<long>(?:{_LONG})(?=\s*\())"
    r"|(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w]))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<operator>===|!==|==|!=|<>|<=|>=|&&|\|\||\.\.|//|\*\*|[-+*/%<>=!?:,.()\[\]{}@])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "/": "/", "\n": ""}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, string, name, operator or end; `value` the number, the text or the spelling."""

    kind: str
    value: Any
    position: int


def tokens_of(text: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise _unreadable(text, position)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(_token(kind, match.group(), position))
        position = match.end()
    if len(tokens) > MAXIMUM_TOKENS:
        raise Problem(N_("“%(expression)s” is too long."))
    return [*tokens, Token("end", "", len(text))]


def _unreadable(text: str, position: int) -> Problem:
    sign = text[position]
    if sign in "'\"":
        return Problem(N_("“%(expression)s”: a text in quotation marks is not closed."), position)
    if sign.isdigit():
        return Problem(N_("“%(expression)s”: a number is not written correctly."), position)
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return Problem(N_("“%(expression)s”: the sign “%(sign)s” means nothing here."), position, sign=shown)


def _token(kind: str, text: str, position: int) -> Token:
    if kind == "number":
        return Token("number", _number(text, position), position)
    if kind == "string":
        return Token("string", _text(text[1:-1], position), position)
    if kind == "long":
        return Token("name", " ".join(text.split()), position)
    return Token(kind, text, position)


def _number(text: str, position: int) -> int | float:
    if text.isdigit():
        value: int | float = int(text) if len(text) < 20 else MAXIMUM_INTEGER + 1
        too_large = value > MAXIMUM_INTEGER
    else:
        value = float(text) if len(text) < 60 else float("inf")
        too_large = value == float("inf")
    if too_large:
        raise Problem(N_("“%(expression)s”: a number is too large."), position)
    return value


def _text(raw: str, position: int) -> str:
    if len(raw) > MAXIMUM_TEXT_LITERAL:
        raise Problem(N_("“%(expression)s”: a text is too long."), position)

    def unescaped(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, "\\" + code)

    text = _ESCAPE.sub(unescaped, raw) if "\\" in raw else raw
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise Problem(N_("“%(expression)s”: a text holds a sign that cannot be stored."), position)
    return text
