"""A page that watches is told all that is kept, each once and in order, and then what passes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.call.worker import VISITOR, Page, Worker
from tests.clock import StandingLoop
from tests.worlds import worlds
from voiceapp.call.inspector import LOT, PAUSE_S, RUN_S, Inspector
from voiceapp.call.passed_events import APPEND, MAX_EVENTS, MAX_PAYLOAD, ONE, PassedEvents
from voiceapp.wire import down


class Watched:
    """An inspector whose page is the test. `told`: since the page was there last."""

    def __init__(self, loop: StandingLoop) -> None:
        self.loop = loop
        self.told: list[down.Log] = []
        self.inspector = Inspector(loop, PassedEvents(loop.time()), loop.time(), self._tell)

    def _tell(self, event: down.Event) -> None:
        assert isinstance(event, down.Log)
        self.told.append(event)

    def passes(self, kind: str = "event", **fields: Any) -> None:
        self.inspector.take("down", kind, json.dumps({"type": kind, **fields}).encode())

    @property
    def numbers(self) -> list[int]:
        return [each.n for each in self.told]

    def kept(self) -> list[int]:
        passed = self.inspector.passed
        return list(range(passed.first, passed.number + 1))


@pytest.fixture
def watched(loop: StandingLoop) -> Watched:
    return Watched(loop)


def test_what_passed_before_anybody_looked_is_told_first(loop: StandingLoop, watched: Watched) -> None:
    watched.passes("session.created", session={"id": "s1", "instructions": "Be brief."})
    loop.pass_time(3)
    watched.inspector.watch(True)
    loop.pass_time(0)
    watched.passes("response.created")
    first, second = watched.told
    assert (first.n, first.type, first.at, first.late) == (1, "session.created", 0, 3000)
    assert first.summary == "session.id=s1"
    assert "Be brief" not in first.body
    assert (second.n, second.type, second.at, bool(second.late)) == (2, "response.created", 3000, False)


def test_thousands_are_told_in_lots_and_what_passes_meanwhile_comes_after_them(
    loop: StandingLoop, watched: Watched
) -> None:
    for n in range(MAX_EVENTS + 100):
        watched.passes(f"event.{n % 9}")
    watched.inspector.watch(True)
    loop.pass_time(0)
    assert len(watched.told) == LOT
    watched.passes("late")
    assert len(watched.told) == LOT
    loop.pass_time(PAUSE_S)
    assert len(watched.told) == 2 * LOT
    loop.pass_time(MAX_EVENTS / LOT * PAUSE_S + RUN_S)
    assert watched.told[-1].type == "late"
    # The oldest had to go for it.
    assert watched.numbers == list(range(101, MAX_EVENTS + 102))


def test_the_page_says_what_it_has(loop: StandingLoop, watched: Watched) -> None:
    for _ in range(10):
        watched.passes()
    watched.inspector.watch(True, 7)
    loop.pass_time(0)
    assert watched.numbers == [8, 9, 10]
    # More than there are: of another worker's.
    watched.inspector.watch(True, 1000)
    watched.passes()
    assert watched.numbers == [8, 9, 10, 11]


def test_sound_that_passes_is_told_every_second_while_somebody_looks(loop: StandingLoop, watched: Watched) -> None:
    watched.inspector.watch(True)
    loop.pass_time(0)
    for _ in range(10):
        watched.inspector.passed.runs[APPEND] += ONE + 100
        loop.pass_time(RUN_S / 5)
    assert [(each.direction, each.times, each.bytes) for each in watched.told] == [("up", 5, 500)] * 2
    watched.inspector.watch(False)
    assert loop.timers == 0


def test_all_of_one_that_passes_is_shown_though_it_is_too_long_to_be_kept(loop: StandingLoop, watched: Watched) -> None:
    watched.inspector.watch(True)
    loop.pass_time(0)
    watched.passes("session.updated", tools=["x" * 300] * (MAX_PAYLOAD // 300))
    assert "xxx" in watched.told[0].body
    watched.inspector.watch(True)
    loop.pass_time(0)
    assert [(each.n, each.type, each.body, each.bytes > MAX_PAYLOAD) for each in watched.told[1:]] == [
        (1, "session.updated", "", True)
    ]


@pytest.mark.parametrize("payload", [b"no JSON", b"[1]", b"[" * 100_000, b'{"type":"\xff"}'])
def test_what_cannot_be_read_is_told_without_what_it_says(loop: StandingLoop, watched: Watched, payload: bytes) -> None:
    watched.inspector.watch(True)
    loop.pass_time(0)
    watched.inspector.take("down", "?", payload)
    assert [(each.body, each.summary, each.bytes) for each in watched.told] == [("", "", len(payload))]


def test_after_the_end_all_is_told_and_then_nothing_is_waited_for(loop: StandingLoop, watched: Watched) -> None:
    for _ in range(2 * LOT):
        watched.passes()
    watched.inspector.passed.runs[APPEND] += ONE + 1
    watched.inspector.stop()
    assert loop.timers == 0
    loop.pass_time(20)
    for _ in range(2):
        watched.told.clear()
        watched.inspector.watch(True)
        loop.pass_time(1)
        assert watched.numbers == list(range(1, 2 * LOT + 2))
        assert watched.told[-1].type == APPEND
        assert loop.timers == 0


STEPS = st.one_of(
    st.tuples(st.just("pass"), st.sampled_from(["a", "b", "words.delta", APPEND])),
    st.tuples(st.just("many"), st.sampled_from([1, 3, 2 * LOT, MAX_EVENTS])),
    st.tuples(st.just("watch"), st.booleans()),
    # The line is lost: what was on its way never came.
    st.tuples(st.just("resume"), st.integers(0, 3 * LOT)),
    st.tuples(st.just("reload"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0.0, PAUSE_S, RUN_S, 10.0])),
    st.tuples(st.just("stop"), st.none()),
)


@worlds(50)
@given(st.lists(STEPS, max_size=25))
def test_whatever_happens_the_page_has_each_of_those_that_are_kept_once(steps: list[tuple[str, Any]]) -> None:
    loop = StandingLoop()
    watched = Watched(loop)
    inspector, over = watched.inspector, False
    for what, how in [*steps, ("watch", True), ("wait", 10.0)]:
        had = watched.numbers[-1] if watched.told else 0
        if what == "pass" and not over:
            watched.passes(how)
        elif what == "many" and not over:
            for _ in range(how):
                watched.passes()
        elif what == "watch":
            inspector.watch(how, had)
        elif what in ("resume", "reload"):
            inspector.watch(False)
            del watched.told[max(0, len(watched.told) - how) if how is not None else 0 :]
            had = watched.numbers[-1] if watched.told else 0
            inspector.watch(True, had)
        elif what == "wait":
            loop.pass_time(how)
        elif what == "stop":
            inspector.stop()
            over = True
        assert watched.numbers == sorted(set(watched.numbers))
    kept = watched.kept()
    assert [n for n in watched.numbers if n >= inspector.passed.first] == kept
    assert all(each.type == inspector.passed.get(each.n).type for each in watched.told if each.n in kept)
    inspector.watch(False)
    assert (loop.timers, loop.raised) == (0, [])
    loop.close()


# In a call


@pytest.fixture
def served(loop: StandingLoop) -> Any:
    served = Worker(loop)
    yield served
    served.close()


def types(page: Page) -> list[str]:
    return [args[0]["type"] for name, args in page.told if name == "log"]


def test_a_call_is_seen_from_its_first_session_on_also_after_its_end(loop: StandingLoop, served: Worker) -> None:
    page = Page()
    call = served.begin(page)
    far_end = served.open()
    far_end.say("response.created", response={"id": "r1"})
    served.act(call.finish, None)
    assert types(page) == []
    call.watch(True)
    loop.pass_time(1)
    assert types(page) == [
        "session.created",
        "session.update",
        "session.updated",
        "response.created",
        "response.cancel",
    ]
    assert page.names.index("ended") < page.names.index("log")
    assert loop.timers == 0


def lose(served: Worker, call: Any, page: Page) -> None:
    served.act(lambda: served.registry.detach(call, page, stalled=False))


@pytest.mark.parametrize("end", [lose, lambda served, call, page: served.act(call.leave)])
def test_a_page_that_is_gone_is_told_nothing(
    loop: StandingLoop, served: Worker, end: Callable[[Worker, Any, Page], None]
) -> None:
    page = Page()
    call = served.begin(page)
    far_end = served.open()
    call.watch(True)
    loop.pass_time(0)
    end(served, call, page)
    told = types(page)
    if not call.over:
        far_end.say("response.created", response={"id": "r1"})
        loop.pass_time(2)
    assert types(page) == told
    assert call.over or call.attachment.lost
    # Nor is anything made for it.
    assert call._relay.inspector._timer is None
    served.act(call.leave)


def test_another_page_that_takes_the_call_over_is_told_all_of_it(loop: StandingLoop, served: Worker) -> None:
    page, other = Page(), Page()
    call = served.begin(page, "one")
    served.open()
    call.watch(True)
    loop.pass_time(0)
    assert len(types(page)) == 3
    served.act(served.registry.resume, page.token, other, VISITOR, "two", None)
    call.watch(False)
    loop.pass_time(2)
    assert types(other) == []
    call.watch(True)
    loop.pass_time(0)
    assert types(other) == types(page)
    served.act(call.leave)


def test_the_calls_own_events_are_not_pushed_out_by_what_is_told_of_it(loop: StandingLoop, served: Worker) -> None:
    page = Page()
    call = served.begin(page)
    far_end = served.open()
    for _ in range(20):
        far_end.say("response.created", response={"id": "r"})
    outbox = call._line._outbox
    before = outbox.number, outbox._size
    call.watch(True)
    loop.pass_time(3)
    assert len(types(page)) >= 23
    assert (outbox.number, outbox._size) == before
    served.act(call.leave)
    # Nobody comes back to it.
    assert outbox._size == 0
