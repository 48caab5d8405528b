"""Whether the upstream lives: after a silence it is pinged, and must answer."""

import asyncio
from collections.abc import Callable

from ..net.link import Link

# The silence after which the upstream is asked, and how long it may still be silent: it may load its models.
QUIET_S, PONG_S = 20.0, 10.0
# The same in the midst of an answer, of which somebody waits for the next word.
TALKING_QUIET_S, TALKING_PONG_S = 3.0, 5.0
# It is looked at so often.
LOOK_S = 3.0


class Keepalive:
    """Calls `stalled` when it does not answer. Lives on the loop's thread.

    `talking`: whether it is in the midst of an answer. `doubted` is told at each look for how many seconds it has been
    silent, where that may be the beginning of a stall; else None.
    """

    __slots__ = ("_asked_at", "_doubted", "_link", "_loop", "_since", "_stalled", "_talking", "_timer")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        stalled: Callable[[], None],
        talking: Callable[[], bool] = lambda: False,
        doubted: Callable[[float | None], None] = lambda _: None,
    ) -> None:
        self._loop = loop
        self._stalled = stalled
        self._talking = talking
        self._doubted = doubted
        self._asked_at = 0.0
        self._link: Link | None = None
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, link: Link) -> None:
        """From now on it is this link that is felt."""
        self._link = link
        self._since = self._asked_at = self._loop.time()
        self._look_in(min(LOOK_S, QUIET_S))

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
        heard_at = max(self._link.last_heard, self._since)
        silent, talking = self._loop.time() - heard_at, self._talking()
        quiet, pong = (TALKING_QUIET_S, TALKING_PONG_S) if talking else (QUIET_S, PONG_S)
        self._doubted(silent if talking or silent >= quiet else None)
        if silent >= quiet + pong:
            self._stalled()
            return
        if silent >= quiet and self._asked_at <= heard_at:
            self._asked_at = self._loop.time()
            self._link.ping()
        due = quiet + pong if silent >= quiet else quiet
        self._look_in(min(LOOK_S, due - silent))
