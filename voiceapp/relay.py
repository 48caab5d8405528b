"""One browser joined to one upstream: it feeds the conversation and performs its effects, nothing else."""

import asyncio
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from . import inspection, telemetry, wire
from .bill import Bill
from .bridge import Bridge
from .conversation import dialects, effects, faults
from .conversation import events as ev
from .conversation.conversation import ChunkOrderError, Conversation
from .conversation.faults import Fault
from .conversation.sound import BASE64_PER_MS
from .embedded import Engine
from .errors import BROWSER_STALLED, ENGINE_STARTING, INTERNAL, SERVER_STOPPING, TOO_FAST, BrowserError, VoiceError
from .link import Link
from .pace import LEAST_CHUNK_MS, SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE, Bucket
from .schema import chunk_bytes
from .settings import Secret
from .upstream import Profile, connect
from .warden import Warden

log = logging.getLogger(__name__)

MAX_UPSTREAM_OUT = 4 * 1024 * 1024
# From the open socket to `session.updated`; and the silence after which the upstream is asked whether it lives.
READY_S = 15.0
QUIET_S, PONG_S = 20.0, 10.0
# A summary in the page's event log is one line.
SUMMARY_CHARACTERS = 120


class Browser(Protocol):
    """The page's end of a call. Called on the bridge's thread."""

    def emit(self, event: str, *args: Any) -> None: ...

    def audio(self, n: int, item: str, sound: bytes) -> None: ...


