"""Instances on the real database with a bare engine: no customer record, a clock that tests move."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bpmn.diagram import read_diagram
from bpmn.intake import Intake
from engine import definitions, history, instances, jobs, messages
from engine.execution import Execution
from engine.ports import Ports
from engine.state import decode
from engine.tables import InstanceRow, UserTaskRow
from kernel.context import Actor, Context
from kernel.db import Database

ANN = Actor(1, "ann", "Ann", frozenset({"administrator"}), "en")


class Bench:
    """Deploys diagrams and plays instances, each step in a transaction of its own."""

    def __init__(self, database: Database, ports: Ports | None = None) -> None:
        self.database = database
        self.ports = ports or Ports()
        self.time = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.time

    def deploy(self, xml: bytes) -> str:
        with self.database.transaction() as session:
            context = Context(session, ANN, self.clock)
            diagram = read_diagram("test.bpmn", xml)
            intake = Intake((diagram,), (), ())
            rows = definitions.deploy(context, [("test.bpmn", xml)], intake, {}, publish=True)
            return rows[0].key

    def start(self, key: str, variables: Mapping[str, Any] | None = None, **bound: Any) -> int:
        with self.database.transaction() as session:
            execution = Execution(Context(session, ANN, self.clock), self.ports)
            definition = instances.definition_for(execution, key, None)
            live = instances.start(execution, definition, variables=variables or {}, **bound)
            execution.write()
            return live.id

    def complete(self, instance: int, element: str, result: str | None = None, **variables: Any) -> None:
        with self.database.transaction() as session:
            token = session.scalars(
                select(UserTaskRow.token)
                .where(UserTaskRow.instance_id == instance, UserTaskRow.element_id == element)
                .where(UserTaskRow.state == "open")
                .order_by(UserTaskRow.id)
            ).first()
            assert token is not None, f"{element} is not open: {self.open(instance)}"
            execution = Execution(Context(session, ANN, self.clock), self.ports)
            instances.complete(execution, instance, token, result=result, variables=variables)
            execution.write()

    def send(self, name: str, business_key: str | None = None, **variables: Any) -> list[dict[str, Any]]:
        with self.database.transaction() as session:
            execution = Execution(Context(session, ANN, self.clock), self.ports)
            reached = messages.correlate(execution, messages.Message(name, variables, business_key=business_key))
            execution.write()
            return reached

    def pass_time(self, **delta: float) -> int:
        """Moves the clock and lets the worker do what has become due; the number of jobs done."""
        self.time += timedelta(**delta)
        done = 0
        while count := jobs.run_batch(self.database, self.ports, self.clock, "worker"):
            done += count
        return done

    def open(self, instance: int) -> list[str]:
        with self.database.read_only() as session:
            query = select(UserTaskRow.element_id).where(
                UserTaskRow.instance_id == instance, UserTaskRow.state == "open"
            )
            return sorted(session.scalars(query))

    def row(self, instance: int) -> InstanceRow:
        with self.database.read_only() as session:
            found = session.get(InstanceRow, instance)
            assert found is not None
            session.expunge(found)
            return found

    def state(self, instance: int) -> str:
        return self.row(instance).state

    def variables(self, instance: int) -> dict[str, Any]:
        return decode(self.row(instance).content).variables

    def trace(self, instance: int) -> list[tuple[str, str | None]]:
        row = self.row(instance)
        with self.database.read_only() as session:
            return [(e.element_id, e.outcome) for e in history.entries(session, row.id, decode(row.content))]
