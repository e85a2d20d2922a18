"""The engine wired to the customer record: what expressions know, which operations exist, who follows each step."""

from __future__ import annotations

from typing import Any

from bpmn.model import Node
from crm_model import users
from engine.execution import Execution
from engine.live import Live
from engine.ports import Ports
from engine.store import Written
from kernel.context import Context
from kernel.working_time import Calendar
from processes import facts
from processes.followers import activities, guests, stages
from processes.operations import REGISTRY


class ProductPorts(Ports):
    """The engine's questions, answered by the customer record in the same transaction."""

    def __init__(self) -> None:
        super().__init__(operations=REGISTRY)

    def fact(self, execution: Execution, live: Live, name: str) -> Any:
        return facts.look_up(execution, live, name)

    def user_id(self, execution: Execution, username: str) -> int | None:
        return users.id_of(execution.context.session, username)

    def subject_of(self, execution: Execution, business_key: str | None) -> tuple[str, int] | None:
        return facts.parse_key(business_key)

    def stage_entered(self, execution: Execution, live: Live, node: Node) -> None:
        stages.follow(execution, live, node)

    def calendar(self, execution: Execution, live: Live | None) -> Calendar:
        return facts.calendar(execution, live)

    def put_back(self, execution: Execution, live: Live, node: Node) -> None:
        stages.put_back(execution, live, node)

    def tasks_written(self, execution: Execution, written: list[Written]) -> None:
        guests.follow(execution, written)
        for one in written:
            activities.follow(execution, one.live, one.opened, one.closed)

    def instance_ended(self, execution: Execution, live: Live) -> None:
        activities.end(execution, live)


PORTS = ProductPorts()


def execution(context: Context, *, cause: str = "process") -> Execution:
    return Execution(context, PORTS, cause=cause)
