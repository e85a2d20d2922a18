"""Everything the interface says has its Russian words, with the same places to fill in."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

import jinja2
import pytest
from babel.messages.pofile import read_po
from flask import Flask, g
from jinja2.ext import babel_extract

import kernel
import task_ui
from task_ui import templating
from task_ui.words import LABELS

HOME = Path(task_ui.__file__).parent
CATALOGUES = Path(kernel.__file__).parent / "locale" / "ru" / "LC_MESSAGES"
MARKS = {"_": 1, "N_": 1, "plural": 2, "translate": 1, "translate_plural": 2}
PLACES = re.compile(r"%\((\w+)\)[sd]|%%")

Said = str | tuple[str, str]


def marked() -> dict[Said, str]:
    """Every marked text with the file that says it; a pair for counted ones."""
    found: dict[Said, str] = {}
    for path in sorted(HOME.rglob("*.py")):
        for text in _in_python(path.read_text()):
            found.setdefault(text, path.name)
    for path in sorted((HOME / "templates").rglob("*.html")):
        for text in _in_template(path):
            found.setdefault(text, path.name)
    return found


def _in_python(source: str) -> Iterator[Said]:
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in MARKS:
            continue
        texts = [str(arg.value) for arg in call.args[: MARKS[call.func.id]] if isinstance(arg, ast.Constant)]
        if len(texts) == MARKS[call.func.id] and texts[0]:
            yield (texts[0], texts[1]) if len(texts) == 2 else texts[0]


def _in_template(path: Path) -> Iterator[Said]:
    with path.open("rb") as file:
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "encoding": "utf-8", "silent": "false"}
        for _line, _function, message, _comments in babel_extract(file, ("_", "ngettext"), (), options):
            texts = [str(part) for part in (message if isinstance(message, tuple) else (message,)) if part]
            if not texts:
                continue
            yield (texts[0], texts[1]) if _function == "ngettext" else texts[0]


@cache
def catalogue() -> dict[Said, str | tuple[str, ...]]:
    found: dict[Said, str | tuple[str, ...]] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            messages = read_po(file, locale="ru")
        found |= {cast(Said, message.id): cast(str, message.string) for message in messages if message.id}
    return found


def test_every_text_has_a_russian_one() -> None:
    known = catalogue()
    missing = [f"{path}: {text}" for text, path in marked().items() if not known.get(text) or not all(known[text])]
    assert missing == []


@pytest.mark.parametrize("text", [text for text in catalogue() if "%" in str(text)], ids=str)
def test_russian_texts_fill_in_the_same_places(text: Said) -> None:
    english = {place[1] for part in ([text] if isinstance(text, str) else text) for place in PLACES.finditer(part)}
    russian = catalogue()[text]
    for form in [russian] if isinstance(russian, str) else russian:
        assert {place[1] for place in PLACES.finditer(form)} <= english
        if isinstance(text, str):
            assert {place[1] for place in PLACES.finditer(form)} == english


def test_all_templates_can_be_read() -> None:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HOME / "templates"), autoescape=True)
    environment.filters.update(dict.fromkeys(_filters(), str))
    for name in environment.list_templates():
        environment.parse(environment.loader.get_source(environment, name)[0])  # type: ignore[union-attr]


def _filters() -> list[str]:
    from task_ui.formatting import FILTERS

    return [*FILTERS, "role_name", "translated"]


def test_counted_thousands_are_told_as_numbers_elsewhere_are() -> None:
    for language, said in (("ru", "3\u00a0000 строк"), ("en", "3,000 rows")):
        with Flask(__name__).app_context():
            g.language = language
            assert templating.counted("%(num)s row", "%(num)s rows", 3000) == said


def test_every_event_of_a_version_has_its_icon() -> None:
    assert templating.EVENT_ICONS.keys() == LABELS["version_event"].keys()
