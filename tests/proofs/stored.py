"""The world of the fuzz that keeps its instance in the real database, a transaction a step."""

from datetime import timedelta

from engine import definitions, history, instances, modification, rewinding, sweep
from engine.behaviours import events
from engine.execution import Execution
from engine.state import decode, encode
from kernel.context import Context
from kernel.db import Database
from tests.proofs.worlds import MOVE, REWIND, Action, World, move_of
from tests.support.engine import ANN, Bench


class Stored:
    """One instance, loaded, stepped and written; diagrams are read from the database at every step."""

    def __init__(self, database: Database, xml: bytes) -> None:
        self.database = database
        self.bench = Bench(database)
        self.id = self.bench.start(self.bench.deploy(xml))

    def act(self, action: Action, minutes: int = 7) -> None:
        self.bench.time += timedelta(minutes=minutes)
        definitions.forget()
        with self.database.transaction() as session:
            execution = Execution(Context(session, ANN, self.bench.clock), self.bench.ports)
            if action.event == REWIND:
                rewinding.rewind(execution, self.id, run=action.token, element=None)
            elif action.event == MOVE:
                modification.modify(execution, self.id, move_of(execution.active(self.id).state, action))
            elif action.event < 0:
                answer = {f"v_{action.element}": action.answer}
                instances.complete(execution, self.id, action.token, result=None, variables=answer)
            else:
                live = execution.active(self.id)
                events.trigger(live.run, live.state.tokens[action.token], action.event)
            execution.write()

    def differs(self, reference: World) -> str | None:
        """State, outcome and history are the same, and the database holds what every token waits for."""
        kept = reference.instances[0]
        row = self.bench.row(self.id)
        with self.database.read_only() as session:
            found = history.entries(session, self.id, decode(row.content))
            stuck = [told for told in sweep.stuck(session) if told.instance_id == self.id]
        finished = {e.run: (e.node.id, e.outcome, e.via) for e in kept.entries}
        past = {e.run: (e.element_id, e.outcome, e.flows) for e in found if e.outcome is not None}
        if stuck:
            return f"hangs: {stuck}"
        if row.state != (kept.outcome or "active"):
            return f"is {row.state}, not {kept.outcome}"
        if row.content != encode(kept.run.state):
            return f"state {decode(row.content)}, not {kept.run.state}"
        return None if past == finished else f"history {past}, not {finished}"
