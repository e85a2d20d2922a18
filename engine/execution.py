"""One transaction's work on instances: lock, run, settle calls and messages between them, write everything at once."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Sequence as Numbers
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from engine import definitions, messages, past, store
from engine import state as kinds
from engine.behaviours import catching, events, sub_processes, tasks
from engine.definitions import Definition
from engine.errors import BpmnError, DefinitionNotFound, InstanceNotActive, InstanceSuspended, ProcessError
from engine.live import InstanceHost, Live
from engine.ports import Ports
from engine.runtime import CANCELLED, COMPLETED
from engine.state import State, Token, decode
from engine.tables import ACTIVE, SUSPENDED, InstanceRow, UserTaskRow
from kernel import statements
from kernel.context import Context
from kernel.errors import Message, NotFound
from kernel.i18n import N_
from kernel.statements import Prepared

NOT_DEPLOYED = N_("The called process “%(key)s” is not published.")
TOO_DEEP = N_("Processes call one another too deep, down to “%(key)s”. Put a step or a condition before the call.")
DEEPEST_CALLS = 25
ENDLESS = N_("Processes start or wake one another in a circle. Put a step or a condition into it.")
MOST_ROUNDS = 5000
MOST_LIVES = 20_000
"""So often may instances wake one another in one step, and so many of them."""
COLUMNS = (
    "id", "definition_id", "root_id", "parent_id", "parent_token", "business_key", "origin_key", "subject_type",
    "subject_id", "state", "version", "content", "started_at", "started_by", "ended_at",
)  # fmt: skip
Columns = namedtuple("Columns", COLUMNS)  # type: ignore[misc]
LOAD = f"SELECT {', '.join(COLUMNS)} FROM process_instance WHERE id = %(id)s"
LOCK_ROOT = LOAD.replace(
    "= %(id)s", "= (SELECT coalesce(root_id, id) FROM process_instance WHERE id = %(id)s) FOR UPDATE"
)
"""Whatever hangs together is locked by its root, which most instances are themselves."""
LOCK_ROOTS = LOAD.replace(
    "= %(id)s",
    "= ANY (ARRAY(SELECT coalesce(root_id, id) FROM process_instance WHERE id = ANY(%(id)s)))"
    " ORDER BY id FOR UPDATE SKIP LOCKED",
)
LOAD_MANY = LOAD.replace("= %(id)s", "= ANY(%(id)s)")
_own = aliased(InstanceRow)
LOCK_TASK = Prepared(
    select(
        *UserTaskRow.__table__.columns,
        *(getattr(InstanceRow, name).label(f"root_{name}") for name in COLUMNS),
    )
    .join(_own, _own.id == UserTaskRow.instance_id)
    .join(InstanceRow, InstanceRow.id == func.coalesce(_own.root_id, _own.id))
    .where(UserTaskRow.id == bindparam("id"))
    .with_for_update(of=[InstanceRow, UserTaskRow])
)
"""The task too is locked, so that it is read as it is after the wait for its instance."""

_instance_ids = Numbers("process_instance_id_seq")


class Execution:
    """Loads, steps and writes instances inside one transaction. Lock order: the root instance first.

    `memory` is the ports' own, for what need not be asked twice in a step.
    """

    def __init__(self, context: Context, ports: Ports, *, cause: str = "process") -> None:
        self.context = context
        self.ports = ports
        self.cause = cause
        self.lives: dict[int, Live] = {}
        self.opened: list[store.OpenedTask] = []
        self.memory: dict[Any, Any] = {}
        self.rounds = self.starts = 0

    @property
    def actor_id(self) -> int | None:
        return self.context.actor.user_id

    # Loading

    def lock(self, instance_id: int, *, wait: bool = True) -> Live | None:
        """The instance, under its root's lock; None if `wait` is False and someone else holds it."""
        if instance_id in self.lives:
            return self.lives[instance_id]
        row = self._row(LOCK_ROOT + ("" if wait else " SKIP LOCKED"), instance_id)
        if row is None:
            if wait or self._row(LOAD, instance_id) is None:
                raise NotFound()
            return None
        if row.id != instance_id:
            row = self._row(LOAD, instance_id)
        return self._adopt(row)

    def lock_free(self, instance_ids: Collection[int]) -> None:
        """Takes those of the instances whose roots nobody else holds, without waiting for the others."""
        roots = {row.id: row for row in self._rows(LOCK_ROOTS, list(instance_ids))}
        called = set(instance_ids) - roots.keys()
        rows = [row for row in self._rows(LOAD_MANY, list(called)) if row.root_id in roots] if called else []
        for row in (*roots.values(), *rows):
            self._adopt(row)

    def lock_task(self, task_id: int) -> Any | None:
        """The columns of the task as it is under the lock of its instance, which alone lets it change; None for one that
        is not."""
        rows = LOCK_TASK.rows(self.context.session, id=task_id)
        if not rows:
            return None
        root: Any = Columns(*rows[0][-len(COLUMNS) :])
        if root.id not in self.lives:
            self._adopt(root)
        return rows[0]

    def _row(self, statement: str, instance_id: int) -> Any:
        rows = self._rows(statement, instance_id)
        return rows[0] if rows else None

    def _rows(self, statement: str, id: int | list[int]) -> Sequence[Any]:
        return statements.rows(self.context.session, statement, {"id": id})

    def _adopt(self, row: Any) -> Live:
        live = Live(
            id=row.id,
            definition=definitions.load(self.context.session, row.definition_id),
            state=decode(row.content),
            host=InstanceHost(self),
            status=row.state,
            version=row.version,
            root_id=row.root_id,
            parent_id=row.parent_id,
            parent_token=row.parent_token,
            business_key=row.business_key,
            origin_key=row.origin_key,
            subject=(row.subject_type, row.subject_id) if row.subject_type and row.subject_id else None,
            started_at=row.started_at,
            started_by=row.started_by,
            ended_at=row.ended_at,
        )
        live.stored = live.snapshot(row.content)
        self.lives[row.id] = live
        return live

    def active(self, instance_id: int) -> Live:
        """The instance under lock, if work may be done in it; a conflict otherwise."""
        live = self.lock(instance_id)
        assert live is not None
        if live.status == SUSPENDED:
            raise InstanceSuspended(details={"state": live.status})
        if live.status != ACTIVE:
            raise InstanceNotActive(details={"state": live.status})
        return live

    # Starting

    def create(
        self,
        definition: Definition,
        *,
        variables: Mapping[str, Any],
        business_key: str | None = None,
        subject: tuple[str, int] | None = None,
        start_event: str | None = None,
        happened: int | None = None,
        parent: Live | None = None,
        parent_token: int | None = None,
    ) -> Live:
        if len(self.lives) >= MOST_LIVES and parent is not None:
            raise self.endless(parent)
        live = Live(
            id=self.context.session.execute(_instance_ids.next_value().select()).scalar_one(),
            definition=definition,
            state=State(),
            host=InstanceHost(self),
            is_new=True,
            root_id=(parent.root_id or parent.id) if parent else None,
            parent_id=parent.id if parent else None,
            parent_token=parent_token,
            business_key=business_key,
            subject=subject,
            started_at=self.context.now(),
            started_by=self.actor_id,
        )
        self.lives[live.id] = live
        live.run.start(variables, start_event, happened)
        return live

    # Settling

    def settle(self) -> None:
        """Advances every instance until all of them wait, with calls, ends and messages between them done."""
        busy = True
        while busy:
            busy = False
            for live in list(self.lives.values()):
                if live.status != ACTIVE:
                    continue
                live.run.advance()
                busy |= self._exchange(live)
            self.rounds += 1
            if self.rounds > MOST_ROUNDS:
                raise self.endless(next(live for live in self.lives.values() if live.status == ACTIVE))
            # An operation may have started an instance, or moved one that was looked at already.
            busy |= any(live.status == ACTIVE and live.run.queue for live in self.lives.values())

    def endless(self, live: Live) -> ProcessError:
        """What is said of processes that set one another going in one step, as it seems without end."""
        process = live.graph.process
        return ProcessError(process.id, process.title, Message(ENDLESS))

    def _exchange(self, live: Live) -> bool:
        run = live.run
        calls, uncalls, thrown, escalated = run.calls, run.uncalls, run.thrown, run.escalated
        run.calls, run.uncalls, run.thrown, run.escalated = [], [], [], []
        for gone in uncalls:
            self._cancel_called(live, gone)
        for call in calls:
            caller = run.state.tokens.get(call.token)
            if caller is not None:
                self._call(live, caller, call.called, call.variables)
        for message in thrown:
            messages.deliver(self, live, message)
        for code, _ in escalated:
            self._escalate(live, code)
        ended = run.outcome is not None and self._end(live)
        return bool(calls or uncalls or thrown or escalated or ended)

    def _call(self, live: Live, token: Token, key: str, variables: dict[str, Any]) -> None:
        session = self.context.session
        if self._depth(live) >= DEEPEST_CALLS:
            raise ProcessError(token.node, live.graph.node(token.node).title, Message(TOO_DEEP, key=key))
        try:
            definition = definitions.load(session, definitions.latest_published(session, key))
        except DefinitionNotFound:
            if definitions.is_known(session, key):
                live.run.trouble(token, "not_deployed", NOT_DEPLOYED, key=key)
            else:
                live.run.wait(token, kinds.TASK)
            return
        self.create(
            definition, variables=variables, business_key=live.business_key, subject=live.subject, parent=live,
            parent_token=token.id,
        )  # fmt: skip

    def _depth(self, live: Live) -> int:
        """How many of the instances at hand have called one another down to this one."""
        depth, caller = 0, live.parent_id
        while caller is not None and caller in self.lives:
            depth, caller = depth + 1, self.lives[caller].parent_id
        return depth

    def called_by(self, live: Live, token: int | None = None) -> list[Live]:
        """The instances that an instance (or one of its call activities) has started and that still run."""
        query = select(InstanceRow.id).where(
            InstanceRow.parent_id == live.id, InstanceRow.state.in_((ACTIVE, SUSPENDED))
        )
        if token is not None:
            query = query.where(InstanceRow.parent_token == token)
        for child in self.context.session.scalars(query):
            self.lock(child)
        return [
            child
            for child in self.lives.values()
            if child.parent_id == live.id
            and child.status in (ACTIVE, SUSPENDED)
            and (token is None or child.parent_token == token)
        ]

    def _cancel_called(self, live: Live, token: int) -> None:
        for child in self.called_by(live, token):
            self.cancel(child)

    def cancel(self, live: Live) -> None:
        """Ends an instance now, and what it called."""
        live.status = ACTIVE
        live.run.end(CANCELLED)
        self._exchange(live)

    def _end(self, live: Live) -> bool:
        """Records an instance's end and tells its caller; True if there is one to go on."""
        assert live.run.outcome is not None
        live.status = live.run.outcome
        live.ended_at = self.context.now()
        self.ports.instance_ended(self, live)
        if live.parent_id is None or live.run.outcome == CANCELLED:
            return False
        parent = self.lock(live.parent_id)
        assert parent is not None and live.parent_token is not None
        token = parent.state.tokens.get(live.parent_token)
        if token is None or parent.status not in (ACTIVE, SUSPENDED):
            return False
        if live.run.outcome == COMPLETED:
            sub_processes.call_finished(parent.run, token, live.state.variables)
        elif not tasks.throw_from(parent.run, token, live.run.error or BpmnError("")):
            parent.run.error = live.run.error
            parent.run.end("failed")
        return True

    def _escalate(self, live: Live, code: str) -> None:
        """An escalation nobody inside caught goes to the call activity that called this instance."""
        if live.parent_id is None:
            return
        parent = self.lock(live.parent_id)
        assert parent is not None
        token = parent.state.tokens.get(live.parent_token or 0)
        if token is None:
            return
        repeats = parent.run.is_iteration(token)
        own = None if repeats else catching.boundary_catcher(parent.run, token, "escalation", code)
        if own is not None:
            events.caught(parent.run, *own)
        else:
            catching.throw_escalation(parent.run, code, token.scope)

    # Writing

    def write(self) -> list[store.OpenedTask]:
        """Settles, then writes every touched instance; answers the tasks that this step opened."""
        self.settle()
        while messages.read_inbox(self):
            self.settle()
        changed = []
        for live in self.lives.values():
            snapshot = live.snapshot()
            if live.stored != snapshot or live.run.troubles:
                if not live.is_new:
                    live.taken = past.taken_by(live.stored[0], live.state)
                changed.append((live, snapshot[0]))
                live.stored = snapshot
        if not changed:
            return []
        written = store.write(self.context.session, changed, self.actor_id, self.context.now())
        for live, _ in changed:
            live.forget_step()
        self.ports.tasks_written(self, [one for one in written if one.opened or one.closed])
        fresh = [task for one in written for task in one.opened]
        self.opened += fresh
        return fresh
