"""A call belongs to the registry; a page that is lost, or a server that stops, ends it there."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TypeVar

import pytest

from tests.conftest import SCENARIOS, upstream_settings
from tests.waiting import eventually
from voiceapp import create_app
from voiceapp.admission.access import Visitor
from voiceapp.call.call import Call
from voiceapp.call.registry import Registry
from voiceapp.config.settings import Settings
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.errors import LimitError
from voiceapp.web.services import Services, services
from voiceapp.wire import down

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

    def send(self, packet: down.Packet) -> None:
        self.told.append(down.name(packet))


@pytest.fixture
def app() -> Iterator[Services]:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        app = services(create_app(Settings.from_env(upstream_settings(server, VOICEAPP_MAX_CALLS="2"))))
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


def test_a_call_whose_page_is_lost_is_over_and_nobody_is_told(app: Services) -> None:
    page = Page()
    call = begin(app, page)
    on_bridge(app, lambda: app.registry.detach(call, stalled=False))
    assert call.over
    assert "ended" not in page.told
    assert app.limits.capacity.calls == 0


def test_a_page_that_reads_no_more_is_told_why_its_call_ended(app: Services) -> None:
    page = Page()
    call = begin(app, page)
    on_bridge(app, lambda: app.registry.detach(call, stalled=True))
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
