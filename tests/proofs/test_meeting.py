"""A message is not missed because its receiver was just being written, was suspended, or was not the first in line."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select, text

from engine import instances, messages
from engine.execution import Execution
from engine.messages import Message
from engine.tables import InboxRow, JobRow
from kernel.context import Context
from kernel.db import Database
from kernel.errors import NotFound
from processes.messages import send_message
from tests.support.diagrams import diagram, message, node
from tests.support.engine import ANN, Bench

PATIENCE = 60
HOUR = timedelta(hours=1)
numbers = count()


class Meeting:
    """A process that waits for a message of a name of its own, and another that throws it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.name = f"meeting{next(numbers)}"
        waits = (
            node("start", "s")
            + node("user", "first")
            + node("catch", "m", message(self.name), procession_correlation="number")
        )
        self.receiver = bench.deploy(
            diagram(waits + node("user", "a"), "s -> first; first -> m; m -> a", id=f"{self.name}_in")
        )
        throws = node("start", "s") + node("user", "u") + node("throw", "t", message(self.name)) + node("user", "b")
        self.thrower = bench.deploy(diagram(throws, "s -> u; u -> t; t -> b", id=f"{self.name}_out"))

    def send(self, **where: Any) -> list[dict[str, Any]]:
        with self.bench.database.transaction() as session:
            return send_message(Context(session, ANN, self.bench.clock), name=self.name, keep_for=HOUR, **where)

    def start(self, key: str = "deal:1", **variables: Any) -> int:
        return self.bench.start(self.receiver, variables, business_key=key)

    def kept(self) -> int:
        with self.bench.database.read_only() as session:
            return session.scalar(select(func.count()).where(InboxRow.name == self.name)) or 0

    @contextmanager
    def just_being_written(self, instance: int) -> Iterator[None]:
        """The receiver begins to wait in a transaction that ends with the block."""
        with self.bench.database.transaction() as session:
            execution = Execution(Context(session, ANN, self.bench.clock), self.bench.ports)
            live = execution.active(instance)
            token = next(token for token in live.state.tokens.values() if token.node == "first")
            instances.complete(execution, instance, token.id, result=None, variables={})
            execution.write()
            yield

    def waits_or_is_done(self, asked: Future[Any]) -> None:
        query = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        until = time.monotonic() + PATIENCE
        while not asked.done() and time.monotonic() < until:
            with self.bench.database.read_only() as session:
                if session.scalar(query):
                    return
            time.sleep(0.05)


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


@pytest.fixture
def meeting(bench: Bench) -> Meeting:
    return Meeting(bench)


