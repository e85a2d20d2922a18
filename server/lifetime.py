"""Processes that end with the one that started them, however that ends."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Asks the kernel to send this process a signal once the thread that started it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
