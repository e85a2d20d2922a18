"""What any engine must do for a completed task: the statements a careful programmer would write by hand."""

from __future__ import annotations

import psycopg
from psycopg.types.json import Jsonb

TABLES = ("floor_instance", "floor_task", "floor_history")
SCHEMA = """
CREATE TABLE floor_instance (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version int NOT NULL DEFAULT 0,
  state jsonb NOT NULL, data jsonb NOT NULL, ended boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE floor_task (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_id bigint NOT NULL REFERENCES floor_instance,
  node text NOT NULL, open boolean NOT NULL DEFAULT true, assignee bigint, due timestamptz, completed_at timestamptz, form jsonb);
CREATE INDEX ON floor_task (instance_id);
CREATE INDEX ON floor_task (assignee, due, id) WHERE open;
CREATE TABLE floor_history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, instance_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(), kind smallint NOT NULL, node text, actor bigint, payload jsonb);
CREATE INDEX ON floor_history (instance_id, id);
"""
LOAD = (
    "SELECT t.instance_id, t.node, i.state, i.data FROM floor_task t JOIN floor_instance i ON i.id = t.instance_id"
    " WHERE t.id = %s AND t.open FOR UPDATE OF i"
)
SAVE = "UPDATE floor_instance SET version = version + 1, state = %s, data = %s, ended = %s, updated_at = now() WHERE id = %s"
CLOSE = "UPDATE floor_task SET open = false, completed_at = now(), form = %s WHERE id = %s"
OPEN = "INSERT INTO floor_task (instance_id, node, assignee, due) VALUES (%s, %s, 1, now() + interval '2 days') RETURNING id"
NOTE = "INSERT INTO floor_history (instance_id, kind, node, actor, payload) VALUES (%s, 2, %s, 1, %s), (%s, 1, %s, 1, NULL)"


class Floor:
    """Selects for update, updates instance and task, inserts the next task and two rows of history, and commits."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn)
        with self.connection.transaction():
            self.connection.execute(SCHEMA)

    def close(self) -> None:
        self.connection.close()

    def start(self, node: str) -> int:
        """The id of the first task."""
        with self.connection.transaction():
            made = self.connection.execute(
                "INSERT INTO floor_instance (state, data) VALUES (%s, '{}') RETURNING id", [Jsonb({"at": node})]
            ).fetchone()
            assert made is not None
            self.connection.execute(NOTE, [made[0], "start", None, made[0], node])
            return self._open(made[0], node)

    def complete(self, task: int, form: dict[str, object], following: str | None) -> int:
        """The id of the next task, or 0 at the end."""
        with self.connection.transaction():
            found = self.connection.execute(LOAD, [task]).fetchone()
            assert found is not None
            instance, node, state, data = found
            self.connection.execute(
                SAVE, [Jsonb({**state, "at": following}), Jsonb({**data, **form}), following is None, instance]
            )
            self.connection.execute(CLOSE, [Jsonb(form), task])
            self.connection.execute(NOTE, [instance, node, Jsonb(form), instance, following])
            return self._open(instance, following) if following else 0

    def _open(self, instance: int, node: str) -> int:
        made = self.connection.execute(OPEN, [instance, node]).fetchone()
        assert made is not None
        return int(made[0])
