"""Socket.IO: check what the page sends, hand it to its relay on the bridge, and never wait."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import randrange
from typing import Any

from flask import request
from flask_socketio import SocketIO

from . import driver, schema, telemetry
from .access import Visitor
from .conversation.faults import Fault
from .embedded import Engine
from .errors import TOO_FAST, TOO_OFTEN, BrowserError, LimitError, VoiceError
from .offer import MAKING, Offer
from .pace import Bucket
from .packets import Guard
from .relay import Relay
from .settings import Settings
from .warden import House

log = logging.getLogger(__name__)

PING_INTERVAL_S, PING_TIMEOUT_S = 10, 10
# Spread, so that all callers of a stopped server do not come back in one moment.
RECONNECT_MS = (200, 2000)
# Calls and changes of session from one page: who tries things out is not held up, who floods is.
SESSIONS_A_SECOND, SESSIONS_AT_ONCE = 0.2, 20
# Flask-SocketIO's test client comes past the door.
UNKNOWN = Visitor("address:", "")

ACKNOWLEDGED = ("start", "configure")


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
        cors_allowed_origins=[],  # the door has looked at the origin
        logger=False,
        engineio_logger=False,
    )


class PageSocket:
    """The page's end of a call: written straight to the socket where the bridge owns it, else by Flask-SocketIO."""

    def __init__(self, socketio: SocketIO, sid: str, connection: driver.Connection | None) -> None:
        self._socketio = socketio
        self._sid = sid
        self._connection = connection

    def emit(self, event: str, *args: Any) -> None:
        if self._connection is None:
            self._socketio.emit(event, args, to=self._sid)
        else:
            packet = json.dumps([event, *args], ensure_ascii=False, separators=(",", ":"))
            # Half a surrogate pair, of a word cut in two, has no UTF-8.
            self._connection.send_packet(b"2", packet.encode(errors="replace"))

    def audio(self, n: int, item: str, sound: bytes) -> None:
        if self._connection is None:
            self.emit("audio", n, item, sound.decode())
        else:
            self._connection.send_packet(b'2["audio",%d,%b,"' % (n, json.dumps(item).encode()), sound, b'"]')


@dataclass(slots=True)
class Page:
    """One connected browser and its call, if it has one."""

    socket: PageSocket
    eio_sid: str
    visitor: Visitor
    request_id: str
    relay: Relay | None = None
    watching: bool = False
    # As the call's session was asked for.
    wishes: Mapping[str, Any] = field(default_factory=dict)
    # Each is a connection to a server that may cost money.
    sessions: Bucket = field(default_factory=lambda: Bucket(SESSIONS_A_SECOND, SESSIONS_AT_ONCE))

    @property
    def call(self) -> Relay:
        """The call that goes on. Raises `BrowserError`."""
        if self.relay is None or self.relay.over:
            raise BrowserError("there is no call; start one first", "not_started")
        return self.relay

    def watch(self, on: bool) -> None:
        """Whether the event log is wanted, of this call and of those to come."""
        self.watching = on
        if self.relay is not None:
            self.relay.watch(on)


