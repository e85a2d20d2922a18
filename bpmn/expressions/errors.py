"""What is wrong with an expression, in plain words and with its place."""

from typing import Any

from kernel.i18n import translate

SHOWN = 120
"""Characters of the expression that a message repeats."""


class Problem(Exception):
    """Raised inside the language; whoever knows the whole expression turns it into an `ExpressionError`."""

    def __init__(self, message: str, position: int | None = None, **params: Any) -> None:
        self.message = message
        self.position = position
        self.params = params
        super().__init__(message)


class ExpressionError(ValueError):
    """`message` is an English template for `params`, which hold `expression`.

    `position` counts characters from 0, `line` from 1; both are None for what goes wrong while calculating.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str,
        position: int | None = None,
        line: int | None = None,
        **params: Any,
    ) -> None:
        self.message = message
        self.source = source
        self.position = position
        self.line = line if line is not None or position is None else source.count("\n", 0, position) + 1
        self.params: dict[str, Any] = {"expression": _shown(source), **params}
        super().__init__(self.in_language("en"))

    @classmethod
    def of(cls, problem: Problem, source: str, line: int | None = None) -> "ExpressionError":
        return cls(problem.message, source=source, position=problem.position, line=line, **problem.params)

    def in_language(self, language: str) -> str:
        """The message for a person who reads `language` (ru or en)."""
        return translate(self.message, language, **self.params)


def _shown(source: str) -> str:
    text = " ".join(source.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
