"""What the documentation says and a machine can check: commands, functions, operations, types, examples, links."""

import argparse
import ast
import importlib
import json
import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

import api
from bpmn.diagram import read_diagram
from bpmn.examination import examine
from bpmn.expressions import compile_expression, compile_script, to_json_value
from bpmn.expressions.functions import FUNCTIONS
from bpmn.vocabulary import ACTIVITY_KINDS, Vocabulary
from crm_model import stages
from kernel.context import ROLES
from kernel.db import MINIMUM_SERVER_VERSION
from kernel.i18n import LOCALE_DIR
from processes import catalogue
from processes.forms import read_form
from processes.forms.definition import TYPES, FieldDefinition
from processes.operations import REGISTRY
from server.cli import parser
from server.settings import DEFAULT_PORT

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LANGUAGES = ("en", "ru")
READMES = ("README.md", "README.ru.md")
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "processes").rglob("*.md")])
NOW = datetime.fromisoformat("2026-11-23T10:00:00+03:00")
"""The moment that the examples of expressions are calculated at."""


def words_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rows(page: Path) -> list[list[str]]:
    """The rows of a page's tables, cell by cell, without their heads."""
    lines = [line for line in words_of(page).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if not line.startswith("|--")]


def first_codes(page: Path) -> list[str]:
    """What stands in code in the first column, one by one."""
    return [code for row in rows(page) for code in re.findall(r"`([^`]+)`", row[0])]


def commands() -> set[str]:
    actions = parser()._subparsers
    assert actions is not None
    return {name for action in actions._group_actions for name in (action.choices or {})}


