"""Keeps the C library's memory together: models on many threads would scatter it and never give it back."""

import contextlib
import ctypes

# M_ARENA_MAX of glibc's mallopt.
ARENA_MAX, ARENAS = -8, 2


def hold_together() -> None:
    """Call it before the first thread starts. Other C libraries than glibc have no such setting and need none."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Gives free memory back to the system."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
