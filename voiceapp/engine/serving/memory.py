"""The C library's memory, held together: models on many threads otherwise scatter it and never give it back."""

import contextlib
import ctypes

# M_ARENA_MAX of glibc's mallopt.
ARENA_MAX, ARENAS = -8, 2


def hold_together() -> None:
    """Before the first threads start. Other C libraries have no such thing, and need none."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """What is free, to the system."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
