"""A call from `start` to its end: the order in which the page is told, and what is given back however it ends."""

import base64
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from tests.call.worker import READY_S, VISITOR, Page, Worker
from tests.clock import StandingLoop
from tests.worlds import worlds
from voiceapp.call.call import Call
from voiceapp.call.upstream_log import UpstreamLog
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.conversation import Conversation
from voiceapp.errors import BrowserError, UpstreamError

# A model whose output costs a quarter of the other's.
CHUNK = base64.b64encode(bytes(1920))
DEAR, CHEAP = "gpt-realtime-2.1", "gpt-realtime-mini"


@pytest.fixture
def worker(loop: StandingLoop) -> Iterator[Callable[..., Worker]]:
    made: list[Worker] = []

    def make(**env: str) -> Worker:
        made.append(Worker(loop, **env))
        return made[-1]

    yield make
    for each in made:
        each.close()


def counted() -> tuple[float, float, float]:
    """Calls that began, that ended, and that go on, as the metrics have them."""
    by_name: dict[str, float] = {}
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            by_name[sample.name] = by_name.get(sample.name, 0) + sample.value
    names = ("voiceapp_calls_started_total", "voiceapp_calls_ended_total", "voiceapp_calls")
    return tuple(by_name.get(name, 0.0) for name in names)  # type: ignore[return-value]


# In order


def test_a_page_knows_its_limits_before_the_call_is_ready(worker: Callable[..., Worker]) -> None:
    page, served = Page(), worker(VOICEAPP_MONEY_PER_DAY="5")
    call = served.begin(page)
    served.open(CHEAP)
    assert page.names == ["limits", "limits", "ready", "turn"]
    served.act(call.leave)


def test_a_page_is_warned_of_a_low_budget_once_the_call_is_ready(worker: Callable[..., Worker]) -> None:
    page, served = Page(), worker(VOICEAPP_MINUTES_PER_USER_DAY="1")
    call = served.begin(Page())
    served.open()
    served.loop.pass_time(55)
    served.act(call.finish, None)
    call = served.begin(page)
    served.open()
    assert page.names == ["limits", "ready", "limits", "notice", "turn"]
    assert page.last("notice")["code"] == "budget_low"
    served.act(call.leave)


# Costs


def left_open(served: Worker, page: Page) -> Call:
    """A call that is quiet, of which a response has begun that the server never says is done."""
    call = served.begin(page, model=DEAR)
    far_end = served.open(DEAR)
    far_end.say("response.created", response={"id": "r1"})
    far_end.say("response.output_audio_transcript.delta", response_id="r1", item_id="i1", delta="word " * 400)
    far_end.say("response.created", response={"id": "r2"})
    far_end.say("response.done", response={"id": "r2", "status": "completed"})
    served.loop.pass_time(61)
    return call


def test_what_a_session_left_open_costs_what_that_session_did(worker: Callable[..., Worker]) -> None:
    page, served = Page(), worker(VOICEAPP_MODEL=f"{DEAR},{CHEAP}")
    call = left_open(served, page)
    served.renew(call, model=CHEAP)
    served.open(CHEAP)
    renewed = page.last("usage")["cost"]["total"]
    other = Page()
    served.act(left_open(served, other).finish, None)
    assert "renewed" in page.names
    assert renewed == pytest.approx(other.last("usage")["cost"]["total"])
    served.act(call.leave)


# The end


