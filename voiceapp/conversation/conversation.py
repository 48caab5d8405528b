"""One call: told what happened, it answers with a list of effects."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from . import dialects, faults
from . import events as ev
from .barge_in import BargeIn
from .briefing import Briefing
from .capabilities import Capabilities as Capabilities
from .deadlines import Deadlines
from .effect_list import EffectList
from .effects import Effect, End, Notify, Ready, TurnChanged
from .event_reader import Words
from .input_audio import InputAudio
from .late_usage import LateUsage
from .output_audio import OutputAudio, Sounding
from .pictures import Pictures
from .response_gate import ResponseGate
from .responses import Responses
from .session_loss import SessionLoss
from .silence import Silence
from .tools import Tools
from .transcript_writer import TranscriptWriter
from .turns import Turn, whose
from .upstream_errors import UpstreamErrors
from .usage import Meter
from .user_turns import UserTurns
from .user_words import UserWords
from .waiting import Waiting


class Conversation:
    """The state of one call. `handle` takes any event; beside it are the hot paths, of what makes no other difference.

    `before`: role and text of a talk that the call goes on with. `input` says what sound another session would need.
    """

    __slots__ = (
        "_away", "_barge_in", "_briefing", "_deadlines", "_errors", "_gate", "_late", "_leaving", "_live", "_loss",
        "_may_greet", "_meter", "_out", "_output", "_pictures", "_responses", "_silence", "_tools", "_turn", "_user",
        "_waiting", "_words", "_writer", "input", "knows", "sound_sent", "take_audio",
    )  # fmt: skip

    def __init__(
        self,
        config: dialects.SessionConfig,
        capabilities: Capabilities,
        before: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._out = EffectList()
        self.input = InputAudio(self._out, config, capabilities.shape)
        self._writer = TranscriptWriter(self._out.tell, lambda: self._do(Notify(faults.TRANSCRIPT_FULL)), before)
        self._meter = Meter()
        self._tools = Tools(self._out, config.functions, late=capabilities.late_outputs)
        self._pictures = Pictures(self._out, self._writer, self._meter, seen=capabilities.sees)
        self._briefing = Briefing(self._out, self._writer, self._tools, self._pictures, self._meter, capabilities.shape)
        self._output = OutputAudio(
            self._out, self._writer, self._meter, self._briefing.correct, truncates=capabilities.truncates
        )
        self._gate = ResponseGate()
        self._barge_in = BargeIn(
            self._out, self.input, self._output, self._gate, self._tools, interrupts=capabilities.interrupts
        )
        self._words = UserWords(self._out, self._writer, self._meter, self.input.turns, self._barge_in, self._tools)
        self._late = LateUsage(self._out, self.input, self._gate, self._barge_in, self._meter)
        self._deadlines = Deadlines()
        self._silence = Silence()
        self._user = UserTurns(
            self._out, self.input, self._writer, self._meter, self._gate, self._deadlines, self._barge_in,
            self._silence, self._words,
        )  # fmt: skip
        self._responses = Responses(
            self._out, self._gate, self._deadlines, self._output, self._writer, self._meter, self._tools,
            self.input,
        )  # fmt: skip
        self._loss = SessionLoss(
            self._out, self.input, self._output, self._tools, self._gate, self._responses, self._barge_in,
            self._pictures,
        )  # fmt: skip
        self._errors = UpstreamErrors(self._out, self._gate, self.input, self._pictures, self._loss)
        self._waiting = Waiting(
            self._out, self._deadlines, self._gate, self._responses, self._tools, self.input, self._output,
            self._barge_in,
        )  # fmt: skip
        self._live = False
        self._may_greet = True
        # Nobody is there to hear or to be told.
        self._away = False
        # The call ends with what the assistant says now, unless the person speaks into it.
        self._leaving = False
        self._turn: Turn = "listening"
        # The hot path
        self.sound_sent = self.input.sent
        self.take_audio = self._output.take
        self.knows = self._output.knows

    def take_words(self, words: Words, now: float) -> bool:
        """The hot path of the assistant's words: the page is to be told them, and nothing else comes of it.

        False: nothing was done, and `handle` has to look.
        """
        if self._turn == "listening" or not self._responses.usual_words(*words):
            return False
        self._deadlines.extend(now, self._output.sent_bytes)
        return True

    def take_heard(self, event: ev.Heard) -> bool:
        """The hot path of more that was heard of what goes on playing; False as in `take_words`."""
        return self._turn != "listening" and self._output.heard_on(event)

    def handle(self, event: ev.Event, now: float) -> list[Effect]:
        """What is to be done now that `event` happened, in order. `now`: seconds, of a clock that never goes back."""
        if isinstance(event, ev.DeadlinePassed):
            self._waiting.pass_deadlines(now)
        else:
            _HANDLERS[type(event)](self, event)
        self._responses.ask_if_due()
        speaking, playing, tool = self.input.speaking, self._output.playing, self._tools.running
        self._show_turn(speaking, playing, tool)
        self._waiting.keep(now, speaking, playing, tool, self._away)
        if self._live:
            self._silence.judge(self._turn, now, told=self._out.told)
        return self._out.take()

    def heard_bytes(self, item: str) -> int | None:
        """How much of the assistant's sound was heard; None where no more is to be."""
        return self._output.heard_bytes(item)

    @property
    def deadline(self) -> float | None:
        """When it is to be told `DeadlinePassed`, by the clock of `handle`."""
        return self._deadlines.next

    @property
    def silent_since(self) -> float | None:
        """When it fell silent; None while somebody speaks or is waited for, and before the call is live."""
        return self._silence.since

    @property
    def config(self) -> dialects.SessionConfig:
        """What the session is to be, with all that was changed and not refused."""
        return self.input.config

    @property
    def talk(self) -> list[str]:
        """What was said and typed last."""
        return self._writer.latest()

    def said(self) -> Iterator[tuple[str, str, str]]:
        """Id, role and words of all that people said, newest first; an id is empty where it was before the call."""
        return self._writer.said()

    def _do(self, effect: Effect) -> None:
        self._out.do(effect)

    # Whose turn it is

    @property
    def thinking(self) -> bool:
        """Whether the person waits for an answer, or for a tool before it."""
        return self._responses.awaited or self._tools.pending

    @property
    def answering(self) -> bool:
        """Whether more of an answer is to come."""
        return self._responses.answering

    def _show_turn(self, speaking: bool, playing: bool, tool: bool) -> None:
        thinking = not (speaking or playing or tool) and self._responses.awaited
        turn = whose(speaking=speaking, playing=playing, tool=tool, thinking=thinking)
        if turn != self._turn:
            self._turn = turn
            self._out.tell(TurnChanged(turn))
            self._leaving &= turn != "user"
        if self._leaving and turn == "listening":
            self._do(End(None))

    def _end_wanted(self, _: ev.EndWanted) -> None:
        self._leaving = True

    # The session

    def _session_updated(self, event: ev.SessionUpdated) -> None:
        if self._live:
            self.input.changed()
            return
        self._live = True
        self._out.charge(*self._meter.begin_session(self.input.config.instructions))
        self._do(Ready(event.model, event.voice or self.input.config.voice, event.expires_at))
        self._out.tell(TurnChanged(self._turn))
        self._briefing.begin_session(self._output.unheard)
        self._greet()

    def _greet(self) -> None:
        # Where a talk goes on nobody needs to be greeted.
        if self._may_greet and self.input.config.opening and not self._briefing.told:
            self._responses.ask(self.input.config.opening)

    def _greeting_allowed(self, event: ev.MayGreet) -> None:
        self._may_greet = event.on
        # What seemed to be words was none.
        if self.quiet and next(self.said(), None) is None:
            self._greet()

    # Another session takes the place of this one

    @property
    def quiet(self) -> bool:
        """Nobody speaks, nothing is due, and what was cut is settled: nothing would be lost with the session."""
        return (
            self._live
            and self._out.has_session
            and self._turn == "listening"
            and self._gate.settled
            and not (self._output.unsettled or self._output.held or self.input.key)
        )

    @property
    def settled(self) -> bool:
        """Whether the page has said how much was heard of all that was cut, as another session is to know."""
        return not self._output.unsettled

    def renew(self, config: dialects.SessionConfig, capabilities: Capabilities) -> list[Effect]:
        """Go on with a session that was made to `config` and knows nothing yet.

        It is told of the talk so far: what the person said, and what was heard of the assistant. Next it needs the
        sound that it has to hear again (`input.needed_from`, as it was before), and then comes `SessionRenewed`.
        """
        if self._out.has_session:
            self._loss.give_up()
        # What the page has not said by now is as it said last.
        self._output.settle()
        for item in self.input.turns.say_again():
            self._writer.remove(item)
        self._writer.fail_unwritten()
        self.input.session_over(config, capabilities.shape)
        self._output.session_over(truncates=capabilities.truncates)
        self._barge_in.interrupts = capabilities.interrupts
        self._out.charge(*self._meter.begin_session(config.instructions))
        self._out.has_session = True
        self._briefing.shape, self._pictures.seen = capabilities.shape, capabilities.sees
        self._tools.offer(config.functions, late=capabilities.late_outputs)
        self._briefing.begin_session(self._output.unheard)
        return self._out.take()

    def _session_renewed(self, _: ev.SessionRenewed) -> None:
        if self.input.turns:
            self._meter.speech_began(0)
            self.input.commit_again()
        elif self._gate.wanted and not self._briefing.told and self.input.config.opening:
            # The answer that opens the call was lost before anything of it was heard.
            self._responses.ask(self.input.config.opening)

    # The page is lost, and comes back

    def _page_lost(self, _: ev.PageLost) -> None:
        self._away = True

    def _page_back(self, event: ev.PageBack) -> None:
        self._away = False
        if event.lost:
            self._output.lose(event.lost)
            # Another answer, of which no sound was lost, goes on.
            if self._output.latest(self._gate.response) in event.lost:
                self._barge_in.cut_running(cancel=True)
        # It went on by itself while nobody could have told it to.
        self._output.retell()

    def _shorten(self, told: faults.Fault | None = None) -> None:
        """What was sent of the answer is all of it."""
        self._barge_in.cut_running(cancel=True)
        if self._output.shorten() and told is not None:
            self._do(Notify(told))

    @property
    def sounding(self) -> list[Sounding]:
        """What of the assistant's sound may still be heard."""
        return self._output.sounding

    def retell(self) -> list[Effect]:
        """All that a page has to know which holds nothing, but for sound and what was used."""
        self._writer.retell(self._tools.retell)
        self._output.retell()
        self._out.tell(TurnChanged(self._turn))
        return self._out.take()

    # The end

    def close(self) -> list[Effect]:
        """The call is over: its response is to end, and counts as estimated until the server tells what it used.

        Once more when no more is told: more of it may have come since.
        """
        self._barge_in.cut_running(cancel=True)
        self._out.charge(*self._meter.close())
        return self._out.take()

    def take_late(self, event: ev.UpstreamEvent | None) -> list[Effect]:
        """What the server tells after the end; of it, what charges."""
        return self._late.take(event)

    def take_late_sound(self, size: int) -> None:
        """Bytes of it that came after the end."""
        self._late.take_sound(size)

    @property
    def usage_pending(self) -> bool:
        """Whether the server has yet to tell what a response used, also one to come, or the writing down of words."""
        return self._late.pending

    # The assistant answers

    def _response_created(self, event: ev.ResponseCreated) -> None:
        self._output.begin()
        self._pictures.response_began()
        if self._output.is_cut(event.response):
            # Said again of one that was cut since.
            return
        self._silence.assistant_began()
        # A server may say by itself that it waits; nobody would hear it.
        unasked = self._away and self._gate.open
        if not self._responses.begin(event.response) or unasked:
            self._barge_in.cut(event.response, cancel=True)
        else:
            self._barge_in.began(event.response)

    def _response_done(self, event: ev.ResponseDone) -> None:
        if event.status == "completed":
            self._pictures.answered()
            if self._gate.closes(event.response) and not self._output.is_cut(event.response):
                self._barge_in.answered()
        self._responses.done(event)
        if event.status == "failed":
            self._errors.response_failed(event)

    # What the server keeps

    def _item_added(self, event: ev.ItemAdded) -> None:
        entry = self._writer.announce(event.item, event.after, event.role, event.kind)
        if event.text and entry.role == "user":
            self._writer.finish(entry, event.text)


