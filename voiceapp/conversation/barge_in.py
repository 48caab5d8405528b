"""Barge-in: the person speaks, types or presses a key into an answer, which is cut; what was heard of it stays.

Who speaks may only cough, or say that they listen. So where the page can hold the answer, it is held first. It is cut
once there is evidence: words that are no backchannel, or a voice for long enough. Without any it goes on.
"""

from . import dialects
from .backchannels import is_backchannel, is_noise, may_become_one
from .doubts import Doubts
from .effect_list import EffectList
from .input_audio import InputAudio
from .output_audio import OutputAudio
from .response_gate import ResponseGate, State
from .tools import Tools
from .unanswered import Unanswered


class BargeIn:
    """Of one call. `interrupts`: the server cancels its own response when it hears the person, if we let it.

    There a cancel of ours would come second, and could hit the next response.
    """

    __slots__ = (
        "_again_in_doubt", "_gate", "_held_unheard", "_input", "_out", "_output", "_owes", "_tools", "_unanswered",
        "doubts", "interrupts",
    )  # fmt: skip

    def __init__(
        self,
        out: EffectList,
        input_audio: InputAudio,
        output: OutputAudio,
        gate: ResponseGate,
        tools: Tools,
        *,
        interrupts: bool,
    ) -> None:
        self._out = out
        self._input = input_audio
        self._output = output
        self._gate = gate
        self._tools = tools
        self._unanswered = Unanswered()
        self.doubts = Doubts()
        # An answer was waited for when they began to speak, and none has begun since but to what is in doubt.
        self._owes = False
        # They began to speak before anything was heard of what has been held since.
        self._held_unheard = False
        # What the next session hears again was in doubt.
        self._again_in_doubt = False
        self.interrupts = interrupts

    # They speak

    def by_voice(self, turn: str, *, again: bool) -> None:
        """The server hears the person speak; `again`: what an earlier session had heard, and mostly nobody doubts."""
        if self._input.config.confirms and self._talks and (self._again_in_doubt or not again):
            if not self.doubts.open:
                self._owes = self._held_unheard = self._waiting
            self.doubts.began(turn)
            self._output.hold()
        else:
            self.doubts.clear()
            self._replace(turn)

    @property
    def _talks(self) -> bool:
        """Whether there is something to interrupt, or held for what was said before."""
        return self._output.playing or self._waiting or self._running or bool(self.doubts.open)

    @property
    def _running(self) -> bool:
        return self._gate.state is State.RUNNING and not self._output.is_cut(self._gate.response)

    @property
    def _looks_up(self) -> bool:
        """Whether an answer hangs on a tool."""
        return self._tools.running or self._tools.reply_due

    @property
    def _waiting(self) -> bool:
        """Whether the person waits for an answer of which no sound has come."""
        silent = self._running and not self._output.sounded(self._gate.response)
        return self._gate.awaited or silent or self._looks_up

    def taken(self, turn: str, *, committed: bool = False) -> bool:
        """The server has what the person said, and calls it so; whether it is in doubt that they meant to interrupt.

        Or known by now that they did not.
        """
        self._unanswered.taken(turn)
        in_doubt = self.doubts.taken(turn, committed=committed)
        if turn in self.doubts and self._input.config.transcription_model is None:
            self._judge_voice(turn)
        return in_doubt

    def _replace(self, turn: str) -> None:
        """What plays is dropped, and the response ends, or does not begin: the person says something else."""
        unheard = self._output.held and self._held_unheard
        if not unheard and (self._output.playing or (self._running and self._output.sounded(self._gate.response))):
            self._unanswered.clear()
        self._unanswered.began(turn, waiting=unheard or self._waiting)
        self._tools.person_began()
        self._gate.replace()
        self.cut_running(cancel=self._input.decides or not self.interrupts)
        self._output.flush_all()
        self._output.release()

    # Evidence

    def voiced(self) -> None:
        """They have spoken for so long that they mean it."""
        if self.doubts.open:
            self._confirm(self.doubts.open[-1])

    def wording(self, turn: str, text: str) -> None:
        """So far these are the words."""
        if turn in self.doubts and not may_become_one(text):
            self._confirm(turn)

    def worded(self, turn: str, text: str) -> None:
        """These are its words."""
        if turn in self.doubts:
            listens = is_noise(text) or (is_backchannel(text) and not self._output.nearly_over)
            self._take_back(turn) if listens else self._confirm(turn)
        self._want_if(self._unanswered.worded(turn))

    def unclear(self, turn: str) -> None:
        """Nobody can write them down."""
        if turn in self.doubts:
            self._judge_voice(turn)
        self._want_if(self._unanswered.worded(turn))

    def _judge_voice(self, turn: str) -> None:
        """It was not enough to end what is heard, and no words will come. As a question it is not lost."""
        audible = self._output.playing and not self._output.nearly_over
        self._take_back(turn) if audible else self._confirm(turn)

    def nothing_said(self, turn: str) -> None:
        """It was noise: no answer need come, and a question whose answer gave way to it is asked again."""
        self._gate.cancel_expected(turn)
        if turn in self.doubts:
            self._take_back(turn)
        elif self._gate.answers(turn) and not self._output.sounded(self._gate.response):
            self.cut_running(cancel=True)
        self._want_if(self._unanswered.nothing_said(turn))

    @property
    def unsettled(self) -> bool:
        """Whether there is anything at all of which it had to be seen what the person meant."""
        return bool(self.doubts.turns or self._unanswered.turns)

    @property
    def open(self) -> bool:
        """Whether it has yet to be seen what the person meant by something."""
        return bool(self.doubts.open) or self._unanswered.open

    def give_up(self) -> None:
        """Nobody speaks any more, and neither an end nor words of it come in time."""
        turns = self.doubts.open
        self.doubts.give_up()
        self._go_on(turns)
        if self._unanswered.open:
            self._want_if(self._unanswered.give_up())

    def _want_if(self, owed: bool) -> None:
        if owed:
            self._gate.want()

    # What becomes of it

    def _confirm(self, turn: str) -> None:
        """They do mean it."""
        newer = self.doubts.speaking_after(turn)
        doubt = self.doubts.settle(turn)
        self.doubts.clear()
        if doubt.taken and not (self._input.decides or doubt.late or newer is not None):
            # The server answers it by itself, or has begun to.
            self._cut_before()
            return
        self._replace(turn)
        if newer is not None:
            # That is answered with it, if it is not noise.
            if doubt.taken:
                self._unanswered.taken(turn)
            self._unanswered.began(newer, waiting=True)
        elif doubt.taken:
            self._ask_for(turn, committed=doubt.committed)

    def _cut_before(self) -> None:
        """All but what answers what they have said."""
        self._tools.person_began()
        if not self._output.is_later(self._gate.response):
            self.cut_running(cancel=not self.interrupts)
        self._output.flush_earlier()
        self._output.release()

    def _ask_for(self, turn: str, *, committed: bool) -> None:
        if not self._input.decides:
            self._gate.want()
            return
        self._gate.promise(turn)
        if committed:
            self._gate.keep_promise(turn)

    def _take_back(self, turn: str) -> None:
        """They did not: what they said has no answer."""
        self.doubts.dismiss(turn)
        self._go_on([turn])

    def _go_on(self, turns: list[str]) -> None:
        """Unless something else is in doubt, what was held plays on; what the server says to `turns` is not wanted."""
        for turn in turns:
            self._gate.disown(turn)
        if self.doubts.open or not self._output.held:
            return
        for response in self._output.later:
            self.cut(response, cancel=self._gate.runs(response))
        unheard = self._output.go_on() or self._owes
        self._want_if(unheard and not (self._running or self._gate.awaited or self._looks_up))

    def began(self, response: str) -> None:
        """A response that the person may want to hear. What the server answers to what is in doubt plays after that."""
        if self.answers_doubt:
            self._output.defer(response)
        else:
            self._owes = False

    @property
    def answers_doubt(self) -> bool:
        """Whether what the server gives or owes now is to what is in doubt."""
        return self.doubts.any_taken and not self._input.decides

    def answered(self) -> None:
        """An answer is whole."""
        self._unanswered.clear()

    def session_lost(self) -> None:
        """Who heard them is gone: the next session hears again what nobody wrote down."""
        self._again_in_doubt = self.all_in_doubt
        self.doubts.clear()

    @property
    def all_in_doubt(self) -> bool:
        """Whether of all that nobody wrote down it is open if the person meant to say something."""
        turns = self._input.turns.items
        return bool(turns) and all(turn in self.doubts for turn in turns)

    # By hand

    def by_hand(self) -> None:
        """A key, or typed text: the server does not know of it, and an answer still to come is unwanted, too."""
        self._tools.person_began()
        self._unanswered.clear()
        self.doubts.clear()
        self.cut_running(cancel=True)
        self._gate.suppress_next()
        self._output.flush_all()
        self._output.release()

    def end_tools(self) -> None:
        """The stop key ends what the assistant does, too."""
        self._tools.cancel()

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
