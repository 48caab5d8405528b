"""Whose turn it is."""

from itertools import product

from voiceapp.conversation.turns import whose

ORDER = ("speaking", "playing", "tool", "thinking")
TURNS = ("user", "assistant", "tool", "thinking")


def test_of_all_that_goes_on_the_first_in_the_order_decides() -> None:
    for goes_on in product([False, True], repeat=4):
        first = next((turn for turn, true in zip(TURNS, goes_on, strict=True) if true), "listening")
        assert whose(**dict(zip(ORDER, goes_on, strict=True))) == first
