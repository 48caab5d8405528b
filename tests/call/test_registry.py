"""A call belongs to the registry: a page that is lost may come back to it, with the token it was given."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TypeVar

import pytest

from tests.call.worker import VISITOR, Worker
from tests.call.worker import Page as TalkPage
from tests.clock import StandingLoop
from tests.conftest import SCENARIOS, upstream_settings
from tests.waiting import eventually
from voiceapp import create_app
from voiceapp.admission.access import Visitor
from voiceapp.call.call import Call
from voiceapp.call.registry import Registry
from voiceapp.config.settings import Settings
from voiceapp.conversation.faults import TRANSCRIPT_FULL
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.errors import TOO_OFTEN, LimitError, ResumeError
from voiceapp.net.link import Reader
from voiceapp.web.services import Services, services
from voiceapp.wire import down, rendering

T = TypeVar("T")


def on_bridge(app: Services, action: Callable[[], T]) -> T:
    """What the action gives, or raises, on the bridge's thread."""
    done: Future[T] = Future()

    def act() -> None:
        try:
            done.set_result(action())
        except Exception as error:
            done.set_exception(error)

    app.bridge.run(act)
    return done.result(10)


class Page:
    """A page that keeps the names of what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def emit(self, event: down.Event) -> None:
        self.told.append(event.event)

    def read_by(self, reader: Reader | None) -> None:
        """It has no socket."""

    def cork(self) -> None: ...

    def uncork(self) -> None: ...

    def send(self, packet: rendering.Packet) -> None:
        self.told.append(rendering.name(packet))


@pytest.fixture
def app() -> Iterator[Services]:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        app = services(create_app(Settings.from_env(upstream_settings(server, VOICEAPP_MAX_CALLS="2"))))
        yield app
        app.bridge.stop()


@pytest.fixture
def forgetful() -> Iterator[Services]:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        app = services(create_app(Settings.from_env(upstream_settings(server, VOICEAPP_RESUME="no"))))
        yield app
        app.bridge.stop()


def begin(app: Services, page: Page) -> Call:
    """A call that is live."""
    plan = app.options.plan({})
    call = on_bridge(app, lambda: app.registry.begin(plan, page, Visitor("somebody", "192.0.2.1"), "request"))
    assert eventually(lambda: "ready" in page.told)
    return call


def test_a_call_is_found_by_its_id_while_it_goes_on(app: Services) -> None:
    call = begin(app, Page())
    registry: Registry = app.registry
    assert on_bridge(app, lambda: registry.get(call.id)) is call
    assert on_bridge(app, lambda: registry.get("another")) is None
    on_bridge(app, lambda: call.finish(None))
    assert on_bridge(app, lambda: registry.get(call.id)) is None


def test_without_resuming_a_call_whose_page_is_lost_is_over_and_nobody_is_told(forgetful: Services) -> None:
    app, page = forgetful, Page()
    call = begin(app, page)
    on_bridge(app, lambda: app.registry.detach(call, page, stalled=False))
    assert call.over
    assert "ended" not in page.told
    assert app.limits.capacity.calls == 0


def test_without_resuming_a_page_that_reads_no_more_is_told_why_its_call_ended(forgetful: Services) -> None:
    app, page = forgetful, Page()
    call = begin(app, page)
    on_bridge(app, lambda: app.registry.detach(call, page, stalled=True))
    assert page.told[-2:] == ["notice", "ended"]


def test_every_caller_is_told_when_the_server_goes(app: Services) -> None:
    pages = [Page(), Page()]
    calls = [begin(app, page) for page in pages]
    on_bridge(app, app.registry.stop)
    assert all(call.over for call in calls)
    assert [page.told[-2:] for page in pages] == [["notice", "ended"]] * 2


def test_where_there_is_no_room_no_call_is_kept(app: Services) -> None:
    calls = [begin(app, Page()) for _ in range(2)]
    with pytest.raises(LimitError):
        begin(app, Page())
    on_bridge(app, lambda: calls[0].finish(None))
    assert not begin(app, Page()).over


# With a clock of the test's own


HOLDER, OTHER = "the-first-page-01", "the-second-page-2"


@pytest.fixture
def served(loop: StandingLoop) -> Iterator[Worker]:
    worker = Worker(loop, VOICEAPP_GRACE_SECONDS="30")
    yield worker
    for call in worker.calls:
        worker.act(call.leave)
    worker.close()


def live(served: Worker, holder: str = HOLDER) -> tuple[Call, TalkPage]:
    page = TalkPage()
    call = served.begin(page, holder)
    served.open()
    return call, page


def resume(served: Worker, token: str | None, got: int | None, holder: str = HOLDER) -> TalkPage:
    page = TalkPage()
    page.number = got or 0
    served.act(served.registry.resume, token or "", page, VISITOR, holder, got)
    return page


def lose(served: Worker, call: Call, page: TalkPage) -> None:
    served.act(lambda: served.registry.detach(call, page, stalled=False))


def test_a_call_whose_page_is_lost_waits_for_the_grace_time_and_no_longer(served: Worker) -> None:
    call, page = live(served)
    lose(served, call, page)
    served.loop.pass_time(29)
    assert not call.over
    back = resume(served, page.token, page.number)
    assert back.told[0][0] == "resumed"
    served.loop.pass_time(60)
    assert not call.over
    lose(served, call, back)
    served.loop.pass_time(31)
    assert call.over
    assert served.capacity.calls == 0


def test_a_page_that_reads_no_more_may_come_back_too(served: Worker) -> None:
    call, page = live(served)
    served.act(lambda: served.registry.detach(call, page, stalled=True))
    assert not call.over
    assert resume(served, page.token, page.number).names[0] == "resumed"


def test_a_call_that_was_not_ready_does_not_wait(served: Worker) -> None:
    page = TalkPage()
    call = served.begin(page, HOLDER)
    lose(served, call, page)
    assert call.over


def test_a_page_that_begins_anew_has_no_other_call_even_if_its_line_is_not_missed_yet(served: Worker) -> None:
    call = served.begin(TalkPage(), HOLDER)
    served.open()
    other = served.begin(TalkPage(), "page-instance-2")
    again = served.begin(TalkPage(), HOLDER)
    assert call.over
    assert not other.over
    assert not again.over


def test_a_second_page_takes_over_and_the_first_is_told_and_has_no_part_in_it(served: Worker) -> None:
    call, first = live(served)
    second = resume(served, first.token, None, OTHER)
    assert [first.last("notice")["code"], first.last("ended")["reason"]] == ["taken_over"] * 2
    told = len(first.told)
    lose(served, call, first)
    served.loop.pass_time(60)
    assert not call.over
    assert len(first.told) == told
    with pytest.raises(ResumeError) as refused:
        resume(served, first.token, first.number)
    assert refused.value.fault.code == "resume_refused"
    assert resume(served, second.token, second.number, OTHER).names[0] == "resumed"


def test_a_page_whose_line_fell_silent_may_catch_up_though_nobody_here_had_missed_it(served: Worker) -> None:
    page = TalkPage()
    call = served.begin(page, HOLDER)
    server = served.open()
    second = b64encode(bytes(48_000))
    for n in (1, 2):
        served.act(call.take_chunk, n, second)
    served.loop.pass_time(5)
    resume(served, page.token, page.number)
    for n in range(3, 8):
        served.act(call.take_chunk, n, second)
    served.loop.spin()
    assert [event["type"] for event in server.heard].count("input_audio_buffer.append") == 7


def test_a_page_that_did_not_hear_that_it_is_back_comes_back_with_the_token_it_has(served: Worker) -> None:
    call, first = live(served)
    lose(served, call, first)
    lost = resume(served, first.token, None, OTHER)
    lose(served, call, lost)
    assert resume(served, first.token, None, OTHER).names[0] == "resumed"


@pytest.mark.parametrize("got", [10**6, 2**53 - 1])
def test_numbers_from_the_future_are_refused_and_the_call_goes_on(served: Worker, got: int) -> None:
    call, page = live(served)
    with pytest.raises(ResumeError) as refused:
        resume(served, page.token, got)
    assert refused.value.fault.code == "resume_refused"
    assert page.names[-1] != "ended"
    assert not call.over


def test_a_call_that_is_over_cannot_be_come_back_to(served: Worker) -> None:
    call, page = live(served)
    served.act(call.finish, None)
    with pytest.raises(ResumeError) as refused:
        resume(served, page.token, page.number)
    assert refused.value.fault.code == "call_over"


def test_where_nobody_may_come_back_there_is_no_token(loop: StandingLoop) -> None:
    served = Worker(loop, VOICEAPP_RESUME="no")
    call, page = live(served)
    assert page.token is None
    lose(served, call, page)
    assert call.over
    served.close()


def test_what_a_page_was_told_while_it_was_away_it_is_told_when_it_is_back(served: Worker) -> None:
    call, page = live(served)
    lose(served, call, page)
    for _ in range(2):
        served.act(call.warn, TOO_OFTEN)
    served.act(call.warn, TRANSCRIPT_FULL)
    back = resume(served, page.token, page.number)
    assert [args[0]["code"] for name, args in back.told if name == "notice"] == ["too_often", "transcript_full"]


def test_while_it_waits_its_page_gets_in_where_all_lines_are_busy(loop: StandingLoop) -> None:
    served = Worker(loop, VOICEAPP_MAX_CALLS="1")
    call, page = live(served)
    assert served.capacity.obstacle() is not None
    lose(served, call, page)
    assert served.capacity.obstacle() is None
    back = resume(served, page.token, page.number)
    assert served.capacity.obstacle() is not None
    lose(served, call, back)
    loop.pass_time(31)
    assert (served.capacity.calls, served.capacity.lost) == (0, 0)
    served.close()


def test_a_page_that_begins_anew_leaves_no_call_waiting_for_it(served: Worker) -> None:
    call, page = live(served)
    lose(served, call, page)
    other, _ = live(served, OTHER)
    assert not call.over
    again, _ = live(served, HOLDER)
    assert (call.over, other.over, again.over) == (True, False, False)


def test_a_person_at_their_limit_has_one_less_that_waits_for_a_page(loop: StandingLoop) -> None:
    served = Worker(loop, VOICEAPP_CALLS_PER_USER="2")
    (lost, page), (kept, _) = live(served), live(served, OTHER)
    lose(served, lost, page)
    third, told = live(served, "the-third-page-03")
    assert (lost.over, kept.over, third.over) == (True, False, False)
    assert "ready" in told.names
    for call in (kept, third):
        served.act(call.leave)
    served.close()


def test_calls_that_wait_for_their_pages_hold_their_places_for_the_grace_time_and_no_longer(loop: StandingLoop) -> None:
    worker = Worker(loop, VOICEAPP_MAX_CALLS="200")
    calls = []
    for number in range(200):
        page = TalkPage()
        calls.append(worker.begin(page, f"page-of-somebody-{number}"))
        worker.open()
        lose(worker, calls[-1], page)
    assert worker.capacity.calls == 200
    with pytest.raises(LimitError):
        worker.begin(TalkPage(), "page-of-one-too-many")
    loop.pass_time(31)
    assert all(call.over for call in calls)
    assert worker.capacity.calls == 0
    assert not worker.begin(TalkPage(), "page-of-one-too-many").over
    worker.close()
