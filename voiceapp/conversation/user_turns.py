"""The person's turns: spoken, as the server hears them or by the key, or typed; each interrupts the assistant."""

from . import dialects
from . import events as ev
from .barge_in import BargeIn
from .deadlines import Deadlines, Wait
from .effect_list import EffectList
from .effects import Paused, Resumed
from .input_audio import InputAudio
from .response_gate import ResponseGate
from .silence import Silence
from .transcript_writer import TranscriptWriter
from .usage import Meter
from .user_words import UserWords

MAX_ENDED = 50


class UserTurns:
    """Of one call."""

    __slots__ = (
        "_barge_in", "_deadlines", "_ended", "_gate", "_input", "_meter", "_out", "_silence", "_spoken", "_typed",
        "_words", "_writer",
    )  # fmt: skip

    def __init__(
        self,
        out: EffectList,
        input_audio: InputAudio,
        writer: TranscriptWriter,
        meter: Meter,
        gate: ResponseGate,
        deadlines: Deadlines,
        barge_in: BargeIn,
        silence: Silence,
        words: UserWords,
    ) -> None:
        self._out = out
        self._input = input_audio
        self._writer = writer
        self._meter = meter
        self._gate = gate
        self._deadlines = deadlines
        self._barge_in = barge_in
        self._silence = silence
        self._words = words
        self._typed = 0
        # The turn that the server heard last, as far as it has named it.
        self._spoken = ""
        # Those that it has taken: of some servers their beginning is told later.
        self._ended: list[str] = []

    def interrupted(self, _: ev.Interrupted) -> None:
        self._barge_in.end_tools()
        self._interrupt()

    def _interrupt(self) -> None:
        self._silence.person_began()
        if not self._out.has_session:
            self._gate.want_none()
        self._barge_in.by_hand()

    # The server hears them

    def speech_started(self, event: ev.SpeechStarted) -> None:
        if event.item:
            self._writer.user(event.item)
        if event.item in self._ended or not self._input.began():
            return
        self._spoken = event.item
        again = self._input.turn_began(event.item)
        self._meter.speech_began(0 if again else self._input.held_bytes)
        self._silence.person_began()
        self._barge_in.by_voice(event.item, again=again)

    def speech_paused(self, event: ev.SpeechPaused) -> None:
        if self._input.speaking:
            self._out.do(Paused(event.sure, event.ends_in_ms))

    def speech_resumed(self, _: ev.SpeechResumed) -> None:
        if self._input.speaking:
            self._out.do(Resumed())

    def speech_stopped(self, event: ev.SpeechStopped) -> None:
        self._spoken = event.item
        self._taken(event.item, committed=False)

    def committed(self, event: ev.Committed) -> None:
        self._meter.speech_committed(event.item, self._input.held_bytes)
        self._taken(event.item, committed=True)
        self._gate.keep_promise(event.item)
        self._writer.user(event.item)
        self._writer.follow(event.item, event.after)

    def _taken(self, item: str, *, committed: bool) -> None:
        # One that was taken before is not the one that has no name yet.
        known = item in self._ended and not self._barge_in.doubts.knows(item)
        in_doubt = not known and self._barge_in.taken(item, committed=committed)
        if not self._writer.is_written(item):
            self._input.turn_taken(item)
        if not self._input.ended():
            return
        if item and item not in self._ended:
            self._ended = [*self._ended, item][-MAX_ENDED:]
        # What a server commits although nobody spoke, after a long silence, it answers itself.
        if self._input.decides and item == self._spoken:
            if not in_doubt:
                self._gate.promise(item)
        elif self._gate.expect_response(item):
            self._deadlines.renew(Wait.RESPONSE)
            if self._barge_in.doubts.is_dismissed(item):
                self._gate.cancel_expected(item)
                self._gate.disown(item)

    def voiced(self, _: ev.Voiced) -> None:
        self._barge_in.voiced()

    # Push to talk

    def talked(self, event: ev.Talked) -> None:
        if not self._input.press(down=event.down):
            return
        if event.down:
            self._interrupt()
            self._input.clear()
            self._meter.speech_began(0)
        elif self._input.commit():
            self._gate.want()

    def configured(self, event: ev.Configured) -> None:
        """How they are heard changes; a key that is down is let go."""
        if self._input.key:
            self.talked(ev.Talked(down=False))
        self._input.change(event)

    # They type

    def text_typed(self, event: ev.TextTyped) -> None:
        self._interrupt()
        self._typed += 1
        item = f"typed_{self._typed}"
        self._writer.finish(self._writer.user(item, "text"), event.text)
        self._meter.read(event.text)
        self._out.send(dialects.user_text(item, event.text))
        self._words.answer(event.text)
        self._gate.want()
