"""Processes that end with the one that started them, however that ends."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Asks the kernel to send this process a signal once the thread that started it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def name_this_process(name: str) -> None:
    """The name in `ps` and `top`; the kernel keeps its first 15 bytes."""
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])
