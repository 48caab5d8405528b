"""One call: told what happened, it answers with a list of effects."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import dialects, faults
from . import events as ev
from .barge_in import BargeIn
from .briefing import Briefing
from .capabilities import Capabilities as Capabilities
from .deadlines import Deadlines, Wait
from .effect_list import OWN, EffectList
from .effects import Effect, End, LogError, Notify, Ready, Replace, TurnChanged
from .input_audio import InputAudio
from .late_usage import LateUsage
from .output_audio import OutputAudio, Sounding
from .response_gate import ResponseGate, State
from .silence import Silence
from .tools import Tools
from .transcript import Entry
from .transcript_writer import TranscriptWriter
from .turns import Turn, whose
from .usage import Meter
from .user_words import UserWords

# Beside the server's words for how a response ended: nothing more was heard of it.
LOST = "lost"


class Conversation:
    """The state of one call. `handle` takes any event; `sound_sent` and `take_audio` are the hot path beside it.

    `before`: role and text of a talk that the call goes on with. `input` says what sound another session would need.
    """

    def __init__(
        self,
        config: dialects.SessionConfig,
        capabilities: Capabilities,
        before: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._out = EffectList()
        self.input = self._input = InputAudio(self._out, config, capabilities.shape)
        self._writer = TranscriptWriter(self._out.tell, lambda: self._do(Notify(faults.TRANSCRIPT_FULL)), before)
        self._meter = Meter()
        self._tools = Tools(self._out)
        self._briefing = Briefing(self._out, self._writer, self._tools, self._meter, capabilities.shape)
        self._output = OutputAudio(
            self._out, self._writer, self._meter, self._briefing.correct, truncates=capabilities.truncates
        )
        self._gate = ResponseGate()
        self._barge_in = BargeIn(self._out, self._output, self._gate, self._tools, interrupts=capabilities.interrupts)
        self._words = UserWords(self._out, self._writer, self._meter, self._gate, self._input.turns)
        self._late = LateUsage(self._out, self._input, self._gate, self._barge_in, self._meter)
        self._deadlines = Deadlines()
        self._active = False
        self._live = False
        # Nobody is there to hear or to be told.
        self._away = False
        self._turn: Turn = "listening"
        self._typed = 0
        # An error came, and nothing of the response that runs has come since.
        self._error_since = False
        self._silence = Silence()
        self._handlers = self._table()
        self.heard_bytes = self._output.heard_bytes
        self.said = self._writer.said
        # The hot path
        self.sound_sent = self._input.sent
        self.sound_sent_again = self._input.sent_again
        self.take_audio = self._output.take
        self.knows = self._output.knows
        # After `close`
        self.take_late, self.take_late_sound = self._late.take, self._late.take_sound

    def handle(self, event: ev.Event, now: float) -> list[Effect]:
        """What is to be done now that `event` happened, in order. `now`: seconds, of a clock that never goes back."""
        if isinstance(event, ev.DeadlinePassed):
            self._deadlines_passed(now)
        else:
            self._handlers[type(event)](event)
        self._ask_if_due()
        playing, tool = self._output.playing, self._tools.running
        self._show_turn(playing, tool)
        self._keep_deadlines(now, playing, tool)
        if self._live:
            self._silence.judge(self._turn, now, told=self._out.told)
        return self._out.take()

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
        return self._input.config

    @property
    def talk(self) -> list[str]:
        """What was said and typed last."""
        return self._writer.latest()

    def _table(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            ev.TextTyped: self._text_typed,
            ev.Interrupted: self._interrupted,
            ev.Flushed: self._output.flushed,
            ev.Heard: self._output.heard,
            ev.Talked: self._talked,
            ev.Configured: self._configured,
            ev.Stopped: lambda _: self._do(End(None)),
            ev.PageLost: self._page_lost,
            ev.PageBack: self._page_back,
            ev.OutboxFull: lambda _: self._shorten(faults.ANSWER_SHORTENED),
            ev.SessionLost: lambda e: self._lose_session(e.fault, e.silent_s),
            ev.SessionRenewed: self._session_renewed,
            ev.ServerLeaves: lambda _: self._shorten(),
            ev.AnswerOwed: lambda _: self._gate.want(),
            # A session is opened before the conversation hears of it; one that is created twice is nothing to it.
            ev.SessionCreated: lambda _: None,
            ev.SessionUpdated: self._session_updated,
            ev.SpeechStarted: self._speech_started,
            ev.SpeechStopped: lambda e: self._turn_taken(e.item),
            ev.Committed: self._committed,
            ev.ItemAdded: self._item_added,
            ev.ItemDeleted: lambda e: self._words.forget(e.item),
            ev.UserTextDelta: self._words.add,
            ev.UserText: self._words.finish,
            ev.UserTextFailed: self._words.fail,
            ev.ResponseCreated: self._response_created,
            ev.ResponseDone: self._response_done,
            ev.OutputItemAdded: self._output_item_added,
            ev.ToolReported: self._tool_reported,
            ev.AudioDelta: self._audio_delta,
            ev.AudioDone: self._audio_done,
            ev.AssistantTextDelta: self._assistant_text_delta,
            ev.AssistantText: self._assistant_text,
            ev.UpstreamError: self._upstream_error,
        }

    def _do(self, effect: Effect) -> None:
        self._out.do(effect)

    # Whose turn it is

    @property
    def thinking(self) -> bool:
        """Whether the person waits for an answer."""
        return self.answering or self._gate.awaited or self._tools.reply_due

    @property
    def answering(self) -> bool:
        """Whether more of an answer is to come."""
        return self._gate.state is State.RUNNING and not self._output.is_cut(self._gate.response)

    def _show_turn(self, playing: bool, tool: bool) -> None:
        turn = whose(speaking=self._input.speaking, playing=playing, tool=tool, thinking=self.thinking)
        if turn != self._turn:
            self._turn = turn
            self._out.tell(TurnChanged(turn))

    # What is waited for

    def _keep_deadlines(self, now: float, playing: bool, tool: bool) -> None:
        self._error_since &= self._gate.state is State.RUNNING
        # As in `WAITS`.
        waited = (
            self._out.has_session and not self._gate.open,
            self._error_since,
            tool,
            self._input.speaking,
            playing and not self._away,
            self._output.unsettled and not self._away,
            self._input.changing,
        )
        if self._active:
            self._active = False
            self._deadlines.extend(Wait.RESPONSE, now, self._output.sent_bytes)
        if not self._deadlines.are_for(waited):
            longer = self._output.remaining_s() if playing and self._deadlines.missing(Wait.PLAYBACK) else 0.0
            self._deadlines.keep(waited, now, self._output.sent_bytes, longer)

    def _deadlines_passed(self, now: float) -> None:
        for wait, sent in self._deadlines.passed(now):
            # Sound takes the hot path, where nobody looks at a clock: here it is seen that some came meanwhile.
            grew = sent != self._output.sent_bytes
            match wait:
                # A tool has a deadline of its own.
                case Wait.RESPONSE | Wait.AFTER_ERROR if not (grew or self._tools.running):
                    self._give_up_response(told=wait is Wait.AFTER_ERROR)
                case Wait.PLAYBACK if not grew:
                    self._output.give_up()
                case Wait.TOOL:
                    self._tools.await_none()
                    self._do(Notify(faults.OVERDUE))
                case Wait.SPEECH:
                    self._input.give_up()
                case Wait.FLUSHED:
                    self._output.settle()
                case Wait.CHANGE:
                    self._input.changed()

    def _give_up_response(self, *, told: bool) -> None:
        if self.thinking and not told:
            self._do(Notify(faults.OVERDUE))
        if self._gate.state is State.RUNNING:
            self._response_over(self._gate.response, LOST)
        self._gate.give_up()
        self._input.turns.answered()

    # The session

    def _session_updated(self, event: ev.SessionUpdated) -> None:
        if self._live:
            self._input.changed()
            return
        self._live = True
        self._out.charge(*self._meter.begin_session(self._input.config.instructions))
        self._do(Ready(event.model, event.voice or self._input.config.voice, event.expires_at))
        self._out.tell(TurnChanged(self._turn))
        self._briefing.begin_session(self._output.unheard)
        # Where a talk goes on nobody needs to be greeted.
        if self._input.config.opening and not self._briefing.told:
            self._create(self._input.config.opening)

    # Another session takes the place of this one

    @property
    def quiet(self) -> bool:
        """Nobody speaks, nothing is due, and what was cut is settled: nothing would be lost with the session."""
        return (
            self._live
            and self._out.has_session
            and self._turn == "listening"
            and self._gate.settled
            and not (self._output.unsettled or self._input.key)
        )

    @property
    def settled(self) -> bool:
        """Whether the page has said how much was heard of all that was cut, as another session is to know."""
        return not self._output.unsettled

    def _lose_session(self, fault: faults.Fault, silent_s: float = 0.0) -> None:
        """It is over; where another can take over, what was asked of it will be asked of that one."""
        if not self._out.has_session:
            return
        if fault.retry:
            self._give_up_session(silent_s)
        self._do(Replace(fault) if fault.retry else End(fault))

    def _give_up_session(self, silent_s: float = 0.0) -> None:
        # First of all: whoever is gone is sent nothing.
        self._out.has_session = False
        self._owe_to_next()
        self._input.session_lost(silent_s)
        self._output.session_lost()
        self._tools.session_over()
        self._error_since = False

    def _owe_to_next(self) -> None:
        """What the next session is to be asked for, or will do by itself."""
        answering = self.answering
        if answering and self._output.is_given(self._gate.response) and not self._tools.running:
            answering = False
            self._input.turns.answered()
        owed = answering or self._gate.awaited or self._tools.reply_due
        if not self._input.turns or self._input.by_key:
            self._gate.begin_session(wanted=owed)
        else:
            # It hears again what was said, and answers that by itself.
            self._gate.begin_session(wanted=self._gate.asked, expected=not self._input.speaking, welcome=owed)

    def renew(self, config: dialects.SessionConfig, capabilities: Capabilities) -> list[Effect]:
        """Go on with a session that was made to `config` and knows nothing yet.

        It is told of the talk so far: what the person said, and what was heard of the assistant. Next it needs the
        sound that it has to hear again (`input.needed_from`, as it was before), and then comes `SessionRenewed`.
        """
        if self._out.has_session:
            self._give_up_session()
        # What the page has not said by now is as it said last.
        self._output.settle()
        for item in self._input.turns.say_again():
            self._writer.remove(item)
        self._writer.fail_unwritten()
        self._input.session_over(config, capabilities.shape)
        self._output.session_over(truncates=capabilities.truncates)
        self._barge_in.interrupts = capabilities.interrupts
        self._out.charge(*self._meter.begin_session(config.instructions))
        self._out.has_session = True
        self._briefing.shape = capabilities.shape
        self._briefing.begin_session(self._output.unheard)
        return self._out.take()

    def _session_renewed(self, _: ev.SessionRenewed) -> None:
        if self._input.turns:
            self._meter.speech_began(0)
            self._input.commit_again()
        elif self._gate.wanted and not self._briefing.told and self._input.config.opening:
            # The answer that opens the call was lost before anything of it was heard.
            self._create(self._input.config.opening)

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

    @property
    def usage_pending(self) -> bool:
        """Whether the server has yet to tell what a response used, also one to come, or the writing down of words."""
        return self._late.pending

    # Errors

    def _upstream_error(self, event: ev.UpstreamError) -> None:
        fault = faults.of_code(event.code)
        # One that is not ours names nothing.
        cause = event.cause if event.cause.startswith(OWN) else ""
        self._do(LogError(event.code, event.message, event.param))
        if event.code in faults.BENIGN:
            if event.code == faults.ACTIVE and not self._gate.on_conflict(cause):
                self._do(Notify(faults.OVERDUE))
        elif not self._is_over(fault):
            self._do(Notify(faults.about(faults.CHANGE_REFUSED, event.param) if self._refused(cause) else fault))

    def _is_over(self, fault: faults.Fault) -> bool:
        """Whether the session, or the call, ends with it, and so does."""
        if fault in faults.FATAL or fault is faults.EXPIRED:
            self._lose_session(fault)
            return True
        return False

    def _refused(self, cause: str) -> bool:
        """Something that we sent; whether it was a change: where the server does not say, the oldest that is open."""
        if self._input.refused(cause):
            return True
        self._gate.refuse(cause)
        # It may have been the end of the response that runs, or have nothing to do with it.
        self._error_since |= not cause
        return False

    # The person speaks or types

    def _speech_started(self, event: ev.SpeechStarted) -> None:
        if event.item:
            self._writer.user(event.item)
        if not self._input.began():
            return
        self._meter.speech_began(self._input.turn_began(event.item))
        self._person_began()
        self._barge_in.by_voice()

    def _person_began(self) -> None:
        self._silence.person_began()
        self._tools.person_began()

    def _committed(self, event: ev.Committed) -> None:
        self._meter.speech_committed(event.item, self._input.held_bytes)
        self._turn_taken(event.item)
        self._writer.user(event.item)
        self._writer.follow(event.item, event.after)

    def _turn_taken(self, item: str) -> None:
        if not self._writer.is_written(item):
            self._input.turn_taken(item)
        if self._input.ended() and self._gate.expect_response(item):
            self._deadlines.renew(Wait.RESPONSE)

    def _text_typed(self, event: ev.TextTyped) -> None:
        self._interrupted(ev.Interrupted())
        self._typed += 1
        item = f"typed_{self._typed}"
        self._writer.finish(self._writer.user(item, "text"), event.text)
        self._meter.read(event.text)
        self._out.send(dialects.user_text(item, event.text))
        self._gate.want()

    def _ask_if_due(self) -> None:
        """The one place where a response is asked for, but for the one that opens the call."""
        if self._out.has_session and self._gate.open and (self._gate.wanted or self._tools.reply_due):
            self._tools.asked()
            self._create()

    def _create(self, instructions: str = "") -> None:
        event_id = self._out.new_id()
        self._gate.ask(event_id)
        self._deadlines.renew(Wait.RESPONSE)
        self._meter.read(instructions)
        self._out.send(dialects.create_response(event_id, instructions))

    # Push to talk

    def _talked(self, event: ev.Talked) -> None:
        if not self._input.press(down=event.down):
            return
        if event.down:
            self._interrupted(ev.Interrupted())
            self._input.clear()
            self._meter.speech_began(0)
        elif self._input.commit():
            self._gate.want()

    def _configured(self, event: ev.Configured) -> None:
        if self._input.key:
            self._talked(ev.Talked(down=False))
        self._input.change(event)

    def _interrupted(self, _: ev.Interrupted) -> None:
        self._person_began()
        if not self._out.has_session:
            self._gate.want_none()
        self._barge_in.by_hand()

    # The assistant answers

    def _response_created(self, event: ev.ResponseCreated) -> None:
        self._output.begin()
        if self._output.is_cut(event.response):
            # Said again of one that was cut since.
            return
        self._note_activity()
        self._out.charge(self._meter.began(event.response))
        self._silence.assistant_began()
        # A server may say by itself that it waits; nobody would hear it.
        unasked = self._away and self._gate.open
        if not self._gate.begin(event.response) or unasked:
            self._barge_in.cut(event.response, cancel=True)

    def _note_activity(self) -> None:
        """Something came of the response."""
        self._active = True
        self._error_since = False

    def _response_done(self, event: ev.ResponseDone) -> None:
        said = self._output.latest(event.response)
        self._response_over(event.response, event.status)
        self._gate.end(event.response)
        if event.status == "completed":
            self._input.turns.answered()
        self._out.charge(self._meter.done(event.response, event.usage, failed=event.status == "failed"))
        if event.status == "failed":
            self._response_failed(event)
        elif event.incomplete:
            self._response_incomplete(said, event.incomplete)

    def _response_over(self, response: str, status: str) -> None:
        self._error_since = False
        whole = status not in ("cancelled", "incomplete", "failed", LOST)
        self._tools.response_over(response, whole=whole)
        self._output.over(response, whole=whole, cancelled=status == "cancelled")
        if status != LOST:
            self._output.forget(response)
        self._deadlines.renew(Wait.PLAYBACK)

    def _response_failed(self, event: ev.ResponseDone) -> None:
        fault = faults.of_code(event.code)
        self._do(LogError(event.code, event.message))
        if not self._is_over(fault):
            self._do(Notify(fault))

    def _response_incomplete(self, said: str, why: ev.Incomplete) -> None:
        self._do(LogError("response_incomplete", why))
        if not self._writer.break_off(said, why):
            self._do(Notify(faults.NO_ANSWER))

    def _assistant(self, item: str, response: str) -> Entry:
        self._note_activity()
        self._output.belongs(item, response)
        return self._writer.assistant(item)

    def _output_item_added(self, event: ev.OutputItemAdded) -> None:
        if event.kind in ("audio", "text"):
            self._assistant(event.item, event.response)
            self._tools.assistant_began()

    def _tool_reported(self, event: ev.ToolReported) -> None:
        self._note_activity()
        self._deadlines.renew(Wait.TOOL)
        self._writer.tool(event.item, event.after)
        self._tools.take(event, cut=self._output.is_cut(event.response))

    def _item_added(self, event: ev.ItemAdded) -> None:
        entry = self._writer.announce(event.item, event.after, event.role, event.kind)
        if event.text and entry.role == "user":
            self._writer.finish(entry, event.text)

    def _audio_delta(self, event: ev.AudioDelta) -> None:
        if not event.audio:
            return
        self._assistant(event.item, event.response)
        self._tools.assistant_began()
        self._output.delta(event)

    def _audio_done(self, event: ev.AudioDone) -> None:
        self._note_activity()
        self._output.complete(event.item)
        self._deadlines.renew(Wait.PLAYBACK)

    def _assistant_text(self, event: ev.AssistantText) -> None:
        entry = self._writer.assistant(event.item)
        self._writer.finish(entry, event.text or entry.text)

    def _assistant_text_delta(self, event: ev.AssistantTextDelta) -> None:
        self._meter.wrote(event.response, event.delta)
        self._writer.append(self._assistant(event.item, event.response), event.delta)
