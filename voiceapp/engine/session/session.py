"""One Realtime session without any I/O: client events and results go in, effects come out."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import Piece
from ..protocol import client_events, events, session_object
from ..protocol.audio_formats import Decoder
from ..protocol.checks import RefusedError
from ..protocol.configuration import Configuration
from ..protocol.events import Event
from ..protocol.identifiers import IdentifierSource
from ..protocol.messages import audio_bytes
from ..speech.detector import Detector
from ..speech.samples import Samples
from ..speech.transcript import Transcript
from .effects import Close, Effect, PrepareLanguage, Send
from .input_buffer import SAMPLES_PER_MS, InputBuffer
from .items import Items, StoredItem
from .responses import Responses
from .user_turns import UserTurns

IDLE_NOTE = "The user has been silent for a while. Briefly check whether they are still there."


@dataclass
class Session:
    """The state of one call. Times are seconds of whatever clock the caller uses."""

    model: str
    detector: Detector
    now: float
    wall_clock: float
    lifetime: float
    ids: IdentifierSource
    voice: str = "heart"
    _effects: list[Effect] = field(default_factory=list)
    _expired: bool = False

    def __post_init__(self) -> None:
        expires_at = int(self.wall_clock + self.lifetime)
        self._configuration = Configuration(
            session_object.session(self.ids.fresh("sess"), self.model, expires_at, self.voice)
        )
        self.items = Items()
        self._buffer = InputBuffer(self.detector, self._configuration.input_format)
        self._buffer.configure(self._configuration.input_format, self._configuration.turn_detection)
        self.responses = Responses(self._configuration, self.items, self.ids, self._effects)
        self._turns = UserTurns(self._configuration, self._buffer, self.items, self.responses, self.ids, self._effects)
        self._ends_at = self.now + self.lifetime

    # The caller's side

    def open(self) -> list[Effect]:
        self._send(events.session_created(self._configuration.session))
        return self._take_effects()

    def receive(self, event: Any) -> list[Effect]:
        """Takes one client event. Whatever it is, the session goes on."""
        known = event if isinstance(event, dict) else {}
        event_id = known.get("event_id") if isinstance(known.get("event_id"), str) else None
        try:
            client_events.check(event)
            self._handlers()[event["type"]](event)
        except RefusedError as refused:
            self._send(events.error(refused.code, refused.message, param=refused.param, event_id=event_id))
        return self._take_effects()

    def transcribed(self, ticket: int, transcript: Transcript) -> list[Effect]:
        self._turns.transcribed(ticket, transcript)
        return self._take_effects()

    def partially_transcribed(self, item: str, transcript: Transcript) -> list[Effect]:
        """Takes the words so far of a turn that still runs."""
        self._turns.partially_transcribed(item, transcript)
        return self._take_effects()

    def end_judged(self, item: str, place: int, probability: float) -> list[Effect]:
        """How likely the turn was over at the pause in that place, by its sound."""
        self._turns.end_judged(item, place, probability)
        return self._take_effects()

    def transcription_failed(self, ticket: int, code: str, message: str) -> list[Effect]:
        """The transcription failed or was refused."""
        self._turns.transcription_failed(ticket, code, message)
        return self._take_effects()

    def produced(self, response: str, piece: Piece, now: float) -> list[Effect]:
        self.responses.add_piece(response, piece, now, self._configuration.turn_detection)
        return self._take_effects()

    def wake_at(self) -> float:
        """When to call `tick` if nothing happens before."""
        return min(self._ends_at, self.responses.idle_at or self._ends_at)

    def tick(self, now: float) -> list[Effect]:
        if now >= self._ends_at and not self._expired:
            self._expire()
        elif self.responses.idle_at is not None and now >= self.responses.idle_at:
            self._idle()
        return self._take_effects()

    # Client events

    def _handlers(self) -> dict[str, Callable[[Event], None]]:
        return {
            "session.update": self._update,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "conversation.item.create": self._create_item,
            "conversation.item.retrieve": self._retrieve,
            "conversation.item.delete": self._delete,
            "conversation.item.truncate": self._truncate,
            "response.create": self._respond,
            "response.cancel": self._cancel,
        }

    def _update(self, event: Event) -> None:
        before, language = self._configuration.turn_detection, self._configuration.language
        self._configuration.update(event["session"], voice_is_fixed=self.responses.has_spoken)
        self._buffer.configure(self._configuration.input_format, self._configuration.turn_detection)
        if self._configuration.turn_detection != before:
            self._turns.drop()
        if self._configuration.language != language:
            self._effects.append(PrepareLanguage(self._configuration.language))
        self._send(events.session_updated(self._configuration.session))

    def _append(self, event: Event) -> None:
        self._turns.append(audio_bytes(event["audio"], "audio"))

    def _commit(self, event: Event) -> None:
        self._turns.commit()

    def _clear(self, event: Event) -> None:
        self._turns.clear()
        self._send(events.cleared())

    def _create_item(self, event: Event) -> None:
        item = {"id": self.ids.fresh("item"), "status": "completed"} | event["item"]
        self._refuse_item(item, event.get("previous_item_id"))
        sound = self._sound_in(item)
        stored = StoredItem(item, sum(len(part) for part in sound) // SAMPLES_PER_MS)
        previous = self.items.add(stored, event.get("previous_item_id"))
        self._send(events.item_added(item, previous), events.item_done(item, previous))
        if sound:
            self._turns.transcribe_item(item["id"], sound[0])

    def _refuse_item(self, item: dict[str, Any], after: str | None) -> None:
        if self.items.find(item["id"]):
            raise RefusedError("invalid_value", f"An item with id '{item['id']}' already exists.", "item.id")
        if after not in (None, "root") and not self.items.find(str(after)):
            message = f"There is no item '{after}' in the conversation."
            raise RefusedError("invalid_value", message, "previous_item_id")
        if item["type"] == "function_call":
            item.setdefault("call_id", self.ids.fresh("call"))
        if item["type"] == "function_call_output" and not self.items.has_call(item["call_id"]):
            message = f"Tool call ID '{item['call_id']}' not found in conversation."
            raise RefusedError("invalid_tool_call_id", message, "item.call_id")

    def _sound_in(self, item: dict[str, Any]) -> list[Samples]:
        """Takes the audio out of a user's item; at 16 kHz."""
        parts = [part for part in item.get("content", []) if part["type"] == "input_audio"]
        sound = [audio_bytes(part["audio"], "item.content[0].audio") for part in parts]
        for part in parts:
            del part["audio"]
            part.setdefault("transcript", None)
        return [Decoder(self._configuration.input_format).feed(b"".join(sound))] if sound else []

    def _retrieve(self, event: Event) -> None:
        stored = self._item(event, "retrieve")
        self._send(events.item_retrieved(self.items.with_audio(stored, base64.b64encode(stored.audio).decode())))

    def _delete(self, event: Event) -> None:
        stored = self._item(event, "delete")
        self.items.remove(stored.identifier)
        self._send(events.item_deleted(stored.identifier))

    def _truncate(self, event: Event) -> None:
        stored, end = self._item(event, "truncate"), event["audio_end_ms"]
        if not stored.is_spoken_answer:
            raise RefusedError("invalid_value", "Only model output audio messages can be truncated.", "item_id")
        if end > stored.audio_ms:
            message = f"Audio content of {stored.audio_ms}ms is already shorter than {end}ms"
            raise RefusedError("invalid_value", message, "audio_end_ms")
        self.responses.stop_before_truncation(stored)
        stored.truncate(end)
        self._send(events.item_truncated(stored.identifier, event["content_index"], end))

    def _item(self, event: Event, verb: str) -> StoredItem:
        stored = self.items.find(event["item_id"])
        if stored is None:
            message = f"Error {verb.removesuffix('e')}ing item: no item with id '{event['item_id']}'."
            raise RefusedError(f"item_{verb}_invalid_item_id", message, "item_id")
        return stored

    def _respond(self, event: Event) -> None:
        self.responses.create(event.get("response") or {}, waiting=self._turns.are_pending)

    def _cancel(self, event: Event) -> None:
        self.responses.cancel(event.get("response_id"))

    # Time

    def _expire(self) -> None:
        self._expired = True
        message = f"Your session hit the maximum duration of {max(1, round(self.lifetime / 60))} minutes."
        self._send(events.error("session_expired", message))
        self._effects.append(Close(1001, message))

    def _idle(self) -> None:
        """In the recorded order: the server's own note, an empty turn of the user, a response."""
        self.responses.idle_at = None
        if self._turns.running is not None:
            return
        at_ms, item = self._buffer.ms(self._buffer.position), self.ids.fresh("item")
        note: dict[str, Any] = {"id": self.ids.fresh("item"), "type": "message", "status": "completed"}
        note |= {"role": "system", "content": [{"type": "input_text", "text": IDLE_NOTE}]}
        self._send(events.timeout_triggered(item, at_ms, at_ms))
        previous = self.items.add(StoredItem(note))
        self._send(events.item_added(note, previous), events.item_done(note, previous))
        self._turns.add_silent(item)
        self.responses.create_automatic(idle=True)

    # Below the surface

    def _send(self, *sent: Event) -> None:
        self._effects.extend(Send(event) for event in sent)

    def _take_effects(self) -> list[Effect]:
        taken = list(self._effects)
        self._effects.clear()
        return taken
