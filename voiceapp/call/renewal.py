"""Another session for a running call: opened beside the current one, and held until the call is quiet."""

import asyncio
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

# A session that is ready waits so long for a quiet moment.
PATIENCE_S = 90.0


# Makes an opener for a link and a plan, which calls the one or the other.
Opener = Callable[[Link, Plan, Callable[[ev.SessionUpdated], None], Callable[[Fault], None]], SessionOpener]


class Ready(NamedTuple):
    """A session that waits to take over; `changed`: what the page changed in the meantime."""

    plan: Plan
    link: Link
    session: ev.SessionUpdated
    changed: tuple[ev.Configured, ...]


class Renewal:
    """At most one at a time; a newer one takes the place of an older. Lives on the bridge's thread.

    `reach` makes a link to a profile's server, `opener` what opens a session on it. `made` is called once a session
    waits, `failed` where none can be had.
    """

    def __init__(
        self,
        bridge: Bridge,
        reach: Callable[[Profile], Awaitable[Link]],
        opener: Opener,
        made: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._bridge = bridge
        self._reach = reach
        self._opener = opener
        self._made = made
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self._opening: SessionOpener | None = None
        self._ready: tuple[Plan, Link, ev.SessionUpdated] | None = None
        self._changed: list[ev.Configured] = []

    @property
    def waits(self) -> bool:
        """Whether a session is ready to take over."""
        return self._ready is not None

    def begin(self, plan: Plan) -> None:
        self.drop()
        self._task = self._bridge.spawn(self._make(plan))

    def note(self, event: ev.Configured) -> None:
        """The page changed something in the session that goes on: the next must know of it too."""
        if self._task is not None:
            self._changed.append(event)

    def take(self) -> Ready | None:
        """The session that waits, now its taker's own; None where it has just ended, which `failed` is told."""
        if self._ready is None:
            return None
        plan, link, session = self._ready
        if link.ending is not None:
            self._fail(UpstreamError(faults.CLOSED))
            return None
        ready = Ready(plan, link, session, tuple(self._changed))
        self._task = self._opening = self._ready = None
        self._changed.clear()
        return ready

    def drop(self) -> None:
        """Whatever is there of it is given up."""
        task, opening = self._task, self._opening
        self._task = self._opening = self._ready = None
        self._changed.clear()
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
        self._ready = (plan, link, session)
        self._bridge.loop.call_later(PATIENCE_S, self._lose_patience, link)
        self._made()

    def _lose_patience(self, link: Link) -> None:
        if self._ready is not None and self._ready[1] is link:
            self._fail(UpstreamError(faults.STALLED))

    def _refused(self, fault: Fault) -> None:
        self._fail(UpstreamError(fault))

    def _fail(self, error: Exception) -> None:
        self.drop()
        self._failed(error)
