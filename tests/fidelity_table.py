"""What becomes of each construct of BPMN, with the test that proves it: `python -m tests.fidelity_table` writes the pages.

A test says what it proves by `@pytest.mark.fidelity("construct", "runs")` (runs, repaired or refused); what is refused
comes from the cases of `tests/bpmn/rule_cases.py`, in the sentences that designers read.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpmn.model import Finding
from kernel.i18n import translate
from tests.bpmn.rule_cases import INVALID
from tests.bpmn.test_rules import errors_of
from tests.fidelity_constructs import CONSTRUCTS, SECTIONS

ROOT = Path(__file__).parents[1]
OUTCOMES = ("runs", "repaired", "refused")
PAGES = {"en": ROOT / "docs" / "en" / "fidelity.md", "ru": ROOT / "docs" / "ru" / "fidelity.md"}
WORDS = {
    "en": {
        "title": "What becomes of each construct",
        "lead": "Every row is proved by a test. The pages are written by `python -m tests.fidelity_table` from the marks of "
        "the tests; a test compares them.",
        "head": ("Construct", "What becomes of it", "Proved by"),
        "refused": "Refused, with file, line, element and what to do",
        "refused_head": ("What is said", "Rule", "Proved by"),
        "runs": "runs",
        "repaired": "repaired, told on the element",
        "said_refused": "refused at its element",
    },
    "ru": {
        "title": "Что происходит с каждой конструкцией",
        "lead": "Каждая строка доказана тестом. Страницы составляет из пометок в тестах команда "
        "`python -m tests.fidelity_table`; тест сверяет их.",
        "head": ("Конструкция", "Что с ней происходит", "Доказывает"),
        "refused": "Отклоняется с указанием файла, строки, элемента и того, что делать",
        "refused_head": ("Что сообщается", "Правило", "Доказывает"),
        "runs": "выполняется",
        "repaired": "исправляется, что видно на элементе",
        "said_refused": "отклоняется у своего элемента",
    },
}


@dataclass(frozen=True, slots=True)
class Proof:
    construct: str
    outcome: str
    file: str
    test: str


def proofs() -> list[Proof]:
    """Every mark of the tests, in the order of files and lines."""
    found: list[Proof] = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.fidelity(" in source:
            found.extend(_marked(ast.parse(source), path.relative_to(ROOT).as_posix()))
    return found


def _marked(tree: ast.Module, file: str) -> Iterator[Proof]:
    for function in tree.body:
        for decorator in function.decorator_list if isinstance(function, ast.FunctionDef) else ():
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fidelity":
                construct, outcome = (ast.literal_eval(argument) for argument in decorator.args)
                assert isinstance(function, ast.FunctionDef)
                yield Proof(construct, outcome, file, function.name)


def page(language: str) -> str:
    words = WORDS[language]
    proved = proofs()
    parts = [f"# {words['title']}", str(words["lead"])]
    for section, titles in SECTIONS.items():
        rows = [row for key in CONSTRUCTS if key.startswith(f"{section}.") for row in _rows(key, proved, language)]
        parts.append(f"## {titles[language]}\n\n{_table(words['head'], rows)}")
    refusals = [
        (said, f"`{rule}`", _link("tests/bpmn/test_rules.py", case)) for said, rule, case in _refusals(language)
    ]
    parts.append(f"## {words['refused']}\n\n{_table(words['refused_head'], refusals)}")
    return "\n\n".join(parts) + "\n"


def _rows(key: str, proved: list[Proof], language: str) -> Iterator[tuple[str, str, str]]:
    """A row for each outcome of a construct: what is refused as drawn may run when a repair is accepted."""
    words = WORDS[language]
    for outcome in OUTCOMES:
        tests = [_link(one.file, one.test) for one in proved if (one.construct, one.outcome) == (key, outcome)]
        if tests:
            told = words["said_refused" if outcome == "refused" else outcome]
            yield CONSTRUCTS[key][language], str(told), "<br>".join(tests)


def _link(file: str, test: str) -> str:
    return f"[{test.removeprefix('test_').replace('_', ' ')}](../../{file})"


def _table(head: object, rows: list[tuple[str, str, str]]) -> str:
    assert isinstance(head, tuple)
    lines = [head, ("--", "--", "--"), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines).replace("| -- | -- | -- |", "|--|--|--|")


def _refusals(language: str) -> list[tuple[str, str, str]]:
    """(sentence, rule, the case that proves it), each sentence once."""
    seen: dict[str, tuple[str, str, str]] = {}
    for case, (_, xml) in INVALID.items():
        for finding in errors_of(xml):
            seen.setdefault(finding.message, (_sentence(finding, language), finding.rule, case))
    return sorted(seen.values(), key=lambda row: (row[1], row[2]))


def _sentence(finding: Finding, language: str) -> str:
    """The finding's template with its places left open."""
    template = translate(finding.message, language)
    return re.sub(r"[“«]?%\(\w+\)s[”»]?", "`…`", template).replace("|", "\\|")


def main() -> None:
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
