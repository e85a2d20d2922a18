"""Every scenario of every shipped process goes as it says, and together they go along every flow of its diagrams."""

import pytest

from bpmn.diagram import read_diagram
from kernel.db import Database
from processes.catalogue import FOLDER, ORDER
from tests.support.scenario_world import World
from tests.support.scenarios import play, scenarios_of


@pytest.fixture(scope="module")
def world(own_database: Database) -> World:
    return World(own_database)


@pytest.mark.parametrize("process", ORDER)
def test_every_scenario_goes_as_it_says_and_together_along_every_flow(world: World, process: str) -> None:
    diagram = read_diagram(f"{process}.bpmn", (FOLDER / process / f"{process}.bpmn").read_bytes())
    seen: set[str] = set()
    failed: list[str] = []
    for scenario in scenarios_of(process):
        try:
            seen |= play(world, scenario)
        except AssertionError as error:
            failed.append(f"{scenario}: {error}")
    assert not failed, "\n".join(failed)
    assert {f"{process}:{flow}" for flow in diagram.processes[process].flows} - seen == set()
