"""What is wrong with a decision while it is evaluated, told with its rule and input."""

from typing import Any

from bpmn.expressions.errors import ExpressionError
from kernel.i18n import translate


class DecisionError(ValueError):
    """`message` is an English template for `params`; `cause` is the expression that failed, where one did."""

    def __init__(self, message: str, *, cause: ExpressionError | None = None, **params: Any) -> None:
        self.message = message
        self.params = params
        self.cause = cause
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """The message for a person who reads `language` (ru or en)."""
        params = dict(self.params)
        if self.cause is not None:
            params["reason"] = self.cause.in_language(language)
        return translate(self.message, language, **params)
