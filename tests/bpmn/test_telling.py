"""Every message of the package has its Russian, with the same values, and says what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import bpmn
from bpmn.model import Finding
from bpmn.telling import sentence
from kernel.i18n import translations

PACKAGE = Path(bpmn.__file__).parent
VALUES = re.compile(r"%\((\w+)\)s")


def marked() -> Iterator[str]:
    for source in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(source.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "N_":
                yield ast.literal_eval(call.args[0])


def test_every_message_has_its_russian_with_the_same_values() -> None:
    catalogue = translations("ru")
    for message in marked():
        russian = catalogue.gettext(message)
        assert russian != message, message
        assert sorted(VALUES.findall(russian)) == sorted(VALUES.findall(message)), message


def test_terms_inside_a_finding_are_translated_and_names_are_not() -> None:
    finding = Finding(
        "x", "error", "“%(element)s”: %(what)s cannot be run yet. Draw it another way.",
        params={"element": "message", "what": "compensation of a whole process"},
    )  # fmt: skip
    assert (
        sentence(finding, "ru") == "«message»: пока не выполняется (компенсация процесса целиком). Нарисуйте это иначе."
    )
    assert sentence(finding, "en").startswith("“message”: compensation of a whole process cannot")
