"""A look at all objects comes seldom, and where it disturbs nobody."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from voiceapp.ops import garbage
from voiceapp.ops.garbage import ENDED, ENDED_IN_QUIET, Garbage


class Loop:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def an_old_cycle() -> "weakref.ref[Loop]":
    """That only a look at all objects finds."""
    cycle = Loop()
    gc.collect(1)
    return weakref.ref(cycle)


@pytest.mark.parametrize(("left", "after"), [(5, ENDED), (0, ENDED_IN_QUIET)])
def test_what_calls_left_is_found_after_many_or_in_a_quiet_moment(left: int, after: int) -> None:
    found, looks = Garbage(), an_old_cycle()
    for _ in range(after - 1):
        found.call_ended(left)
    assert looks() is not None
    found.call_ended(left)
    assert looks() is None


def test_python_looks_at_all_objects_no_more_by_itself() -> None:
    garbage.leave_to_calls()
    before = gc.get_stats()[2]["collections"]
    kept = [[n] for n in range(200_000)]
    assert gc.get_stats()[2]["collections"] == before
    assert gc.get_stats()[1]["collections"] > 0
    assert len(kept) == 200_000
