"""One page: what it may ask for, and that a page which cannot be told raises nothing."""

from typing import Any

import pytest
from engineio.exceptions import SocketIsClosedError

from voiceapp.admission.access import Visitor
from voiceapp.errors import BrowserError
from voiceapp.page.connection import TEXT_BYTES_AT_ONCE, TEXTS_AT_ONCE, PageConnection, PageSocket
from voiceapp.wire import down


class Broken:
    """A socket that takes nothing, for the stock driver and for ours."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def emit(self, *_: Any, **__: Any) -> None:
        raise self._error

    def send_packet(self, _: Any) -> None:
        raise self._error


def connection() -> PageConnection:
    return PageConnection(PageSocket(None, "sid", None), "eio", Visitor("login:ann", "192.0.2.1"), "request")  # type: ignore[arg-type]


@pytest.mark.parametrize("stock", [True, False])
@pytest.mark.parametrize("error", [SocketIsClosedError(), RuntimeError("broken on purpose")])
def test_a_page_that_cannot_be_told_raises_nothing(error: Exception, stock: bool) -> None:
    broken: Any = Broken(error)
    PageSocket(broken, "sid", None if stock else broken).emit(down.Ended("stopped"))


def test_without_a_call_it_says_so() -> None:
    page = connection()
    assert page.idle
    with pytest.raises(BrowserError) as refused:
        _ = page.call
    assert refused.value.fault.code == "not_started"


def test_whoever_waits_for_its_call_is_not_idle() -> None:
    page = connection()
    page.claiming = True
    assert not page.idle


def test_it_types_no_more_than_is_paid_for() -> None:
    page = connection()
    assert [page.may_type("Hello") for _ in range(int(TEXTS_AT_ONCE) + 1)] == [True] * int(TEXTS_AT_ONCE) + [False]
    other = connection()
    assert other.may_type("あ" * int(TEXT_BYTES_AT_ONCE / 3))
    assert not other.may_type("あ" * 100)


class FakeCall:
    """As far as it is watched."""

    def __init__(self, *, over: bool) -> None:
        self.over = over
        self.watched: list[tuple[bool, int]] = []

    def watch(self, on: bool, after: int) -> None:
        self.watched.append((on, after))


def test_what_is_watched_is_watched_in_the_call_that_comes() -> None:
    page = connection()
    page.watch(True)
    assert page.watching
    page.watch(False)
    assert not page.watching


@pytest.mark.parametrize("over", [False, True])
def test_who_looks_at_a_call_that_is_over_does_not_look_at_the_next(over: bool) -> None:
    page, call = connection(), FakeCall(over=over)
    page.latest = call  # type: ignore[assignment]
    page.watch(True, 7)
    assert (call.watched, page.watching) == ([(True, 7)], not over)
