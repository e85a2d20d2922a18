"""Another engine in a process of its own, which answers one line of JSON for each line of JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class PeerFailed(RuntimeError):
    """The peer gave up; the text is its own."""


class Peer:
    """Requests are deploy, start, find (the open task of each instance) and complete; only the last is measured."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.name = str(self._answer()["name"])

    def deploy(self, key: str, xml: str) -> None:
        self._ask({"do": "deploy", "key": key, "xml": xml})

    def start(self, key: str, instances: int) -> None:
        """From now on the requests are about these instances, by their number from 0."""
        self._ask({"do": "start", "key": key, "instances": instances})

    def find(self) -> None:
        self._ask({"do": "find"})

    def complete(self, order: Sequence[int], variables: Mapping[str, object]) -> tuple[list[float], float]:
        """Seconds of each completion in that order, and the processor seconds of the peer for all."""
        answer = self._ask({"do": "complete", "order": list(order), "variables": dict(variables)})
        return answer["latencies"], answer["cpu"]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerFailed(f"the peer has ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerFailed(answer["error"])
        return answer


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Peer]:
    """The peer ends when its input does."""
    process = subprocess.Popen(
        command, env=dict(environment), text=True, encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Peer(process)
    finally:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
