"""Many people at once over HTTP, with pauses for thought, on a database that has years of work behind it."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import resource
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from benchmarks import history, served
from benchmarks.measuring import Measured
from benchmarks.report import Gate, Row, Section
from benchmarks.site import Site
from crm_model import accounts, auth
from crm_model.users import User, actor_of
from engine.tables import UserTaskRow
from kernel.context import SYSTEM, Context, system_clock
from processes import catalogue

USERS, MINUTES, HISTORY = 200, 10, 1_000_000
THINKS = 10.0
"""Seconds that a person looks at a page before the next, on average."""
DEALS_EACH = 5
WEB_PROCESSES = 2
SEED = 23
KEPT = 20.0
"""Seconds after which a silent connection is not used again, before the server ends it: browsers ask anew by themselves."""
WARMING = 20
KINDS = {
    "inbox": "My tasks, the page",
    "card": "The card, the page",
    "completion": "Completion, the API",
    "start": "A new sale, the API",
}


def _in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def _answer(element: str, account: int) -> dict[str, Any]:
    """What is answered at each task of a sale that goes well, as the API takes it."""
    answers: dict[str, tuple[str | None, dict[str, Any]]] = {
        "call_interest": ("interested", {}),
        "meeting_date": (None, {"meeting_at": _in_days(1)}),
        "new_deal": (None, {"account_id": account, "title": "Shelves", "amount": "250000", "continue_as": "same"}),
        "call_needs": ("completed", {"presentation_at": _in_days(2), "next_stage": "proposal"}),
        "calculation_needed": ("yes", {}),
        "prepare_proposal": ("completed", {}),
        "prepare_materials": ("completed", {}),
        "agree_tactics": (None, {"tactics": "Soft"}),
        "present_proposal": ("completed", {}),
        "client_reaction": ("needs_time", {}),
        "plan_negotiation": (None, {"discuss_with_head": False}),
        "agree_deal": ("completed", {}),
        "prepare_contract": ("completed", {}),
        "sign_contract": ("completed", {}),
    }
    result, variables = answers.get(element, (None, {}))
    return {"variables": variables, **({"result": result} if result else {})}


@dataclass(slots=True)
class Seen:
    """What all people met: seconds by kind of request, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """A salesperson at a browser: a cookie for pages, a token for the programs behind the buttons."""

    id: int
    token: str
    cookie: str
    account: int
    tasks: list[tuple[int, str]] = field(default_factory=list)
    """(id, element) of what is open."""


