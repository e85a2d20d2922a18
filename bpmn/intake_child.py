"""The child process of `intake`: bounded in time, memory and files, it examines uploads handed to it on its input."""

import os
import pickle
import resource
import select
import struct
import sys
from typing import Any

from bpmn.examination import examine

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 120
"""For the whole life of a child; a single upload is bounded by the parent's clock."""
LENGTH = struct.Struct(">Q")
LOOK_FOR_PARENT = 20.0


def main() -> None:
    parent = os.getppid()
    _limit()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while _request_comes(parent):
        header = source.read(LENGTH.size)
        if len(header) < LENGTH.size:
            return
        answer = pickle.dumps(_answer(*pickle.loads(source.read(LENGTH.unpack(header)[0]))), protocol=5)
        target.write(LENGTH.pack(len(answer)))
        target.write(answer)
        target.flush()


def _answer(*request: Any) -> Any:
    try:
        return examine(*request)
    except (MemoryError, RecursionError):
        return None


def _request_comes(parent: int) -> bool:
    """Waits for input; False when the parent is gone, however it went."""
    while not select.select([sys.stdin.buffer], [], [], LOOK_FOR_PARENT)[0]:
        if os.getppid() != parent:
            return False
    return True


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
