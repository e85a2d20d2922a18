"""Every text for people is there in Russian, with the values it needs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from kernel.i18n import LOCALE_DIR, translate, translate_plural

ROOT = Path(__file__).parents[2]
PACKAGES = ("kernel", "bpmn", "engine", "crm_model", "processes", "api", "task_ui", "server")
SINGLE = {"N_", "_", "gettext", "translate"}
PLURAL = {"ngettext", "translate_plural", "NP_"}
VALUE = re.compile(r"%\((\w+)\)[sd]")
COUNT = "count"
FILES = sorted((LOCALE_DIR / "ru" / "LC_MESSAGES").glob("*.po"))
RUSSIAN = re.compile("[А-Яа-яЁё]")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ru")


def entries() -> Iterator[tuple[str, Message]]:
    for path in FILES:
        for message in catalogue(path):
            if message.id:
                yield path.name, message


def in_code() -> Iterator[tuple[str, tuple[str, ...]]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    texts = marked(node)
                    if texts:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", texts


def marked(call: ast.Call) -> tuple[str, ...]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    wanted = 1 if name in SINGLE else 2 if name in PLURAL else 0
    texts = tuple(a.value for a in call.args[:wanted] if isinstance(a, ast.Constant) and isinstance(a.value, str))
    return texts if len(texts) == wanted and all(texts) else ()


def in_templates() -> Iterator[tuple[str, tuple[str, ...]]]:
    environment = Environment()
    for path in sorted((ROOT / "task_ui" / "templates").rglob("*.html")):
        for line, function, texts in extract_from_ast(environment.parse(path.read_text())):
            found = (texts,) if isinstance(texts, str) else tuple(text for text in texts or () if text)
            if function in SINGLE | PLURAL and found:
                yield f"{path.relative_to(ROOT)}:{line}", found[: 2 if function in PLURAL else 1]


def all_marked() -> list[tuple[str, tuple[str, ...]]]:
    return [*in_code(), *in_templates()]


def test_the_search_finds_texts_in_code_and_templates() -> None:
    found = all_marked()
    assert len([where for where, _ in found if where.endswith(".html") or ".html:" in where]) > 100
    assert len([where for where, _ in found if ".py:" in where]) > 300


def test_every_marked_text_has_a_russian_one() -> None:
    known: dict[object, Message] = {}
    for _, message in entries():
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        known[key] = message
    missing = [
        f"{where}: {texts[0]}"
        for where, texts in all_marked()
        if texts[0] not in known
        or not translated(known[texts[0]])
        or (len(texts) == 2 and not isinstance(known[texts[0]].id, tuple))
    ]
    assert missing == []


def translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(texts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_have_the_values_of_their_texts(path: Path) -> None:
    wrong = []
    for message in catalogue(path):
        if not message.id or not translated(message):
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        values = {name for text in originals for name in VALUE.findall(text)}
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        for text in strings:
            lacking = values - set(VALUE.findall(text)) - ({COUNT} if len(strings) > 1 else set())
            if lacking or set(VALUE.findall(text)) - values:
                wrong.append(f"{originals[0]!r} -> {text!r}")
    assert wrong == []


def test_counted_texts_have_the_three_forms_of_russian() -> None:
    assert [m.id for _, m in entries() if isinstance(m.id, tuple) and len(m.string) != 3] == []


def test_one_text_is_translated_in_one_way() -> None:
    ways: dict[object, set[object]] = {}
    for _, message in entries():
        ways.setdefault((message.context, message.id), set()).add(message.string)
    assert {text: found for text, found in ways.items() if len(found) > 1} == {}


def test_nothing_is_marked_as_uncertain() -> None:
    assert [(name, m.id) for name, m in entries() if m.fuzzy] == []


def test_a_text_and_a_count_are_read_in_russian() -> None:
    assert RUSSIAN.search(translate("There is no such record, or you may not see it.", "ru"))
    plural = next(m.id for _, m in entries() if isinstance(m.id, tuple) and VALUE.findall(m.id[1]) == [COUNT])
    forms = {translate_plural(plural[0], plural[1], count, "ru") for count in (1, 2, 5)}
    assert len(forms) == 3
