"""One browser joined to one upstream: it feeds the conversation and performs its effects, nothing else."""

import asyncio
import json
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

from ..config.tariff import Tariff, tariff
from ..conversation import dialects, effects, faults
from ..conversation import events as ev
from ..conversation.chunks import ChunkOrderError
from ..conversation.conversation import Conversation
from ..conversation.event_reader import LeftOut, Reader, SoundDelta
from ..conversation.faults import Fault
from ..conversation.pcm16 import BASE64_PER_MS
from ..errors import (
    BROWSER_STALLED,
    ENGINE_STARTING,
    INTERNAL,
    RENEWAL_FAILED,
    SERVER_STOPPING,
    TOO_FAST,
    UPSTREAM_STARTING,
    BrowserError,
    VoiceError,
)
from ..net import websocket
from ..net.bridge import Bridge
from ..net.link import Cause, Ending, Link
from ..net.rate_limit import TokenBucket
from ..ops import metrics
from ..secret import Secret
from ..upstream import explanation
from ..upstream.connect import Profile, connect
from ..upstream.engine_process import Engine
from ..upstream.keepalive import Keepalive
from ..upstream.session_opener import SessionOpener, fault_of
from ..upstream.session_options import Plan
from ..wire import down
from ..wire.down import Direction
from ..wire.up import chunk_bytes
from . import inspection
from .cost import CallCost
from .drain import Drain
from .latency import LatencyTracker
from .limits import CallLimits
from .outbox import Outbox
from .renewal import Renewal

log = logging.getLogger(__name__)

MAX_UPSTREAM_OUT = 4 * 1024 * 1024
# Sound in ms: real time with room for a clock that runs fast, and 2 s that waited in a stalled line.
SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE = 1050.0, 2000.0
# A chunk counts as at least so much sound; smaller ones would be a flood of events.
MIN_CHUNK_MS = 20.0


class Browser(Protocol):
    """The page's end of a call. Called on the bridge's thread; never raises."""

    def emit(self, event: down.Event) -> None:
        """Tell what carries no number."""

    def send(self, packet: down.Packet) -> None:
        """Tell what the outbox has numbered."""


