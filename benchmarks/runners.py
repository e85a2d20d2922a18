"""Two ways to complete a task: the engine by itself, and the whole product with its customer record."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

from sqlalchemy import select

from benchmarks.diagrams import Workload
from bpmn.diagram import read_diagram
from bpmn.intake import Intake
from crm_model import deals
from crm_model.users import User, actor_of
from engine import definitions, instances
from engine.execution import Execution
from engine.ports import Ports
from kernel.context import Actor, Context, system_clock
from kernel.db import Database
from processes import instances as product_instances
from processes import tasks

TABLES = (
    "process_instance", "user_task", "history_entry", "history_step", "job", "event_subscription", "incident",
)  # fmt: skip


class Runner(Protocol):
    """`start` and `complete` answer a handle of the task that is open then, of the runner's own kind; None at the end."""

    def start(self) -> Any: ...

    def complete(self, task: Any, variables: dict[str, object]) -> Any: ...


class Kitchen:
    """A database with a salesperson and the diagrams."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            name = f"benchmark-{secrets.token_hex(4)}"
            user = User(username=name, name="Benchmark", roles=["manager"], password_hash="!", language="en")
            session.add(user)
            session.flush()
            self.actor: Actor = actor_of(user)

    def deploy(self, workload: Workload) -> int:
        """The id of the definition."""
        with self.database.transaction() as session:
            files = [(f"{workload.key}.bpmn", workload.xml)]
            intake = Intake((read_diagram(*files[0]),), (), ())
            return definitions.deploy(Context(session, self.actor), files, intake, {}, publish=True)[0].id


class Engine:
    """A step loads, runs and writes an instance, with nobody following; a handle is (instance, token)."""

    def __init__(self, kitchen: Kitchen, definition_id: int) -> None:
        self.kitchen, self.definition_id, self.ports = kitchen, definition_id, Ports()

    def start(self) -> tuple[int, int]:
        with self.kitchen.database.transaction() as session:
            execution = Execution(Context(session, self.kitchen.actor, system_clock), self.ports)
            definition = definitions.load(session, self.definition_id)
            live = instances.start(execution, definition, variables={})
            opened = execution.write()
            return live.id, opened[0].token if opened else 0

    def complete(self, task: tuple[int, int], variables: dict[str, object]) -> tuple[int, int] | None:
        with self.kitchen.database.transaction() as session:
            execution = Execution(Context(session, self.kitchen.actor, system_clock), self.ports)
            instances.complete(execution, task[0], task[1], result="completed", variables=dict(variables))
            opened = execution.write()
            return (task[0], opened[0].token) if opened else None


class Product:
    """A step is the use case behind the button: rights, the deal, activities, history, and what is next."""

    def __init__(self, kitchen: Kitchen, definition_id: int) -> None:
        self.kitchen, self.definition_id = kitchen, definition_id

    def start(self) -> int:
        with self.kitchen.database.transaction() as session:
            context = Context(session, self.kitchen.actor, system_clock)
            deal = deals.create_deal(context, {"title": "Shelves", "amount": "100000"})
            subject = {"type": "deal", "id": deal.id}
            made = product_instances.start_instance(context, definition_id=self.definition_id, subject=subject)
            query = select(tasks.UserTaskRow.id).where(tasks.UserTaskRow.instance_id == made.id)
            return session.scalars(query).one()

    def complete(self, task: int, variables: dict[str, object]) -> int | None:
        with self.kitchen.database.transaction() as session:
            context = Context(session, self.kitchen.actor, system_clock)
            done = tasks.complete_task(context, task, variables=variables)
            return done.next_tasks[0].id if done.next_tasks else None
