"""Every scenario of every shipped process runs as it says, and together they take every flow of its diagrams."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bpmn.diagram import read_diagram
from kernel.db import Database
from processes import catalogue
from server.embedded import Embedded
from tests.conftest import TEMPLATE, _administer
from tests.support.scenarios import Company, Player, scenarios_of

ALL = [path for key in catalogue.ORDER for path in scenarios_of(key)]


@pytest.fixture(scope="module")
def company(postgres: Embedded) -> Iterator[Company]:
    name = f"scenarios_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    database = Database(postgres.url(name))
    try:
        yield Company(database)
    finally:
        database.close()
        _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def taken() -> dict[str, set[str]]:
    return {}


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_scenario_runs_as_it_says(company: Company, path: Path, taken: dict[str, set[str]]) -> None:
    taken[path.stem] = Player(company, path).play()


@pytest.mark.xdist_group("scenarios")
def test_the_scenarios_take_every_flow(taken: dict[str, set[str]]) -> None:
    if len(taken) < len(ALL):
        pytest.fail("the scenarios have to run before their flows are counted")
    seen = set().union(*taken.values())
    for key in catalogue.ORDER:
        for name, xml in catalogue.files_of(key):
            if name.endswith(".bpmn"):
                flows = set(read_diagram(name, xml).processes[key].flows)
                assert flows - seen == set(), f"no scenario of {key} takes these"
