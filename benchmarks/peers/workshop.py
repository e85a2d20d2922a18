"""Builds the other engines on demand, in a cache folder outside the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg.conninfo

from benchmarks.peers.dialects import Dialect, camunda, flowable, javascript, python

JAVA = Path(__file__).with_name("java")
NODE = Path(__file__).with_name("node")
PYTHON = Path(__file__).with_name("python")
BUILD_SECONDS = 900
Which = Callable[[str], str | None]


class Missing(Exception):
    """A peer cannot be built here; the text says why."""


class Kind(Protocol):
    """An engine that may be built here; `command` is for a database reached by a Unix socket, with its environment."""

    @property
    def name(self) -> str: ...

    @property
    def dialect(self) -> Dialect: ...

    def build(self, which: Which = shutil.which) -> list[str]: ...

    def command(self, dsn: str) -> tuple[list[str], dict[str, str]]: ...


@dataclass(frozen=True, slots=True)
class JavaKind:
    """`program` is the class to run, `descriptor` names its dependencies for Maven."""

    name: str
    dialect: Dialect
    program: str
    descriptor: str

    def build(self, which: Which = shutil.which) -> list[str]:
        """The command before its arguments."""
        sources = [JAVA / f"{name}.java" for name in ("Peer", self.program)]
        return java(self.program, JAVA / self.descriptor, sources, which)

    def command(self, dsn: str) -> tuple[list[str], dict[str, str]]:
        told = psycopg.conninfo.conninfo_to_dict(dsn)
        socket = f"{told['host']}/.s.PGSQL.{told.get('port') or 5432}"
        url = (
            f"jdbc:postgresql://localhost/{told['dbname']}?sslmode=disable"
            f"&socketFactory=org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg&socketFactoryArg={socket}"
        )
        return [*self.build(), url, str(told["user"])], {**os.environ, "PGPASSWORD": str(told["password"])}


@dataclass(frozen=True, slots=True)
class NodeKind:
    """Runs in Node, with packages from npm."""

    name: str
    dialect: Dialect

    def build(self, which: Which = shutil.which) -> list[str]:
        _require(("node", "npm"), which)
        folder = cache() / "node"
        folder.mkdir(parents=True, exist_ok=True)
        for file in ("package.json", "peer.js"):
            shutil.copy(NODE / file, folder)
        _run(["npm", "install", "--silent", "--no-audit", "--no-fund"], folder)
        return ["node", str(folder / "peer.js")]

    def command(self, dsn: str) -> tuple[list[str], dict[str, str]]:
        return _with_address(self.build(), dsn)


@dataclass(frozen=True, slots=True)
class PythonKind:
    """Runs in a Python environment of its own."""

    name: str
    dialect: Dialect

    def build(self, which: Which = shutil.which) -> list[str]:
        _require(("python3",), which)
        folder = cache() / "python"
        python = folder / "bin" / "python"
        if not python.exists():
            _run([sys.executable, "-m", "venv", str(folder)], folder.parent)
        _run([str(python), "-m", "pip", "install", "-q", "-r", str(PYTHON / "requirements.txt")], folder)
        return [str(python), str(PYTHON / "peer.py")]

    def command(self, dsn: str) -> tuple[list[str], dict[str, str]]:
        return _with_address(self.build(), dsn)


KINDS: tuple[Kind, ...] = (
    JavaKind("Camunda", camunda, "CamundaPeer", "camunda.xml"),
    JavaKind("Flowable", flowable, "FlowablePeer", "flowable.xml"),
    NodeKind("bpmn-engine", javascript),
    PythonKind("django-viewflow", python),
)


def java(program: str, descriptor: Path, sources: Sequence[Path], which: Which = shutil.which) -> list[str]:
    """The command that runs a class, compiled with the dependencies of a Maven descriptor."""
    _require(("java", "javac", "mvn"), which)
    folder = cache() / program.lower()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(descriptor, folder / "pom.xml")
    copy = "dependency:copy-dependencies"
    _run(["mvn", "-q", "-B", copy, "-DoutputDirectory=lib", "-DincludeScope=runtime"], folder)
    _run(["javac", "-nowarn", "-cp", "lib/*", "-d", "classes", *map(str, sources)], folder)
    return ["java", "-cp", f"{folder}/lib/*:{folder}/classes", program]


def _with_address(command: list[str], dsn: str) -> tuple[list[str], dict[str, str]]:
    told = psycopg.conninfo.conninfo_to_dict(dsn)
    where = [str(told["host"]), str(told.get("port") or 5432), str(told["dbname"]), str(told["user"])]
    return [*command, *where], {**os.environ, "PGPASSWORD": str(told["password"])}


def _require(tools: Sequence[str], which: Which) -> None:
    for tool in tools:
        if which(tool) is None:
            raise Missing(f"skipped: there is no {tool} here")


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "procession-benchmarks"


def _run(command: Sequence[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    except subprocess.TimeoutExpired as problem:
        raise Missing(f"skipped: {command[0]} took more than {BUILD_SECONDS} s") from problem
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"skipped: {command[0]} failed" + (f": {said[0]}" if said else ""))
