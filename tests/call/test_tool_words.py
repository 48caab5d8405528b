"""A tool may say as much as it likes: the page is told the last of it, at a pace, and nothing is lost at its end."""

from collections.abc import Callable

import pytest

from tests.clock import StandingLoop
from voiceapp.call.tool_words import PACE_S, ToolWords
from voiceapp.conversation import events as ev


class Said:
    def __init__(self, loop: StandingLoop) -> None:
        self.loop, self.woken = loop, 0
        self.told: list[ev.Event] = []
        self.words = ToolWords("f1", loop, self.wake, self.told.append)

    def wake(self, tell: Callable[[], None]) -> None:
        self.woken += 1
        self.loop.call_soon(tell)


@pytest.fixture
def said(loop: StandingLoop) -> Said:
    return Said(loop)


def test_of_a_flood_the_first_and_the_last_are_told_and_the_loop_is_woken_once(said: Said) -> None:
    said.words.progress("begun")
    said.loop.spin()
    for n in range(10_000):
        said.words.progress(f"{n} of 10,000")
    said.loop.spin()
    assert said.told == [ev.ToolTold("f1", "begun")]
    said.loop.pass_time(PACE_S + 0.01)
    assert (said.told[1:], said.woken) == ([ev.ToolTold("f1", "9999 of 10,000")], 1)
    said.loop.pass_time(PACE_S + 0.01)
    said.words.progress("more")
    said.loop.spin()
    assert (said.told[2:], said.woken) == ([ev.ToolTold("f1", "more")], 2)
    said.words.stop()
    assert said.loop.timers == 0


def test_what_was_said_last_is_told_with_its_end(said: Said) -> None:
    said.words.progress("begun")
    said.loop.spin()
    said.words.link("https://a.example/", "A")
    said.words.end()
    said.words.tell()
    said.words.stop()
    assert said.told[1:] == [ev.ToolTold("f1", link=ev.Link("https://a.example/", "A")), ev.EndWanted()]
    assert said.loop.timers == 0


def test_one_that_was_stopped_wakes_nobody(said: Said) -> None:
    said.words.stop()
    said.words.progress("too late")
    said.words.tell()
    said.loop.spin()
    assert (said.told, said.woken) == ([], 0)