# One table for all calls.
_HANDLERS: Mapping[type, Callable[[Conversation, Any], None]] = MappingProxyType(
    {
        ev.TextTyped: lambda talk, e: talk._user.text_typed(e),
        ev.PictureShown: lambda talk, e: talk._pictures.shown(e),
        ev.Interrupted: lambda talk, e: talk._user.interrupted(e),
        ev.Flushed: lambda talk, e: talk._output.flushed(e),
        ev.Heard: lambda talk, e: talk._output.heard(e),
        ev.Voiced: lambda talk, e: talk._user.voiced(e),
        ev.Talked: lambda talk, e: talk._user.talked(e),
        ev.MayGreet: lambda talk, e: talk._greeting_allowed(e),
        ev.Configured: lambda talk, e: talk._user.configured(e),
        ev.Stopped: lambda talk, _: talk._do(End(None)),
        ev.PageLost: lambda talk, e: talk._page_lost(e),
        ev.PageBack: lambda talk, e: talk._page_back(e),
        ev.OutboxFull: lambda talk, _: talk._shorten(faults.ANSWER_SHORTENED),
        ev.SessionLost: lambda talk, e: talk._loss.lose(e.fault, e.silent_s),
        ev.SessionRenewed: lambda talk, e: talk._session_renewed(e),
        ev.ServerLeaves: lambda talk, _: talk._shorten(),
        ev.AnswerOwed: lambda talk, _: talk._gate.want(),
        # A session is opened before the conversation hears of it; one that is created twice is nothing to it.
        ev.SessionCreated: lambda talk, _: None,
        ev.SessionUpdated: lambda talk, e: talk._session_updated(e),
        ev.SpeechStarted: lambda talk, e: talk._user.speech_started(e),
        ev.SpeechPaused: lambda talk, e: talk._user.speech_paused(e),
        ev.SpeechResumed: lambda talk, e: talk._user.speech_resumed(e),
        ev.SpeechStopped: lambda talk, e: talk._user.speech_stopped(e),
        ev.Committed: lambda talk, e: talk._user.committed(e),
        ev.ItemAdded: lambda talk, e: talk._item_added(e),
        ev.ItemDeleted: lambda talk, e: talk._words.deleted(e.item),
        ev.UserTextDelta: lambda talk, e: talk._words.add(e),
        ev.UserText: lambda talk, e: talk._words.finish(e),
        ev.UserTextFailed: lambda talk, e: talk._words.fail(e),
        ev.ResponseCreated: lambda talk, e: talk._response_created(e),
        ev.ResponseDone: lambda talk, e: talk._response_done(e),
        ev.OutputItemAdded: lambda talk, e: talk._responses.item_added(e),
        ev.ToolReported: lambda talk, e: talk._responses.tool_reported(e),
        ev.ToolsMissing: lambda talk, _: talk._do(Notify(faults.TOOLS_MISSING)),
        ev.ToolTold: lambda talk, e: talk._responses.tool_told(e),
        ev.ToolFinished: lambda talk, e: talk._responses.tool_finished(e),
        ev.Approved: lambda talk, e: talk._tools.approved(e),
        ev.EndWanted: lambda talk, e: talk._end_wanted(e),
        ev.AudioDelta: lambda talk, e: talk._responses.audio_delta(e),
        ev.AudioDone: lambda talk, e: talk._responses.audio_done(e),
        ev.AssistantTextDelta: lambda talk, e: talk._responses.text_delta(e),
        ev.AssistantText: lambda talk, e: talk._responses.text(e),
        ev.UpstreamError: lambda talk, e: talk._errors.take(e),
    }
)
