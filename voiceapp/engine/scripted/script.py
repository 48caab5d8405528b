"""Plays a scenario on one connection: client events fire triggers, and triggers perform steps in order."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ..protocol import beta, events, session_object
from ..protocol.events import Event
from ..protocol.identifiers import Numbered
from ..protocol.response import Response
from ..serving.connection import Closed, Connection, frame_head
from .recorder import Recorder
from .scenario import Call, Edge, Hear, Say, Scenario, Step, Transcript, Trigger, value_at
from .scripted_reply import ScriptedReply, call_events, hear_events, transcript_events

TEXT = 0x1
EXPIRED = "Your session hit the maximum duration of 60 minutes."


@dataclass
class Script:
    """Owns one connection of the scripted server. Each trigger that fires runs as a task of its own."""

    scenario: Scenario
    connection: Connection
    recorder: Recorder
    number: int
    on_change: Callable[[], None]
    _ids: Numbered = field(default_factory=Numbered)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _session: dict[str, Any] = field(default_factory=dict)
    _fired: Counter[int] = field(default_factory=Counter)
    _last_item: str | None = None
    _reply: Response | None = None
    _muted: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Runs until the connection ends."""
        lifetime_s = self.scenario.session_s
        expires = int(time.time() + (lifetime_s or session_object.SESSION_SECONDS))
        self._session = session_object.session(
            self._ids.fresh("sess"), self.recorder.model or self.scenario.model, expires
        )
        try:
            self.fire("connect", {"type": "connect"})
            if lifetime_s is not None:
                self.perform([{"wait_ms": lifetime_s * 1000}, {"expire": True}], {"type": "expire"}, 1)
            await self._listen()
        finally:
            for task in self._tasks:
                task.cancel()
            self.on_change()

    async def _listen(self) -> None:
        while not isinstance(message := await self.connection.receive(), Closed):
            event = self.recorder.take(message)
            self.on_change()
            if event is not None:
                self._received(event)
            # A task fired by this event acts before the next event is looked at.
            await asyncio.sleep(0)
        self.recorder.closed = message

    def _received(self, event: Event) -> None:
        kind = str(event.get("type"))
        self.fire(kind, event)
        if kind == "input_audio_buffer.append":
            self.fire("chunk", event)
            self.fire("audio", event)

    # Triggers

    def fire(self, when: str, event: Event) -> None:
        mine = [(place, each) for place, each in enumerate(self.scenario.triggers) if each.when == when]
        answered = False
        for place, trigger in mine:
            if trigger.connection in (None, self.number) and trigger.matches(event):
                answered |= self._fire(place, trigger, event)
        if not answered and self.scenario.defaults:
            self.perform(self._default(when, event), event, 1)

    def _fire(self, place: int, trigger: Trigger, event: Event) -> bool:
        if trigger.ms is not None and (place in self._fired or self.recorder.audio_ms < trigger.ms):
            return False
        self._fired[place] += 1
        if not trigger.counts(self._fired[place]):
            return False
        self.perform(trigger.steps, event, self._fired[place])
        return True

    def perform(self, steps: "tuple[Step, ...] | list[Step]", event: Event, occurrence: int) -> None:
        if not steps:
            return
        task = asyncio.get_running_loop().create_task(self._play(steps, event, occurrence))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _play(self, steps: "tuple[Step, ...] | list[Step]", event: Event, occurrence: int) -> None:
        for step in steps:
            await self._step(with_placeholders_filled(step, event, occurrence), event)

    # What a well-behaved server does with what the scenario leaves open

    def _default(self, when: str, event: Event) -> list[Step]:
        item = event.get("item_id")
        match when:
            case "connect":
                return [{"send": "session.created"}]
            case "session.update":
                self._session = session_object.merged(self._session, event.get("session") or {})
                return [{"send": "session.updated"}]
            case "input_audio_buffer.clear":
                return [{"send": events.cleared()}]
            case "input_audio_buffer.commit":
                return [{"hear": {"start_ms": -1}}]
            case "conversation.item.create":
                return self._created(event)
            case "conversation.item.delete":
                return [{"send": events.item_deleted(str(item))}]
            case "conversation.item.truncate":
                return [{"send": events.item_truncated(str(item), 0, event.get("audio_end_ms", 0))}]
            case "response.cancel":
                return [{"interrupt": "client_cancelled"}]
            case "response.create":
                return [{"say": {"text": "All right.", "ms": 400}}]
        return []

    def _created(self, event: Event) -> list[Step]:
        item = {"id": self._ids.fresh("item"), "status": "completed"} | event.get("item", {})
        previous, self._last_item = event.get("previous_item_id") or self._last_item, item["id"]
        return [{"send": events.item_added(item, previous)}, {"send": events.item_done(item, previous)}]

    # Steps

    async def _step(self, step: Step, event: Event) -> None:
        name = next(iter(step))
        await getattr(self, f"_do_{name}")(step[name], step, event)
        await self.connection.flush()

    async def _do_send(self, value: str | Event, step: Step, event: Event) -> None:
        if isinstance(value, str):
            named = value in ("session.created", "session.updated")
            value = {"type": value, **({"session": self._session} if named else {})}
        self.emit([value])

    async def _do_wait_ms(self, value: float, step: Step, event: Event) -> None:
        await asyncio.sleep(value / 1000)

    async def _do_say(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        say = Say(**value)
        said = ScriptedReply(say, self._response(say.response, say), self._item(say.item), say.after or self._last_item)
        self._last_item = said.item
        self._reply = said.response
        self.emit(said.opening())
        await self._send_chunks(said, event)
        if say.cut_ms is None and said.response.status == "in_progress":
            self.emit(said.closing())
            self._reply = None

    async def _send_chunks(self, said: ScriptedReply, event: Event) -> None:
        chunks = said.chunks()
        for place, chunk in enumerate(chunks):
            if said.response.status != "in_progress":
                return
            self.emit(chunk)
            if place == len(chunks) // 2:
                await self._play(said.say.midway, event, 1)
            if said.say.pace_ms:
                await asyncio.sleep(said.say.pace_ms / 1000)

    async def _do_hear(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        hear, now = Hear(**value), self.recorder.audio_ms
        start = hear.start_ms if hear.start_ms is not None else max(0, now - hear.ms)
        item = self._item(hear.item)
        self.emit(hear_events(hear, item, hear.after or self._last_item, start))
        self._said(item)

    async def _do_speech_started(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        edge = Edge(**value)
        at = self.recorder.audio_ms if edge.at_ms is None else edge.at_ms
        self.emit([events.speech_started(self._item(edge.item), at)])

    async def _do_speech_stopped(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        edge = Edge(**value)
        at = self.recorder.audio_ms if edge.at_ms is None else edge.at_ms
        item = self._item(edge.item)
        turn = hear_events(Hear(), item, edge.after or self._last_item, 0)
        self.emit([events.speech_stopped(item, at), *turn[2:]])
        self._said(item)

    async def _do_transcript(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        transcript = Transcript(**value)
        self.emit(transcript_events(transcript, transcript.item or str(self._last_item)))

    async def _do_call(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        call = Call(**value)
        item, call_id = self._item(call.item), call.call_id or self._ids.fresh("call")
        self.emit(call_events(call, self._response(call.response), item, self._last_item, call_id))
        self._last_item = item

    async def _do_interrupt(self, value: str | bool, step: Step, event: Event) -> None:
        reason = value if isinstance(value, str) else "turn_detected"
        if self._reply is not None and self._reply.status == "in_progress":
            self.emit(self._reply.cancelled(reason))
        elif reason == "client_cancelled":
            refused = "Cancellation failed: no active response found"
            self.emit([events.error("response_cancel_not_active", refused, event_id=event.get("event_id"))])
        self._reply = None

    async def _do_error(self, value: Mapping[str, Any], step: Step, event: Event) -> None:
        named = {"code": None, "message": "Scripted error.", "kind": value.get("type", "invalid_request_error")}
        self.emit([events.error(**named | {key: value[key] for key in value if key != "type"})])

    async def _do_expire(self, value: bool, step: Step, event: Event) -> None:
        self.emit([events.error("session_expired", EXPIRED)])
        await self.connection.close(1001, EXPIRED)

    # Faults

    async def _do_close(self, value: int, step: Step, event: Event) -> None:
        await self.connection.close(value, step.get("reason", ""))

    async def _do_drop(self, value: str, step: Step, event: Event) -> None:
        self._muted = True
        if value == "rst":
            self.connection.reset()
        else:
            self.connection.drop()

    async def _do_stall(self, value: bool, step: Step, event: Event) -> None:
        begun = b'{"type":"response.output_audio.delta","delta":"AAAA'
        await self.connection.send_raw(frame_head(TEXT, 1 << 17) + begun)
        self._muted = self.connection.muted = True

    async def _do_text(self, value: str, step: Step, event: Event) -> None:
        self._post(value)

    async def _do_binary_bytes(self, value: int, step: Step, event: Event) -> None:
        self._post(bytes(value))

    async def _do_giant_bytes(self, value: int, step: Step, event: Event) -> None:
        self._post(json.dumps({"type": "response.output_audio.delta", "delta": "A" * value}))

    # Below the surface

    def emit(self, sent: list[Event]) -> None:
        for event in sent:
            spoken = beta.to_beta(event) if self.scenario.dialect == "beta" else event
            if spoken is not None:
                numbered = {"type": spoken["type"], "event_id": f"event_{next(self._numbers)}", **spoken}
                self._post(json.dumps(numbered))

    def _post(self, message: str | bytes) -> None:
        if not self._muted:
            self.connection.post(message)

    def _item(self, named: str | None) -> str:
        return named or self._ids.fresh("item")

    def _said(self, item: str) -> None:
        self._last_item = item
        self.recorder.committed(item)

    def _response(self, named: str | None, say: Say | None = None) -> Response:
        spoken = session_object.session("", "", 0)["audio"]["output"] | value_at(self._session, "audio.output") or {}
        chosen = [say.modality] if say else ["audio"]
        metadata = dict(say.metadata) if say and say.metadata else None
        return Response(named or self._ids.fresh("resp"), "conv_1", spoken, chosen, metadata=metadata)


def with_placeholders_filled(value: Any, event: Event, occurrence: int) -> Any:
    """`value` with the occurrence for `{n}`, and for `$event.path` what the client's event holds there."""
    if isinstance(value, dict):
        return {key: with_placeholders_filled(each, event, occurrence) for key, each in value.items()}
    if isinstance(value, list):
        return [with_placeholders_filled(each, event, occurrence) for each in value]
    if isinstance(value, str) and value.startswith("$event."):
        return value_at(event, value.removeprefix("$event."))
    return value.replace("{n}", str(occurrence)) if isinstance(value, str) else value
