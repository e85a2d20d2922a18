"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.permissions import POLICY, permission_of
from server import models

ROOT = Path(__file__).parents[2]
PACKAGES = ("kernel", "bpmn", "engine", "crm_model", "processes", "api", "task_ui", "server")
LONGEST_MODULE = 450
USE_CASE_ROOMS = ("crm_model", "processes")


def modules(*packages: str) -> list[Path]:
    found = [path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts and "static" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path, *attributes: str) -> Iterator[int]:
    """The lines where a method of one of these names is called."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in attributes:
            yield node.lineno


def test_who_may_import_whom() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_says_in_a_sentence_what_it_is_and_stays_readable(path: Path) -> None:
    source = path.read_text()
    if not source.strip():
        return
    assert ast.get_docstring(ast.parse(source)), "no docstring"
    assert len(source.splitlines()) <= LONGEST_MODULE
    assert not re.search(r"^\s*# ?[-=#]{4,}", source, re.MULTILINE), "a banner"


def test_only_the_kernel_ends_a_transaction() -> None:
    found = {name_of(path) for path in modules() if list(calls(path, "commit", "rollback"))}
    assert found <= {"kernel/db.py", "server/migrations/env.py"}


def test_one_function_writes_the_stage_of_a_deal() -> None:
    writes = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr == "stage" and ast.unparse(target) == "deal.stage":
                    writes.add(name_of(path))
    assert writes == {"crm_model/stage_history.py"}


def test_only_the_checked_tree_of_an_expression_becomes_code() -> None:
    evaluating = {
        name_of(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    }
    assert evaluating == {"bpmn/expressions/compiler.py"}


def test_every_use_case_is_guarded() -> None:
    """A public function that takes a context and is called by an interface asks for a permission."""
    unguarded = set()
    for path in modules("api", "task_ui"):
        tree = ast.parse(path.read_text())
        rooms = imported_rooms(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            module = rooms.get(ast.unparse(node.func.value))
            function = getattr(module, node.func.attr, None) if module is not None else None
            if function is None or not takes_context(function) or permission_of(function) is not None:
                continue
            unguarded.add(f"{name_of(path)}:{node.lineno} {module.__name__}.{node.func.attr}")
    assert unguarded == set()


def imported_rooms(tree: ast.Module) -> dict[str, object]:
    """Modules of the use-case rooms by the names under which a view knows them."""
    import importlib

    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in USE_CASE_ROOMS:
            for alias in node.names:
                try:
                    found[alias.asname or alias.name] = importlib.import_module(f"{node.module}.{alias.name}")
                except ImportError:
                    continue
    return found


def takes_context(function: object) -> bool:
    import inspect

    if not inspect.isfunction(function):
        return False
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and str(first.annotation) in ("Context", "<class 'kernel.context.Context'>")


def test_every_permission_is_asked_for() -> None:
    source = "".join(path.read_text() for path in modules() if path.name != "permissions.py")
    assert [name for name in POLICY if f'"{name}"' not in source] == []


def test_every_table_belongs_to_a_room_below_the_interfaces() -> None:
    for mapper in models.Base.registry.mappers:
        assert mapper.class_.__module__.split(".")[0] in models.PACKAGES


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


FOREIGN = re.compile(
    r"/(?:work|root|home/\w+)/(?!\.)|resolved\": \"http|--index-url|--extra-index-url|--find-links|files\.pythonhosted"
    r"|BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY"
)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_nothing_of_a_developers_machine_is_committed() -> None:
    found = []
    for path in committed():
        if path == Path(__file__):
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{name_of(path)}:{number}" for number, line in enumerate(lines, 1) if FOREIGN.search(line)]
    assert found == []
