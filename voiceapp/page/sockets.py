"""Socket.IO: check what the page sends, hand it to its relay on the bridge, and never wait."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import randrange
from typing import Any

from flask import request
from flask_socketio import SocketIO

from ..admission.access import Visitor
from ..call.arrival import Arrival
from ..call.call import Call
from ..call.limits import Limits
from ..call.registry import Registry
from ..call.resume_token import Ticket
from ..config.rules import SPARE_SOCKETS
from ..conversation.faults import Fault
from ..errors import (
    CALL_ELSEWHERE,
    CALL_OVER,
    INTERNAL,
    TOO_FAST,
    TOO_OFTEN,
    BrowserError,
    LimitError,
    ResumeError,
    VoiceError,
)
from ..net import engineio_driver
from ..net.link import Cause
from ..net.rate_limit import TokenBuckets
from ..ops import metrics
from ..store.record import Record
from ..upstream.session_options import SESSION_FIELDS, SessionOptions
from ..wire import down, up
from .connection import PageConnection, PageSocket
from .packets import PacketGuard

log = logging.getLogger(__name__)

PING_INTERVAL_S, PING_TIMEOUT_S = 10, 10
# Spread, so that all callers of a stopped server do not come back in one moment.
RECONNECT_MS = (200, 2000)
# A page without a call needs no line; it comes back when it wants one. And how often that is looked at.
IDLE_S, SWEEP_S = 60.0, 10.0
# Flask-SocketIO's test client comes past the middleware.
UNKNOWN = Visitor("address:", "")

# How soon a page may ask again for a call that there is no room for here.
TRY_LATER_S = 2.0

ACKNOWLEDGED = ("start", "configure")
# As they stand in a packet of Engine.IO.
AUDIO, HEARD, GOT = (b"4" + packet for packet in (up.AUDIO_PACKET, up.HEARD_PACKET, up.GOT_PACKET))


def create_socketio(app: Any, max_message: int) -> SocketIO:
    """Flask-SocketIO as we use it: websocket only, handlers in order, nothing logged."""
    return SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,  # with the default, a thread an event, sound swaps places
        transports=["websocket"],  # so that several workers need no sticky sessions
        max_http_buffer_size=max_message,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        manage_session=False,
        cors_allowed_origins=[],  # the middleware has looked at the origin
        logger=False,
        engineio_logger=False,
    )


class PageConnections:
    """Every connected page of this process, by Socket.IO sid. Its state is touched on the bridge's thread alone."""

    def __init__(self, socketio: SocketIO, registry: Registry, limits: Limits, options: SessionOptions) -> None:
        self._socketio = socketio
        self._registry = registry
        self._limits = limits
        self._bridge = bridge = limits.bridge
        self._options = options
        self._pages: dict[str, PageConnection] = {}
        self._sids: dict[str, str] = {}
        self._sweeper: asyncio.TimerHandle | None = None
        self._connections = engineio_driver.install(socketio.server.eio, bridge)
        PacketGuard(socketio.server, bridge, self._connections.close, self._leave_out)
        rules = limits.rules
        self._sessions_by_user = TokenBuckets(*rules.sessions_per_user)
        self._sessions_by_address = TokenBuckets(*rules.sessions_per_address)
        bridge.at_start(self._sweep_later)
        bridge.at_leave(self._leave)
        bridge.at_stop(self._stop)
        self._register()

    # What python-socketio calls: on the bridge's thread under our driver, on the server's threads under the stock one

    def _register(self) -> None:
        self._socketio.on_event("connect", self._connect)
        self._socketio.on_event("disconnect", self._disconnect)
        self._socketio.on_event("audio", self._audio)
        for event in up.UP:
            self._socketio.on_event(event, self._handler(event))
        self._socketio.on("*")(self._unknown)

    def _connect(self, _: Any = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        eio_sid = self._socketio.server.manager.eio_sid_from_sid(sid, "/")
        visitor = request.environ.get("voiceapp.visitor") or UNKNOWN
        self._bridge.run(self._open, sid, eio_sid, visitor, request.environ.get("voiceapp.request_id", ""))

    def _disconnect(self, reason: str | Cause = "") -> None:
        self._bridge.run(self._close, request.sid, reason)  # type: ignore[attr-defined]

    def _audio(self, *args: Any) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        self._bridge.run(self._guarded, sid, lambda page: page.call.take_chunk(*up.chunk_from_args(args)))

    def _handler(self, event: str) -> Callable[..., Any]:
        def handle(*args: Any) -> Any:
            sid: str = request.sid  # type: ignore[attr-defined]
            try:
                fields = up.check_fields(event, args)
                if event == "start":
                    self._options.plan(fields)
                    self._limits.capacity.check_call()
            except VoiceError as error:
                self._bridge.run(self._refuse_event, sid, error, up.number_in(args))
                return down.answer(error.fault) if event in ACKNOWLEDGED else None
            self._bridge.run(self._guarded, sid, lambda page: self._take_event(page, event, fields))
            return down.answer(None) if event in ACKNOWLEDGED else None

        return handle

    def _unknown(self, event: str, *_: Any) -> None:
        error = BrowserError(f"there is no event {event[:40]!r}")
        self._bridge.run(self._complain, request.sid, error)  # type: ignore[attr-defined]

    # On the bridge's thread

    def _open(self, sid: str, eio_sid: str, visitor: Visitor, request_id: str) -> None:
        connection = self._connections.get(eio_sid)
        page = PageConnection(PageSocket(self._socketio, sid, connection), eio_sid, visitor, request_id)
        page.idle_since = self._bridge.loop.time()
        if connection is not None:
            connection.fast_path = partial(self._take_packet, sid)
        self._pages[sid] = page
        self._sids[eio_sid] = sid
        if len(self._pages) - self._limits.capacity.calls > SPARE_SOCKETS:
            idle = [each for each, page in self._pages.items() if page.idle]
            self._dismiss(min(idle, key=lambda each: self._pages[each].idle_since))

    def _close(self, sid: str, reason: str | Cause) -> None:
        page = self._pages.pop(sid, None)
        if page is None:
            return
        self._sids.pop(page.eio_sid, None)
        if page.latest is not None:
            self._registry.detach(page.latest, page.socket, stalled=reason is Cause.STALLED)

    # PageConnections without a call

    def _sweep_later(self) -> None:
        self._sweeper = self._bridge.loop.call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        # Whatever this one meets, there is another.
        self._sweep_later()
        now = self._bridge.loop.time()
        for sid, page in list(self._pages.items()):
            if not page.idle:
                page.idle_since = now
            elif now - page.idle_since >= IDLE_S:
                self._dismiss(sid)

    def _dismiss(self, sid: str) -> None:
        """End a page's connection so that its client does not come back by itself."""
        page = self._pages[sid]
        try:
            self._socketio.server.disconnect(sid)
        except Exception:
            log.exception("a page without a call could not be disconnected")
        self._connections.close(page.eio_sid, 1000, "no call")

    # What a page sends

    def _take_packet(self, sid: str, packet: bytes) -> bool:
        """What comes many times a second, past python-socketio's and Flask's dispatch."""
        if packet.startswith(AUDIO):
            chunk = up.chunk_from_packet(packet[1:])
            if chunk is not None:
                self._guarded(sid, lambda page: page.call.take_chunk(*chunk))
            return chunk is not None
        if packet.startswith(HEARD):
            heard = up.heard_from_packet(packet[1:])
            if heard is not None:
                self._guarded(sid, lambda page: page.call.take_event(heard))
            return heard is not None
        if packet.startswith(GOT):
            n = up.got_from_packet(packet[1:])
            if n is not None:
                self._guarded(sid, lambda page: page.call.received(n))
            return n is not None
        return False

    def _guarded(self, sid: str, action: Callable[[PageConnection], object]) -> None:
        page = self._pages.get(sid)
        if page is None:
            return
        try:
            action(page)
        except VoiceError as error:
            self._complain(sid, error)
        except Exception:
            self._fail(page)

    def _fail(self, page: PageConnection) -> None:
        """A fault of ours, just caught, ends this page's call alone."""
        if page.latest is not None and not page.latest.over:
            page.latest.fail()
        else:
            log.exception("a page's request failed")
            self._refuse(page, INTERNAL)

    def _complain(self, sid: str, error: VoiceError) -> None:
        page = self._pages.get(sid)
        if page is not None:
            fault = error.fault
            metrics.noticed("none", fault.code, fatal=False)
            page.socket.emit(down.notice(fault, fatal=False))

    def _refuse_event(self, sid: str, error: VoiceError, n: int | None) -> None:
        """What is refused has its number all the same: those behind it are not out of order."""
        page = self._pages.get(sid)
        if page is not None and n is not None:
            self._guarded(sid, lambda page: page.call.take_number(n))
        self._complain(sid, error)

    def _leave_out(self, eio_sid: str, tell: bool) -> None:
        """What comes too fast is not read; `tell`: the page was not told of it just now."""
        self._bridge.run(self._left_out, eio_sid, tell)

    def _left_out(self, eio_sid: str, tell: bool) -> None:
        page = self._pages.get(self._sids.get(eio_sid, ""))
        if page is not None and not page.idle and page.latest is not None:
            page.latest.leave_out()
        if tell:
            self._complain(self._sids.get(eio_sid, ""), LimitError(TOO_FAST))

    def _take_event(self, page: PageConnection, event: str, fields: Mapping[str, Any]) -> None:
        # What a page sends that was not sure that it came is taken once.
        if "n" in fields and event != "got" and not page.call.take_number(fields["n"]):
            return
        if event == "start":
            self._start(page, fields)
        elif event == "watch":
            page.watch(fields["on"], fields.get("after", 0))
        elif event == "resume":
            self._resume(page, fields)
        elif event == "got":
            page.call.received(fields["n"])
        elif event == "configure" and SESSION_FIELDS & set(fields):
            self._renew(page, up.session_request(fields))
        elif event == "text" and not page.may_type(fields["text"]):
            raise LimitError(TOO_FAST)
        elif event == "picture":
            page.show(fields)
        else:
            page.call.take_event(up.browser_event(event, fields))
            if event == "configure":
                page.call.remember({**page.call.session_request, **up.session_request(fields)})

    def _start(self, page: PageConnection, fields: Mapping[str, Any]) -> None:
        if not page.idle:
            raise BrowserError("a call is already in progress; stop it first", "already_started")
        if page.latest is not None:
            # What may still be told of it is not of the call that begins.
            page.latest.leave()
            page.latest = None
        if not self._may_begin(page):
            self._refuse(page, TOO_OFTEN)
            return
        plan, asked = self._options.plan(fields), up.session_request(fields)
        holder = fields.get("page", "")
        page.latest = self._registry.begin(plan, page.socket, page.visitor, page.request_id, asked, holder)
        page.latest.watch(page.watching)

    def _resume(self, page: PageConnection, fields: Mapping[str, Any]) -> None:
        """Another socket of a page that has a call, or of another page that takes it over."""
        if not page.idle:
            raise BrowserError("a call is already in progress; stop it first", "already_started")
        token, holder, got = fields["token"], fields.get("page", ""), fields["got"]
        try:
            ticket = self._registry.ticket(token, page.visitor)
            if self._registry.get(ticket.call) is None:
                page.claiming = True
                self._bridge.spawn(self._claim(page, ticket, fields))
                return
            page.latest = call = self._registry.resume(token, page.socket, page.visitor, holder, got)
        except ResumeError as error:
            self._tell_not_resumed(page, error)
            return
        call.watch(page.watching)
        for sid, other in list(self._pages.items()):
            if other is not page and other.latest is call:
                # Whatever still comes of it is not for the call.
                other.latest = None
                self._dismiss(sid)

    async def _claim(self, page: PageConnection, ticket: Ticket, fields: Mapping[str, Any]) -> None:
        """Its call is not here: it may be another worker's, which died or let it go."""
        try:
            record = await self._registry.claim(ticket, page.visitor, fields.get("page", ""), talk="talk" in fields)
            page.claiming = False
            self._go_on(page, ticket, record, fields)
        except ResumeError as error:
            self._tell_not_resumed(page, error)
        except Exception:
            self._fail(page)
        finally:
            page.claiming = False

    def _go_on(self, page: PageConnection, ticket: Ticket, record: Record, fields: Mapping[str, Any]) -> None:
        """With a call that was claimed. Raises `ResumeError`, and then others may claim it."""
        try:
            if page not in self._pages.values() or not self._may_begin(page):
                raise ResumeError(CALL_ELSEWHERE, TRY_LATER_S)
            came = Arrival.of(record, ticket, fields["got"], fields.get("talk", ()), fields.get("before", 0))
            talk = [{"role": entry.role, "text": entry.text} for entry in came.entries]
            plan = self._options.plan({**record.request, "talk": talk})
            holder = fields.get("page", "")
            call = self._registry.begin(plan, page.socket, page.visitor, page.request_id, record.request, holder, came)
        except VoiceError as error:
            self._registry.put_back(record)
            if isinstance(error, BrowserError):
                # This server offers no longer what that one did.
                raise ResumeError(CALL_OVER) from None
            raise error if isinstance(error, ResumeError) else ResumeError(CALL_ELSEWHERE, TRY_LATER_S) from None
        page.latest = call
        call.watch(page.watching)

    def _tell_not_resumed(self, page: PageConnection, error: ResumeError) -> None:
        fault = error.fault
        page.socket.emit(down.not_resumed(fault, error.after_s))
        if fault.retry and error.after_s is None:
            # Workers behind one address take turns: the next line may lead to the right one.
            self._connections.close(page.eio_sid, 1000, "call elsewhere")

    def _renew(self, page: PageConnection, fields: Mapping[str, Any]) -> None:
        """What a session is made of is changed by another one; how it is heard stays as wished before."""
        call = page.call
        asked = {**up.hearing(call.config, call.session_request), **fields, "greet": False}
        plan = self._options.plan(asked)
        if not self._may_begin(page):
            raise LimitError(TOO_OFTEN)
        call.renew(plan)
        call.remember(asked)

    def _may_begin(self, page: PageConnection) -> bool:
        """Whether this page, its person and its address may have one more session made."""
        visitor = page.visitor
        return (
            page.sessions.take(1)
            and self._sessions_by_user.take(visitor.user, 1)
            and self._sessions_by_address.take(visitor.address, 1)
        )

    def _refuse(self, page: PageConnection, fault: Fault) -> None:
        """No call, although its `start` was acknowledged."""
        metrics.noticed("none", fault.code, fatal=True)
        page.socket.emit(down.notice(fault, fatal=True))
        page.socket.emit(down.Ended(fault.code))

    async def _leave(self) -> None:
        """The server is going: calls go on elsewhere, and each page is told when its own can."""
        self._limits.capacity.stop()
        for page in list(self._pages.values()):
            if page.idle:
                page.socket.emit(down.GoingAway(randrange(*RECONNECT_MS)))
        await self._registry.leave(self._send_away)

    def _send_away(self, calls: Sequence[Call]) -> None:
        leaving = set(calls)
        for page in list(self._pages.values()):
            if page.latest in leaving:
                page.socket.emit(down.GoingAway(randrange(*RECONNECT_MS)))

    def _stop(self) -> None:
        """Every call that is still here is over, every socket closed."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._limits.capacity.stop()
        self._send_away([page.latest for page in self._pages.values() if page.latest and not page.latest.over])
        self._registry.stop()
        self._connections.close_all(1001, "server stopping")
