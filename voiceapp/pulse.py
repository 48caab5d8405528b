"""Whether the upstream lives: it must be ready in time, and later answer when it is asked after a silence."""

import asyncio
from collections.abc import Callable

from .link import Link

# From the open socket to `session.updated`; and the silence after which the upstream is asked, and may still be silent.
READY_S = 15.0
QUIET_S, PONG_S = 20.0, 10.0


class Pulse:
    """Calls `stalled` once it does not. Lives on the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stalled: Callable[[], None]) -> None:
        self._loop = loop
        self._stalled = stalled
        self._link: Link | None = None
        self._felt = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def await_ready(self) -> None:
        """Its session is being made."""
        self._look_in(READY_S, self._stalled)

    def feel(self, link: Link) -> None:
        """Its session is made; from now on it is this link that is felt."""
        self._link = link
        self._felt = self._loop.time()
        self._look_in(QUIET_S, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look_in(self, seconds: float, look: Callable[[], None]) -> None:
        self.stop()
        self._timer = self._loop.call_later(seconds, look)

    def _look(self) -> None:
        if self._link is None:
            return
        # A link that was ready long before its turn may have been silent all the while.
        silent = self._loop.time() - max(self._link.last_heard, self._felt)
        if silent >= QUIET_S + PONG_S:
            self._stalled()
        elif silent >= QUIET_S:
            self._link.ping()
            self._look_in(PONG_S, self._look)
        else:
            self._look_in(QUIET_S - silent, self._look)
