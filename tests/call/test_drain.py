"""After a call's end its upstream is heard for a moment: what was used is charged, and then it is closed."""

from typing import Any

import pytest

from tests.clock import StandingLoop
from tests.conversation.call import SECOND, Call, charges
from tests.upstream.far_end import FarEnd
from voiceapp.call.drain import WAIT_S, Drain
from voiceapp.conversation.event_reader import EventReader
from voiceapp.net.link import CLOSE_WAIT_S, Ending

USED = {"input_tokens": 0, "output_tokens": 300, "total_tokens": 300}
CANCELLED = {"id": "r1", "status": "cancelled", "usage": USED}


class Caller:
    """Whoever had the link before."""

    def link_text(self, payload: bytes) -> None:
        raise AssertionError("the call is over")

    link_binary = link_text

    def link_closed(self, end: Ending) -> None:
        raise AssertionError("the call is over")


class Ended:
    """A call that ended in the middle of an answer. `effects`: what came of it since."""

    def __init__(self, loop: StandingLoop, far_end: FarEnd) -> None:
        self.effects: list[Any] = []
        call = Call().begin()
        call.answer("a1", "r1", done=False)
        (self.estimate,) = charges(call.conversation.close())
        far_end.link.open(Caller())
        Drain(loop, far_end.link, EventReader(), call.conversation, self.effects.append)


@pytest.fixture
def ended(loop: StandingLoop, far_end: FarEnd) -> Ended:
    return Ended(loop, far_end)


def test_what_was_used_takes_the_place_of_the_estimate_and_nothing_is_waited_for(
    loop: StandingLoop, far_end: FarEnd, ended: Ended
) -> None:
    loop.pass_time(WAIT_S / 2)
    far_end.say("response.done", response=CANCELLED)
    (charge,) = charges(ended.effects)
    assert (charge.key, charge.estimated, charge.usage.output_tokens) == (ended.estimate.key, False, 300)
    assert far_end.closed == 1000
    loop.pass_time(CLOSE_WAIT_S)
    assert loop.timers == 0


def test_a_server_that_says_nothing_of_it_is_not_waited_for_long(
    loop: StandingLoop, far_end: FarEnd, ended: Ended
) -> None:
    loop.pass_time(WAIT_S - 0.01)
    assert far_end.closed is None
    loop.pass_time(0.02)
    assert far_end.closed == 1000
    assert [charge for charge in charges(ended.effects) if not charge.estimated] == []


def test_nor_is_one_that_goes_on_talking_and_what_it_said_is_in_the_estimate(
    loop: StandingLoop, far_end: FarEnd, ended: Ended
) -> None:
    for _ in range(20):
        if far_end.closed is None:
            far_end.say("response.output_audio.delta", response_id="r1", item_id="a1", delta=SECOND)
        loop.pass_time(WAIT_S / 10)
    assert far_end.closed == 1000
    (charge,) = charges(ended.effects)
    assert charge.estimated
    assert charge.usage.output_audio_tokens > 5 * ended.estimate.usage.output_audio_tokens


def test_one_that_leaves_ends_it(loop: StandingLoop, far_end: FarEnd, ended: Ended) -> None:
    far_end.leave()
    loop.pass_time(CLOSE_WAIT_S)
    assert loop.timers == 0
