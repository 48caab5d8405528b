"""One Realtime session without any I/O: client events and results in, effects out. See README.md for its law."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import Piece
from ..protocol import client_events, events, session_object
from ..protocol.audio_formats import Decoder, input_in_format
from ..protocol.checks import RefusedError
from ..protocol.configuration import Configuration
from ..protocol.events import Event
from ..protocol.identifiers import Identifiers, Source
from ..protocol.messages import audio_bytes
from ..speech.detector import Detector
from ..speech.samples import Samples
from ..speech.transcript import Transcript
from .effects import CancelTranscription, Close, Effect, PrepareLanguage, Send, Transcribe, TranscribePartial
from .endpointer import Edge
from .input_buffer import MIN_COMMIT_MS, InputBuffer, SpeechEdge
from .items import Items, StoredItem
from .responses import Responses
from .turn import Turn, is_unfinished

SETTLE_SAMPLES = 12 * 16000
"""A pause after this much speech settles the text so far, so that long turns are not recognised over and over."""
PARTIAL_SAMPLES = 16000
"""After each second of speech its words so far are looked at, if that can be afforded."""
IDLE_NOTE = "The user has been silent for a while. Briefly check whether they are still there."


@dataclass
class Session:
    """The state of one call. Times are seconds of whatever clock the caller uses."""

    model: str
    detector: Detector
    now: float
    wall_clock: float
    lifetime: float = session_object.SESSION_SECONDS
    ids: Source = field(default_factory=Identifiers)
    voice: str = "heart"
    out: list[Effect] = field(default_factory=list)
    turn: Turn | None = None
    pending: dict[str, Turn] = field(default_factory=dict)
    """Turns that are committed and not recognised yet, by item."""
    tickets: int = 0
    expired: bool = False

    def __post_init__(self) -> None:
        expires_at = int(self.wall_clock + self.lifetime)
        self.configuration = Configuration(
            session_object.session(self.ids.fresh("sess"), self.model, expires_at, self.voice)
        )
        self.items = Items()
        self.buffer = InputBuffer(self.detector, self.configuration.input_format)
        self.buffer.configure(self.configuration.input_format, self.configuration.turn_detection)
        self.responses = Responses(self.configuration, self.items, self.ids, self.out)
        self.ends_at = self.now + self.lifetime

    # The caller's side

    def open(self) -> list[Effect]:
        self._send(events.session_created(self.configuration.session))
        return self._take_effects()

    def receive(self, event: Any, now: float) -> list[Effect]:
        """One client event. Whatever it is, the session goes on."""
        self.now = now
        known = event if isinstance(event, dict) else {}
        event_id = known.get("event_id") if isinstance(known.get("event_id"), str) else None
        try:
            client_events.check(event)
            self._handlers()[event["type"]](event)
        except RefusedError as refused:
            self._send(events.error(refused.code, refused.message, param=refused.param, event_id=event_id))
        return self._take_effects()

    def transcribed(self, ticket: int, transcript: Transcript, now: float) -> list[Effect]:
        self.now = now
        turn = self._turn_of(ticket)
        if turn is not None:
            turn.transcript = transcript
            if turn.committed:
                self._finish(turn)
            elif is_unfinished(turn.text):
                self.buffer.wait_longer()
        return self._take_effects()

    def partially_transcribed(self, item: str, transcript: Transcript, now: float) -> list[Effect]:
        """While the user still speaks."""
        self.now = now
        if self.turn is not None and self.turn.item == item and (delta := self.turn.add_partial(transcript)):
            self._send(events.transcription_delta(item, delta))
        return self._take_effects()

    def transcription_failed(self, ticket: int, code: str, message: str, now: float) -> list[Effect]:
        """Recognition failed or was refused."""
        self.now = now
        turn = self._turn_of(ticket)
        if turn is not None and turn.committed:
            self._fail(turn, code, message)
        elif turn is not None:
            turn.ticket = None
        return self._take_effects()

    def produced(self, response: str, piece: Piece, now: float) -> list[Effect]:
        self.now = now
        self.responses.add_piece(response, piece, now, self.configuration.turn_detection)
        return self._take_effects()

    def wake_at(self) -> float:
        """When to call `tick` if nothing happens before."""
        return min(self.ends_at, self.responses.idle_at or self.ends_at)

    def tick(self, now: float) -> list[Effect]:
        self.now = now
        if now >= self.ends_at and not self.expired:
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
        before, language = self.configuration.turn_detection, self.configuration.language
        self.configuration.update(event["session"], voice_is_fixed=self.responses.has_spoken)
        self.buffer.configure(self.configuration.input_format, self.configuration.turn_detection)
        if self.configuration.turn_detection != before:
            self._drop_turn()
        if self.configuration.language != language:
            self.out.append(PrepareLanguage(self.configuration.language))
        self._send(events.session_updated(self.configuration.session))

    def _append(self, event: Event) -> None:
        for change in self.buffer.append(audio_bytes(event["audio"], "audio")):
            self._speech_edge(change)
        if self.turn is not None and self.configuration.transcribes and not self.buffer.endpointer.run:
            self._ask_partial(self.turn)

    def _commit(self, event: Event) -> None:
        if self.buffer.uncommitted_ms < MIN_COMMIT_MS:
            has = f"{self.buffer.uncommitted_ms:.2f}ms"
            message = f"Error committing input audio buffer: buffer too small. Expected at least 100ms, has {has}."
            raise RefusedError("input_audio_buffer_commit_empty", message)
        item = self.turn.item if self.turn else self.ids.fresh("item")
        self._drop_turn()
        turn = Turn(item, self.buffer.position)
        self._take(turn, self.buffer.commit(), answer=False)

    def _clear(self, event: Event) -> None:
        self._drop_turn()
        self.buffer.clear()
        self._send(events.cleared())

    def _create_item(self, event: Event) -> None:
        item = {"id": self.ids.fresh("item"), "status": "completed"} | event["item"]
        self._refuse_item(item, event.get("previous_item_id"))
        sound = self._sound_in(item)
        stored = StoredItem(item, sum(len(part) for part in sound) // 16)
        previous = self.items.add(stored, event.get("previous_item_id"))
        self._send(events.item_added(item, previous), events.item_done(item, previous))
        if sound:
            turn = Turn(item["id"], 0, committed=True)
            self.pending[turn.item] = turn
            self._ask(turn, sound[0])

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
        """The sound of a user's item, taken out of it, at 16 kHz."""
        parts = [part for part in item.get("content", []) if part["type"] == "input_audio"]
        sound = [audio_bytes(part["audio"], "item.content[0].audio") for part in parts]
        for part in parts:
            del part["audio"]
            part.setdefault("transcript", None)
        return [Decoder(self.configuration.input_format).feed(b"".join(sound))] if sound else []

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
        self.responses.create(event.get("response") or {}, waiting=bool(self.pending))

    def _cancel(self, event: Event) -> None:
        self.responses.cancel(event.get("response_id"))

    # Turns of the user

    def _speech_edge(self, change: SpeechEdge) -> None:
        match change.edge:
            case Edge.STARTED:
                self._started(change.at_ms)
            case Edge.PAUSED if self.turn is not None:
                self._ask(self.turn, self.buffer.samples(self._unsettled(self.turn), self.buffer.detected_to))
            case Edge.RESUMED if self.turn is not None:
                self._resumed(self.turn)
            case Edge.STOPPED if self.turn is not None:
                self._stopped(self.turn, change.at_ms)

    def _started(self, at_ms: int) -> None:
        self.turn = Turn(self.ids.fresh("item"), self.buffer.turn_start)
        self.responses.idle_at = None
        self._send(events.speech_started(self.turn.item, at_ms))
        if (self.configuration.turn_detection or {}).get("interrupt_response"):
            self.responses.interrupt()
            for turn in self.pending.values():
                turn.wants_answer = False

    def _ask_partial(self, turn: Turn) -> None:
        start, now = self._unsettled(turn), self.buffer.detected_to
        if now - max(turn.partial_at, start) >= PARTIAL_SAMPLES:
            turn.partial_at = now
            self.out.append(TranscribePartial(turn.item, self.buffer.samples(start, now), self.configuration.language))

    def _resumed(self, turn: Turn) -> None:
        long_enough = self.buffer.detected_to - self._unsettled(turn) > SETTLE_SAMPLES
        if long_enough and turn.transcript is not None and turn.requested_to is not None:
            delta = turn.settle()
            if self.configuration.transcribes and delta:
                self._send(events.transcription_delta(turn.item, delta))
        self._withdraw(turn)

    def _stopped(self, turn: Turn, at_ms: int) -> None:
        self.turn = None
        self._send(events.speech_stopped(turn.item, at_ms))
        samples = self.buffer.samples(turn.start, self.buffer.detected_to)
        self.buffer.end_turn()
        self._take(turn, samples, answer=bool((self.configuration.turn_detection or {}).get("create_response")))

    def _unsettled(self, turn: Turn) -> int:
        return turn.settled_to if turn.settled_to is not None else turn.start

    def _take(self, turn: Turn, samples: Samples, answer: bool) -> None:
        """Puts the turn into the conversation; what it says may still be unknown."""
        turn.committed, turn.wants_answer, turn.seconds = True, answer, -(-len(samples) // 16000)
        item = events.user_audio_item(turn.item)
        stored = StoredItem(item, len(samples) // 16, input_in_format(samples, self.configuration.input_format))
        previous = self.items.add(stored)
        self._send(events.committed(turn.item, previous))
        self._send(events.item_added(item, previous), events.item_done(item, previous))
        self.pending[turn.item] = turn
        if turn.transcript is not None:
            self._finish(turn)
        elif turn.ticket is None:
            skip = max(0, self._unsettled(turn) - turn.start)
            self._ask(turn, samples[skip:])

    def _ask(self, turn: Turn, samples: Samples) -> None:
        self.tickets += 1
        turn.ticket, turn.transcript, turn.requested_to = self.tickets, None, self.buffer.detected_to
        self.out.append(Transcribe(self.tickets, samples, self.configuration.language))

    def _withdraw(self, turn: Turn) -> None:
        if turn.ticket is not None and turn.transcript is None:
            self.out.append(CancelTranscription(turn.ticket))
        turn.ticket, turn.transcript = None, None

    def _drop_turn(self) -> None:
        if self.turn is not None:
            self._withdraw(self.turn)
            self.turn = None

    def _turn_of(self, ticket: int) -> Turn | None:
        turns = [*self.pending.values(), *([self.turn] if self.turn else [])]
        return next((turn for turn in turns if turn.ticket == ticket), None)

    def _finish(self, turn: Turn) -> None:
        del self.pending[turn.item]
        rest = turn.rest
        stored = self.items.find(turn.item)
        if stored is not None:
            self._transcribe(stored, turn.text)
        if self.configuration.transcribes:
            self._send(*([events.transcription_delta(turn.item, rest)] if rest else []))
            self._send(events.transcription_completed(turn.item, turn.text, turn.seconds))
        if turn.wants_answer and turn.text:
            self.responses.create_automatic()
        self._start_waiting()

    def _fail(self, turn: Turn, code: str, message: str) -> None:
        del self.pending[turn.item]
        if self.configuration.transcribes:
            self._send(events.transcription_failed(turn.item, code, message))
        if turn.wants_answer:
            self.responses.fail(code, message)
        self._start_waiting()

    def _transcribe(self, stored: StoredItem, text: str) -> None:
        # A new object: the one in item.added, sent before, stays as it was.
        content = [part | {"transcript": text} for part in stored.item["content"] if part["type"] == "input_audio"]
        stored.item = stored.item | {"content": content}

    def _start_waiting(self) -> None:
        if not self.pending:
            self.responses.start_waiting()

    # Time

    def _expire(self) -> None:
        self.expired = True
        message = f"Your session hit the maximum duration of {max(1, round(self.lifetime / 60))} minutes."
        self._send(events.error("session_expired", message))
        self.out.append(Close(1001, message))

    def _idle(self) -> None:
        """The recorded order: the server's own note, an empty turn of the user, a response."""
        self.responses.idle_at = None
        if self.turn is not None:
            return
        at_ms, item = self.buffer.ms(self.buffer.position), self.ids.fresh("item")
        note: dict[str, Any] = {"id": self.ids.fresh("item"), "type": "message", "status": "completed"}
        note |= {"role": "system", "content": [{"type": "input_text", "text": IDLE_NOTE}]}
        self._send(events.timeout_triggered(item, at_ms, at_ms))
        previous = self.items.add(StoredItem(note))
        self._send(events.item_added(note, previous), events.item_done(note, previous))
        turn = Turn(item, self.buffer.position, transcript=Transcript(""))
        self._take(turn, self.buffer.samples(self.buffer.position, self.buffer.position), answer=False)
        self.responses.create_automatic(idle=True)

    # Below the surface

    def _send(self, *sent: Event) -> None:
        self.out.extend(Send(event) for event in sent)

    def _take_effects(self) -> list[Effect]:
        taken = list(self.out)
        self.out.clear()
        return taken
