"""What is still told of a call's usage once it is closed; nothing else of what comes then means anything."""

from . import events as ev
from .barge_in import BargeIn
from .effect_list import EffectList
from .effects import Effect
from .input_audio import InputAudio
from .response_gate import ResponseGate
from .usage import Meter


class LateUsage:
    __slots__ = ("_barge_in", "_gate", "_input", "_meter", "_out")

    def __init__(
        self, out: EffectList, input_audio: InputAudio, gate: ResponseGate, barge_in: BargeIn, meter: Meter
    ) -> None:
        self._out = out
        self._input = input_audio
        self._gate = gate
        self._barge_in = barge_in
        self._meter = meter

    @property
    def pending(self) -> bool:
        """As `Conversation.usage_pending`."""
        writing = self._input.config.transcription_model is not None and self._meter.writing
        return bool(self._gate.response) or not self._gate.open or writing

    def take(self, event: ev.UpstreamEvent | None) -> list[Effect]:
        """What an event charges; a response that begins now is to end."""
        match event:
            case ev.ResponseCreated():
                self._out.charge(self._meter.began(event.response))
                self._gate.begin(event.response)
                self._barge_in.cut(event.response, cancel=True)
            case ev.ResponseDone():
                self._gate.end(event.response)
                self._out.charge(self._meter.done(event.response, event.usage, failed=event.status == "failed"))
            case ev.UserText() | ev.UserTextFailed():
                self._out.charge(self._meter.transcribed(event.item, event.usage))
        return self._out.take()

    def take_sound(self, size: int) -> None:
        """Bytes of it that came: the server made them."""
        self._meter.sound_bytes += size
