"""The user's turns: found by the detector or committed by hand, transcribed, and put into the conversation."""

from dataclasses import dataclass, field

from ..protocol import events
from ..protocol.audio_formats import input_in_format
from ..protocol.checks import RefusedError
from ..protocol.configuration import Configuration
from ..protocol.events import Event
from ..protocol.identifiers import IdentifierSource
from ..speech.samples import INPUT_RATE, Samples
from ..speech.transcript import Transcript
from .effects import CancelTranscription, Effect, JudgeEnd, Send, Transcribe, TranscribePartial
from .endpointer import Edge
from .input_buffer import MIN_COMMIT_MS, SAMPLES_PER_MS, InputBuffer, SpeechEdge
from .items import Items, StoredItem
from .responses import Responses
from .turn import Turn

# A pause after this much speech settles the text so far, so that long turns are not recognised over and over.
SETTLE_SAMPLES = 12 * INPUT_RATE
# What the model of turns hears of one.
JUDGED_SAMPLES = 8 * INPUT_RATE
# After each second of speech its words so far are transcribed, if there is time.
PARTIAL_SAMPLES = INPUT_RATE


@dataclass
class UserTurns:
    """At most one turn runs; others are committed and wait for their transcripts. Adds what it wants to `effects`."""

    configuration: Configuration
    buffer: InputBuffer
    items: Items
    responses: Responses
    ids: IdentifierSource
    effects: list[Effect]
    running: Turn | None = None
    # Turns that are committed and not transcribed yet, by item.
    _pending: dict[str, Turn] = field(default_factory=dict)
    _tickets: int = 0

    @property
    def are_pending(self) -> bool:
        """Whether the words of some committed turn are not known yet."""
        return bool(self._pending)

    # The client's audio

    def append(self, data: bytes) -> None:
        for edge in self.buffer.append(data):
            self._take_edge(edge)
        if self.running is not None and self.configuration.transcribes and not self.buffer.endpointer.run:
            self._ask_partial(self.running)

    def commit(self) -> None:
        """Commits the buffer by hand. Raises `RefusedError` if it holds too little audio."""
        if self.buffer.uncommitted_ms < MIN_COMMIT_MS:
            has = f"{self.buffer.uncommitted_ms:.2f}ms"
            message = f"Error committing input audio buffer: buffer too small. Expected at least 100ms, has {has}."
            raise RefusedError("input_audio_buffer_commit_empty", message)
        item = self.running.item if self.running else self.ids.fresh("item")
        self.drop()
        turn = Turn(item, self.buffer.position)
        self._take(turn, self.buffer.commit(), answer=False)

    def clear(self) -> None:
        self.drop()
        self.buffer.clear()

    def drop(self) -> None:
        """Forgets the running turn."""
        if self.running is not None:
            self._withdraw(self.running)
            self.running = None

    def add_silent(self, item: str) -> None:
        """Adds a turn in which nothing is said."""
        turn = Turn(item, self.buffer.position, transcript=Transcript(""))
        self._take(turn, self.buffer.samples(self.buffer.position, self.buffer.position), answer=False)

    def transcribe_item(self, item: str, samples: Samples) -> None:
        """Transcribes the audio of an item that is in the conversation already."""
        turn = self._pending[item] = Turn(item, 0, committed=True)
        self._ask(turn, samples)

    # What was found out

    def transcribed(self, ticket: int, transcript: Transcript) -> None:
        turn = self._turn_of(ticket)
        if turn is None:
            return
        turn.transcript = transcript
        if turn.committed:
            self._finish(turn)
        else:
            self._judge(turn)

    def end_judged(self, item: str, place: int, probability: float) -> None:
        """`place`: of the pause that was judged."""
        turn = self.running
        if turn is not None and turn.item == item and turn.paused_at == place:
            turn.probability = probability
            self._judge(turn)

    def partially_transcribed(self, item: str, transcript: Transcript) -> None:
        if self.running is not None and self.running.item == item and (delta := self.running.add_partial(transcript)):
            self._send(events.transcription_delta(item, delta))

    def transcription_failed(self, ticket: int, code: str, message: str) -> None:
        turn = self._turn_of(ticket)
        if turn is not None and turn.committed:
            self._fail(turn, code, message)
        elif turn is not None:
            turn.ticket = None
            self._judge(turn)

    # Edges of speech

    def _take_edge(self, edge: SpeechEdge) -> None:
        match edge.edge:
            case Edge.STARTED:
                self._started(edge.at_ms)
            case Edge.PAUSED if self.running is not None:
                self._paused(self.running)
            case Edge.RESUMED if self.running is not None:
                self._resumed(self.running)
            case Edge.STOPPED if self.running is not None:
                self._stopped(self.running, edge.at_ms)

    def _started(self, at_ms: int) -> None:
        self.running = Turn(self.ids.fresh("item"), self.buffer.turn_start)
        self.responses.idle_at = None
        self._send(events.speech_started(self.running.item, at_ms))
        if (self.configuration.turn_detection or {}).get("interrupt_response"):
            self.responses.interrupt()
            for turn in self._pending.values():
                turn.wants_answer = False

    def _ask_partial(self, turn: Turn) -> None:
        start, now = self._unsettled(turn), self.buffer.detected_to
        if now - max(turn.partial_at, start) >= PARTIAL_SAMPLES:
            turn.partial_at = now
            samples = self.buffer.samples(start, now)
            self.effects.append(TranscribePartial(turn.item, samples, self.configuration.language))

    def _paused(self, turn: Turn) -> None:
        now = turn.paused_at = self.buffer.detected_to
        if self.buffer.judge(None, None) is not None:
            # Before the recogniser, which takes five times as long.
            latest = max(turn.start, now - JUDGED_SAMPLES)
            self.effects.append(JudgeEnd(turn.item, now, self.buffer.samples(latest, now)))
        self._ask(turn, self.buffer.samples(self._unsettled(turn), now))

    def _judge(self, turn: Turn) -> None:
        """Something more is known of the pause that goes on."""
        unread = turn.transcript is None and turn.ticket is not None
        judgement = self.buffer.judge(turn.probability, None if unread else turn.text)
        before = turn.judgement
        if judgement is None:
            return
        if before and (before.confidence, before.silence_ms) == (judgement.confidence, judgement.silence_ms):
            return
        turn.judgement = judgement
        left_ms = max(0, judgement.silence_ms - self.buffer.endpointer.silent_ms)
        at_ms = self.buffer.ms(self.buffer.detected_to)
        self._send(events.speech_paused(turn.item, at_ms, judgement.confidence, left_ms))

    def _resumed(self, turn: Turn) -> None:
        if turn.judgement is not None:
            self._send(events.speech_resumed(turn.item, self.buffer.ms(self.buffer.detected_to)))
        turn.paused_at = turn.probability = turn.judgement = None
        long_enough = self.buffer.detected_to - self._unsettled(turn) > SETTLE_SAMPLES
        if long_enough and turn.transcript is not None and turn.requested_to is not None:
            delta = turn.settle()
            if self.configuration.transcribes and delta:
                self._send(events.transcription_delta(turn.item, delta))
        self._withdraw(turn)

    def _stopped(self, turn: Turn, at_ms: int) -> None:
        self.running = None
        silence_ms = None if self.buffer.eagerness is None else self.buffer.endpointer.ended_after_ms
        self._send(events.speech_stopped(turn.item, at_ms, silence_ms))
        samples = self.buffer.samples(turn.start, self.buffer.detected_to)
        self.buffer.end_turn()
        self._take(turn, samples, answer=bool((self.configuration.turn_detection or {}).get("create_response")))

    def _unsettled(self, turn: Turn) -> int:
        return turn.settled_to if turn.settled_to is not None else turn.start

    def _take(self, turn: Turn, samples: Samples, answer: bool) -> None:
        """Puts the turn into the conversation; its words may not be known yet."""
        turn.committed, turn.wants_answer, turn.seconds = True, answer, -(-len(samples) // INPUT_RATE)
        item = events.user_audio_item(turn.item)
        sound = input_in_format(samples, self.configuration.input_format)
        previous = self.items.add(StoredItem(item, len(samples) // SAMPLES_PER_MS, sound))
        self._send(events.committed(turn.item, previous))
        self._send(events.item_added(item, previous), events.item_done(item, previous))
        self._pending[turn.item] = turn
        if turn.transcript is not None:
            self._finish(turn)
        elif turn.ticket is None:
            skip = max(0, self._unsettled(turn) - turn.start)
            self._ask(turn, samples[skip:])

    def _ask(self, turn: Turn, samples: Samples) -> None:
        self._tickets += 1
        turn.ticket, turn.transcript, turn.requested_to = self._tickets, None, self.buffer.detected_to
        self.effects.append(Transcribe(self._tickets, samples, self.configuration.language))

    def _withdraw(self, turn: Turn) -> None:
        if turn.ticket is not None and turn.transcript is None:
            self.effects.append(CancelTranscription(turn.ticket))
        turn.ticket, turn.transcript = None, None

    def _turn_of(self, ticket: int) -> Turn | None:
        turns = [*self._pending.values(), *([self.running] if self.running else [])]
        return next((turn for turn in turns if turn.ticket == ticket), None)

    def _finish(self, turn: Turn) -> None:
        del self._pending[turn.item]
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
        del self._pending[turn.item]
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
        if not self._pending:
            self.responses.start_waiting()

    def _send(self, *sent: Event) -> None:
        self.effects.extend(Send(event) for event in sent)
