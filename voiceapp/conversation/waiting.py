"""What a call waits for, as its state says, and what becomes of it when the deadline has passed."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import faults
from .barge_in import BargeIn
from .deadlines import Deadlines, Wait
from .effect_list import EffectList
from .effects import Notify
from .input_audio import InputAudio
from .output_audio import OutputAudio
from .response_gate import ResponseGate
from .responses import Responses
from .tools import Tools


class Waiting:
    """Of one call."""

    __slots__ = ("_barge_in", "_deadlines", "_gate", "_input", "_out", "_output", "_responses", "_tools")

    def __init__(
        self,
        out: EffectList,
        deadlines: Deadlines,
        gate: ResponseGate,
        responses: Responses,
        tools: Tools,
        input_audio: InputAudio,
        output: OutputAudio,
        barge_in: BargeIn,
    ) -> None:
        self._out = out
        self._deadlines = deadlines
        self._gate = gate
        self._responses = responses
        self._tools = tools
        self._input = input_audio
        self._output = output
        self._barge_in = barge_in

    def keep(self, now: float, speaking: bool, playing: bool, tool: bool, away: bool) -> None:
        """The deadlines of all that is waited for at `now`; asked at every event.

        `speaking`: the person does. `playing`, `tool`: something may still be heard, a tool is waited for. `away`: no
        page is there to say anything.
        """
        barge_in = self._barge_in
        # Mostly nothing is, so that no more has to be asked.
        unsettled = barge_in.unsettled
        # As in `WAITS`.
        waited = (
            self._out.has_session and self._gate.waits,
            self._gate.doubted,
            tool,
            tool and self._tools.has_word,
            self._tools.granted and self._gate.open,
            unsettled and speaking and not away and barge_in.doubts.speaking,
            unsettled and not speaking and barge_in.open,
            speaking,
            playing and not (away or self._output.held),
            not away and self._output.unsettled,
            self._input.changing,
        )
        if self._deadlines.signed:
            self._deadlines.extend(now, self._output.sent_bytes)
        if not self._deadlines.are_for(waited):
            remaining = self._output.remaining_s() if playing and self._deadlines.missing(Wait.PLAYBACK) else 0.0
            longer = {Wait.PLAYBACK: remaining, Wait.VOICE: self._input.silence_s}
            self._deadlines.keep(waited, now, self._output.sent_bytes, longer)

    def pass_deadlines(self, now: float) -> None:
        """Give up whatever did not come by `now`."""
        for wait, sent in self._deadlines.passed(now):
            # Sound takes the hot path, where nobody looks at a clock: here it is seen that some came meanwhile.
            grew = sent != self._output.sent_bytes
            match wait:
                # A tool has a deadline of its own.
                case Wait.RESPONSE | Wait.AFTER_ERROR if not (grew or self._tools.running):
                    self._responses.give_up(told=wait is Wait.AFTER_ERROR)
                case Wait.PLAYBACK if not grew:
                    self._output.give_up()
                case Wait.TOOL:
                    self._tools.await_none()
                    self._out.do(Notify(faults.OVERDUE))
                case _ if wait in _OTHERS:
                    _OTHERS[wait](self)


# Of these nothing else has to be known.
_OTHERS: Mapping[Wait, Callable[[Waiting], object]] = MappingProxyType(
    {
        Wait.PROGRESS: lambda waiting: waiting._tools.let_speak(),
        Wait.GRANTED: lambda waiting: waiting._tools.nothing_came(),
        Wait.VOICE: lambda waiting: waiting._barge_in.voiced(),
        Wait.WORDS: lambda waiting: waiting._barge_in.give_up(),
        Wait.SPEECH: lambda waiting: waiting._input.give_up(),
        Wait.FLUSHED: lambda waiting: waiting._output.settle(),
        Wait.CHANGE: lambda waiting: waiting._input.changed(),
    }
)
