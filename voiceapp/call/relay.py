"""Events in, effects out: hands the events of page and upstream to the conversation, and performs its effects."""

import asyncio
import json
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..conversation import dialects, effects
from ..conversation import events as ev
from ..conversation.conversation import Conversation
from ..conversation.event_reader import EventReader, SoundDelta
from ..conversation.pcm16 import usual_pcm
from ..errors import TOO_FAST, BrowserError
from ..net.link import Ending, Link
from ..net.rate_limit import TokenBucket
from ..upstream.session_opener import fault_of
from ..wire import rendering
from .deadline_timer import DeadlineTimer
from .fast_path import FastPath
from .inbox import Inbox
from .inspector import Inspector
from .interfaces import CallOwner, ToolPerformer
from .observers import Observers
from .page_line import PageLine
from .passed_events import ONE, PassedEvents
from .recent_input import RecentInput

log = logging.getLogger(__name__)
_NO_MESSAGE: Mapping[str, Any] = MappingProxyType({})


class Relay:
    """Of one call. `line`: to its page; `link`: where sound and events go, once it is live; `fast`: past all this.

    `sent_bytes`: of sound, to the session that goes on. `inspector`: keeps what passes. `began`: when the call did.
    """

    __slots__ = (
        "_conversation", "_deadlines", "_loop", "_notice_rate", "_owner", "fast", "inbox", "inspector", "line", "link",
        "now", "observers", "over", "reader", "sent_bytes", "tools",
    )  # fmt: skip

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        conversation: Conversation,
        line: PageLine,
        recent: RecentInput,
        owner: CallOwner,
        began: float,
    ) -> None:
        self.line = line
        self.now = loop.time
        self.inbox = Inbox(loop.time)
        self.link: Link | None = None
        self.reader = EventReader()
        self.observers = Observers()
        self.tools: ToolPerformer | None = None
        self.sent_bytes = 0
        self.over = False
        self._loop, self._conversation, self._owner = loop, conversation, owner
        passed = PassedEvents(began)
        self.inspector = Inspector(loop, passed, began, line.tell)
        self.fast = FastPath(self, conversation, recent)
        passed.settle = self.fast.settle
        self._notice_rate = TokenBucket(1, 1)
        self._deadlines = DeadlineTimer(loop, lambda: self.handle(ev.DeadlinePassed()))

    # What the server says

    def link_text(self, payload: bytes) -> None:
        if self.over:
            return
        try:
            delta = self.reader.sound(payload)
            if delta is None:
                self._take_message(payload)
                return
            self.fast.runs[dialects.AUDIO_DELTA] += ONE + len(payload)
            self._take_audio(delta)
        except Exception:
            self._owner.fail()

    def link_binary(self, _: bytes) -> None:
        log.info("call %s: a binary message from the upstream was ignored", self._owner.id)

    def link_closed(self, end: Ending) -> None:
        if not self.over:
            self._owner.session_lost(fault_of(end, self._owner.id, self._conversation.talk))

    def _take_audio(self, delta: SoundDelta) -> None:
        """Base64 goes on as it is, found without parsing the JSON."""
        if not self._conversation.knows(delta.item):
            self.handle(delta.event())
        elif self._conversation.take_audio(delta.response, delta.item, delta.size):
            self.line.sound(delta.item, delta.sound)

    def _take_message(self, payload: bytes) -> None:
        reading = self.reader.read(payload)
        if reading.left_out is not None:
            self.observers.left_out(reading.left_out)
        self.fast.latest = kind = reading.type
        self.inspector.take("down", kind, payload)
        if reading.event is not None:
            self.handle(reading.event, reading.message)

    # What the page says

    def take_chunk(self, n: int, sound: bytes) -> None:
        """One upstream frame around the same base64. Raises `BrowserError`."""
        if self.link is None:
            raise BrowserError("audio came before the call was ready", "not_started")
        size = self.inbox.take(n, sound)
        if size:
            self.fast.pass_on(self.link, sound, usual_pcm(sound))
        elif size == 0 and self._notice_rate.take(1):
            self._owner.warn(TOO_FAST)
        self.confirm()

    def confirm(self) -> None:
        due = self.inbox.due()
        if due:
            self.fast.settle()
            self.line.confirm(due)

    def take_event(self, event: ev.BrowserEvent) -> None:
        """Anything else the page sends. Raises `BrowserError`."""
        if self.link is None and not isinstance(event, ev.Stopped | ev.MayGreet):
            raise BrowserError("the call is not ready yet", "not_started")
        if isinstance(event, ev.Heard) and self.take_heard(event):
            return
        self.handle(event)
        if isinstance(event, ev.Heard):
            self.line.trim()

    def take_heard(self, event: ev.Heard) -> bool:
        """More was heard, and that is all there is to it; False: nothing was done, and `take_event` has to look."""
        if self._owner.session_waiting or not self._conversation.take_heard(event):
            return False
        self.line.trim()
        return True

    def begin_session(self, link: Link) -> None:
        """One goes on over this link: the first, or another that takes over."""
        self.fast.settle()
        self.link, self.sent_bytes = link, 0
        self.fast.install(link)
        self.reader.begin_session()

    # What is done about it

    def handle(self, event: ev.Event, message: Mapping[str, Any] = _NO_MESSAGE) -> None:
        try:
            now = self.now()
            self.fast.settle()
            self.observers.event(event, now, message)
            for effect in self._conversation.handle(event, now):
                if self.over:
                    return
                self.perform(effect, now)
            self.observers.handled(event, now)
            self._deadlines.keep(self._conversation.deadline)
            self._owner.handled()
        except Exception:
            self._owner.fail()

    def perform(self, effect: effects.Effect, now: float) -> None:
        """`now`: the loop's time."""
        event = rendering.event_of(effect)
        self.line.tell(event) if event is not None else self._act(effect)
        self.observers.effect(effect, now)

    def _act(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Play(item, audio):
                self.line.sound(item, audio.encode())
            case effects.SoundComplete(item):
                self.line.sound(item, b"")
            case effects.Send(message):
                self._send_upstream(message)
            case effects.Ready():
                self._owner.ready(effect)
            case effects.Notify(fault):
                self._owner.warn(fault)
            case effects.RunTool() | effects.AskPerson() | effects.CancelTool() if self.tools is not None:
                self.tools.perform(effect)
            case effects.Replace(fault):
                self._owner.replace_session(fault)
            case effects.End(fault):
                self._owner.finish(fault)

    def _send_upstream(self, message: Mapping[str, Any]) -> None:
        named = self.reader.ids.outward(message) if self.link is not None else None
        if self.link is None or named is None:
            return
        payload = json.dumps(named, separators=(",", ":")).encode()
        self.link.send(payload)
        self.inspector.take("up", message["type"], payload)

    def fail(self) -> None:
        """A fault of ours, just caught."""
        self._owner.fail()

    def stop(self) -> None:
        """The call is over."""
        self._deadlines.stop()
        self.inspector.stop()
        if self.tools is not None:
            self.tools.stop()