class Browser:
    """One person's connection, kept open between requests."""

    def __init__(self, port: int, person: Person, seen: Seen) -> None:
        self.person, self.seen = person, seen
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=served.PATIENCE)
        self.last = time.monotonic()

    def page(self, kind: str, path: str) -> None:
        self._ask(kind, "GET", path, None, {"Cookie": f"session={self.person.cookie}"})

    def call(self, kind: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        told: dict[str, Any] = json.loads(self._ask(kind, "POST", f"/api/v1{path}", json.dumps(body), headers))
        return told

    def _ask(self, kind: str, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        if time.monotonic() - self.last > KEPT:
            self.connection.close()
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        told = answer.read()
        self.seen.seconds[kind].append(time.perf_counter() - begun)
        self.last = time.monotonic()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{answer.status} for {method} {path}: {told[:300]!r}")
        return told

    # What a person does

    def start_sale(self) -> None:
        subject = {"type": "account", "id": self.person.account}
        body = {"definition_key": "corporate_sale", "subject": subject}
        made = self.call("start", "/process-instances", body)
        self._note(made["id"])

    def _note(self, instance: int) -> None:
        headers = {"Authorization": f"Bearer {self.person.token}"}
        told = json.loads(self._ask("find", "GET", f"/api/v1/tasks?instance_id={instance}", None, headers))
        self.person.tasks += [(task["id"], task["element_id"]) for task in told["items"]]

    def complete(self, task: int, element: str) -> dict[str, Any]:
        done = self.call("completion", f"/tasks/{task}/complete", _answer(element, self.person.account))
        self.person.tasks.remove((task, element))
        self.person.tasks += [(one["id"], one["element_id"]) for one in done["next_tasks"]]
        return done

    def work(self, until: float, dice: random.Random) -> None:
        """My tasks, a card, its result; a new sale where one has ended."""
        for kind in itertools.cycle(("inbox", "card", "completion")):
            time.sleep(max(0.0, min(dice.expovariate(1 / THINKS), until - time.monotonic())))
            if time.monotonic() >= until:
                return
            if kind == "inbox":
                self.page("inbox", "/tasks")
                task, element = dice.choice(self.person.tasks)
            elif kind == "card":
                self.page("card", f"/tasks/{task}")
            else:
                self.complete(task, element)
                if len(self.person.tasks) < DEALS_EACH:
                    self.start_sale()


def run(site: Site) -> Section:
    people = _people(site)
    with served.process(site, "worker"), served.web(site, WEB_PROCESSES) as (port, pids):
        finished, deal = _one_sale(Browser(port, people[0], Seen()))
        tasks = _tasks_of(site, finished)
        copies = site.many(HISTORY) // tasks
        history.copy(site.dsn, instance=finished, deal=deal, people=[person.id for person in people], copies=copies)
        site.settle()
        for person in people:
            browser = Browser(port, person, Seen())
            for _ in range(DEALS_EACH):
                browser.start_sale()
        for _ in range(WARMING * WEB_PROCESSES):
            browser = Browser(port, people[0], Seen())
            browser.page("inbox", "/tasks")
            browser.page("card", f"/tasks/{people[0].tasks[0][0]}")
        seen, seconds, own = _work(port, people, 60 * MINUTES * site.size)
        memory = sum(served.memory(pid) for pid in pids())
    return _section(seen, len(people), seconds, copies * tasks, own, memory)


def _section(seen: Seen, people: int, seconds: float, tasks: int, own: float, memory: int) -> Section:
    requests = sum(map(len, seen.seconds.values()))
    errors = "; ".join([str(len(seen.errors)), *seen.errors[:3]])
    rows = [
        Row("Requests", f"{requests / seconds:.1f} a second"),
        Row("Errors", errors, len(seen.errors), Gate(0)),
    ]
    for kind, name in KINDS.items():
        if seen.seconds[kind]:
            measured = Measured(kind, seen.seconds[kind])
            told = f"{measured.p95 * 1000:.0f} ms, median {measured.median * 1000:.0f} ms, of {measured.steps}"
            rows.append(Row(f"{name}, p95", told, measured.p95 * 1000))
    rows += [
        Row("Processor that the people's side took", f"{100 * own / seconds:.0f} % of a core"),
        Row("Memory of the web processes afterwards", f"{memory / 1024**2:.0f} MB"),
    ]
    title = f"Load: {people} people, {seconds / 60:.1f} minutes, {tasks} tasks in history"
    note = f"Each thinks {THINKS:g} s between requests; {WEB_PROCESSES} web processes and a worker on the same machine."
    return Section(title, tuple(rows), note)


def _people(site: Site) -> list[Person]:
    """Salespeople who are signed in, each with a client."""
    people = []
    with site.database.transaction() as session:
        catalogue.deploy_shipped(Context(session, SYSTEM, system_clock))
        for number in range(site.many(USERS)):
            user = User(
                username=f"load{number}", name=f"Person {number}", roles=["manager"], password_hash="!", language="ru"
            )
            session.add(user)
            session.flush()
            context = Context(session, actor_of(user), system_clock)
            client = accounts.create_account(context, {"name": f"Client {number}", "owner_id": user.id})
            token, _ = auth.issue_token(context)
            cookie, _ = auth.start_session(session, user)
            people.append(Person(user.id, token, cookie, client.id))
    return people


def _one_sale(browser: Browser) -> tuple[int, int]:
    """A sale from the first call to the end: its instance and its deal."""
    browser.start_sale()
    while True:
        done = browser.complete(*browser.person.tasks[0])
        if done["instance"]["state"] == "completed":
            return done["instance"]["id"], done["deal"]["id"]


def _tasks_of(site: Site, instance: int) -> int:
    with site.database.read_only() as session:
        return len(session.scalars(select(UserTaskRow.id).where(UserTaskRow.instance_id == instance)).all())


def _work(port: int, people: list[Person], seconds: float) -> tuple[Seen, float, float]:
    """What everybody met, for how long, and the processor seconds that asking took."""
    seen = Seen()
    begun, used = time.monotonic(), _processor()
    threads = [
        threading.Thread(target=_at_work, args=(Browser(port, person, seen), begun + seconds, number))
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen, time.monotonic() - begun, _processor() - used


def _at_work(browser: Browser, until: float, number: int) -> None:
    try:
        browser.work(until, random.Random(SEED + number))
    except Exception as error:
        browser.seen.errors.append(f"{type(error).__name__}: {error}")


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