class Relay:
    """A call from `start` to its end. Every method runs on the bridge's thread."""

    def __init__(
        self,
        bridge: Bridge,
        browser: Browser,
        profile: Profile,
        config: dialects.SessionConfig,
        *,
        key: Secret,
        engine: Engine | None,
        chunk_ms: int,
        warden: Warden,
    ) -> None:
        self._bridge = bridge
        self._browser = browser
        self._profile = profile
        self._key = key
        self._engine = engine
        self._chunk_ms = chunk_ms
        self._warden = warden
        self._pace = Bucket(SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE)
        self._told = Bucket(1, 1)
        self._conversation = Conversation(config, profile.abilities)
        self._bill = Bill(warden.rules, profile.model)
        self._link: Link | None = None
        self._live = False
        self._watched = False
        self._began = bridge.loop.time()
        self._watchdog: asyncio.TimerHandle | None = None
        self.over = False
        self.id = secrets.token_hex(4)
        self._connecting = bridge.spawn(self._connect())

    # The upstream's side

    async def _connect(self) -> None:
        try:
            await self._warden.admit(self)
            profile, key = await self._where()
            sock = await connect(self._bridge, profile, key)
        except VoiceError as error:
            self._finish(error.fault)
            return
        except Exception:
            log.exception("call %s: internal error", self.id)
            self._finish(INTERNAL)
            return
        endpoint = wire.Endpoint(wire.Role.CLIENT, max_message=self._warden.rules.upstream_message_bytes)
        self._link = self._bridge.link(sock, endpoint, max_out=MAX_UPSTREAM_OUT, owns_socket=True)
        self._link.open(self)
        self._watch_for(READY_S, self._not_ready)
        log.info("call %s: connected to %s", self.id, self._profile.name)

    async def _where(self) -> tuple[Profile, Secret]:
        if self._engine is None:
            return self._profile, self._key
        if not await self._engine.warm():
            self._notify(ENGINE_STARTING, fatal=False)
        return replace(self._profile, url=await self._engine.address(self._tell_loading)), self._engine.key

    def _tell_loading(self, part: str, done: object, of: object) -> None:
        self._notify(ENGINE_STARTING, fatal=False, progress={"part": part, "done": done, "of": of})

    def link_text(self, payload: bytes) -> None:
        if self.over:
            return
        try:
            if not self._pass_audio(payload):
                self._take_event(payload)
        except Exception:
            log.exception("call %s: internal error", self.id)
            self._finish(INTERNAL)

    def link_binary(self, _: bytes) -> None:
        log.info("call %s: a binary message from the upstream was ignored", self.id)

    def link_closed(self, code: int, reason: str) -> None:
        if not self.over:
            log.info("call %s: upstream closed with %s", self.id, code)
            stalled = (code, reason) == (1008, "stalled")
            self._finish(faults.STALLED) if stalled else self._handle(ev.UpstreamClosed(code, reason))

    def _pass_audio(self, payload: bytes) -> bool:
        """The short way of a delta: its base64 goes on as it is, found without parsing the JSON."""
        delta = dialects.peek_audio(payload)
        if delta is None or not self._conversation.knows(delta.item):
            return False
        n = self._conversation.take_audio(delta.response, delta.item, delta.size)
        if n:
            self._browser.audio(n, delta.item, delta.sound)
        if self._watched:
            self._log("down", len(payload), {"type": dialects.AUDIO_DELTA})
        return True

    def _take_event(self, payload: bytes) -> None:
        try:
            message = json.loads(payload)
            event = dialects.decode(message)
        except (ValueError, AttributeError, RecursionError) as error:
            log.warning("call %s: an upstream event could not be read: %s", self.id, type(error).__name__)
            return
        if self._watched:
            self._log("down", len(payload), message)
        if event is not None:
            self._handle(event)

    # The browser's side

    def take_chunk(self, n: int, sound: bytes) -> None:
        """The short way of a chunk: one upstream frame around the same base64. Raises `BrowserError`."""
        if not self._live or self._link is None:
            raise BrowserError("audio came before the call was ready", "not_started")
        try:
            ack = self._conversation.take_chunk(n, chunk_bytes(sound))
        except ChunkOrderError as error:
            raise BrowserError(f"audio was refused: {error}") from None
        if self._pace.take(max(len(sound) / BASE64_PER_MS, LEAST_CHUNK_MS)):
            self._link.send(b'{"type":"input_audio_buffer.append","audio":"', sound, b'"}')
        elif self._told.take(1):
            self._notify(TOO_FAST, fatal=False)
        if ack:
            self._browser.emit("ack", ack)
        if self._watched:
            self._log("up", len(sound) + 48, {"type": "input_audio_buffer.append"})

    def take_event(self, event: ev.BrowserEvent) -> None:
        """Anything else the page sends. Raises `BrowserError`."""
        if not self._live and not isinstance(event, ev.Stopped):
            raise BrowserError("the call is not ready yet", "not_started")
        self._handle(event)

    def watch(self, on: bool) -> None:
        """Whether the page wants the `log` events."""
        self._watched = on

    def leave(self) -> None:
        """The browser is gone: nobody is left to tell."""
        self._shut("browser gone")

    def stop_server(self) -> None:
        self._finish(SERVER_STOPPING)

    def browser_stalled(self) -> None:
        self._finish(BROWSER_STALLED)

    # The warden's side

    @property
    def activity(self) -> int:
        """Grows whenever either side speaks or types; sound of the microphone alone is no speech."""
        return self._conversation.number

    def warn(self, fault: Fault) -> None:
        self._notify(fault, fatal=False)

    def give_up(self, fault: Fault) -> None:
        self._finish(fault)

    def show_limits(self, limits: Mapping[str, Any]) -> None:
        self._browser.emit("limits", limits)

    # Effects

    def _handle(self, event: ev.Event) -> None:
        try:
            for effect in self._conversation.handle(event):
                self._perform(effect)
        except Exception:
            log.exception("call %s: internal error", self.id)
            self._finish(INTERNAL)

    def _perform(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Emit(n, event, data):
                self._warden.saw(event, data)
                priced = {"cost": self._bill.add(data["turn"])} if event == "usage" else {}
                self._browser.emit(event, n, {**data, **priced})
            case effects.Play(n, item, audio):
                self._browser.audio(n, item, audio.encode())
            case effects.Send(message):
                self._send(message)
            case effects.Ready():
                self._ready(effect)
            case effects.Notify(fault):
                self._notify(fault, fatal=False)
            case effects.Note(code):
                log.info("call %s: upstream error %s", self.id, code)
            case effects.End(fault):
                self._finish(fault)

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._link is None:
            return
        payload = json.dumps(message, separators=(",", ":")).encode()
        self._link.send(payload)
        if self._watched:
            self._log("up", len(payload), message)

    def _ready(self, ready: effects.Ready) -> None:
        self._live = True
        self._bill = Bill(self._warden.rules, ready.model or self._profile.model)
        self._warden.ready()
        self._watch_for(QUIET_S, self._quiet)
        self._browser.emit("ready", {
            "conversation": self.id,
            "profile": self._profile.name,
            "model": ready.model or self._profile.model,
            "voice": ready.voice,
            "sample_rate": 24000,
            "chunk_ms": self._chunk_ms,
            "expires_at": ready.expires_at,
        })  # fmt: skip

    def _notify(self, fault: Fault, *, fatal: bool, **more: Any) -> None:
        telemetry.noticed(self.id, fault.code, fatal=fatal)
        notice = {"code": fault.code, "message": fault.message, "retry": fault.retry, "fatal": fatal, **more}
        self._browser.emit("notice", notice)

    def _log(self, direction: str, size: int, message: Mapping[str, Any]) -> None:
        at = int((self._bridge.loop.time() - self._began) * 1000)
        self._browser.emit("log", {
            "direction": direction,
            "type": str(message["type"]),
            "at": at,
            "bytes": size,
            "summary": _summary(message),
            "body": inspection.body(message),
        })  # fmt: skip

    # The end

    def _finish(self, fault: Fault | None) -> None:
        if self.over:
            return
        reason = fault.code if fault else "stopped"
        if fault:
            self._notify(fault, fatal=True)
        self._shut(reason)
        self._browser.emit("ended", {"reason": reason})

    def _shut(self, reason: str) -> None:
        if self.over:
            return
        self.over = True
        self._warden.stop(reason)
        self._connecting.cancel()
        if self._watchdog is not None:
            self._watchdog.cancel()
        if self._link is not None:
            self._link.close(1000)

    # Does the upstream live?

    def _watch_for(self, seconds: float, check: Any) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._watchdog = self._bridge.loop.call_later(seconds, check)

    def _not_ready(self) -> None:
        self._finish(faults.STALLED)

    def _quiet(self) -> None:
        if self._link is None:
            return
        silent = self._bridge.loop.time() - self._link.last_heard
        if silent >= QUIET_S + PONG_S:
            self._finish(faults.STALLED)
        elif silent >= QUIET_S:
            self._link.ping()
            self._watch_for(PONG_S, self._quiet)
        else:
            self._watch_for(QUIET_S - silent, self._quiet)


def _summary(message: Mapping[str, Any]) -> str:
    """The ids and states of an event in a line; what was said, and all sound, stays out."""
    found = []
    for name, value in message.items():
        part = value if isinstance(value, Mapping) else {}
        for key, inner in ((name, value), *((f"{name}.{k}", v) for k, v in part.items())):
            if key.rpartition(".")[2] in _SHOWN and isinstance(inner, str | int):
                found.append(f"{key}={inner}")
    return " ".join(found)[:SUMMARY_CHARACTERS]


_SHOWN = frozenset({
    "item_id", "response_id", "previous_item_id", "id", "role", "status", "code", "param", "model",
    "audio_start_ms", "audio_end_ms", "call_id", "name",
})  # fmt: skip