class Calls:
    """Every connected page of this process, by Socket.IO sid. Its state is touched on the bridge's thread alone."""

    def __init__(self, socketio: SocketIO, house: House, settings: Settings, offer: Offer) -> None:
        self._socketio = socketio
        self._house = house
        self._bridge = bridge = house.bridge
        self._settings = settings
        self._offer = offer
        embedded = "embedded" in offer.profiles
        self._engine = Engine(bridge, settings.engine_port, settings.engine_key) if embedded else None
        self._pages: dict[str, Page] = {}
        self._sids: dict[str, str] = {}
        self._connections = driver.install(socketio.server.eio, bridge, self._take_packet)
        Guard(socketio.server, bridge, self._connections.close, self._tell_too_fast)
        bridge.at_stop(self._stop)
        self._register()

    # What python-socketio calls: on the bridge's thread under our driver, on the server's threads under the stock one

    def _register(self) -> None:
        self._socketio.on_event("connect", self._connect)
        self._socketio.on_event("disconnect", self._disconnect)
        self._socketio.on_event("audio", self._audio)
        for event in schema.UP:
            self._socketio.on_event(event, self._handler(event))
        self._socketio.on("*")(self._unknown)

    def _connect(self, _: Any = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        eio_sid = self._socketio.server.manager.eio_sid_from_sid(sid, "/")
        visitor = request.environ.get("voiceapp.visitor") or UNKNOWN
        self._bridge.run(self._open, sid, eio_sid, visitor, request.environ.get("voiceapp.request_id", ""))

    def _disconnect(self, reason: str = "") -> None:
        self._bridge.run(self._close, request.sid, reason)  # type: ignore[attr-defined]

    def _audio(self, *args: Any) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        self._bridge.run(self._guarded, sid, lambda page: page.call.take_chunk(*schema.chunk_from_args(args)))

    def _handler(self, event: str) -> Callable[..., Any]:
        def handle(*args: Any) -> Any:
            sid: str = request.sid  # type: ignore[attr-defined]
            try:
                fields = schema.check_fields(event, args)
                if event == "start":
                    self._offer.plan(fields)
                    self._house.admission.check_call()
            except VoiceError as error:
                self._bridge.run(self._complain, sid, error)
                return _refusal(error) if event in ACKNOWLEDGED else None
            self._bridge.run(self._guarded, sid, lambda page: self._take_event(page, event, fields))
            return {"ok": True} if event in ACKNOWLEDGED else None

        return handle

    def _unknown(self, event: str, *_: Any) -> None:
        error = BrowserError(f"there is no event {event[:40]!r}")
        self._bridge.run(self._complain, request.sid, error)  # type: ignore[attr-defined]

    # On the bridge's thread

    def _open(self, sid: str, eio_sid: str, visitor: Visitor, request_id: str) -> None:
        connection = self._connections.get(eio_sid)
        self._pages[sid] = Page(PageSocket(self._socketio, sid, connection), eio_sid, visitor, request_id)
        self._sids[eio_sid] = sid

    def _close(self, sid: str, reason: str) -> None:
        page = self._pages.pop(sid, None)
        if page is None:
            return
        self._sids.pop(page.eio_sid, None)
        if page.relay is not None and reason == driver.STALLED:
            page.relay.browser_stalled()
        elif page.relay is not None:
            page.relay.leave()

    def _take_packet(self, eio_sid: str, packet: bytes) -> bool:
        """The short way, past python-socketio's and Flask's dispatch, of what comes many times a second."""
        sid = self._sids.get(eio_sid)
        if sid is None:
            return False
        if packet.startswith(schema.AUDIO_PACKET):
            chunk = schema.chunk_from_packet(packet)
            if chunk is not None:
                self._guarded(sid, lambda page: page.call.take_chunk(*chunk))
            return chunk is not None
        if packet.startswith(schema.HEARD_PACKET):
            heard = schema.heard_from_packet(packet)
            if heard is not None:
                self._guarded(sid, lambda page: page.call.take_event(heard))
            return heard is not None
        return False

    def _guarded(self, sid: str, action: Callable[[Page], None]) -> None:
        page = self._pages.get(sid)
        if page is None:
            return
        try:
            action(page)
        except VoiceError as error:
            self._complain(sid, error)

    def _complain(self, sid: str, error: VoiceError) -> None:
        page = self._pages.get(sid)
        if page is not None:
            fault = error.fault
            telemetry.noticed("none", fault.code, fatal=False)
            notice = {"code": fault.code, "message": fault.message, "retry": fault.retry, "fatal": False}
            page.socket.emit("notice", notice)

    def _tell_too_fast(self, eio_sid: str) -> None:
        error = LimitError(TOO_FAST)
        self._bridge.run(lambda: self._complain(self._sids.get(eio_sid, ""), error))

    def _take_event(self, page: Page, event: str, fields: Mapping[str, Any]) -> None:
        if event == "start":
            self._start(page, fields)
        elif event == "watch":
            page.watch(fields["on"])
        elif event == "configure" and MAKING & set(fields):
            self._renew(page, fields)
        else:
            page.call.take_event(schema.browser_event(event, fields))
            if event == "configure":
                page.wishes = {**page.wishes, **fields}

    def _start(self, page: Page, fields: Mapping[str, Any]) -> None:
        if page.relay is not None and not page.relay.over:
            raise BrowserError("a call is going on already; stop it first", "already_started")
        if not page.sessions.take(1):
            self._refuse(page, TOO_OFTEN)
            return
        page.wishes = fields
        page.relay = Relay(
            self._bridge,
            page.socket,
            self._offer.plan(fields),
            key=self._settings.upstream_key,
            engine=self._engine,
            chunk_ms=self._settings.chunk_ms,
            warden=self._house.receive(page.visitor, page.request_id),
        )
        page.relay.watch(page.watching)

    def _renew(self, page: Page, fields: Mapping[str, Any]) -> None:
        """What a session is made of is changed by another one; how it is heard stays as wished before."""
        kept = {name: value for name, value in page.wishes.items() if name not in MAKING}
        wishes = {**kept, **fields, "greet": False}
        plan, call = self._offer.plan(wishes), page.call
        if not page.sessions.take(1):
            raise LimitError(TOO_OFTEN)
        call.renew(plan)
        page.wishes = wishes

    def _refuse(self, page: Page, fault: Fault) -> None:
        """No call, although its `start` was acknowledged."""
        telemetry.noticed("none", fault.code, fatal=True)
        notice = {"code": fault.code, "message": fault.message, "retry": fault.retry, "fatal": True}
        page.socket.emit("notice", notice)
        page.socket.emit("ended", {"reason": fault.code})

    def _stop(self) -> None:
        """The server is going: every caller is told, every socket closed, the engine ended."""
        self._house.admission.stop()
        for page in list(self._pages.values()):
            page.socket.emit("going_away", {"reconnect_in_ms": randrange(*RECONNECT_MS)})
            if page.relay is not None:
                page.relay.stop_server()
        self._connections.close_all(1001, "server stopping")
        if self._engine is not None:
            self._engine.stop()


def _refusal(error: VoiceError) -> dict[str, Any]:
    fault = error.fault
    return {"ok": False, "error": {"code": fault.code, "message": fault.message, "retry": fault.retry}}