@pytest.mark.parametrize("name", READMES)
def test_the_readme_begins_with_the_two_commands(name: str) -> None:
    text = words_of(ROOT / name)
    assert text.index("./run ") < text.index("./run test") < text.index("## ")


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_command_and_no_other(name: str) -> None:
    section = re.split(r"^## ", words_of(ROOT / name), flags=re.M)
    table = next(part for part in section if part.startswith(("Commands", "Команды")))
    named = {
        code.split()[0]
        for line in table.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([^`]+)`", line.split(" | ")[0])
    }
    assert named == commands()


@pytest.mark.parametrize("name", READMES)
def test_the_flags_of_the_readme_exist(name: str) -> None:
    serve = next(
        action.choices["serve"]
        for action in parser()._subparsers._group_actions  # type: ignore[union-attr]
        if isinstance(action.choices, dict)
    )
    assert isinstance(serve, argparse.ArgumentParser)
    told = {flag for row in rows(ROOT / name) for flag in re.findall(r"`(--[a-z-]+)", row[0])}
    assert told == {flag for flag in serve._option_string_actions if flag.startswith("--")} - {"--help"}


@pytest.mark.parametrize("page", [ROOT / name for name in READMES] + [DOCS / x / "administrator.md" for x in LANGUAGES])
def test_versions_and_ports_are_those_of_the_code(page: Path) -> None:
    text = words_of(page)
    assert re.search(rf"PostgreSQL[^.|]*\b{MINIMUM_SERVER_VERSION // 10000}\b", text)
    assert str(DEFAULT_PORT) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_is_documented_with_an_example_that_is_true(language: str) -> None:
    page = DOCS / language / "expressions.md"
    found = [row for row in rows(page) if len(row) == 4 and row[0].startswith("`")]
    assert sorted(row[0].strip("`") for row in found) == sorted(FUNCTIONS)
    for function, _, example, value in found:
        source = example.strip("`")
        assert f"{function.strip('`')}(" in source
        calculated = to_json_value(compile_expression(source).evaluate({"now": NOW}))
        assert json.dumps(calculated, ensure_ascii=False) == value.strip("`"), source


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_in_the_documentation_can_be_read(language: str) -> None:
    for script in re.findall(r"```\n(.*?)```", words_of(DOCS / language / "expressions.md"), re.S):
        assert compile_script(script).targets


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_operation_is_documented_with_its_parameters(language: str) -> None:
    needed = {"en": " (required)", "ru": " (обязателен)"}[language]
    told = {
        row[0].strip("`"): row[2]
        for row in rows(DOCS / language / "operations.md")
        if len(row) == 3 and row[0].startswith("`")
    }
    assert told == {
        operation.name: ", ".join(
            f"`{one.name}`: {one.type_name}{needed if one.required else ''}" for one in operation.parameters
        )
        or "—"
        for operation in REGISTRY.all()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_of_field_is_documented(language: str) -> None:
    types = [row[0].strip("`") for row in rows(DOCS / language / "forms.md") if len(row) == 3 and "`" in row[0]]
    assert sorted(types) == sorted(TYPES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_stages_and_kinds_of_activities_are_named(language: str) -> None:
    text = words_of(DOCS / language / "designer.md")
    assert all(f"`{code}`" in text for code in (*stages.CODES, *ACTIVITY_KINDS))


def test_the_glossary_has_every_stage_and_role_in_both_languages() -> None:
    text = words_of(DOCS / "glossary.md")
    for stage in stages.STAGES:
        assert f"| `{stage.code}` | {stage.en} | {stage.ru} |" in text
    assert all(f"`{role}`" in text for role in ROLES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_diagrams_in_the_documentation_run_as_drawn(language: str) -> None:
    drawn = re.findall(r"```xml\n(<\?xml.*?)```", words_of(DOCS / language / "designer.md"), re.S)
    assert drawn
    for number, diagram in enumerate(drawn):
        examined = examine([(f"{number}.bpmn", diagram.encode())], Vocabulary(roles=frozenset(ROLES)))
        assert not examined.findings
        assert not examined.repairs


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", words_of(page)):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_path_of_a_machine_is_told(page: Path) -> None:
    assert not re.search(r"/(work|tmp|root|home)/", words_of(page))


def test_both_languages_have_the_same_pages_with_the_same_headings_and_tables() -> None:
    shapes = {
        language: {
            page.name: (
                re.findall(r"^#+(?= )", re.sub(r"```.*?```", "", words_of(page), flags=re.S), re.M),
                len(rows(page)),
                words_of(page).count("```"),
            )
            for page in sorted((DOCS / language).glob("*.md"))
        }
        for language in LANGUAGES
    }
    assert shapes["en"] == shapes["ru"]


def described(process: str) -> set[str]:
    """The tasks of a shipped process as its page has them: `| where | task | whose | results and fields |`."""
    folder = catalogue.FOLDER / process
    diagram = read_diagram(process, (folder / f"{process}.bpmn").read_bytes())
    lines = set()
    for node in diagram.processes[process].nodes.values():
        if node.type != "userTask":
            continue
        form = folder / "forms" / f"{node.extension.form}.form"
        content = json.loads(form.read_text(encoding="utf-8")) if node.extension.form else {"components": []}
        fields = [field for field in read_form(content).fields if not field.read_only]
        told = []
        for result in node.extension.results:
            own = ", ".join(_field(field) for field in fields if result.code in field.results)
            told.append(f"{result.code} ({own})" if own else result.code)
        common = ", ".join(_field(field) for field in fields if not field.results)
        where = node.scope if node.scope != process else "—"
        answers = (", ".join(told) or "completed") + (f"; {common}" if common else "")
        lines.add(f"| {where} | `{node.id}` | `{node.extension.assignee}` | {answers} |")
    return lines


def _field(field: FieldDefinition) -> str:
    codes = [option.code for option in field.options]
    options = f" ({', '.join(codes)})" if 0 < len(codes) < 5 else ""
    return f"`{field.key}{'' if field.required and field.hide is None else '?'}`{options}"


@pytest.mark.parametrize("process", catalogue.ORDER)
def test_the_page_of_a_shipped_process_lists_its_tasks_as_they_are(process: str) -> None:
    page = catalogue.FOLDER / process / "README.md"
    assert {line for line in words_of(page).splitlines() if re.match(r"\| \S+ \| `", line)} == described(process)


@pytest.fixture(scope="module")
def addresses() -> set[str]:
    """Every address of the API, with `{id}` for a number, below /api/v1."""
    app = Flask("documentation")
    api.register(app)
    rules = (re.sub(r"<[^>]+>", "{id}", rule.rule) for rule in app.url_map.iter_rules())
    return {rule.removeprefix("/api/v1") for rule in rules}


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name in LANGUAGES], ids=lambda page: page.stem)
def test_addresses_of_the_api_exist(page: Path, addresses: set[str]) -> None:
    told = re.findall(r"/api/v1(/[\w./-]+)", words_of(page))
    if page.stem == "api":
        told += re.findall(r"`(/[\w{}/-]+)`", words_of(page).split("\n|", 1)[1])
    assert set(told) <= addresses


def test_imports_in_the_developers_examples_exist() -> None:
    blocks = re.findall(r"```python\n(.*?)```", words_of(DOCS / "developer.md"), re.S)
    assert blocks
    for block in blocks:
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module or "")
                assert all(hasattr(module, alias.name) for alias in node.names)


def test_files_that_the_developers_page_names_exist() -> None:
    text = words_of(DOCS / "developer.md")
    for name in re.findall(r"`((?:kernel|bpmn|engine|crm_model|processes|api|task_ui|server|tests)/[\w/.]*)`", text):
        assert (ROOT / name).exists(), name


def test_both_readmes_have_the_same_shape() -> None:
    one, other = (ROOT / name for name in READMES)
    assert re.findall(r"^#+(?= )", words_of(one), re.M) == re.findall(r"^#+(?= )", words_of(other), re.M)
    assert first_codes(one)[:6] == first_codes(other)[:6]


def test_reliability_is_told_alike_in_both_languages() -> None:
    one, other = DOCS / "reliability.md", DOCS / "reliability.ru.md"
    assert re.findall(r"^#+(?= )", words_of(one), re.M) == re.findall(r"^#+(?= )", words_of(other), re.M)
    assert [row[1:-1] for row in rows(one) if row[1].startswith("`")] == [
        row[1:-1] for row in rows(other) if row[1].startswith("`")
    ]
    assert [re.sub(r"\D", "", row[-1]) for row in rows(one)] == [re.sub(r"\D", "", row[-1]) for row in rows(other)]


def test_the_verbs_of_scenarios_are_told() -> None:
    told = {row[0].strip("`") for row in rows(catalogue.FOLDER / "README.md") if row[0].startswith("`")}
    for path in catalogue.FOLDER.glob("*/scenarios/*.toml"):
        for step in tomllib.loads(path.read_text(encoding="utf-8")).get("step", []):
            assert told & step.keys(), step


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name in LANGUAGES], ids=str)
def test_what_the_pages_quote_stands_on_the_screens(page: Path) -> None:
    """*Italics* in English and «quotation marks» in Russian are words of the interface."""
    text = re.sub(r"```.*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)", "", words_of(page), flags=re.S)
    english = page.parent.name == "en"
    quoted = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)" if english else r"«([^»]+)»", text)
    known: set[str] = set()
    for catalogue_of_words in (LOCALE_DIR / "ru" / "LC_MESSAGES").glob("*.po"):
        with catalogue_of_words.open("rb") as file:
            messages = [message for message in read_po(file) if isinstance(message.id, str)]
        known |= {str(message.id if english else message.string) for message in messages}
    assert {" ".join(phrase.split()) for phrase in quoted} <= known
