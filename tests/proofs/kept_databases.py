"""Databases as earlier releases left them, full of instances that wait in every way: `python -m tests.proofs.kept_databases FILE`
writes one for the release it is run in, to be kept in `databases/`."""

import sys
import tempfile
from pathlib import Path

from crm_model import accounts, users
from engine.tables import UserTaskRow
from kernel.context import ADMINISTRATOR, SYSTEM, Context
from kernel.db import Database
from processes import designs, instances, tasks
from server import backup, migrating
from server.embedded import Embedded
from tests.support.diagrams import body, diagram, message, node, signal, timer

KEPT = Path(__file__).parent / "databases"
MANY = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"


def waiting() -> dict[str, bytes]:
    """Processes by key, each waiting in a way of its own; all end once their waits are over."""
    s, e, w = node("start", "s"), node("end", "e"), node("user", "work")
    late = node("boundary", "late", timer("duration", "P1D"), attachedToRef="work") + node("end", "over")
    heard = node("start", "heard", message("go"), isInterrupting="false") + node("user", "aside")
    inside = body(node("start", "is") + node("user", "work"), "is -> work")
    return {
        key: diagram(nodes, flows, id=key)
        for key, nodes, flows in (
            ("person", s + w + e, "s -> work; work -> e"),
            ("rest", s + node("catch", "t", timer("duration", "P1D")) + e, "s -> t; t -> e"),
            ("cycle", s + w + late + e, "s -> work; work -> e; late -> over"),
            ("told", s + node("catch", "m", message("go")) + e, "s -> m; m -> e"),
            ("heard", s + node("catch", "n", signal("all")) + e, "s -> n; n -> e"),
            ("race", s + node("event", "g") + node("catch", "m", message("go"))
             + node("catch", "t", timer("duration", "P2D")) + e, "s -> g; g -> m; g -> t; m -> e; t -> e"),
            ("both", s + node("and", "f") + w + node("catch", "t", timer("duration", "P1D")) + node("and", "j") + e,
             "s -> f; f -> work; f -> t; work -> j; t -> j; j -> e"),
            ("many", s + node("user", "work", MANY) + e, "s -> work; work -> e"),
            ("inner", s + node("subProcess", "sub", inside) + e, "s -> sub; sub -> e"),
            ("listening", s + w + node("subProcess", "x", body(heard, "heard -> aside"), triggeredByEvent="true") + e,
             "s -> work; work -> e"),
            ("calling", s + node("call", "c", calledElement="person") + e, "s -> c; c -> e"),
        )
    }  # fmt: skip


def settle(database: Database) -> None:
    """One instance of each, and one of them a step further, so that there is history."""
    with database.transaction() as session:
        context = Context(session, SYSTEM)
        users.add_user(session, username="boss", name="Boss", roles=[ADMINISTRATOR], password="a long password")
        accounts.create_account(context, {"name": "Machines"})
        files = [(f"{key}.bpmn", xml) for key, xml in waiting().items()]
        designs.upload(context, files, publish=True)
        started = [instances.start_instance(context, definition_key=key, variables={"n": 1}).id for key in waiting()]
    with database.transaction() as session:
        many = started[list(waiting()).index("many")]
        task = session.query(UserTaskRow.id).filter_by(instance_id=many).order_by(UserTaskRow.id).first()
        assert task is not None
        tasks.complete_task(Context(session, SYSTEM), task[0])


def write(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = Embedded(Path(folder) / "pg")
        server.start()
        try:
            migrating.migrate(server.url())
            database = Database(server.url(), pool_size=1)
            settle(database)
            database.close()
            backup.write(server.url(), file)
        finally:
            server.stop()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
