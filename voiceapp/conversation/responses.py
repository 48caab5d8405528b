"""Responses: asked for, told in pieces by the server, and over; or given up."""

from . import events as ev
from . import faults
from .deadlines import Deadlines, Wait
from .dialects import create_response
from .effect_list import EffectList
from .effects import LogError, Notify
from .history import TOLD
from .input_audio import InputAudio
from .output_audio import OutputAudio
from .response_gate import ResponseGate, State
from .tools import Tools
from .transcript import Entry
from .transcript_writer import TranscriptWriter
from .usage import Meter

# Beside the server's words for how a response ended: nothing more was heard of it.
LOST = "lost"


def told_meanwhile(instructions: str, word: str) -> str:
    """What the model is told for the words that it says while a tool is at work."""
    return (
        f"{instructions}\n\nA tool that you called is still at work, and says: {word}\nTell the person so in a few "
        "words, in the language of the talk, and then wait. Do not say what its result is: you do not know it yet."
    )


class Responses:
    """Of one call."""

    __slots__ = ("_deadlines", "_gate", "_input", "_meter", "_out", "_output", "_tools", "_turns", "_writer")

    def __init__(
        self,
        out: EffectList,
        gate: ResponseGate,
        deadlines: Deadlines,
        output: OutputAudio,
        writer: TranscriptWriter,
        meter: Meter,
        tools: Tools,
        input_audio: InputAudio,
    ) -> None:
        self._out = out
        self._gate = gate
        self._deadlines = deadlines
        self._output = output
        self._writer = writer
        self._meter = meter
        self._tools = tools
        self._input = input_audio
        # What the person said that an answer to it closes.
        self._turns = input_audio.turns

    @property
    def awaited(self) -> bool:
        """Whether the person waits for an answer."""
        return self.answering or self.due

    @property
    def answering(self) -> bool:
        """Whether more of an answer is to come."""
        return self._gate.state is State.RUNNING and not self._output.is_cut(self._gate.response)

    @property
    def due(self) -> bool:
        """Whether one is to come that has not begun."""
        return self._gate.awaited or self._tools.reply_due

    # It is asked for

    def ask_if_due(self) -> None:
        """The one place where a response is asked for, but for the one that opens the call."""
        if not (self._gate.open and self._out.has_session):
            return
        # What the person says is answered with what a tool told.
        speaking = self._input.speaking
        if self._tools.reply_due and (self._gate.wanted or not speaking):
            self._tools.asked()
            self._gate.want()
        if self._gate.wanted:
            self.ask()
        elif not speaking and (word := self._tools.take_word()):
            self.ask(told_meanwhile(self._input.config.instructions, word), tools=False)

    def ask(self, instructions: str = "", *, tools: bool = True) -> None:
        """Only while the gate is open. `instructions`: for this one alone, as is whether it may call `tools`."""
        event_id = self._out.new_id()
        self._gate.ask(event_id)
        self._deadlines.renew(Wait.RESPONSE)
        self._meter.read(instructions)
        self._out.send(create_response(event_id, instructions, tools=tools))

    # It begins, and is over

    def begin(self, response: str) -> bool:
        """Whether the person wants to hear it."""
        self._sign()
        self._out.charge(self._meter.began(response))
        self._tools.response_began(response)
        return self._gate.begin(response)

    def _sign(self) -> None:
        """Something came of the response."""
        self._deadlines.signed = True
        self._gate.doubted = False

    def done(self, event: ev.ResponseDone) -> None:
        """The server has ended it; what it says of one that failed is for others."""
        said = self._output.latest(event.response)
        self._over(event.response, event.status)
        self._gate.end(event.response)
        if event.status == "completed":
            self._turns.answered()
        self._out.charge(self._meter.done(event.response, event.usage, failed=event.status == "failed"))
        if event.incomplete and event.status != "failed":
            self._incomplete(said, event.incomplete)

    def _incomplete(self, said: str, why: ev.Incomplete) -> None:
        self._out.do(LogError("response_incomplete", why))
        if not self._writer.break_off(said, why):
            self._out.do(Notify(faults.NO_ANSWER))

    def _over(self, response: str, status: str) -> None:
        self._gate.doubted = False
        whole = status not in ("cancelled", "incomplete", "failed", LOST)
        self._tools.response_over(response, whole=whole)
        self._output.over(response, whole=whole, cancelled=status == "cancelled")
        if status != LOST:
            self._output.forget(response)
        self._deadlines.renew(Wait.PLAYBACK)

    def give_up(self, *, told: bool) -> None:
        """Nothing came in time, of one to come or of the one that runs. `told`: the person knows why."""
        if self.awaited and not told:
            self._out.do(Notify(faults.OVERDUE))
        if self._gate.state is State.RUNNING:
            self._over(self._gate.response, LOST)
        self._gate.give_up()
        self._turns.answered()

    # What it consists of

    def item_added(self, event: ev.OutputItemAdded) -> None:
        if event.kind in ("audio", "text"):
            self._entry(event.item, event.response)
            self._tools.assistant_began()

    def _entry(self, item: str, response: str) -> Entry:
        self._sign()
        self._output.belongs(item, response)
        return self._writer.assistant(item)

    def tool_reported(self, event: ev.ToolReported) -> None:
        self._sign()
        self._deadlines.renew(Wait.TOOL)
        if event.item.startswith(TOLD):
            # The server says back what it was told of an earlier call.
            self._writer.announce(event.item, event.after, "tool", "text")
            return
        self._writer.tool(event.item, event.after)
        self._tools.take(event, cut=self._output.is_cut(event.response))

    def tool_finished(self, event: ev.ToolFinished) -> None:
        self._tools.finished(event, earlier=self._gate.state in (State.ASKED, State.EXPECTED))

    def tool_told(self, event: ev.ToolTold) -> None:
        self._deadlines.renew(Wait.TOOL)
        self._tools.told(event)

    def audio_delta(self, event: ev.AudioDelta) -> None:
        if not event.audio:
            return
        self._entry(event.item, event.response)
        self._tools.assistant_began()
        self._output.delta(event)

    def audio_done(self, event: ev.AudioDone) -> None:
        self._sign()
        self._output.complete(event.item)
        self._deadlines.renew(Wait.PLAYBACK)

    def text_delta(self, event: ev.AssistantTextDelta) -> None:
        self._meter.wrote(event.response, event.delta)
        self._writer.append(self._entry(event.item, event.response), event.delta)

    def usual_words(self, response: str, item: str, delta: str) -> bool:
        """As `text_delta` where nothing else comes of it; False: nothing was done."""
        if self._gate.doubted or not self._output.has(item, response) or not self._writer.append_usual(item, delta):
            return False
        self._deadlines.signed = True
        self._meter.wrote(response, delta)
        return True

    def text(self, event: ev.AssistantText) -> None:
        entry = self._writer.assistant(event.item)
        self._writer.finish(entry, event.text or entry.text)
