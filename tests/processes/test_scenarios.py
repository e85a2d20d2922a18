"""Every scenario of every shipped process goes as it says, and together they go along every flow of its diagrams."""

import os
from collections.abc import Iterator

import pytest

from bpmn.diagram import read_diagram
from kernel.db import Database
from processes.catalogue import FOLDER, ORDER
from server.embedded import Embedded
from tests.conftest import TEMPLATE, _administer
from tests.support.scenario_world import World
from tests.support.scenarios import Scenario, play, scenarios_of

SCENARIOS = [scenario for process in ORDER for scenario in scenarios_of(process)]
gone: dict[Scenario, set[str]] = {}
"""The flows of what has been played in this run."""


@pytest.fixture(scope="module")
def world(postgres: Embedded) -> Iterator[World]:
    name = f"scenarios_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    database = Database(postgres.url(name))
    try:
        yield World(database)
    finally:
        database.close()
        _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_a_scenario_goes_as_it_says(world: World, scenario: Scenario) -> None:
    gone[scenario] = play(world, scenario)


@pytest.mark.xdist_group("scenarios")
@pytest.mark.parametrize("process", ORDER)
def test_the_scenarios_go_along_every_flow(world: World, process: str) -> None:
    diagram = read_diagram(f"{process}.bpmn", (FOLDER / process / f"{process}.bpmn").read_bytes())
    mine = [scenario for scenario in SCENARIOS if scenario.process == process]
    seen = set().union(*(gone.get(scenario) or play(world, scenario) for scenario in mine))
    assert {f"{process}:{flow}" for flow in diagram.processes[process].flows} - seen == set()
