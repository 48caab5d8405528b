"""An event loop with nothing in it but epoll and a heap of timers: the load must cost less than what it measures."""

import asyncio
import gc
import heapq
import select
import socket
import time
from collections.abc import Callable
from itertools import count

import numpy as np

BUFFER = 1 << 20


class Reactor:
    """Reads all sockets into one buffer, which whoever is told of it must be done with before returning."""

    def __init__(self) -> None:
        self.buffer = bytearray(BUFFER)
        self.view = memoryview(self.buffer)
        self.words = np.frombuffer(self.buffer, np.uint32)
        self._epoll = select.epoll()
        self._ready: dict[int, Callable[[int], None]] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on it runs whenever that loop does."""
        self._loop = loop
        loop.add_reader(self._epoll.fileno(), self._read, 0)

    def close(self) -> None:
        if self._loop:
            self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def add(self, file: socket.socket, ready: Callable[[int], None]) -> None:
        self._ready[file.fileno()] = ready
        self._epoll.register(file.fileno(), select.EPOLLIN)

    def watch_room(self, file: socket.socket, wanted: bool) -> None:
        """Whether it is to be told, too, that there is room to write."""
        self._epoll.modify(file.fileno(), select.EPOLLIN | select.EPOLLOUT if wanted else select.EPOLLIN)

    def remove(self, file: socket.socket) -> None:
        if self._ready.pop(file.fileno(), None):
            self._epoll.unregister(file.fileno())

    def call_at(self, when: float, call: Callable[[], None]) -> None:
        """At this moment of `time.monotonic`; it cannot be taken back."""
        if self._loop:
            self._loop.call_at(when, call)
        else:
            heapq.heappush(self._timers, (when, next(self._order), call))

    def run(self, seconds: float) -> None:
        self.run_until(lambda: False, seconds)

    def run_until(self, over: Callable[[], bool], seconds: float) -> bool:
        """Whether it is over within so many seconds. What refers to itself is not looked for meanwhile."""
        until = time.monotonic() + seconds
        gc.disable()
        try:
            while not over():
                now = time.monotonic()
                if now >= until:
                    return False
                self._turn(now, until)
        finally:
            gc.enable()
        return True

    def _turn(self, now: float, until: float) -> None:
        timers = self._timers
        while timers and timers[0][0] <= now:
            heapq.heappop(timers)[2]()
        if timers:
            until = min(until, timers[0][0])
        self._read(max(0.0, until - time.monotonic()))

    def _read(self, wait_s: float) -> None:
        for file, what in self._epoll.poll(wait_s):
            # One may have been closed by what another brought.
            ready = self._ready.get(file)
            if ready:
                ready(what)
