"""How a session is opened on a new link: a call's first one, and each that takes its place."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from ..conversation import dialects, faults
from ..conversation import events as ev
from ..conversation.event_reader import EventReader
from ..conversation.faults import Fault
from ..net.link import Cause, Ending, Link
from . import error_redaction
from .session_options import Plan

log = logging.getLogger(__name__)

# A server that is not ready yet must show that it lives: it is asked so often, and may be silent so long.
ASK_S, SILENT_S = 5.0, 15.0
SESSION_EVENT_ID = "session"

# Called with `up` or `down`, the type of what passed, and all of it.
Passed = Callable[[Literal["up", "down"], str, bytes], None]


class SessionOpener:
    """Owns the link until its session is what it was asked to be. Lives on the bridge's thread.

    `opened` is called once, within the event that says so, and may hand the link over; until it does, `failed` is told
    where the link ends all the same. `failed` is called once, with the link closed. `waits` is called once, where the
    server takes long; as long as it answers pings it may take `ready_s`. After `drop` nobody is told anything.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        link: Link,
        plan: Plan,
        call: str,
        *,
        ready_s: float,
        opened: Callable[[ev.SessionUpdated], None],
        failed: Callable[[Fault], None],
        waits: Callable[[], None],
        passed: Passed,
    ) -> None:
        self._loop = loop
        self._link = link
        self._plan = plan
        self._call = call
        self._ready_s = ready_s
        self._opened = opened
        self._failed = failed
        self._waits = waits
        self._passed = passed
        self._began = loop.time()
        self._said = self._made = self._over = False
        self._created = ev.SessionCreated("", None)
        self._reader = EventReader()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Open the link and wait for what the server says."""
        self._look_later()
        self._link.open(self)

    def drop(self) -> None:
        """Close the link, if it is still ours; harmless if said twice."""
        if not self._over:
            self._end()

    def link_text(self, payload: bytes) -> None:
        reading = self._reader.read(payload)
        if reading.left_out is not None:
            log.warning("call %s: ignored from the upstream: %s", self._call, reading.left_out.value)
        self._passed("down", reading.type, payload)
        if not self._made and not self._over:
            self._take(reading.event)

    def link_binary(self, _: bytes) -> None: ...

    def link_closed(self, end: Ending) -> None:
        if not self._over:
            self._fail(fault_of(end, self._call))

    def _take(self, event: ev.UpstreamEvent | None) -> None:
        match event:
            case ev.SessionCreated():
                self._created = event
                self._ask()
            case ev.SessionUpdated():
                self._made = True
                self._stop_timer()
                model, expires_at = self._created.model, self._created.expires_at
                self._opened(replace(event, model=event.model or model, expires_at=event.expires_at or expires_at))
            case ev.UpstreamError(code, message, _, param):
                # Whatever it names as its cause: of us there is nothing yet but the session that is asked for.
                log.warning("call %s: session refused: %s", self._call, error_redaction.explain(code, message, param))
                self._fail(faults.of_refusal(code, error_redaction.param(param)))

    def _ask(self) -> None:
        update = dialects.session_update(self._plan.config, self._plan.profile.capabilities.shape, SESSION_EVENT_ID)
        payload = json.dumps(update, separators=(",", ":")).encode()
        self._link.send(payload)
        self._passed("up", update["type"], payload)

    # Patience

    def _look_later(self) -> None:
        left = self._began + self._ready_s - self._loop.time()
        self._timer = self._loop.call_later(max(0.0, min(ASK_S, left)), self._look)

    def _look(self) -> None:
        now = self._loop.time()
        silent = now - max(self._began, self._link.last_heard)
        if silent >= SILENT_S:
            self._fail(faults.STALLED)
        elif now - self._began >= self._ready_s:
            self._fail(faults.NOT_READY)
        else:
            self._look_later()
            self._link.ping()
            if not self._said:
                self._said = True
                self._waits()

    # The end

    def _fail(self, fault: Fault) -> None:
        self._end()
        self._failed(fault)

    def _end(self) -> None:
        self._over = True
        self._stop_timer()
        self._link.hand_over(None)
        self._link.close(1000)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def fault_of(end: Ending, call: str, talk: Iterable[str] = ()) -> Fault:
    """Why a server's link ended, in our words; in the server's own, as far as these are fit for it, in the log.

    `talk`: what people said.
    """
    why = error_redaction.message(end.reason, talk=talk) if end.reason else ""
    log.info("call %s: upstream closed with %s: %s%s", call, end.code, end.cause.value, why and f" ({why})")
    return faults.STALLED if end.cause is Cause.STALLED else faults.of_close(end.code, end.reason)
