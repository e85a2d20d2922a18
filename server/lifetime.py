"""Processes that end with the one that started them, however that ends."""

import ctypes
import gc
import signal

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
YOUNG, MIDDLE, OLD = 20_000, 20, 50


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Asks the kernel to send this process a signal once the thread that started it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def name_this_process(name: str) -> None:
    """The name in `ps` and `top`; the kernel keeps its first 15 bytes."""
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])


def collect_seldom() -> None:
    """Lets the garbage collector look at much at a time: what a start loads stays, and looking at it again and again
    was one part in fifteen of loading it."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def keep_what_is_loaded() -> None:
    """Takes all that is loaded by now out of the garbage collector's sight: walking over it again and again would cost
    every twentieth request several times its own work."""
    gc.collect()
    gc.freeze()
    collect_seldom()
