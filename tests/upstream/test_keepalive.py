"""Whether an upstream lives: asked after a silence, given up after another."""

from collections.abc import Iterator

import pytest

from tests.clock import StandingLoop
from tests.upstream.far_end import FarEnd
from voiceapp.net.link import Ending
from voiceapp.upstream.keepalive import (
    LOOK_S,
    PONG_S,
    QUIET_S,
    TALKING_PONG_S,
    TALKING_QUIET_S,
    Keepalive,
)


class Owner:
    """Whoever the link belongs to; takes what comes."""

    def link_text(self, payload: bytes) -> None: ...

    def link_binary(self, payload: bytes) -> None: ...

    def link_closed(self, end: Ending) -> None: ...


class Watched(Keepalive):
    """Notes when it was given up."""

    def __init__(self, loop: StandingLoop) -> None:
        self.given_up: list[float] = []
        self.talking = False
        self.doubts: list[float | None] = []
        super().__init__(loop, lambda: self.given_up.append(loop.time()), lambda: self.talking, self.doubts.append)


@pytest.fixture
def keepalive(loop: StandingLoop, far_end: FarEnd) -> Iterator[Watched]:
    far_end.link.open(Owner())
    keepalive = Watched(loop)
    keepalive.watch(far_end.link)
    yield keepalive
    keepalive.stop()
    assert loop.timers == 0


def test_a_server_that_talks_is_never_asked(loop: StandingLoop, far_end: FarEnd, keepalive: Watched) -> None:
    for _ in range(60):
        loop.pass_time(QUIET_S - 1)
        far_end.say("rate_limits.updated")
    assert far_end.pings == []
    assert keepalive.given_up == []


def test_one_that_is_silent_and_answers_is_kept_for_ever(
    loop: StandingLoop, far_end: FarEnd, keepalive: Watched
) -> None:
    loop.pass_time(3600)
    assert far_end.pings[0] == QUIET_S
    assert len(far_end.pings) == pytest.approx(3600 / QUIET_S, abs=2)
    assert keepalive.given_up == []


def test_one_that_answers_nothing_is_given_up_once(loop: StandingLoop, far_end: FarEnd, keepalive: Watched) -> None:
    far_end.mute = True
    loop.pass_time(3600)
    assert far_end.pings == [QUIET_S]
    assert keepalive.given_up == [QUIET_S + PONG_S]


def test_an_answer_in_the_last_moment_counts(loop: StandingLoop, far_end: FarEnd, keepalive: Watched) -> None:
    far_end.mute = True
    loop.pass_time(QUIET_S + PONG_S - 0.1)
    far_end.mute = False
    far_end.say("rate_limits.updated")
    loop.pass_time(3600)
    assert keepalive.given_up == []


def test_a_link_that_waited_for_its_turn_is_not_blamed_for_its_silence(
    loop: StandingLoop, far_end: FarEnd, keepalive: Watched
) -> None:
    other = FarEnd(loop)
    other.link.open(Owner())
    for _ in range(10):
        far_end.say("rate_limits.updated")
        loop.pass_time(QUIET_S - 1)
    keepalive.watch(other.link)
    loop.pass_time(QUIET_S + PONG_S + 1)
    assert keepalive.given_up == []
    assert (len(far_end.pings), len(other.pings)) == (0, 1)
    other.close()


def test_in_the_midst_of_an_answer_it_is_asked_soon_and_given_up_soon(
    loop: StandingLoop, far_end: FarEnd, keepalive: Watched
) -> None:
    loop.pass_time(10)
    keepalive.talking = far_end.mute = True
    far_end.say("response.output_audio.delta")
    loop.pass_time(3600)
    assert far_end.pings == [pytest.approx(10 + TALKING_QUIET_S, abs=LOOK_S)]
    assert keepalive.given_up == [pytest.approx(10 + TALKING_QUIET_S + TALKING_PONG_S, abs=LOOK_S)]


def test_one_that_answers_while_it_thinks_of_the_next_word_is_kept(
    loop: StandingLoop, far_end: FarEnd, keepalive: Watched
) -> None:
    keepalive.talking = True
    loop.pass_time(600)
    assert keepalive.given_up == []
    assert len(far_end.pings) > 100


def test_a_silence_is_doubted_while_an_answer_comes_or_once_the_server_was_asked(
    loop: StandingLoop, far_end: FarEnd, keepalive: Watched
) -> None:
    loop.pass_time(QUIET_S - 1)
    assert set(keepalive.doubts) == {None}
    far_end.mute = True
    loop.pass_time(PONG_S)
    doubts = [doubt for doubt in keepalive.doubts if doubt is not None]
    assert doubts == sorted(doubts)
    assert doubts[0] == pytest.approx(QUIET_S)
    keepalive.talking = True
    far_end.say("response.output_audio.delta")
    loop.pass_time(LOOK_S)
    assert keepalive.doubts[-1] == pytest.approx(LOOK_S, abs=LOOK_S)


def test_once_stopped_it_asks_nobody(loop: StandingLoop, far_end: FarEnd, keepalive: Watched) -> None:
    keepalive.stop()
    loop.pass_time(3600)
    assert far_end.pings == []
