"""The upstream's side of a call: the link of its current session, the first one and each that replaces it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf

from ..conversation import events as ev
from ..conversation import faults
from ..conversation.faults import Fault
from ..errors import ENGINE_STARTING, INTERNAL, RENEWAL_FAILED, UPSTREAM_STARTING, UpstreamError, VoiceError
from ..net.link import Link, LinkOwner
from ..upstream.connector import Connector
from ..upstream.keepalive import Keepalive
from ..upstream.profiles import Profile
from ..upstream.session_opener import SessionOpener
from ..upstream.session_options import Plan
from ..wire import down
from .expiry import Expiry
from .interfaces import CallOwner
from .renewal import Ready, Renewal, Term, term
from .tries import Tries

log = logging.getLogger(__name__)

# In place of a session that was lost: no longer between two tries, and in all. A person waits no longer.
LONGEST_S, IN_ALL_S = 4.0, 30.0
# In place of one that will expire: there is time.
EARLY_LONGEST_S = 30.0
# What takes no longer than a breath is not told.
NOTICE_S = 0.7
# So long the page may take to say how much was heard of what was cut, until its last report counts.
SETTLE_S = 0.5


class Sessions:
    """Of one call. `link`: of the session that goes on, or went on last; None before the first has begun.

    `plan`: what that was asked to be.
    """

    __slots__ = (
        "_began", "_bridge", "_connector", "_early_tries", "_expiry", "_keepalive", "_loop", "_lost_at", "_opening",
        "_owner", "_ready_s", "_reason", "_receiver", "_renewal", "_timers", "_tries", "link", "plan",
    )  # fmt: skip

    def __init__(self, connector: Connector, plan: Plan, owner: CallOwner, receiver: LinkOwner, ready_s: float) -> None:
        self.link: Link | None = None
        self.plan = plan
        self._connector = connector
        self._bridge = connector.bridge
        self._loop = loop = connector.bridge.loop
        self._owner = owner
        self._receiver = receiver
        self._ready_s = ready_s
        self._opening: SessionOpener | None = None
        self._keepalive = Keepalive(
            loop, lambda: owner.session_lost(faults.STALLED), lambda: owner.in_mid_answer, owner.session_doubted
        )
        self._expiry = Expiry(loop, self._make_early, owner.session_waits)
        self._renewal = Renewal(
            self._bridge,
            self._reach,
            partial(self._opener, waits=lambda: None),
            owner.session_waits,
            self._renewal_failed,
        )
        self._began = 0.0
        # When the session was lost, and why the call ends if no other can be had; None while one goes on.
        self._lost_at: float | None = None
        self._reason = faults.CLOSED
        self._tries = Tries(LONGEST_S, IN_ALL_S)
        self._early_tries = Tries(EARLY_LONGEST_S)
        self._timers: list[asyncio.TimerHandle] = []

    # The first

    async def begin(self) -> None:
        """Connect and ask for the first session. Raises `VoiceError`."""
        link = await self._reach(self.plan.profile)
        if self._owner.over:
            # Python 3.11 may swallow the cancellation of what was just done.
            link.close(1000)
            return
        log.info("call %s: connected to %s", self._owner.id, self.plan.profile.name)
        opened = partial(self._opened, link)
        self._opening = self._opener(link, self.plan, opened, self._owner.not_opened, waits=self._tell_waiting)
        self._opening.start()

    def _opened(self, link: Link, session: ev.SessionUpdated) -> None:
        self._opening = None
        self._go_on_with(link, term(session, self._loop.time()))
        self._owner.opened(session)

    # Another, that takes over

    @property
    def waiting(self) -> bool:
        """Whether another session is ready to take over."""
        return self._renewal.waits

    @property
    def lost(self) -> bool:
        """Whether there is none that goes on."""
        return self._lost_at is not None

    @property
    def patient(self) -> bool:
        """Whether the next one may wait yet until all is known of what was cut."""
        return self._lost_at is not None and self._loop.time() < self._lost_at + SETTLE_S

    @property
    def urgent(self) -> bool:
        """Whether the session that goes on is so near its end that the next must not wait for a quiet moment."""
        return self._expiry.urgent

    def renew(self, plan: Plan) -> None:
        """Make another session ready, beside the one that goes on or in its place."""
        self._renewal.begin(plan, "asked")

    def note(self, event: ev.Configured) -> None:
        """The page changed something: the session that is being made must know of it too."""
        self._renewal.note(event)

    def take_over(self) -> Ready | None:
        """Go on with the session that is ready, if there still is one."""
        ready = self._renewal.take()
        if ready is None or self.link is None:
            return None
        before, self.plan = self.link, ready.plan
        if self._lost_at is not None:
            self._tries.end(self._loop.time())
            self._lost_at = None
        self._stop_timers()
        self._go_on_with(ready.link, ready.term)
        before.hand_over(None)
        before.close(1000)
        profile = ready.plan.profile.name
        log.info("call %s: continues in a new session with %s (%s)", self._owner.id, profile, ready.why)
        return ready

    def replace(self, fault: Fault) -> None:
        """The session that goes on is over, by `fault`; that ends the call if no other can be had."""
        if self._lost_at is not None or self.link is None:
            return
        self._lost_at = now = self._loop.time()
        self._reason = fault
        self._tries.begin(now, now - self._began)
        self._keepalive.stop()
        self._expiry.stop()
        self._stop_timers()
        self.link.hand_over(None)
        self.link.close(1000)
        self._later(NOTICE_S, partial(self._owner.warn, faults.UPSTREAM_LOST))
        self._later(SETTLE_S, self._owner.session_waits)
        if not self._renewal.busy:
            self._try_again()

    def _try_again(self, after_s: float = 0.0) -> None:
        wait_s = self._tries.next(self._loop.time(), after_s)
        if wait_s is None:
            self._owner.finish(self._reason)
        else:
            self._later(wait_s, partial(self._make, "lost"))

    def _make(self, why: down.Why) -> None:
        # A newer wish of the person's may be on its way.
        if not self._renewal.busy:
            self._renewal.begin(replace(self.plan, config=self._owner.config), why)

    def _make_early(self) -> None:
        """The session that goes on expires soon."""
        self._early_tries.begin(self._loop.time(), inf)
        self._make("expiring")

    def _renewal_failed(self, why: down.Why, error: Exception) -> None:
        fault = error.fault if isinstance(error, VoiceError) else INTERNAL
        code = fault.code if isinstance(error, VoiceError) else type(error).__name__
        after_s = error.after_s if isinstance(error, UpstreamError) else 0.0
        log.warning("call %s: a new session could not be opened: %s (%s)", self._owner.id, code, why)
        if self._owner.over:
            return
        if why == "asked":
            self._owner.warn(RENEWAL_FAILED)
        if self.lost:
            self._replacement_failed(why, fault, after_s)
        elif self._expiry.near and (fault.retry or why == "asked"):
            self._later(self._early_tries.next(self._loop.time(), after_s) or 0.0, partial(self._make, "expiring"))

    def _replacement_failed(self, why: down.Why, fault: Fault, after_s: float) -> None:
        if why == "asked":
            # What was asked for cannot be had; what there was before, perhaps.
            self._try_again()
        elif fault.retry:
            self._reason = fault
            self._try_again(after_s)
        else:
            self._owner.finish(fault)

    # The end

    def stop(self) -> None:
        """Nothing more is made, and nobody is waited for; `link` is its taker's to close."""
        self._renewal.drop()
        self._keepalive.stop()
        self._expiry.stop()
        self._stop_timers()
        if self._opening is not None:
            self._opening.drop()

    # Both

    def _go_on_with(self, link: Link, term: Term) -> None:
        link.hand_over(self._receiver)
        self.link, self._began = link, self._loop.time()
        self._keepalive.watch(link)
        self._expiry.watch(term.began, term.lifetime_s)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._timers.append(self._loop.call_later(seconds, action))

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    async def _reach(self, profile: Profile) -> Link:
        return await self._connector.link(profile, self._tell_loading)

    def _opener(
        self,
        link: Link,
        plan: Plan,
        opened: Callable[[ev.SessionUpdated], None],
        failed: Callable[[Fault], None],
        *,
        waits: Callable[[], None],
    ) -> SessionOpener:
        return SessionOpener(
            self._bridge.loop,
            link,
            plan,
            self._owner.id,
            ready_s=self._ready_s,
            opened=opened,
            failed=failed,
            waits=waits,
            passed=self._owner.passed,
        )

    def _tell_waiting(self) -> None:
        self._owner.warn(UPSTREAM_STARTING)

    def _tell_loading(self, part: tuple[str, int, int] | None) -> None:
        self._owner.warn(ENGINE_STARTING, down.Progress(*part) if part else None)