def test_a_call_is_counted_as_over_whatever_else_fails_at_its_end(
    worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    began, ended, going = counted()
    page, served = Page(), worker()
    monkeypatch.setattr(UpstreamLog, "ended", broken)
    monkeypatch.setattr(Conversation, "close", broken)
    call = served.begin(page)
    served.open()
    served.act(call.finish, None)
    assert page.names[-1] == "ended"
    assert counted() == (began + 1, ended + 1, going)
    assert served.capacity.calls == 0


class Line:
    """One page, and the calls it has one after the other: what may happen to them, in any order."""

    def __init__(self) -> None:
        self.loop = StandingLoop()
        self.served = Worker(self.loop, VOICEAPP_MINUTES_PER_USER_DAY="5", VOICEAPP_MODEL=f"{DEAR},{CHEAP}")
        self.pages: list[Page] = []
        self.calls: list[Call] = []

    @property
    def call(self) -> Call | None:
        return self.calls[-1] if self.calls and not self.calls[-1].over else None

    def start(self) -> None:
        if self.call is None:
            self.pages.append(Page())
            self.calls.append(self.served.begin(self.pages[-1]))

    def _with_call(self, action: Callable[[Call], None]) -> None:
        if self.call is not None:
            action(self.call)

    def stop(self) -> None:
        self._with_call(lambda call: self.served.act(call.finish, None))

    def stop_twice(self) -> None:
        for call in self.calls[-1:] * 2:
            self.served.act(call.finish, None)

    def lose(self) -> None:
        self._detach(stalled=False)

    def stall(self) -> None:
        self._detach(stalled=True)

    def _detach(self, *, stalled: bool) -> None:
        detach = self.served.registry.detach
        self._with_call(lambda call: self.served.act(partial(detach, call, self.pages[-1], stalled=stalled)))

    def come_back(self) -> None:
        self._resume(self.pages[-1].number)

    def reload(self) -> None:
        self._resume(None)

    def _resume(self, got: int | None) -> None:
        token, page = self.pages[-1].token, Page()
        if self.call is None or token is None:
            return
        page.number = got or 0
        self.served.act(self.served.registry.resume, token, page, VISITOR, f"page-{len(self.pages)}", got)
        self.pages.append(page)

    def stop_server(self) -> None:
        self.served.act(self.served.registry.stop)

    def renew(self) -> None:
        try:
            self._with_call(lambda call: self.served.renew(call, model=CHEAP))
        except BrowserError as error:
            assert error.fault.code == "not_started"

    def reach(self) -> None:
        if self.served.asked and not self.served.asked[-1].done():
            self.served.reach()

    def reach_no_one(self) -> None:
        if self.served.asked and not self.served.asked[-1].done():
            self.served.asked[-1].set_exception(UpstreamError(faults.UNREACHABLE))

    def break_down(self) -> None:
        if self.served.asked and not self.served.asked[-1].done():
            self.served.asked[-1].set_exception(RuntimeError("broken on purpose"))

    def say(self, *kinds: str, number: int = -1, **fields: Any) -> None:
        ends = [each for each in self.served.far_ends.values() if each.closed is None]
        for kind in kinds if ends else ():
            ends[number].say(kind, **fields)

    def open(self) -> None:
        self.reach()
        self.say("session.created", "session.updated", session={"model": DEAR})

    def refuse(self) -> None:
        self.say("error", error={"code": "invalid_value", "message": "no"})

    def answer(self) -> None:
        self.say("response.created", response={"id": "r1"})
        self.say("response.output_audio_transcript.delta", response_id="r1", item_id="i1", delta="Hello")

    def answered(self) -> None:
        self.say("response.done", response={"id": "r1", "status": "completed"})

    def expire(self) -> None:
        self.say("error", error={"code": "session_expired", "message": "…"})

    def open_one_that_expires(self) -> None:
        self.reach()
        self.say("session.created", "session.updated", session={"model": DEAR, "expires_at": int(time.time()) + 40})

    def limit(self) -> None:
        if self.served.asked and not self.served.asked[-1].done():
            self.served.asked[-1].set_exception(UpstreamError(faults.RATE_LIMITED, 3.0))

    def fall_silent(self) -> None:
        for each in self.served.far_ends.values():
            each.mute = True

    def begin_to_speak(self) -> None:
        self.say("input_audio_buffer.speech_started", item_id="u1")

    def speak(self) -> None:
        if self.call is not None and self.call._relay.link is not None:
            number = self.call._relay.inbox.number + 1
            self._with_call(lambda call: self.served.act(call.take_chunk, number, CHUNK))

    def type_a_text(self) -> None:
        if self.call is not None and self.call._relay.link is not None:
            self._with_call(lambda call: self.served.act(call.take_event, ev.TextTyped("Hello")))

    def leave_upstream(self) -> None:
        for each in [each for each in self.served.far_ends.values() if each.closed is None][:1]:
            each.leave(1011)

    def wait_a_moment(self) -> None:
        self.loop.pass_time(0.6)

    def wait_a_second(self) -> None:
        self.loop.pass_time(1)

    def wait_a_minute(self) -> None:
        self.loop.pass_time(61)

    def check(self) -> None:
        """As many places are taken as calls go on."""
        self.loop.spin()
        assert self.served.capacity.calls == sum(not call.over for call in self.calls)

    def end(self) -> None:
        self._with_call(lambda call: self.served.act(call.leave))
        self.loop.pass_time(READY_S)
        for asked in self.served.asked:
            asked.cancel()
        self.served.close()
        self.loop.spin()


HAPPENINGS = sorted(
    name for name in vars(Line) if not name.startswith("_") and name not in ("call", "check", "end", "say")
)


@worlds(50)
@given(st.lists(st.sampled_from(HAPPENINGS), max_size=20))
def test_however_a_call_ends_what_it_took_is_given_back_once(happenings: list[str]) -> None:
    began, ended, going = counted()
    line = Line()
    try:
        for happening in ["start", *happenings]:
            getattr(line, happening)()
            line.check()
    finally:
        line.end()
    assert line.served.capacity.calls == 0
    # What a call costs is never less than nothing.
    assert all(call.cost.counted >= 0 for call in line.calls)
    assert counted() == (began + len(line.calls), ended + len(line.calls), going)
    assert line.loop.raised == []
    assert line.loop.timers == 0
    # Of all links not one is left open.
    assert all(each.closed is not None or each.link.ending is not None for each in line.served.far_ends.values())
    for page in line.pages:
        # Nothing but the last word on costs comes after the end, which is told once.
        assert page.names.count("ended") <= 1
        after = page.names[page.names.index("ended") + 1 :] if "ended" in page.names else []
        assert set(after) <= {"usage"}
    line.loop.close()