class Relay:
    """A call from `start` to its end. Every method runs on the bridge's thread."""

    def __init__(
        self,
        bridge: Bridge,
        browser: Browser,
        plan: Plan,
        *,
        key: Secret,
        engine: Engine | None,
        chunk_ms: int,
        version: str,
        ready_s: float,
        limits: CallLimits,
    ) -> None:
        self._bridge = bridge
        self._browser = browser
        self._plan = plan
        self._key = key
        self._engine = engine
        self._about: Mapping[str, Any] = {"sample_rate": 24000, "chunk_ms": chunk_ms, "version": version}
        self._ready_s = ready_s
        self._limits = limits
        self._pace = TokenBucket(SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE)
        self._told = TokenBucket(1, 1)
        self._explained = TokenBucket(2, 10)
        self._conversation = Conversation(plan.config, plan.profile.capabilities)
        self._outbox = Outbox()
        self._reader = Reader()
        self._left_out: Counter[LeftOut] = Counter()
        self._latency = LatencyTracker(plan.config.detection)
        self.cost = CallCost(self._tariff())
        self._link: Link | None = None
        self._renewal = Renewal(
            bridge, self._reach, partial(self._opener, waits=lambda: None), self._session_waits, self._renewal_failed
        )
        self._opening: SessionOpener | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._live = False
        self._watched = False
        self._began = bridge.loop.time()
        self._keepalive = Keepalive(bridge.loop, lambda: self._finish(faults.STALLED))
        self.over = self._gone = False
        self.id = secrets.token_hex(4)
        self._connecting = bridge.spawn(self._connect())

    # The upstream's side

    async def _connect(self) -> None:
        try:
            await self._limits.admit(self)
            self._take_link(await self._reach(self._plan.profile))
        except VoiceError as error:
            self._finish(error.fault)
        except Exception:
            self.fail()

    def _take_link(self, link: Link) -> None:
        if self.over:
            # Python 3.11 may swallow the cancellation of what was just done.
            link.close(1000)
            return
        log.info("call %s: connected to %s", self.id, self._plan.profile.name)
        opened = partial(self._session_opened, link)
        self._opening = self._opener(link, self._plan, opened, self._finish, waits=self._tell_waiting)
        self._opening.start()

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
            self.id,
            ready_s=self._ready_s,
            opened=opened,
            failed=failed,
            waits=waits,
            watch=self._watch_message,
        )

    def _tell_waiting(self) -> None:
        self._notify(UPSTREAM_STARTING, fatal=False)

    def _session_opened(self, link: Link, session: ev.SessionUpdated) -> None:
        link.hand_over(self)
        self._link, self._opening = link, None
        self._handle(session)

    async def _reach(self, profile: Profile) -> Link:
        """A link to the profile's server, not yet open. Raises `VoiceError`."""
        sock = await connect(self._bridge, *await self._where(profile))
        endpoint = websocket.Endpoint(websocket.Role.CLIENT, max_message=self._limits.rules.upstream_message_bytes)
        return self._bridge.link(sock, endpoint, side="upstream", max_out=MAX_UPSTREAM_OUT)

    async def _where(self, profile: Profile) -> tuple[Profile, Secret]:
        if self._engine is None or profile.name != "embedded":
            return profile, self._key
        if not await self._engine.warm():
            self._notify(ENGINE_STARTING, fatal=False)
        return replace(profile, url=await self._engine.address(self._tell_loading)), self._engine.key

    def _tell_loading(self, part: str, done: int, of: int) -> None:
        self._notify(ENGINE_STARTING, fatal=False, progress=down.Progress(part, done, of))

    def link_text(self, payload: bytes) -> None:
        if self.over:
            return
        try:
            delta = self._reader.sound(payload)
            if delta is None:
                self._take_event(payload)
                return
            self._pass_audio(delta)
            if self._watched:
                self._log("down", len(payload), {"type": dialects.AUDIO_DELTA})
        except Exception:
            self.fail()

    def link_binary(self, _: bytes) -> None:
        log.info("call %s: a binary message from the upstream was ignored", self.id)

    def link_closed(self, end: Ending) -> None:
        if self.over:
            return
        fault = fault_of(end, self.id, self._conversation.talk)
        if end.cause is Cause.STALLED:
            self._finish(fault)
        else:
            self._handle(ev.UpstreamClosed(end.code, end.reason))

    def _pass_audio(self, delta: SoundDelta) -> None:
        """The fast path of a delta: its base64 goes on as it is, found without parsing the JSON."""
        if not self._conversation.knows(delta.item):
            self._handle(delta.event())
            return
        if self._conversation.take_audio(delta.response, delta.item, delta.size):
            self._browser.send(self._outbox.sound(delta.item, delta.sound))

    def _take_event(self, payload: bytes) -> None:
        reading = self._reader.read(payload, whole=self._watched)
        if reading.left_out is not None:
            self._leave_out(reading.left_out)
        self._watch_message("down", len(payload), reading.message)
        if reading.event is not None:
            self._handle(reading.event, reading.message)

    def _leave_out(self, why: LeftOut) -> None:
        """Said once for each reason, and counted until the end."""
        self._left_out[why] += 1
        if self._left_out[why] == 1:
            log.warning("call %s: left out of what the upstream sends: %s", self.id, why.value)

    # The browser's side

    def take_chunk(self, n: int, sound: bytes) -> None:
        """The fast path of a chunk: one upstream frame around the same base64. Raises `BrowserError`."""
        if not self._live or self._link is None:
            raise BrowserError("audio came before the call was ready", "not_started")
        try:
            size = chunk_bytes(sound)
            ack = self._conversation.take_chunk(n, size)
        except ChunkOrderError as error:
            raise BrowserError(f"audio was refused: {error}") from None
        if self._pace.take(max(len(sound) / BASE64_PER_MS, MIN_CHUNK_MS)):
            self._link.send(b'{"type":"input_audio_buffer.append","audio":"', sound, b'"}')
            self._latency.sent_bytes += size
        elif self._told.take(1):
            self._notify(TOO_FAST, fatal=False)
        if ack:
            self._browser.emit(down.Ack(ack))
        if self._watched:
            self._log("up", len(sound) + 48, {"type": "input_audio_buffer.append"})

    def take_event(self, event: ev.BrowserEvent) -> None:
        """Anything else the page sends. Raises `BrowserError`."""
        if not self._live and not isinstance(event, ev.Stopped):
            raise BrowserError("the call is not ready yet", "not_started")
        if isinstance(event, ev.Configured):
            self._renewal.note(event)
        self._handle(event)

    # Renewal: another session takes the place of this one, and is told of the talk so far

    @property
    def config(self) -> dialects.SessionConfig:
        """What its session is made to, with the changes that were not refused."""
        return self._conversation.config

    def renew(self, plan: Plan) -> None:
        """Go on with another session at the next quiet moment. Raises `BrowserError`."""
        if not self._live:
            raise BrowserError("the call is not ready yet", "not_started")
        self._renewal.begin(plan)

    def _session_waits(self) -> None:
        try:
            self._renew_if_quiet()
        except Exception:
            self.fail()

    def _renew_if_quiet(self) -> None:
        if self.over or not self._conversation.quiet:
            return
        ready = self._renewal.take()
        if ready is None or self._link is None:
            return
        plan, link, session, changed = ready
        link.hand_over(self)
        self._link.hand_over(None)
        self._link.close(1000)
        self._link, self._plan = link, plan
        self._keepalive.feel(link)
        self._reader.begin_session()
        self._latency = LatencyTracker(plan.config.detection)
        for effect in self._conversation.renew(plan.config, plan.profile.capabilities):
            self._perform(effect)
        for event in changed:
            self._handle(event)
        self._price(session.model)
        if not self.over:
            self._browser.emit(down.Renewed(**self._made(session.model, session.voice, session.expires_at)))
            log.info("call %s: renewed with %s", self.id, plan.profile.name)

    def _renewal_failed(self, error: Exception) -> None:
        code = error.fault.code if isinstance(error, VoiceError) else type(error).__name__
        log.warning("call %s: renewal failed: %s", self.id, code)
        if not self.over:
            self._notify(RENEWAL_FAILED, fatal=False)

    def watch(self, on: bool) -> None:
        """Whether the page wants the `log` events."""
        self._watched = on

    def leave(self) -> None:
        """The browser is gone: nobody is left to tell."""
        self._gone = True
        self._shut("browser gone")

    def stop_server(self) -> None:
        self._finish(SERVER_STOPPING)

    def browser_stalled(self) -> None:
        self._finish(BROWSER_STALLED)

    # What its limits ask of it

    @property
    def silent_since(self) -> float | None:
        """Since when nobody speaks or is waited for; sound of the microphone alone is no speech."""
        return self._conversation.silent_since

    def warn(self, fault: Fault) -> None:
        self._notify(fault, fatal=False)

    def give_up(self, fault: Fault) -> None:
        self._finish(fault)

    def show_limits(self, limits: down.Limits) -> None:
        self._browser.emit(limits)

    # Effects

    def _handle(self, event: ev.Event, message: Mapping[str, Any] = MappingProxyType({})) -> None:
        try:
            now = self._bridge.loop.time()
            latency = self._latency.observe(event, now, message)
            for effect in self._conversation.handle(event, now):
                if self.over:
                    return
                self._perform(effect)
            if latency is not None:
                metrics.answered(latency.stages)
                self._browser.emit(latency.told())
            self._look_in_time()
            if self._renewal.waits:
                self._renew_if_quiet()
        except Exception:
            self.fail()

    def _look_in_time(self) -> None:
        """One timer for whatever the conversation waits for; one that is too early for it does no harm."""
        deadline = self._conversation.deadline
        if self.over or deadline is None or (self._timer is not None and self._timer.when() <= deadline):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._bridge.loop.call_at(deadline, self._deadline_passed)

    def _deadline_passed(self) -> None:
        self._timer = None
        self._handle(ev.DeadlinePassed())

    def _perform(self, effect: effects.Effect) -> None:
        event = down.event_of(effect)
        if event is None:
            self._perform_more(effect)
            return
        if isinstance(effect, effects.TurnChanged):
            self._latency.turned(effect.state, self._bridge.loop.time())
        self._tell(event)

    def _perform_more(self, effect: effects.Effect) -> None:
        """What asks for more than that the page is told."""
        match effect:
            case effects.Used(charge):
                self.cost.add(charge)
                self._tell(self.cost.told())
            case effects.Play(item, audio):
                self._latency.played(item, self._bridge.loop.time())
                self._browser.send(self._outbox.sound(item, audio.encode()))
            case effects.SoundComplete(item):
                self._browser.send(self._outbox.sound(item, b""))
            case effects.Send(message):
                self._send(message)
            case effects.Ready():
                self._ready(effect)
            case effects.Notify(fault):
                self._notify(fault, fatal=False)
            case effects.Note(code, message, param):
                self._explain(code, message, param)
            case effects.End(fault):
                self._finish(fault)

    def _explain(self, code: str, message: str, param: str) -> None:
        # A line a second is logged; beside many errors at once nobody is to wait for their explanations.
        said = message if self._explained.take(1) else ""
        why = explanation.explain(code, said, param, self._conversation.talk if said else ())
        log.warning("call %s: upstream error: %s", self.id, why)

    def _tell(self, event: down.Event) -> None:
        """Of the talk."""
        packet = self._outbox.put(event)
        if not self._gone:
            self._browser.send(packet)

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._link is None:
            return
        named = self._reader.ids.outward(message)
        if named is None:
            return
        payload = json.dumps(named, separators=(",", ":")).encode()
        self._link.send(payload)
        self._watch_message("up", len(payload), message)

    def _ready(self, ready: effects.Ready) -> None:
        self._live = True
        self._price(ready.model)
        if self._link is not None:
            self._keepalive.feel(self._link)
        made = self._made(ready.model, ready.voice, ready.expires_at)
        self._browser.emit(down.Ready(conversation=self.id, **self._about, **made))
        self._limits.ready()

    def _tariff(self, model: str = "") -> Tariff:
        """What the session costs. `model` is the server's word for it: a deployment has a name that says nothing."""
        profile, config = self._plan.profile, self._plan.config
        return tariff(self._limits.rules, profile.name, model or profile.model, config.transcription_model)

    def _price(self, model: str) -> None:
        self.cost.tariff = self._tariff(model)
        self._limits.priced()

    def _made(self, model: str, voice: str, expires_at: int | None) -> dict[str, Any]:
        """What the page is told of the session."""
        plan = self._plan
        return {
            "persona": plan.persona,
            "profile": plan.profile.name,
            "model": model or plan.profile.model,
            "voice": voice or plan.config.voice,
            "expires_at": expires_at,
            # A browser's clock may be wrong.
            "expires_in_s": None if expires_at is None else max(0, round(expires_at - time.time())),
        }

    def _notify(self, fault: Fault, *, fatal: bool, progress: down.Progress | None = None) -> None:
        metrics.noticed(self.id, fault.code, fatal=fatal)
        self._browser.emit(down.notice(fault, fatal=fatal, progress=progress))

    def _watch_message(self, direction: Direction, size: int, message: Mapping[str, Any]) -> None:
        if self._watched:
            self._log(direction, size, message)

    def _log(self, direction: Direction, size: int, message: Mapping[str, Any]) -> None:
        at = int((self._bridge.loop.time() - self._began) * 1000)
        shown = inspection.summary(message), inspection.body(message)
        self._browser.emit(down.Log(direction, str(message["type"]), at, size, *shown))

    # The end

    def fail(self) -> None:
        """A fault of ours, just caught, ends this call alone."""
        log.exception("call %s: internal error", self.id)
        self._finish(INTERNAL)

    def _finish(self, fault: Fault | None) -> None:
        if self.over:
            return
        reason = fault.code if fault else "stopped"
        # First it is over, then the page is told.
        self._shut(reason)
        if fault:
            self._notify(fault, fatal=True)
        self._browser.emit(down.Ended(reason))

    def _shut(self, reason: str) -> None:
        if self.over:
            return
        self.over = True
        for give_back in (
            self._close_bill,
            partial(self._let_upstream_go, drained=reason != SERVER_STOPPING.code),
            self._stop_waiting,
            partial(self._limits.stop, reason),
        ):
            # Whatever one of them meets, the others happen.
            try:
                give_back()
            except Exception:
                log.exception("call %s: not all of it could be ended", self.id)

    def _close_bill(self) -> None:
        for effect in self._conversation.close():
            self._perform(effect)
        for why, times in self._left_out.items():
            log.info("call %s: left out %d times: %s", self.id, times, why.value)

    def _stop_waiting(self) -> None:
        self._connecting.cancel()
        self._renewal.drop()
        self._keepalive.stop()
        if self._opening is not None:
            self._opening.drop()
        if self._timer is not None:
            self._timer.cancel()

    def _let_upstream_go(self, *, drained: bool) -> None:
        if self._link is None:
            return
        if drained and self._conversation.owed and self._link.ending is None and not self.cost.tariff.free:
            Drain(self._bridge.loop, self._link, self._reader, self._conversation, self._settle)
        else:
            self._link.close(1000)

    def _settle(self, effect: effects.Effect) -> None:
        """The upstream told after the end what was used."""
        self._perform(effect)
        self._limits.amend()
