"""The call whose turns are measured is a call of the app's, turn for turn."""

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks.length import KINDS, LongCall
from benchmarks.mock import DELTAS, WORDS_PER_DELTA


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


def test_a_turn_is_answered_to_its_end_and_each_kind_is_timed() -> None:
    call = LongCall()
    took = call.turn()
    assert all(took[kind] > 0 for kind in KINDS)
    # Beside these: what begins and ends a turn.
    before = call.line.number
    call.turn()
    assert call.line.number - before > DELTAS * (1 + WORDS_PER_DELTA)
