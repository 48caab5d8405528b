"""What an error of the upstream's leads to: a line in the log, something the person is told, or the session's end."""

from . import events as ev
from . import faults
from .effect_list import OWN, EffectList
from .effects import LogError, Notify
from .input_audio import InputAudio
from .pictures import Pictures
from .response_gate import ResponseGate
from .session_loss import SessionLoss


class UpstreamErrors:
    """Of one call."""

    __slots__ = ("_gate", "_input", "_loss", "_out", "_pictures")

    def __init__(
        self, out: EffectList, gate: ResponseGate, input_audio: InputAudio, pictures: Pictures, loss: SessionLoss
    ) -> None:
        self._out = out
        self._gate = gate
        self._input = input_audio
        self._pictures = pictures
        self._loss = loss

    def take(self, event: ev.UpstreamError) -> None:
        fault = faults.of_code(event.code)
        # One that is not ours names nothing.
        cause = event.cause if event.cause.startswith(OWN) else ""
        self._out.do(LogError(event.code, event.message, event.param))
        if event.code in faults.BENIGN:
            if event.code == faults.ACTIVE and not self._gate.on_conflict(cause):
                self._out.do(Notify(faults.OVERDUE))
        elif not self._is_over(fault):
            self._out.do(Notify(self._told(event, cause, fault)))

    def _told(self, event: ev.UpstreamError, cause: str, fault: faults.Fault) -> faults.Fault:
        """What the person is told of it, and what was refused is given up."""
        if self._pictures.refused(cause):
            return faults.PICTURE_REFUSED
        return faults.about(faults.CHANGE_REFUSED, event.param) if self._refused(cause) else fault

    def response_failed(self, event: ev.ResponseDone) -> None:
        fault = faults.of_code(event.code)
        self._out.do(LogError(event.code, event.message))
        if self._is_over(fault):
            return
        self._out.do(Notify(fault))
        if fault is faults.FAILED:
            self._pictures.response_failed()

    def _is_over(self, fault: faults.Fault) -> bool:
        """Whether the session, or the call, ends with it, and so does."""
        if fault in faults.FATAL or fault is faults.EXPIRED:
            self._loss.lose(fault)
            return True
        return False

    def _refused(self, cause: str) -> bool:
        """Something that we sent; whether it was a change: where the server does not say, the oldest that is open."""
        if self._input.refused(cause):
            return True
        self._gate.refuse(cause)
        return False
