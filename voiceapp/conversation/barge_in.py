"""Barge-in: the person speaks, types or presses a key into an answer, which is cut; what was heard of it stays."""

from . import dialects
from .effect_list import EffectList
from .output_audio import OutputAudio
from .response_gate import ResponseGate, State
from .tools import Tools
from .unanswered import Unanswered


class BargeIn:
    """Of one call. `interrupts`: the server cancels its own response when it hears the person.

    There a cancel of ours would come second, and could hit the next response.
    """

    def __init__(
        self, out: EffectList, output: OutputAudio, gate: ResponseGate, tools: Tools, *, interrupts: bool
    ) -> None:
        self._out = out
        self._output = output
        self._gate = gate
        self._tools = tools
        self._unanswered = Unanswered()
        self.interrupts = interrupts

    def by_voice(self, turn: str) -> None:
        """The server hears the person speak: what plays is dropped, and the response ends, or does not begin."""
        self._unanswered.began(turn, waiting=self._waiting)
        self._gate.replace(turn)
        self.cut_running(cancel=not self.interrupts)
        self._output.flush_all()

    def by_hand(self) -> None:
        """A key, or typed text: the server does not know of it, and an answer still to come is unwanted, too."""
        self._unanswered.clear()
        self.cut_running(cancel=True)
        self._gate.suppress_next()
        self._output.flush_all()

    @property
    def _waiting(self) -> bool:
        """Whether the person waits for an answer of which no sound has come."""
        response = self._gate.response
        running = self._gate.state is State.RUNNING and not self._output.is_cut(response)
        return self._gate.awaited or (running and not self._output.sounded(response))

    def named(self, turn: str) -> None:
        """The server has taken what the person said, and calls it so."""
        self._unanswered.named(turn)

    def worded(self, turn: str) -> None:
        """It has words, or is too unclear for any."""
        if self._unanswered.worded(turn):
            self._gate.want()

    def nothing_said(self, turn: str) -> None:
        """It was noise: a question whose answer gave way to it is asked again."""
        if self._unanswered.nothing_said(turn):
            self._gate.want()

    def give_up(self) -> None:
        """What the server heard begin goes on for too long, or has no end."""
        if self._unanswered.give_up():
            self._gate.want()

    def cut_running(self, *, cancel: bool) -> None:
        """One that was given up may still run."""
        if self._gate.response or self._gate.state is State.RUNNING:
            self.cut(self._gate.response, cancel=cancel)

    def cut(self, response: str, *, cancel: bool) -> None:
        """What still comes of the response is dropped; where it was already, nothing happens."""
        if not self._output.cut(response):
            return
        self._tools.response_over(response, whole=False)
        if cancel:
            self._out.send(dialects.cancel(response))
