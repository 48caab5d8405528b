"""The one loop thread: every live socket of both sides and every relay lives on it."""

import asyncio
import contextvars
import logging
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Literal

from . import websocket
from .executor import prestarted_pool
from .link import Link
from .rate_limit import TokenBucket

log = logging.getLogger(__name__)

# Upstream handshakes block; so many may go on at once.
CONNECTORS = 16
# A flood of tiny frames keeps the loop for 25 ms a read of this size; larger reads gain nothing.
READ_BUFFER_BYTES = 64 * 1024
# So long may a thread that computes (a page, a function of the operator's) keep the interpreter from the loop; Python's
# own 5 ms would be added to every message of every call meanwhile.
THREADS_TURN_S = 0.001
# How long what goes on may take to come to a good end, once the bridge is to stop.
LEAVE_S = 6.0
Side = Literal["browser", "upstream"]
SIDES: tuple[Side, ...] = ("browser", "upstream")


class Bridge:
    """One asyncio loop in one daemon thread. Started in the worker on first use, never before a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ident = 0
        self._stopping = False
        self._read_buffer = memoryview(bytearray(READ_BUFFER_BYTES))
        self._tasks: set[asyncio.Task[Any]] = set()
        self._links: dict[Link, Side] = {}
        self._starters: list[Callable[[], None]] = []
        self._leavers: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._stoppers: list[Callable[[], None]] = []
        self._carried: dict[tuple[str, str], int] = {(side, way): 0 for side in SIDES for way in ("in", "out")}
        self.loop: asyncio.AbstractEventLoop = None  # type: ignore[assignment]  # set by start
        self.handshakes: ThreadPoolExecutor = None  # type: ignore[assignment]  # set by start

    def start(self) -> None:
        """Start the thread; harmless if it runs."""
        with self._lock:
            if self._thread is not None:
                return
            sys.setswitchinterval(THREADS_TURN_S)
            self.loop = asyncio.new_event_loop()
            self.loop.set_exception_handler(_log_failure)
            self.handshakes = prestarted_pool(CONNECTORS, "upstream-connect")
            started = threading.Event()
            # The bridge outlives the request that starts it, whose context must not cling to its tasks.
            context = contextvars.Context()
            self._thread = threading.Thread(target=context.run, args=(self._serve, started), name="bridge", daemon=True)
            self._thread.start()
        started.wait()

    def _serve(self, started: threading.Event) -> None:
        self._ident = threading.get_ident()
        for starter in self._starters:
            self.loop.call_soon(starter)
        self.loop.call_soon(started.set)
        self.loop.run_forever()
        self.loop.close()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def on_loop_thread(self) -> bool:
        """Whether the caller is on the bridge's thread."""
        return threading.get_ident() == self._ident

    def run(self, function: Callable[..., None], *args: Any) -> None:
        """Call on the loop's thread: at once if we are there, else soon and in order.

        In a context of its own: the loop keeps the context of whatever is begun here, for as long as a socket is open,
        and with the caller's it would keep Flask's request.
        """
        if self.on_loop_thread:
            contextvars.Context().run(function, *args)
        else:
            self.start()
            # A loop that has ended takes nothing more, and all that lived on it is gone.
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(function, *args, context=contextvars.Context())

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task; on the loop's thread only."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the bridge failed", exc_info=task.exception())

    def link(
        self,
        sock: socket.socket,
        endpoint: websocket.Endpoint,
        *,
        side: Side,
        max_out: int,
        released: Callable[[], None] | None = None,
        frames: TokenBucket | None = None,
    ) -> Link:
        """A link on this loop, not yet open. `released`: see `Link`."""
        link = Link(
            self.loop,
            sock,
            endpoint,
            self._read_buffer,
            max_out=max_out,
            forget=self._forget,
            released=released,
            frames=frames,
        )
        self._links[link] = side
        return link

    def _forget(self, link: Link) -> None:
        side = self._links.pop(link, None)
        if side is not None:
            _add(self._carried, side, link)

    def traffic(self) -> dict[tuple[str, str], int]:
        """Bytes carried so far, by side and by `in` or `out`."""
        carried = dict(self._carried)
        for link, side in self._links.items():
            _add(carried, side, link)
        return carried

    def waiting_bytes(self) -> dict[str, int]:
        """Bytes that wait for a peer to read, by side."""
        waiting: dict[str, int] = dict.fromkeys(SIDES, 0)
        for link, side in self._links.items():
            waiting[side] += link.waiting_bytes
        return waiting

    def at_start(self, starter: Callable[[], None]) -> None:
        """Have `starter` called, on the loop, when the bridge starts."""
        self._starters.append(starter)

    def at_leave(self, leaver: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have `leaver` run, on the loop, before the stoppers are called, which wait up to `LEAVE_S` for it."""
        self._leavers.append(leaver)

    def at_stop(self, stopper: Callable[[], None]) -> None:
        """Have `stopper` called, on the loop, when the bridge stops."""
        self._stoppers.append(stopper)

    def stop(self, wait_s: float = 3.0) -> None:
        """End what lives here, then the thread. Callable from any thread but the bridge's own, and more than once."""
        with self._lock:
            thread, first = self._thread, not self._stopping
            self._stopping = True
        if thread is None:
            return
        if first:
            asyncio.run_coroutine_threadsafe(self._wind_down(wait_s), self.loop)
        thread.join(LEAVE_S + wait_s + 2)

    async def _wind_down(self, wait_s: float) -> None:
        leaving = [self.spawn(leaver()) for leaver in self._leavers]
        if leaving:
            await asyncio.wait(leaving, timeout=LEAVE_S)
        for task in leaving:
            task.cancel()
        for stopper in self._stoppers:
            try:
                stopper()
            except Exception:
                log.exception("the bridge is stopping, and one step of it failed")
        self.handshakes.shutdown(wait=False, cancel_futures=True)
        # What the stoppers began (goodbyes, a process ending) may take a moment; the rest is cut.
        deadline = self.loop.time() + wait_s
        while (self._links or self._tasks) and self.loop.time() < deadline:
            await asyncio.sleep(0.02)
        for link in list(self._links):
            link.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)
        self.loop.stop()


def _add(carried: dict[tuple[str, str], int], side: str, link: Link) -> None:
    carried[side, "in"] += link.received_bytes
    carried[side, "out"] += link.sent_bytes


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a callback of the loop raised: into our log, which is redacted; asyncio's own is not."""
    log.error("the bridge: %s", context.get("message"), exc_info=context.get("exception"))
