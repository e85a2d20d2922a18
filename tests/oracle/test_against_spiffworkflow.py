"""Our engine and SpiffWorkflow run the same random processes; what is open must agree after every step."""

import os
import random
import warnings
from typing import Any

import pytest

from tests.oracle.processes import Generator
from tests.support.player import Player

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.util.task import TaskState

RUNS = int(os.environ.get("ORACLE_RUNS", "150"))
"""A short run by default; thousands by hand."""
STEPS = 60


class Oracle:
    """SpiffWorkflow behind the few questions the comparison asks."""

    def __init__(self, xml: bytes) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(xml)
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.do_engine_steps()

    def _ready(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    @property
    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self._ready())

    def do(self, element: str, answer: int) -> None:
        task = next(task for task in self._ready() if task.task_spec.bpmn_id == element)
        task.data[f"v_{element}"] = answer
        task.run()
        self.workflow.do_engine_steps()

    @property
    def is_over(self) -> bool:
        return bool(self.workflow.is_completed())


@pytest.mark.parametrize("seed", range(RUNS))
def test_what_is_open_agrees_after_every_step(seed: int) -> None:
    xml = Generator(seed).process()
    ours, theirs = Player(xml), Oracle(xml)
    choose = random.Random(seed)
    done: list[tuple[str, int]] = []
    for _ in range(STEPS):
        assert ours.open == theirs.open, done
        assert (ours.outcome == "completed") == theirs.is_over, done
        if not ours.open:
            break
        element, answer = choose.choice(ours.open), choose.randrange(12)
        done.append((element, answer))
        ours.do(element, **{f"v_{element}": answer})
        theirs.do(element, answer)
    assert not ours.troubles


def test_the_random_processes_cover_what_they_are_for() -> None:
    kinds: set[str] = set()
    for seed in range(60):
        generator = Generator(seed)
        generator.process()
        kinds |= generator.kinds
    assert kinds == {"user", "script", "sequence", "xor", "and", "or", "loop", "sub"}
