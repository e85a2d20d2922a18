"""A message that comes while its receiver is just being written is not missed."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from engine import instances
from engine.execution import Execution
from kernel.context import Context
from kernel.db import Database
from processes.messages import send_message
from tests.proofs.test_fuzz import database as own_database
from tests.support.diagrams import diagram, message, node
from tests.support.engine import ANN, Bench

database = own_database
PATIENCE = 60
WAITING = diagram(
    node("start", "s") + node("catch", "m", message("meeting")) + node("user", "a"), "s -> m; m -> a", id="meeting"
)


def test_a_message_that_comes_while_its_receiver_is_being_written_is_not_missed(database: Database) -> None:
    bench = Bench(database)
    key = bench.deploy(WAITING)

    def send() -> list[dict[str, Any]]:
        with database.transaction() as session:
            sender = Context(session, ANN, bench.clock)
            return send_message(sender, name="meeting", business_key="deal:1", keep_for=timedelta(hours=1))

    def waits_or_is_done() -> bool:
        with database.read_only() as session:
            found = session.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
            return sent.done() or bool(found.scalar())

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            execution = Execution(Context(session, ANN, bench.clock), bench.ports)
            definition = instances.definition_for(execution, key, None)
            live = instances.start(execution, definition, variables={}, business_key="deal:1")
            execution.write()
            sent = pool.submit(send)
            until = time.monotonic() + PATIENCE
            while not waits_or_is_done() and time.monotonic() < until:
                time.sleep(0.05)
        reached = sent.result(PATIENCE)
    assert [found["instance_id"] for found in reached] == [live.id]
    assert bench.open(live.id) == ["a"]
