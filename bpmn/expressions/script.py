"""Scripts of a diagram: lines `name = expression`, calculated in order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bpmn.expressions.compiler import Expression, compile_expression
from bpmn.expressions.errors import ExpressionError, Problem
from bpmn.expressions.reader import RESERVED
from bpmn.expressions.values import stored
from kernel.i18n import N_

MAXIMUM_SCRIPT = 20_000
MAXIMUM_LINES = 200
READ_ONLY = frozenset({"now"})

_LINE = re.compile(r"\s*([^\W\d]\w*)\s*([-+*/]?)=(?!=)\s*(.*)", re.DOTALL)
_PIECE = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|#(?!\{)[^\n]*|[\n;()\[\]{}]|[^\n;()\[\]{}\"'#]+|.", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Script:
    """`assignments` are (name, expression) in order; `names` what is read from outside."""

    source: str
    assignments: tuple[tuple[str, Expression], ...]
    names: frozenset[str]

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.assignments))

    def run(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """The values that were assigned, fit to be stored; later lines see earlier ones."""
        assigned: dict[str, Any] = {}
        seen = _Layered(assigned, names)
        for name, expression in self.assignments:
            try:
                assigned[name] = stored(expression.evaluate(seen))
            except Problem as problem:
                raise ExpressionError.of(problem, expression.source) from None
        return assigned


class _Layered(Mapping[str, Any]):
    def __init__(self, over: dict[str, Any], under: Mapping[str, Any]) -> None:
        self.over = over
        self.under = under

    def __getitem__(self, name: str) -> Any:
        return self.over[name] if name in self.over else self.under[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.over[name] if name in self.over else self.under.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter({**self.under, **self.over})

    def __len__(self) -> int:
        return len({**self.under, **self.over})


@lru_cache(1024)
def compile_script(text: str) -> Script:
    """Blank lines and `#` comments are left out; `n += 1` and several assignments with `;` are understood."""
    if len(text) > MAXIMUM_SCRIPT:
        raise ExpressionError(N_("“%(expression)s” is too long."), source=text)
    assignments: list[tuple[str, Expression]] = []
    read: set[str] = set()
    for line, statement in _statements(text):
        name, expression = _assignment(statement, line)
        read |= expression.names - {target for target, _ in assignments}
        assignments.append((name, expression))
        if len(assignments) > MAXIMUM_LINES:
            raise ExpressionError(N_("“%(expression)s” is too long."), source=text, line=line)
    return Script(text, tuple(assignments), frozenset(read))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each statement; a line break inside brackets does not end one."""
    depth, start_line, line, pieces = 0, 1, 1, ""
    for piece in _PIECE.findall(text):
        if piece.startswith("#"):
            continue
        if piece in "([{":
            depth += 1
        elif piece in ")]}":
            depth -= 1
        ends = piece == ";" or (piece == "\n" and depth <= 0)
        if ends and pieces.strip():
            yield start_line, pieces.strip()
        if ends:
            pieces, depth = "", 0
        elif pieces.strip() or piece.strip():
            start_line = start_line if pieces.strip() else line
            pieces += piece
        line += piece.count("\n")
    if pieces.strip():
        yield start_line, pieces.strip()


def _assignment(statement: str, line: int) -> tuple[str, Expression]:
    match = _LINE.fullmatch(statement)
    if not match:
        raise ExpressionError(
            N_("“%(expression)s” is not a line of the form name = expression."), source=statement, line=line
        )
    name, operator, value = match.groups()
    if name in RESERVED or name in READ_ONLY or name.startswith("_"):
        raise ExpressionError(
            N_("“%(expression)s”: “%(name)s” cannot be given a value."),
            source=statement,
            line=line,
            name=name,
        )
    text = f"{name} {operator} ({value})" if operator else value
    try:
        return name, compile_expression(text, language="python")
    except ExpressionError as error:
        params = {key: param for key, param in error.params.items() if key != "expression"}
        raise ExpressionError(error.message, source=statement, position=error.position, line=line, **params) from None
