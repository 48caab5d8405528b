"""One call: told what happened, it answers with a list of effects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import dialects, faults
from . import events as ev
from .captions import Captions
from .chunks import Chunks
from .detection import PushToTalk
from .effects import Effect, Emit, End, Note, Notify, Play, Ready, Send, SoundComplete
from .playback import Playback
from .sound import BYTES_PER_MS, base64_size
from .tools import Tools
from .transcript import Entry
from .turns import Turns
from .usage import Meter

SESSION_EVENT_ID, CHANGE_EVENT_ID, CREATE_EVENT_ID = "session", "change", "create"
# So many responses may follow one another before what the assistant says to nobody counts as silence.
MOST_UNANSWERED = 8
# A shorter commit is refused by the server (`input_audio_buffer_commit_empty`).
LEAST_COMMIT_BYTES = 100 * BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the upstream's server does by itself, from its profile."""

    shape: dialects.Shape = "ga"
    # It cancels its own response when the person speaks; a second cancel of ours can hit the next reply.
    interrupts: bool = True
    truncates: bool = True


class Conversation:
    """The state of one call. `handle` takes any event; `take_chunk` and `take_audio` are the hot path beside it."""

    def __init__(self, config: dialects.SessionConfig, abilities: Abilities) -> None:
        self._config = config
        self._abilities = abilities
        self._chunks = Chunks()
        self.take_chunk = self._chunks.take
        self._captions = Captions(self._emit)
        self._playback = Playback()
        self._turns = Turns()
        self._tools = Tools(self._emit, self._do)
        self._meter = Meter()
        self._live = False
        self._model = ""
        self._number = 0
        self._turn = "listening"
        self._typed = 0
        self._talking = False
        self._cut_responses: set[str] = set()
        self._cancel_next = False
        self._reply_due = False
        self._create_wanted = False
        self._unanswered = self._last_answered = 0
        # The latest item of the response that runs.
        self._said = ""
        self._effects: list[Effect] = []
        self._handlers = self._table()

    @property
    def activity(self) -> int:
        """Grows whenever either side speaks or types, unless the assistant has long been talking to nobody."""
        return self._number if self._unanswered < MOST_UNANSWERED else self._last_answered

    # The hot path

    def take_audio(self, response: str, item: str, size: int) -> int:
        """Count `size` bytes of the assistant's sound; the running number to send it under, or 0: it is to be dropped.

        An item not heard of before is announced first, through `handle`; see `knows`.
        """
        if not size:
            return 0
        sound = self._playback.open(item)
        if sound.cut or response in self._cut_responses:
            sound.dropped = True
            return 0
        sound.sent_bytes += size
        self._number += 1
        return self._number

    def knows(self, item: str) -> bool:
        """Whether sound of `item` can go by `take_audio` alone: its place is held and its sound has begun."""
        sound = self._playback.get(item)
        return sound is not None and (sound.cut or (sound.sent_bytes > 0 and not sound.complete))

    # Everything else

    def handle(self, event: ev.Event) -> list[Effect]:
        """What is to be done now that `event` happened, in order."""
        self._handlers[type(event)](event)
        self._show_turn()
        effects, self._effects = self._effects, []
        return effects

    def _table(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            ev.TextTyped: self._text_typed,
            ev.Interrupted: self._interrupted,
            ev.Flushed: self._flushed,
            ev.Heard: self._heard,
            ev.Talked: self._talked,
            ev.Configured: self._configured,
            ev.Stopped: lambda _: self._do(End(None)),
            ev.UpstreamClosed: lambda e: self._do(End(faults.of_close(e.code, e.reason))),
            ev.SessionCreated: self._session_created,
            ev.SessionUpdated: self._session_updated,
            ev.SpeechStarted: self._speech_started,
            ev.SpeechStopped: self._speech_stopped,
            ev.Committed: self._committed,
            ev.ItemAdded: self._item_added,
            ev.ItemDeleted: lambda e: self._captions.remove(e.item),
            ev.UserTextDelta: self._user_text_delta,
            ev.UserText: self._user_text,
            ev.UserTextFailed: self._user_text_failed,
            ev.ResponseCreated: self._response_created,
            ev.ResponseDone: self._response_done,
            ev.OutputItemAdded: self._output_item_added,
            ev.ToolReported: self._tool_reported,
            ev.AudioDelta: self._audio_delta,
            ev.AudioDone: self._audio_done,
            ev.AssistantTextDelta: self._assistant_text_delta,
            ev.AssistantText: lambda e: self._captions.finish(self._captions.assistant(e.item), e.text),
            ev.UpstreamError: self._upstream_error,
        }

    # Effects

    def _do(self, effect: Effect) -> None:
        self._effects.append(effect)

    def _emit(self, event: str, **data: Any) -> None:
        self._number += 1
        self._do(Emit(self._number, event, data))

    def _send(self, message: Mapping[str, Any]) -> None:
        self._do(Send(dict(message)))

    def _show_turn(self) -> None:
        turn = self._turns.state(bool(self._playback.playing()), self._tools.running)
        if turn != self._turn:
            self._turn = turn
            self._emit("turn", state=turn)

    # The session

    def _session_created(self, event: ev.SessionCreated) -> None:
        self._model = event.model
        self._send(dialects.session_update(self._config, self._abilities.shape, SESSION_EVENT_ID))

    def _session_updated(self, event: ev.SessionUpdated) -> None:
        if self._live:
            return
        self._live = True
        self._do(Ready(event.model or self._model, event.voice or self._config.voice, event.expires_at))
        self._emit("turn", state=self._turn)
        if self._config.opening:
            self._turns.awaiting_reply = True
            self._create(self._config.opening)

    # Another session takes the place of this one

    @property
    def quiet(self) -> bool:
        """Nobody speaks, nothing is due, and what was cut is settled: nothing would be lost with the session."""
        due = self._reply_due or self._create_wanted or self._cancel_next
        return self._live and self._turn == "listening" and not due and not self._playback.unsettled

    def renew(self, config: dialects.SessionConfig, abilities: Abilities) -> list[Effect]:
        """Go on with a session that was made to `config` and knows nothing yet; only while `quiet`.

        It is told of the talk so far: what the person said, and what was heard of the assistant.
        """
        self._config, self._abilities = config, abilities
        self._chunks.held_bytes = 0
        self._cut_responses.clear()
        self._tools.session_over()
        for item, role, text in self._captions.retell(self._playback.unheard):
            self._send(dialects.said(item, role, text, abilities.shape))
        effects, self._effects = self._effects, []
        return effects

    def _upstream_error(self, event: ev.UpstreamError) -> None:
        fault = faults.of_code(event.code)
        if event.cause == CREATE_EVENT_ID:
            # Where another response runs, this one is asked for again after it.
            self._turns.awaiting_reply = self._reply_due = False
            self._create_wanted |= event.code in faults.BENIGN and self._turns.response is not None
        if event.code in faults.BENIGN:
            self._do(Note(event.code))
        elif fault in faults.FATAL or event.cause == SESSION_EVENT_ID:
            self._do(End(fault if fault in faults.FATAL else faults.SETTINGS_REFUSED))
        else:
            self._do(Note(event.code))
            self._do(Notify(faults.CHANGE_REFUSED if event.cause == CHANGE_EVENT_ID else fault))
            self._create_pending()

    # The person speaks or types

    def _speech_started(self, event: ev.SpeechStarted) -> None:
        self._captions.user(event.item)
        self._turns.user_speaking = True
        self._person_began()
        if self._turns.response is not None:
            self._cut(self._turns.response, cancel=not self._abilities.interrupts)
        self._flush_all()

    def _person_began(self) -> None:
        self._unanswered = 0
        self._tools.person_began()

    def _speech_stopped(self, event: ev.SpeechStopped) -> None:
        self._turns.user_speaking = False
        self._turns.awaiting_reply = True

    def _committed(self, event: ev.Committed) -> None:
        self._turns.user_speaking = self._talking
        self._reply_due = self._turns.response is None
        self._turns.awaiting_reply = self._reply_due and not self._cancel_next
        self._captions.user(event.item)
        self._captions.follow(event.item, event.after)

    def _user_text_delta(self, event: ev.UserTextDelta) -> None:
        self._captions.append(self._captions.user(event.item), event.delta)

    def _user_text(self, event: ev.UserText) -> None:
        if event.text.strip():
            self._captions.finish(self._captions.user(event.item), event.text.strip())
            return
        # Noise: the server heard no words, so no reply need come.
        self._captions.remove(event.item)
        self._turns.awaiting_reply = self._reply_due = self._cancel_next = False
        self._create_pending()

    def _user_text_failed(self, event: ev.UserTextFailed) -> None:
        self._do(Note(event.code or "transcription_failed"))
        self._captions.fail(self._captions.user(event.item))

    def _text_typed(self, event: ev.TextTyped) -> None:
        self._interrupted(ev.Interrupted())
        self._typed += 1
        item = f"typed_{self._typed}"
        self._captions.finish(self._captions.user(item, "text"), event.text)
        self._send(dialects.user_text(item, event.text))
        self._create_wanted = True
        self._create_pending()

    def _create_pending(self) -> None:
        """The one gate for `response.create`: while a response runs or is due, the server refuses a second."""
        if self._turns.response is None and (self._create_wanted or self._tools.reply_due):
            self._turns.awaiting_reply = True
            if not self._reply_due:
                self._create_wanted = self._cancel_next = False
                self._tools.asked()
                self._create()

    def _create(self, instructions: str = "") -> None:
        self._reply_due = True
        self._send(dialects.create_response(CREATE_EVENT_ID, instructions))

    # Push to talk

    def _talked(self, event: ev.Talked) -> None:
        if not isinstance(self._config.detection, PushToTalk) or event.down == self._talking:
            return
        self._talking = self._turns.user_speaking = event.down
        if event.down:
            self._interrupted(ev.Interrupted())
            self._send(dialects.CLEAR_SOUND)
            self._chunks.held_bytes = 0
        elif self._chunks.held_bytes < LEAST_COMMIT_BYTES:
            self._send(dialects.CLEAR_SOUND)
        else:
            self._send(dialects.COMMIT_SOUND)
            self._create_wanted = True
            self._create_pending()

    def _configured(self, event: ev.Configured) -> None:
        if self._talking:
            self._talked(ev.Talked(down=False))
        detection = event.detection or self._config.detection
        self._config = replace(self._config, detection=detection, language=event.language or self._config.language)
        self._send(dialects.hearing_update(self._config, self._abilities.shape, CHANGE_EVENT_ID))

    # Interruption

    def _interrupted(self, _: ev.Interrupted) -> None:
        self._person_began()
        if self._turns.response is not None:
            self._cut(self._turns.response, cancel=True)
        elif self._reply_due or self._turns.awaiting_reply:
            # It has no id yet to cancel by.
            self._cancel_next = True
            self._turns.awaiting_reply = False
        self._flush_all()

    def _cut(self, response: str, *, cancel: bool) -> None:
        if response in self._cut_responses:
            return
        self._cut_responses.add(response)
        self._tools.response_over(response, whole=False)
        if cancel:
            self._send(dialects.cancel(response))

    def _flush_all(self) -> None:
        for item in self._playback.playing():
            self._playback.open(item).cut = True
            self._emit("flush", item=item)

    def _flushed(self, event: ev.Flushed) -> None:
        sound = self._playback.get(event.item)
        if sound is None or not sound.cut or sound.reported:
            return
        sound.reported = True
        sound.hear(event.heard_ms)
        if sound.heard_whole():
            return
        if sound.heard_ms == 0:
            self._send(dialects.delete(event.item))
            self._captions.remove(event.item)
        else:
            self._keep_heard(event.item, sound.heard_ms, sound.heard_text(self._captions.text(event.item)))

    def _keep_heard(self, item: str, heard_ms: int, text: str) -> None:
        if self._abilities.truncates:
            self._send(dialects.truncate(item, heard_ms))
        self._captions.cut(item, text)

    def _heard(self, event: ev.Heard) -> None:
        sound = self._playback.get(event.item)
        if sound is not None:
            sound.hear(event.heard_ms)

    # The assistant answers

    def _response_created(self, event: ev.ResponseCreated) -> None:
        self._turns.response = event.response
        self._said = ""
        self._turns.awaiting_reply = self._reply_due = False
        self._unanswered += 1
        if self._unanswered < MOST_UNANSWERED:
            self._last_answered = self._number
        if self._cancel_next:
            self._cancel_next = False
            self._cut(event.response, cancel=True)

    def _response_done(self, event: ev.ResponseDone) -> None:
        self._cut_responses.discard(event.response)
        self._turns.response = None
        self._tools.response_over(event.response, whole=event.status not in ("cancelled", "incomplete", "failed"))
        if event.usage is not None:
            self._emit("usage", **self._meter.add(event.usage))
        if event.status == "failed":
            self._response_failed(event)
        elif event.incomplete:
            self._response_incomplete(event.incomplete)
        self._create_pending()

    def _response_failed(self, event: ev.ResponseDone) -> None:
        fault = faults.of_code(event.code)
        self._turns.awaiting_reply = False
        self._do(Note(event.code))
        self._do(End(fault) if fault in faults.FATAL else Notify(fault))

    def _response_incomplete(self, why: ev.Incomplete) -> None:
        self._do(Note(f"response_incomplete ({why})"))
        if not self._captions.break_off(self._said, why):
            self._turns.awaiting_reply = False
            self._do(Notify(faults.NO_ANSWER))

    def _assistant(self, item: str) -> Entry:
        self._said = item
        return self._captions.assistant(item)

    def _output_item_added(self, event: ev.OutputItemAdded) -> None:
        if event.kind in ("audio", "text"):
            self._assistant(event.item)
            self._tools.assistant_began()

    def _tool_reported(self, event: ev.ToolReported) -> None:
        self._captions.tool(event.item, event.after)
        self._tools.take(event, cut=event.response in self._cut_responses)
        self._create_pending()

    def _item_added(self, event: ev.ItemAdded) -> None:
        entry = self._captions.announce(event.item, event.after, event.role, event.kind)
        if event.text and entry.role == "user":
            self._captions.finish(entry, event.text)

    def _audio_delta(self, event: ev.AudioDelta) -> None:
        if not event.audio:
            return
        self._assistant(event.item)
        self._tools.assistant_began()
        number = self.take_audio(event.response, event.item, base64_size(event.audio.encode()))
        if number:
            self._do(Play(number, event.item, event.audio))

    def _audio_done(self, event: ev.AudioDone) -> None:
        sound = self._playback.open(event.item)
        sound.complete = True
        if not sound.cut:
            self._number += 1
            self._do(SoundComplete(self._number, event.item))

    def _assistant_text_delta(self, event: ev.AssistantTextDelta) -> None:
        self._captions.append(self._assistant(event.item), event.delta)
