"""What is wrong with a decision while it is evaluated, told with its rule and input."""

from typing import Any

from bpmn.expressions.errors import ExpressionError
from kernel.i18n import translate


class DecisionError(ValueError):
    """`message` is an English template for `params`, of which some are functions of the language; `reason` is what went
    wrong with the expression that failed, where one did (`cause`)."""

    def __init__(self, message: str, *, cause: ExpressionError | None = None, **params: Any) -> None:
        self.message = message
        self.params = {**params, "reason": cause.in_language} if cause is not None else params
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """The message for a person who reads `language` (ru or en)."""
        return translate(self.message, language, **self.params)
