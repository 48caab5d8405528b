"""Another session for a call that goes on: made, kept until the call is quiet, and given up in time."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clock import StandingLoop
from tests.upstream.far_end import FarEnd
from voiceapp.call.renewal import PATIENCE_S, Renewal
from voiceapp.config.settings import Settings
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.faults import Fault
from voiceapp.errors import UpstreamError, VoiceError
from voiceapp.net.bridge import Bridge
from voiceapp.net.link import CLOSE_WAIT_S, Ending, Link
from voiceapp.upstream.profiles import Profile
from voiceapp.upstream.session_opener import SessionOpener
from voiceapp.upstream.session_options import Plan, SessionOptions
from voiceapp.wire import down

READY_S = 300.0


class Taker:
    """Whoever goes on with the session."""

    def link_text(self, payload: bytes) -> None: ...

    def link_binary(self, payload: bytes) -> None: ...

    def link_closed(self, end: Ending) -> None: ...


class Renewing:
    """A call that is renewed. Its servers are `ends`, one for each time that one is reached; `told`: what, and when."""

    def __init__(self, loop: StandingLoop) -> None:
        self.ends: list[FarEnd] = []
        self.told: list[tuple[str, float]] = []
        self.unreachable = False
        self.why: down.Why = "asked"
        self._loop = loop
        bridge = Bridge()
        bridge.loop = loop
        self._options = SessionOptions(Settings.from_env({"OPENAI_API_KEY": "sk-x", "VOICEAPP_VOICE": "marin, cedar"}))
        self.renewal = Renewal(bridge, self._reach, self._opener, self._made, self._failed)

    async def _reach(self, _: Profile) -> Link:
        if self.unreachable:
            raise UpstreamError(faults.UNREACHABLE)
        self.ends.append(FarEnd(self._loop))
        return self.ends[-1].link

    def _opener(self, link: Link, plan: Plan, opened: object, failed: object) -> SessionOpener:
        return SessionOpener(
            self._loop,
            link,
            plan,
            "call",
            ready_s=READY_S,
            opened=opened,  # type: ignore[arg-type]
            failed=failed,  # type: ignore[arg-type]
            waits=lambda: None,
            passed=lambda *_: None,
        )

    def _made(self) -> None:
        self.told.append(("made", self._loop.time()))

    def _failed(self, why: down.Why, error: Exception) -> None:
        assert why == self.why
        fault: Fault | None = error.fault if isinstance(error, VoiceError) else None
        self.told.append((fault.code if fault else repr(error), self._loop.time()))

    def begin(self, voice: str = "cedar", why: down.Why = "asked") -> None:
        self.why = why
        plan = self._options.plan({"voice": voice})
        self._loop.do(lambda: self.renewal.begin(plan, why))

    def answer(self, **session: Any) -> None:
        """The latest server makes the session."""
        self.ends[-1].say("session.created", session={"model": "m", **session})
        self.ends[-1].say("session.updated", session={})


@pytest.fixture
def renewing(loop: StandingLoop) -> Iterator[Renewing]:
    renewing = Renewing(loop)
    yield renewing
    loop.do(renewing.renewal.drop)
    loop.pass_time(PATIENCE_S + CLOSE_WAIT_S)
    for end in renewing.ends:
        end.close()
    assert loop.timers == 0


def test_it_waits_until_it_is_taken_and_knows_what_changed_meanwhile(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin()
    renewing.renewal.note(ev.Configured(language="ja"))
    renewing.answer()
    loop.pass_time(PATIENCE_S - 1)
    assert renewing.renewal.waits
    ready = renewing.renewal.take()
    assert ready is not None
    assert (ready.plan.config.voice, ready.session.model) == ("cedar", "m")
    assert ready.changed == (ev.Configured(language="ja"),)
    assert renewing.renewal.take() is None
    ready.link.hand_over(Taker())
    loop.pass_time(3600)
    assert renewing.told == [("made", 0.0)]
    assert renewing.ends[0].closed is None


def test_it_is_given_up_where_the_call_never_gets_quiet(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin()
    renewing.answer()
    loop.pass_time(3600)
    assert renewing.told == [("made", 0.0), ("upstream_stalled", PATIENCE_S)]
    assert not renewing.renewal.waits
    assert renewing.ends[0].closed == 1000


def test_the_patience_with_one_is_not_that_with_the_next(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin()
    renewing.answer()
    loop.pass_time(PATIENCE_S - 1)
    renewing.begin("marin")
    renewing.answer()
    loop.pass_time(PATIENCE_S - 1)
    assert renewing.renewal.waits
    assert renewing.ends[0].closed == 1000
    loop.pass_time(1)
    assert [what for what, _ in renewing.told] == ["made", "made", "upstream_stalled"]


def test_a_newer_wish_takes_the_place_of_one_that_is_being_made(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin()
    renewing.begin("marin")
    assert renewing.ends[0].closed == 1000
    renewing.answer()
    ready = renewing.renewal.take()
    assert ready is not None
    assert ready.plan.config.voice == "marin"


@pytest.mark.parametrize("why", ["expiring", "lost"])
def test_one_that_is_needed_waits_as_long_as_it_has_to(loop: StandingLoop, renewing: Renewing, why: down.Why) -> None:
    renewing.begin(why=why)
    renewing.answer()
    loop.pass_time(600)
    ready = renewing.renewal.take()
    assert ready is not None
    assert ready.why == why
    ready.link.hand_over(Taker())


def test_its_own_end_is_known_from_when_it_began(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin(why="expiring")
    loop.pass_time(5)
    renewing.answer(expires_at=int(time.time()) + 3600)
    loop.pass_time(60)
    ready = renewing.renewal.take()
    assert ready is not None
    assert ready.term.began == pytest.approx(5, abs=0.1)
    assert ready.term.lifetime_s == pytest.approx(3600, abs=30)
    ready.link.hand_over(Taker())


def test_one_that_ends_while_it_waits_is_not_taken(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin()
    renewing.answer()
    renewing.ends[0].leave()
    assert renewing.renewal.take() is None
    assert [what for what, _ in renewing.told] == ["made", "upstream_closed"]


def test_one_that_is_refused_is_told_of_once(loop: StandingLoop, renewing: Renewing) -> None:
    renewing.begin()
    renewing.ends[0].say("session.created")
    renewing.ends[0].say("error", error={"code": "invalid_value", "message": "No."})
    loop.pass_time(3600)
    assert [what for what, _ in renewing.told] == ["settings_refused"]


def test_one_that_cannot_be_reached_is_told_of_once(renewing: Renewing) -> None:
    renewing.unreachable = True
    renewing.begin()
    assert renewing.told == [("upstream_unreachable", 0.0)]


@pytest.mark.parametrize("answered", [False, True])
def test_once_dropped_nothing_of_it_is_left_and_nobody_is_told(
    loop: StandingLoop, renewing: Renewing, answered: bool
) -> None:
    renewing.begin()
    if answered:
        renewing.answer()
    loop.do(renewing.renewal.drop)
    loop.pass_time(3600)
    assert renewing.told == [("made", 0.0)] * answered
    assert renewing.ends[0].closed == 1000
