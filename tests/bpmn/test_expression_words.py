"""Every message of the language and of forms has its Russian words, with the same values in them."""

import ast
import re
from pathlib import Path

import pytest

from bpmn.expressions import ExpressionError, compile_expression
from kernel.i18n import translate

ROOT = Path(__file__).parents[2]
SOURCES = [
    ROOT / "bpmn/durations.py",
    *(ROOT / "bpmn/expressions").glob("*.py"),
    *(ROOT / "processes/forms").glob("*.py"),
]


def messages(source: Path) -> list[str]:
    calls = (node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call))
    marked = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "N_" and call.args)
    return [ast.literal_eval(call.args[0]) for call in marked]


@pytest.mark.parametrize("message", sorted({text for source in SOURCES for text in messages(source)}))
def test_every_message_is_translated(message: str) -> None:
    russian = translate(message, "ru")
    assert russian != message
    assert sorted(re.findall(r"%\(\w+\)s|%%", russian)) == sorted(re.findall(r"%\(\w+\)s|%%", message))


def test_an_error_speaks_russian() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("a > (5")
    assert caught.value.in_language("ru") == "«a > (5»: в конце не хватает «)»."
