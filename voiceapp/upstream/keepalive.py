"""Whether the upstream lives: after a silence it is pinged, and must answer."""

import asyncio
from collections.abc import Callable

from ..net.link import Link

# The silence after which the upstream is asked, and how long it may still be silent.
QUIET_S, PONG_S = 20.0, 10.0


class Keepalive:
    """Calls `stalled` when it does not answer. Lives on the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stalled: Callable[[], None]) -> None:
        self._loop = loop
        self._stalled = stalled
        self._link: Link | None = None
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, link: Link) -> None:
        """From now on it is this link that is felt."""
        self._link = link
        self._since = self._loop.time()
        self._look_in(QUIET_S)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look_in(self, seconds: float) -> None:
        self.stop()
        self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        if self._link is None:
            return
        # A link that was ready long before its turn may have been silent all the while.
        silent = self._loop.time() - max(self._link.last_heard, self._since)
        if silent >= QUIET_S + PONG_S:
            self._stalled()
        elif silent >= QUIET_S:
            self._link.ping()
            self._look_in(PONG_S)
        else:
            self._look_in(QUIET_S - silent)
