"""A call from `start` to its end: its relay, its sessions and its observers, and what is given back when it is over."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..admission.access import Visitor
from ..conversation import effects
from ..conversation import events as ev
from ..conversation.conversation import Conversation
from ..conversation.dialects import SessionConfig
from ..conversation.faults import Fault
from ..errors import BROWSER_STALLED, INTERNAL, SERVER_STOPPING, BrowserError, VoiceError
from ..upstream.connector import Connector
from ..upstream.session_options import Plan
from ..wire import down
from .call_metrics import CallMetrics
from .cost import CostObserver
from .drain import Drain
from .inspection import Inspector
from .interfaces import PageEnd
from .latency import LatencyObserver
from .limits import CallLimits
from .observers import Observers, Session
from .relay import Relay
from .sessions import Sessions
from .upstream_log import UpstreamLog

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000


@dataclass(frozen=True, slots=True)
class Shared:
    """What all calls of this worker share. `version`: of the page's files; `ready_s`: how long a server may load."""

    connector: Connector
    chunk_ms: int
    version: str
    ready_s: float


class Call:
    """Every method runs on the bridge's thread. `ended` is told once, when it is over."""

    def __init__(
        self,
        shared: Shared,
        page: PageEnd,
        plan: Plan,
        limits: CallLimits,
        visitor: Visitor,
        request: str,
        ended: Callable[["Call"], None],
    ) -> None:
        self.id = secrets.token_hex(4)
        self._shared = shared
        self._ended = ended
        self._bridge = shared.connector.bridge
        self._limits = limits
        self._conversation = Conversation(plan.config, plan.profile.capabilities)
        self._relay = relay = Relay(self._bridge.loop, self._conversation, page, self)
        self._sessions = Sessions(shared.connector, plan, self, relay, shared.ready_s)
        now, costs = self._bridge.loop.time(), CostObserver(limits.rules, plan, relay.tell)
        self.cost = costs.cost
        self._observers = relay.observers = Observers(
            costs,
            LatencyObserver(plan.config.detection, lambda: relay.sent_bytes, relay.tell),
            UpstreamLog(self.id, lambda: self._conversation.talk),
            Inspector(now, relay.tell),
            CallMetrics(self.id, request, visitor.alias, now),
            limits,
        )
        # What comes many times a second goes straight there.
        self.take_chunk = relay.take_chunk
        self._starting = self._bridge.spawn(self._start())

    @property
    def over(self) -> bool:
        return self._relay.over

    @property
    def config(self) -> SessionConfig:
        """What its session is made to, with the changes that were not refused."""
        return self._conversation.config

    @property
    def silent_since(self) -> float | None:
        """Since when nobody speaks or is waited for; sound of the microphone alone is no speech."""
        return self._conversation.silent_since

    # From the page

    def take_event(self, event: ev.BrowserEvent) -> None:
        """What the page sends beside sound. Raises `BrowserError`."""
        if isinstance(event, ev.Configured):
            self._sessions.note(event)
        self._relay.take_event(event)

    def renew(self, plan: Plan) -> None:
        """Go on with another session at the next quiet moment. Raises `BrowserError`."""
        if self._relay.link is None:
            raise BrowserError("the call is not ready yet", "not_started")
        self._sessions.renew(plan)

    def watch(self, on: bool) -> None:
        """Whether the page wants the `log` events."""
        self._relay.watched = on

    def leave(self) -> None:
        """The page is gone, and nobody is left to tell."""
        self._relay.page = None
        self._shut("browser gone")

    def page_stalled(self) -> None:
        self.finish(BROWSER_STALLED)

    def stop_server(self) -> None:
        self.finish(SERVER_STOPPING)

    # Its sessions

    async def _start(self) -> None:
        try:
            self._observers.began(self._bridge.loop.time())
            await self._limits.admit(self)
            await self._sessions.begin()
        except VoiceError as error:
            self.finish(error.fault)
        except Exception:
            self.fail()

    def opened(self, session: ev.SessionUpdated) -> None:
        self._relay.link = self._sessions.link
        self._relay.handle(session)

    def ready(self, effect: effects.Ready) -> None:
        plan, now = self._sessions.plan, self._bridge.loop.time()
        chunk_ms, version = self._shared.chunk_ms, self._shared.version
        self._observers.session(Session(plan, effect.model), now)
        self._relay.tell(
            down.Ready(self.id, SAMPLE_RATE, chunk_ms, version, token=None, grace_s=0, **_made(plan, effect))
        )
        self._observers.ready(now)

    def session_waits(self) -> None:
        try:
            self.handled()
        except Exception:
            self.fail()

    def handled(self) -> None:
        if self._sessions.waiting and self._conversation.quiet and not self.over:
            self._take_over()

    def _take_over(self) -> None:
        ready = self._sessions.take_over()
        if ready is None:
            return
        plan, link, session, changed = ready
        self._relay.link, self._relay.sent_bytes = link, 0
        self._relay.reader.begin_session()
        # What the last session left open costs what that one did.
        for effect in self._conversation.renew(plan.config, plan.profile.capabilities):
            self._relay.perform(effect)
        self._observers.session(Session(plan, session.model), self._bridge.loop.time())
        for event in changed:
            self._relay.handle(event)
        if not self.over:
            self._relay.tell(down.Renewed("asked", **_made(plan, session)))

    # What the page is told

    def warn(self, fault: Fault, progress: down.Progress | None = None) -> None:
        self._observers.noticed(fault, fatal=False)
        self._relay.tell(down.notice(fault, fatal=False, progress=progress))

    def watch_message(self, direction: down.Direction, size: int, message: Mapping[str, Any]) -> None:
        self._relay.watch_message(direction, size, message)

    def show_limits(self, limits: down.Limits) -> None:
        self._relay.tell(limits)

    def give_up(self, fault: Fault) -> None:
        self.finish(fault)

    # The end

    def fail(self) -> None:
        log.exception("call %s: internal error", self.id)
        self.finish(INTERNAL)

    def finish(self, fault: Fault | None) -> None:
        if self.over:
            return
        reason = fault.code if fault else "stopped"
        # First it is over, then the page is told.
        self._shut(reason)
        if fault:
            self._observers.noticed(fault, fatal=True)
            self._relay.tell(down.notice(fault, fatal=True))
        self._relay.tell(down.Ended(reason))

    def _shut(self, reason: str) -> None:
        if self.over:
            return
        self._relay.over = True
        for give_back in (
            self._close_conversation,
            partial(self._let_upstream_go, drained=reason != SERVER_STOPPING.code),
            self._starting.cancel,
            self._sessions.stop,
            self._relay.stop_timer,
            self._limits.stop,
            partial(self._ended, self),
            partial(self._observers.ended, reason, self._bridge.loop.time()),
        ):
            # Whatever one of them meets, the others happen.
            try:
                give_back()
            except Exception:
                log.exception("call %s: a part of it could not be ended", self.id)

    def _close_conversation(self) -> None:
        for effect in self._conversation.close():
            self._relay.perform(effect)

    def _let_upstream_go(self, *, drained: bool) -> None:
        link = self._relay.link
        if link is None:
            return
        if drained and self._conversation.usage_pending and link.ending is None and not self.cost.tariff.free:
            Drain(self._bridge.loop, link, self._relay.reader, self._conversation, self._settle)
        else:
            link.close(1000)

    def _settle(self, effect: effects.Effect) -> None:
        """The upstream told after the end what was used."""
        self._relay.perform(effect)
        self._observers.amended()


def _made(plan: Plan, session: effects.Ready | ev.SessionUpdated) -> dict[str, Any]:
    """What the page is told of a session."""
    ends = session.expires_at
    return {
        "persona": plan.persona,
        "profile": plan.profile.name,
        "model": session.model or plan.profile.model,
        "voice": session.voice or plan.config.voice,
        "expires_at": ends,
        # A browser's clock may be wrong.
        "expires_in_s": None if ends is None else max(0, round(ends - time.time())),
    }
