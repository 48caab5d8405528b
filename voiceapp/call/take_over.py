"""What a session has to know that takes over: the talk, and the sound to be heard (again), which is kept for it."""

from base64 import b64encode

from ..conversation import events as ev
from ..conversation.capabilities import Capabilities
from ..conversation.conversation import Conversation
from ..conversation.dialects import SessionConfig
from ..conversation.faults import Fault
from ..conversation.input_audio import InputAudio
from ..conversation.pcm16 import BYTES_PER_MS
from ..errors import SOUND_LEFT_OUT
from ..net.link import Link
from .fast_path import APPEND_HEAD, APPEND_TAIL
from .interfaces import CallOwner
from .passed_events import APPEND, ONE_CHUNK
from .recent_input import IDLE_MS, RecentInput
from .relay import Relay

# Less is no word.
TOLD_LEFT_OUT_MS = 100


class TakeOver:
    """Of one call."""

    __slots__ = ("_conversation", "_doubted_from", "_owner", "_recent", "_relay")

    def __init__(self, conversation: Conversation, relay: Relay, recent: RecentInput, owner: CallOwner) -> None:
        self._conversation = conversation
        self._relay = relay
        self._recent = recent
        self._owner = owner
        self._doubted_from: int | None = None

    def _heard(self) -> InputAudio:
        """What is known of their sound, with the latest of it."""
        self._relay.fast.settle()
        return self._conversation.input

    def keep_recent(self) -> None:
        """As much of the sound as would be needed, should the session be lost now."""
        heard = self._heard()
        place = heard.keep_from
        self._recent.keep_from(self._doubted_from if place is None else place, heard.sent_bytes)

    def doubt_session(self, silent_s: float | None) -> None:
        """It has been silent for so long, and may have stalled; None: nothing speaks for that."""
        if silent_s is None:
            self._doubted_from = None
        else:
            kept = (int(silent_s * 1000) + IDLE_MS) * BYTES_PER_MS
            self._doubted_from = max(0, self._heard().sent_bytes - kept)
        self.keep_recent()

    def lose_session(self, fault: Fault, now: float) -> None:
        """Nothing more comes of it. What is no longer held of the sound since its last word cannot be helped."""
        self._relay.fast.settle()
        link = self._relay.link
        silent_s = 0.0 if link is None else now - link.last_heard
        self._relay.handle(ev.SessionLost(fault, min(silent_s, self._recent.beyond_idle_s)))

    def go_on_with(self, link: Link, config: SessionConfig, capabilities: Capabilities, *, asked: bool) -> None:
        """Tell another session all that it is to know, and send it the sound that it has to hear (again).

        Where the person `asked` for it, in a quiet moment, they do not speak.
        """
        talk, heard = self._conversation, self._heard()
        end = heard.sent_bytes
        missed = self._recent.since(end if asked and heard.keep_from is None else heard.needed_from, end)
        self._doubted_from = None
        self._relay.begin_session(link)
        for effect in talk.renew(config, capabilities):
            self._relay.perform(effect, self._relay.now())
        for pcm in missed.chunks:
            sound = b64encode(pcm)
            link.send(APPEND_HEAD, sound, APPEND_TAIL)
            talk.input.sent_again(len(pcm))
            self._relay.sent_bytes += len(pcm)
            self._relay.fast.runs[APPEND] += ONE_CHUNK + len(sound)
        if missed.left_out_ms > TOLD_LEFT_OUT_MS:
            self._owner.warn(SOUND_LEFT_OUT)
