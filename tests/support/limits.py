"""A ceiling on processor time, for what must never run away; a busy machine does not matter to it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def cpu_seconds(most: float) -> Iterator[None]:
    """Fails when the block has used more processor time than any sane run of it could."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"more than {most} seconds of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
