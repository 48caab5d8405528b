"""A session that is lost: what it can no longer give is given up, and what it owed is asked of the next one."""

from .barge_in import BargeIn
from .effect_list import EffectList
from .effects import End, Replace
from .faults import Fault
from .input_audio import InputAudio
from .output_audio import OutputAudio
from .pictures import Pictures
from .response_gate import ResponseGate
from .responses import Responses
from .tools import Tools


class SessionLoss:
    """Of any session of one call."""

    __slots__ = ("_barge_in", "_gate", "_input", "_out", "_output", "_pictures", "_responses", "_tools")

    def __init__(
        self,
        out: EffectList,
        input_audio: InputAudio,
        output: OutputAudio,
        tools: Tools,
        gate: ResponseGate,
        responses: Responses,
        barge_in: BargeIn,
        pictures: Pictures,
    ) -> None:
        self._out = out
        self._input = input_audio
        self._output = output
        self._tools = tools
        self._gate = gate
        self._responses = responses
        self._barge_in = barge_in
        self._pictures = pictures

    def lose(self, fault: Fault, silent_s: float = 0.0) -> None:
        """It is over; where another can take over, what was asked of it will be asked of that one."""
        if not self._out.has_session:
            return
        if fault.retry:
            self.give_up(silent_s)
            self._pictures.session_lost()
        self._out.do(Replace(fault) if fault.retry else End(fault))

    def give_up(self, silent_s: float = 0.0) -> None:
        """Nothing more comes of it. `silent_s`: so long it may have heard nothing."""
        # First of all: whoever is gone is sent nothing.
        self._out.has_session = False
        self._owe_to_next()
        self._input.session_lost(silent_s)
        self._output.session_lost()
        self._barge_in.session_lost()
        self._tools.session_over()

    def _owe_to_next(self) -> None:
        """What the next session is to be asked for, or will do by itself."""
        answering, pending = self._responses.answering, self._tools.outlasting
        given = answering and self._output.is_given(self._gate.response) and not self._tools.running
        if given or pending:
            self._input.turns.answered()
        # Where a function of ours runs, an answer is asked for when that has ended.
        owed = not pending and ((answering and not given) or self._responses.due)
        if self._barge_in.all_in_doubt:
            # Not what came to that, if it did.
            self._gate.begin_session(wanted=self._output.ended_unheard if self._barge_in.answers_doubt else owed)
        elif not self._input.turns or self._input.by_key:
            self._gate.begin_session(wanted=owed)
        else:
            # It hears again what was said, and answers that by itself.
            self._gate.begin_session(wanted=self._gate.asked, expected=not self._input.speaking, welcome=owed)