@pytest.fixture
def aside() -> Iterator[Callable[..., Future[Any]]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit


def test_a_message_that_comes_while_its_receiver_is_being_written_is_not_missed(
    meeting: Meeting, aside: Callable[..., Future[Any]]
) -> None:
    instance = meeting.start()
    with meeting.just_being_written(instance):
        sent = aside(meeting.send, business_key="deal:1")
        meeting.waits_or_is_done(sent)
    assert [found["instance_id"] for found in sent.result(PATIENCE)] == [instance]
    assert meeting.bench.open(instance) == ["a"]


@pytest.mark.parametrize("key", ["deal:1", None])
def test_a_message_that_a_process_throws_while_its_receiver_is_being_written_is_not_missed(
    meeting: Meeting, key: str | None
) -> None:
    bench = meeting.bench
    sender = bench.start(meeting.thrower, business_key="deal:1")
    receiver = bench.start(meeting.receiver, business_key=key)
    with meeting.just_being_written(receiver):
        bench.complete(sender, "u")
        assert bench.open(sender) == ["b"]
    assert bench.pass_time() == 1
    assert bench.open(receiver) == ["a"]
    assert meeting.kept() == 0


def test_a_message_kept_for_an_instance_is_for_no_other(meeting: Meeting) -> None:
    mine, other = meeting.start(), meeting.start()
    assert meeting.send(instance_id=mine) == []
    meeting.bench.complete(other, "first")
    assert meeting.bench.open(other) == []
    meeting.bench.complete(mine, "first")
    assert meeting.bench.open(mine) == ["a"]


def test_a_message_is_not_kept_for_an_instance_that_is_not_there(meeting: Meeting) -> None:
    with pytest.raises(NotFound):
        meeting.send(instance_id=987654321)
    assert meeting.kept() == 0


def test_a_kept_message_for_another_number_does_not_stand_in_the_way(meeting: Meeting) -> None:
    meeting.send(business_key="deal:1", correlation_keys={"number": "one"})
    meeting.send(business_key="deal:1", correlation_keys={"number": "two"})
    instance = meeting.start(number="two")
    meeting.bench.complete(instance, "first")
    assert meeting.bench.open(instance) == ["a"]
    assert meeting.kept() == 1


def test_a_kept_message_that_another_receiver_has_not_taken_after_all_is_not_passed_over(
    meeting: Meeting, aside: Callable[..., Future[Any]]
) -> None:
    meeting.send(business_key="deal:1")
    one, two = meeting.start(), meeting.start()
    taken, waited = Event(), Event()

    def takes_and_fails() -> None:
        with meeting.just_being_written(one):
            taken.set()
            assert waited.wait(PATIENCE)
            raise ConnectionError

    failing = aside(takes_and_fails)
    assert taken.wait(PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(meeting.bench.complete, two, "first")
        meeting.waits_or_is_done(other)
        waited.set()
        other.result(PATIENCE)
    assert isinstance(failing.exception(PATIENCE), ConnectionError)
    assert meeting.bench.open(one) == ["first"]
    assert meeting.bench.open(two) == ["a"]


def test_a_message_that_came_while_its_receiver_was_suspended_is_given_when_it_goes_on(meeting: Meeting) -> None:
    bench, instance = meeting.bench, meeting.start()
    bench.complete(instance, "first")
    _switch(bench, instance, instances.suspend, "Holidays")
    assert meeting.send(business_key="deal:1") == []
    assert bench.open(instance) == []
    _switch(bench, instance, instances.resume)
    bench.pass_time()
    assert bench.open(instance) == ["a"]


def test_of_two_messages_for_one_subscription_one_is_received_and_the_other_kept(meeting: Meeting) -> None:
    instance = meeting.start()
    meeting.bench.complete(instance, "first")
    with ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(lambda _: meeting.send(business_key="deal:1"), range(6)))
    assert sum(map(len, sent)) == 1
    assert meeting.kept() == 5
    assert meeting.bench.open(instance) == ["a"]


def test_every_receiver_gets_a_message_for_all_though_one_is_busy(meeting: Meeting) -> None:
    bench, several = meeting.bench, [meeting.start() for _ in range(3)]
    for instance in several:
        bench.complete(instance, "first")
    with bench.database.transaction() as session:
        Execution(Context(session, ANN, bench.clock), bench.ports).active(several[1])
        with bench.database.transaction() as other:
            execution = Execution(Context(other, ANN, bench.clock), bench.ports)
            reached = messages.correlate(execution, Message(meeting.name, {}), every=True, wait=False)
            execution.write()
    assert len(reached) == 3
    assert bench.pass_time() == 1
    assert [bench.open(instance) for instance in several] == [["a"]] * 3


def test_messages_of_a_name_that_nobody_waits_for_leave_no_work_behind(meeting: Meeting) -> None:
    bench = meeting.bench
    sender = bench.start(meeting.thrower, business_key="deal:1")
    bench.complete(sender, "u")
    bench.pass_time()
    with bench.database.read_only() as session:
        assert session.scalar(select(func.count()).select_from(JobRow)) == 0
    assert meeting.kept() == 1


def _switch(bench: Bench, instance: int, how: Callable[..., None], *reason: str) -> None:
    with bench.database.transaction() as session:
        how(Execution(Context(session, ANN, bench.clock), bench.ports), instance, *reason)
