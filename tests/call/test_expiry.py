"""When the next session is made ready before a server ends the one that goes on."""

import pytest

from tests.clock import StandingLoop
from voiceapp.call.expiry import SHORTEST_S, Expiry


class Watched:
    def __init__(self, loop: StandingLoop) -> None:
        self.told: list[tuple[str, float]] = []
        self.expiry = Expiry(
            loop,
            lambda: self.told.append(("soon", round(loop.time(), 3))),
            lambda: self.told.append(("last", round(loop.time(), 3))),
        )


@pytest.mark.parametrize(("lifetime", "soon", "last"), [(3600.0, 3000.0, 3300.0), (10.0, 8.333, 9.167)])
def test_it_is_told_ten_minutes_and_five_before_an_hour_is_over(
    loop: StandingLoop, lifetime: float, soon: float, last: float
) -> None:
    watched = Watched(loop)
    watched.expiry.watch(0.0, lifetime)
    loop.pass_time(soon - 0.1)
    assert not watched.expiry.near
    loop.pass_time(lifetime)
    assert watched.told == [("soon", soon), ("last", last)]
    assert watched.expiry.near
    assert watched.expiry.urgent


def test_a_session_that_waited_is_as_old_as_it_is(loop: StandingLoop) -> None:
    watched = Watched(loop)
    loop.pass_time(1000)
    watched.expiry.watch(400.0, 3600.0)
    loop.pass_time(3600)
    assert watched.told == [("soon", 3400.0), ("last", 3700.0)]


@pytest.mark.parametrize("lifetime", [None, 0.0, -5.0, 0.5, SHORTEST_S - 0.1])
def test_of_one_without_an_end_or_that_ends_at_once_nothing_is_told(loop: StandingLoop, lifetime: float | None) -> None:
    watched = Watched(loop)
    watched.expiry.watch(0.0, lifetime)
    loop.pass_time(100_000)
    assert watched.told == []


def test_the_next_session_has_an_end_of_its_own(loop: StandingLoop) -> None:
    watched = Watched(loop)
    watched.expiry.watch(0.0, 60.0)
    loop.pass_time(56)
    watched.expiry.watch(56.0, 60.0)
    assert not (watched.expiry.near or watched.expiry.urgent)
    loop.pass_time(51)
    watched.expiry.stop()
    loop.pass_time(1000)
    assert watched.told == [("soon", 50.0), ("last", 55.0), ("soon", 106.0)]
    assert loop.timers == 0
