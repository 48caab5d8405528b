"""The one loop thread: calls reach it in order, and it ends what lives on it."""

import asyncio
import contextvars
import logging
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from voiceapp.net import bridge as bridge_module
from voiceapp.net.bridge import Bridge


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    bridge = Bridge()
    bridge.start()
    yield bridge
    bridge.stop()


def test_calls_from_outside_run_in_order_on_its_thread(bridge: Bridge) -> None:
    seen: list[tuple[int, bool]] = []
    done = threading.Event()
    for n in range(100):
        bridge.run(lambda n=n: seen.append((n, bridge.on_loop_thread)))
    bridge.run(done.set)
    assert done.wait(5)
    assert seen == [(n, True) for n in range(100)]
    assert not bridge.on_loop_thread


def test_a_thread_that_computes_gives_way_to_it_after_a_millisecond() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    bridge = Bridge()
    bridge.start()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    bridge.stop()
    sys.setswitchinterval(before)


def test_a_call_from_the_inside_runs_at_once(bridge: Bridge) -> None:
    seen: list[str] = []
    done = threading.Event()

    def outer() -> None:
        bridge.run(seen.append, "inner")
        seen.append("outer")
        done.set()

    bridge.run(outer)
    assert done.wait(5)
    assert seen == ["inner", "outer"]


@pytest.mark.parametrize("inside", [False, True])
def test_what_is_begun_there_keeps_nothing_of_the_callers_context(bridge: Bridge, inside: bool) -> None:
    request = contextvars.ContextVar("request", default="none")
    seen: list[str] = []
    done = threading.Event()

    def look() -> None:
        seen.append(request.get())
        done.set()

    def ask() -> None:
        bridge.run(lambda: bridge.loop.call_soon(look))

    def ask_inside() -> None:
        request.set("somebody's")
        ask()

    if inside:
        bridge.run(ask_inside)
    else:
        contextvars.copy_context().run(ask_inside)
    assert done.wait(5)
    assert seen == ["none"]


def test_it_starts_itself_with_the_first_call() -> None:
    bridge, done = Bridge(), threading.Event()
    bridge.run(done.set)
    assert done.wait(5)
    bridge.stop()


def test_starting_twice_is_one_thread(bridge: Bridge) -> None:
    before = threading.active_count()
    bridge.start()
    assert threading.active_count() == before


def test_a_failing_task_is_logged_and_hurts_nobody(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("broken on purpose")

    done = threading.Event()
    with caplog.at_level(logging.ERROR):
        bridge.run(lambda: bridge.spawn(fail()) and None)
        bridge.run(lambda: bridge.loop.call_later(0.05, done.set) and None)
        assert done.wait(5)
    assert "a task of the bridge failed" in caplog.text


def test_stopping_runs_the_stoppers_and_ends_the_thread() -> None:
    bridge, stopped, before = Bridge(), [], set(threading.enumerate())
    bridge.start()
    (thread,) = (each for each in set(threading.enumerate()) - before if each.name == "bridge")
    bridge.at_stop(lambda: stopped.append(bridge.on_loop_thread))
    bridge.stop()
    bridge.stop()
    assert stopped == [True]
    assert not thread.is_alive()


def test_stopping_cuts_what_does_not_end_by_itself() -> None:
    bridge, cancelled = Bridge(), threading.Event()

    async def linger() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    bridge.run(lambda: bridge.spawn(linger()) and None)
    bridge.stop(wait_s=0.1)
    assert cancelled.is_set()


def test_a_bridge_never_started_stops_in_silence() -> None:
    Bridge().stop()


def test_what_is_asked_of_a_bridge_that_has_stopped_is_dropped(bridge: Bridge) -> None:
    seen: list[int] = []
    bridge.stop()
    bridge.run(seen.append, 1)
    assert seen == []


def test_what_a_callback_raises_goes_into_our_log(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("broken on purpose")

    done = threading.Event()
    bridge.run(fail)
    bridge.run(done.set)
    assert done.wait(5)
    (record,) = [each for each in caplog.records if each.name == "voiceapp.net.bridge"]
    assert record.exc_info is not None


def test_a_stopper_that_fails_keeps_none_of_the_others_from_it(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("broken on purpose")

    bridge, stopped = Bridge(), []
    bridge.start()
    bridge.at_stop(fail)
    bridge.at_stop(lambda: stopped.append(True))
    bridge.stop()
    assert stopped == [True]
    assert "broken on purpose" in caplog.text


def test_who_connects_in_the_moment_of_the_end_is_told_of_it_first() -> None:
    """The pool goes when everybody has been told, not under the feet of who still wants it."""
    bridge, gate, told = Bridge(), threading.Event(), []
    bridge.start()
    bridge.at_stop(lambda: told.append("the end"))
    bridge.loop.call_soon_threadsafe(gate.wait)
    bridge.run(lambda: told.append(bridge.handshakes.submit(int)))
    ending = threading.Thread(target=bridge.stop)
    ending.start()
    time.sleep(0.1)
    gate.set()
    ending.join()
    assert len(told) == 2


def test_what_goes_on_may_come_to_its_end_before_the_stoppers() -> None:
    bridge, done = Bridge(), []
    bridge.start()

    async def leave() -> None:
        await asyncio.sleep(0.05)
        done.append("left")

    bridge.at_stop(lambda: done.append("stopped"))
    bridge.at_leave(leave)
    bridge.stop()
    assert done == ["left", "stopped"]


@pytest.mark.parametrize("trouble", ["hangs", "fails"])
def test_whoever_cannot_leave_holds_up_the_end_for_its_time_and_no_longer(
    trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "LEAVE_S", 0.1)
    bridge, done = Bridge(), []
    bridge.start()

    async def leave() -> None:
        if trouble == "fails":
            raise RuntimeError("broken on purpose")
        await asyncio.sleep(60)

    bridge.at_leave(leave)
    bridge.at_stop(lambda: done.append("stopped"))
    began = time.monotonic()
    bridge.stop()
    assert done == ["stopped"]
    assert time.monotonic() - began < 5
    assert not bridge.running
