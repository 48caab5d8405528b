"""Another session for a running call: opened beside the current one, if there is one, and held until it can go on."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

from ..conversation import events as ev
from ..conversation import faults
from ..conversation.faults import Fault
from ..errors import UpstreamError
from ..net.bridge import Bridge
from ..net.link import Link
from ..upstream.profiles import Profile
from ..upstream.session_opener import SessionOpener
from ..upstream.session_options import Plan
from ..wire.down import Why

# A session that was asked for waits so long for a quiet moment.
PATIENCE_S = 90.0


# Makes an opener for a link and a plan, which calls the one or the other.
Opener = Callable[[Link, Plan, Callable[[ev.SessionUpdated], None], Callable[[Fault], None]], SessionOpener]


class Term(NamedTuple):
    """When a session began, by the loop's time, and how long it lives; None where the server does not say."""

    began: float
    lifetime_s: float | None


def term(session: ev.SessionUpdated, now: float) -> Term:
    """Of a session that has just begun. The server's clock is compared with ours once: it may tick elsewhere."""
    ends = session.expires_at
    return Term(now, None if ends is None else ends - time.time())


class Ready(NamedTuple):
    """A session that waits to take over; `changed`: what the page changed in the meantime."""

    why: Why
    plan: Plan
    link: Link
    session: ev.SessionUpdated
    term: Term
    changed: tuple[ev.Configured, ...] = ()


class Renewal:
    """At most one at a time; a newer one takes the place of an older. Lives on the bridge's thread.

    `reach` makes a link to a profile's server, `opener` what opens a session on it. `made` is called once a session
    waits, `failed` where none can be had. Why it is made is told with it.
    """

    __slots__ = (
        "_bridge", "_changed", "_failed", "_made", "_opener", "_opening", "_patience", "_reach", "_ready", "_task",
        "_why",
    )  # fmt: skip

    def __init__(
        self,
        bridge: Bridge,
        reach: Callable[[Profile], Awaitable[Link]],
        opener: Opener,
        made: Callable[[], None],
        failed: Callable[[Why, Exception], None],
    ) -> None:
        self._bridge = bridge
        self._reach = reach
        self._opener = opener
        self._made = made
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self._opening: SessionOpener | None = None
        self._why: Why = "asked"
        self._ready: Ready | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._changed: list[ev.Configured] = []

    @property
    def waits(self) -> bool:
        """Whether a session is ready to take over."""
        return self._ready is not None

    @property
    def busy(self) -> bool:
        """Whether one is ready, or being made."""
        return self._task is not None

    def begin(self, plan: Plan, why: Why) -> None:
        self.drop()
        self._why = why
        self._task = self._bridge.spawn(self._make(plan))

    def note(self, event: ev.Configured) -> None:
        """The page changed something in the session that goes on: the next must know of it too."""
        if self._task is not None:
            self._changed.append(event)

    def take(self) -> Ready | None:
        """The session that waits, now its taker's own; None where it has just ended, which `failed` is told."""
        if self._ready is None:
            return None
        if self._ready.link.ending is not None:
            self._fail(UpstreamError(faults.CLOSED))
            return None
        ready = self._ready._replace(changed=tuple(self._changed))
        self._stop_patience()
        self._task = self._opening = self._ready = None
        self._changed.clear()
        return ready

    def drop(self) -> None:
        """Whatever is there of it is given up."""
        task, opening = self._task, self._opening
        self._task = self._opening = self._ready = None
        self._changed.clear()
        self._stop_patience()
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        if opening is not None:
            opening.drop()

    async def _make(self, plan: Plan) -> None:
        task = asyncio.current_task()
        try:
            link = await self._reach(plan.profile)
        except Exception as error:
            if task is self._task:
                self._fail(error)
            return
        if task is not self._task:
            # It was dropped; Python 3.11 may swallow the cancellation of what was just done.
            link.close(1000)
            return
        self._opening = self._opener(link, plan, partial(self._opened, plan, link), self._refused)
        self._opening.start()

    def _opened(self, plan: Plan, link: Link, session: ev.SessionUpdated) -> None:
        now = self._bridge.loop.time()
        self._ready = Ready(self._why, plan, link, session, term(session, now))
        if self._why == "asked":
            self._patience = self._bridge.loop.call_later(PATIENCE_S, self._lose_patience)
        self._made()

    def _lose_patience(self) -> None:
        self._fail(UpstreamError(faults.STALLED))

    def _stop_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()

    def _refused(self, fault: Fault) -> None:
        self._fail(UpstreamError(fault))

    def _fail(self, error: Exception) -> None:
        why = self._why
        self.drop()
        self._failed(why, error)
