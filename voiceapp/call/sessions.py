"""The upstream's side of a call: the link of its current session, the first one and each that replaces it."""

import logging
from collections.abc import Callable
from functools import partial

from ..conversation import events as ev
from ..conversation import faults
from ..conversation.faults import Fault
from ..errors import ENGINE_STARTING, RENEWAL_FAILED, UPSTREAM_STARTING, VoiceError
from ..net.link import Link, LinkOwner
from ..upstream.connector import Connector
from ..upstream.keepalive import Keepalive
from ..upstream.profiles import Profile
from ..upstream.session_opener import SessionOpener
from ..upstream.session_options import Plan
from ..wire import down
from .interfaces import CallOwner
from .renewal import Ready, Renewal

log = logging.getLogger(__name__)


class Sessions:
    """Of one call. `link`: of the session that goes on, None before it has begun; `plan`: what that was asked to be."""

    def __init__(self, connector: Connector, plan: Plan, owner: CallOwner, receiver: LinkOwner, ready_s: float) -> None:
        self.link: Link | None = None
        self.plan = plan
        self._connector = connector
        self._bridge = connector.bridge
        self._owner = owner
        self._receiver = receiver
        self._ready_s = ready_s
        self._opening: SessionOpener | None = None
        self._keepalive = Keepalive(self._bridge.loop, lambda: owner.finish(faults.STALLED))
        self._renewal = Renewal(
            self._bridge,
            self._reach,
            partial(self._opener, waits=lambda: None),
            owner.session_waits,
            self._renewal_failed,
        )

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
        self._opening = self._opener(link, self.plan, opened, self._owner.finish, waits=self._tell_waiting)
        self._opening.start()

    def _opened(self, link: Link, session: ev.SessionUpdated) -> None:
        self._opening = None
        self._go_on_with(link)
        self._owner.opened(session)

    # Another, that takes over

    @property
    def waiting(self) -> bool:
        """Whether another session is ready to take over."""
        return self._renewal.waits

    def renew(self, plan: Plan) -> None:
        """Make another session ready beside the one that goes on."""
        self._renewal.begin(plan)

    def note(self, event: ev.Configured) -> None:
        """The page changed something: the session that is being made must know of it too."""
        self._renewal.note(event)

    def take_over(self) -> Ready | None:
        """Go on with the session that is ready, if there still is one."""
        ready = self._renewal.take()
        if ready is None or self.link is None:
            return None
        before, self.plan = self.link, ready.plan
        self._go_on_with(ready.link)
        before.hand_over(None)
        before.close(1000)
        log.info("call %s: continues in a new session with %s", self._owner.id, ready.plan.profile.name)
        return ready

    def _renewal_failed(self, error: Exception) -> None:
        code = error.fault.code if isinstance(error, VoiceError) else type(error).__name__
        log.warning("call %s: a new session could not be opened: %s", self._owner.id, code)
        if not self._owner.over:
            self._owner.warn(RENEWAL_FAILED)

    # The end

    def stop(self) -> None:
        """Nothing more is made, and nobody is waited for; `link` is its taker's to close."""
        self._renewal.drop()
        self._keepalive.stop()
        if self._opening is not None:
            self._opening.drop()

    # Both

    def _go_on_with(self, link: Link) -> None:
        link.hand_over(self._receiver)
        self.link = link
        self._keepalive.watch(link)

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
            watch=self._owner.watch_message,
        )

    def _tell_waiting(self) -> None:
        self._owner.warn(UPSTREAM_STARTING)

    def _tell_loading(self, part: tuple[str, int, int] | None) -> None:
        self._owner.warn(ENGINE_STARTING, down.Progress(*part) if part else None)
