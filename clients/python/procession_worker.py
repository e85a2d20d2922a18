"""Does what processes leave to programs outside: one file, nothing but Python's own library. Copy it where you need it."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SHORTEST_NAP, LONGEST_NAP = 0.2, 5.0
"""Seconds between two looks: short while there is work, longer while there is none."""
log = logging.getLogger(__name__)


class BpmnError(Exception):
    """A business refusal: the diagram goes its way for this code."""

    def __init__(self, code: str, message: str = "", **variables: Any) -> None:
        super().__init__(message or code)
        self.code, self.message, self.variables = code, message, variables


class Failure(Exception):
    """It did not succeed: try again `after` so many seconds, `retries` times at most (None: as often as is left)."""

    def __init__(self, reason: str, *, retries: int | None = None, after: int = 60) -> None:
        super().__init__(reason)
        self.reason, self.retries, self.after = reason, retries, after


class Refused(Exception):
    """The server's answer to what cannot be done: its `status`, `code` and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


@dataclass(frozen=True)
class Task:
    """One piece of work. `id` stays the same when it is fetched again: use it to do the work once."""

    id: int
    topic: str
    instance_id: int
    business_key: str | None
    element_id: str
    variables: Mapping[str, Any]
    retries: int


Handler = Callable[[Task], Mapping[str, Any] | None]


class Worker:
    """Fetches work of the topics that have a handler, does it, and tells what came of it."""

    def __init__(
        self, url: str, token: str, *, worker_id: str = "", lock_seconds: int = 300, timeout: float = 30
    ) -> None:
        self.url, self.token, self.timeout, self.lock_seconds = url.rstrip("/"), token, timeout, lock_seconds
        self.worker_id = worker_id or f"worker-{uuid.uuid4().hex[:8]}"
        self._handlers: dict[str, Handler] = {}
        self._stopping = threading.Event()

    def handles(self, topic: str) -> Callable[[Handler], Handler]:
        """Marks the function that does this topic's work; what it returns becomes variables of the process."""

        def mark(handler: Handler) -> Handler:
            self._handlers[topic] = handler
            return handler

        return mark

    def run(self) -> None:
        """Works until `stop` is called. A server that is away is waited for."""
        nap = SHORTEST_NAP
        while not self._stopping.is_set():
            try:
                nap = SHORTEST_NAP if self.work_once() else min(nap * 2, LONGEST_NAP)
            except OSError as error:
                log.warning("the server is away: %s", error)
                nap = LONGEST_NAP
            self._stopping.wait(nap)

    def stop(self) -> None:
        """Lets `run` end after the work at hand."""
        self._stopping.set()

    def work_once(self, maximum: int = 1) -> int:
        """Fetches and does up to `maximum` pieces of work; how many there were."""
        topics = [{"name": topic, "lock_seconds": self.lock_seconds} for topic in self._handlers]
        found = self._post("/external-tasks/fetch-and-lock", topics=topics, maximum=maximum)["items"]
        for item in found:
            fields = {name: item[name] for name in Task.__dataclass_fields__}
            self._do(Task(**fields))
        return len(found)

    def extend(self, task: Task, seconds: int) -> None:
        """Keeps the work for so many seconds from now; call it inside a handler that takes long."""
        self._post(f"/external-tasks/{task.id}/extend-lock", lock_seconds=seconds)

    def _do(self, task: Task) -> None:
        try:
            answer = self._handlers[task.topic](task)
        except BpmnError as error:
            self._tell(task, "bpmn-error", code=error.code, message=error.message, variables=error.variables)
        except Failure as error:
            self._tell(task, "failure", reason=error.reason, retries=error.retries, retry_seconds=error.after)
        except Exception as error:
            log.exception("task %s failed", task.id)
            self._tell(task, "failure", reason=f"{type(error).__name__}: {error}")
        else:
            self._tell(task, "complete", variables=dict(answer or {}))

    def _tell(self, task: Task, what: str, **said: Any) -> None:
        """Tells it until it is heard; a server that has given the work to somebody else meanwhile keeps theirs."""
        nap = SHORTEST_NAP
        while True:
            try:
                self._post(f"/external-tasks/{task.id}/{what}", **said)
                return
            except Refused as error:
                log.warning("task %s: %s", task.id, error)
                return
            except OSError as error:
                if self._stopping.is_set():
                    raise
                log.warning("task %s is done, the server is away: %s", task.id, error)
                time.sleep(nap)
                nap = min(nap * 2, LONGEST_NAP)

    def _post(self, path: str, **said: Any) -> Any:
        body = json.dumps({"worker_id": self.worker_id, **said}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.url}/api/v1{path}", body, headers, method="POST")
        try:
            with urllib.request.urlopen(asked, timeout=self.timeout) as answer:
                told = answer.read()
        except urllib.error.HTTPError as error:
            told = error.read()
            if error.code >= 500 or error.code == 429:
                raise OSError(f"{error.code} {told[:200]!r}") from None
            found = json.loads(told)
            raise Refused(error.code, found.get("code", ""), found.get("message", "")) from None
        return json.loads(told) if told else None
