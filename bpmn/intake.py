"""Looks at uploads in a child process with limits of time and memory, so that no file can hurt the server."""

import os
import pickle
import selectors
import subprocess
import sys
import threading
import time
from io import BytesIO
from typing import Any

from bpmn.examination import Files, Intake
from bpmn.intake_child import LENGTH
from bpmn.model import Finding
from bpmn.vocabulary import Vocabulary
from kernel.i18n import N_

__all__ = ["Intake", "inspect", "warm"]

SECONDS = 4.5
"""For one upload, a cold start of the child included."""
AT_ONCE = 4
SPARE = 2
USES = 200
"""A child is retired after so many uploads, so that whatever it leaks stays bounded."""
TOO_HARD = N_("The file could not be examined within the limits of time and memory. Split it into smaller processes.")
ALLOWED = {"bpmn.model", "bpmn.examination", "bpmn.decisions.model"}


def inspect(files: Files, vocabulary: Vocabulary, *, accept_repairs: bool = False) -> Intake:
    """Reads, repairs and checks the diagrams and decisions of an upload; never raises for what a file contains.

    With `accept_repairs` also the repairs that need the designer's word are made (see `normalise.BY_CONSENT`).
    Thread-safe. Forms among the files are passed over.
    """
    request = pickle.dumps((files, vocabulary, accept_repairs), protocol=5)
    with _turn:
        answer = _ask(request, time.monotonic() + SECONDS)
    if answer is not None:
        return answer
    return Intake((), tuple(Finding("too-hard", "error", TOO_HARD, 1, file=name) for name, _ in files))


def warm() -> None:
    """Starts a spare child, so that the first upload need not wait for one."""
    _give_back(_Child())


class _Child:
    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        self.uses = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bpmn.intake_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            start_new_session=True,
        )

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def exchange(self, request: bytes, deadline: float) -> bytes | None:
        """The child's answer; None when it died or did not answer in time."""
        self.uses += 1
        assert self.process.stdin is not None and self.process.stdout is not None
        target, source = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(target, False)
        to_send, received, wanted = memoryview(LENGTH.pack(len(request)) + request), bytearray(), LENGTH.size
        with selectors.DefaultSelector() as selector:
            selector.register(target, selectors.EVENT_WRITE)
            selector.register(source, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    try:
                        if key.fd == target:
                            to_send = to_send[os.write(target, to_send[: 1 << 16]) :]
                            if not to_send:
                                selector.unregister(target)
                            continue
                        piece = os.read(source, 1 << 16)
                    except BlockingIOError:
                        continue
                    except OSError:
                        return None
                    if not piece:
                        return None
                    received += piece
                    if wanted == LENGTH.size and len(received) >= LENGTH.size:
                        wanted += LENGTH.unpack_from(received)[0]
                    if len(received) == wanted > LENGTH.size:
                        return bytes(received[LENGTH.size :])
        return None


_turn = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()
_spare: list[_Child] = []
_owner = os.getpid()


def _ask(request: bytes, deadline: float) -> Intake | None:
    child = _take()
    try:
        answer = child.exchange(request, deadline)
        read = _Plain(BytesIO(answer)).load() if answer is not None else None
    except BaseException:
        child.end()
        raise
    if isinstance(read, Intake):
        _give_back(child)
        return read
    child.end()
    return None


def _take() -> _Child:
    """A spare child of this very process (a forked worker must not share its parent's pipes), or a new one."""
    global _owner
    with _lock:
        if _owner != os.getpid():
            _spare.clear()
            _owner = os.getpid()
        while _spare:
            child = _spare.pop()
            if child.process.poll() is None:
                return child
            child.end()
    return _Child()


def _give_back(child: _Child) -> None:
    with _lock:
        if len(_spare) < SPARE and child.uses < USES and child.process.poll() is None:
            _spare.append(child)
            return
    child.end()


class _Plain(pickle.Unpickler):
    """Reads plain values of the diagram model only, whatever a child that was taken over might send."""

    def find_class(self, module: str, name: str) -> Any:
        if module not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not a plain value")
        return super().find_class(module, name)
