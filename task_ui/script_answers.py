"""What a page's script sends and is answered, as JSON."""

from collections.abc import Callable
from typing import Any

from flask import g, request
from werkzeug.wrappers import Response as AnyResponse

from kernel.db import savepoint
from kernel.errors import AppError, Conflict, ValidationFailed
from task_ui import diagram, scenario_words
from task_ui.errors import STATUS
from task_ui.web import ctx, json_answer


class Sent:
    """What came: of each name the kind that is asked for, else nothing."""

    def __init__(self) -> None:
        given = request.get_json(silent=True)
        self.values: dict[str, Any] = given if isinstance(given, dict) else {}

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True

    def record(self, name: str) -> dict[str, Any] | None:
        value = self.values.get(name)
        return value if isinstance(value, dict) else None

    def rows(self, name: str) -> list[dict[str, Any]]:
        value = self.values.get(name)
        return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def told(action: Callable[[], dict[str, Any]]) -> AnyResponse:
    """The answer, or what went wrong, as JSON for the page's script; a failed try leaves nothing behind."""
    try:
        with savepoint(ctx().session):
            return json_answer(action())
    except AppError as error:
        fields = error.fields_in(g.language) if isinstance(error, ValidationFailed) else {}
        texts = [error.in_language(g.language), *(text for row in fields.values() for text in row)]
        answer = json_answer(
            {
                "code": error.code,
                "message": " ".join(dict.fromkeys(texts)),
                "conflict": isinstance(error, Conflict),
                "findings": diagram.numbered(error.details.get("findings") or []),
                "offers": error.details.get("offers") or [],
                "scenarios": scenario_words.held_back(error.details.get("scenarios") or []),
            }
        )
        answer.status_code = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        return answer
