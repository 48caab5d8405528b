"""The way of a chunk to the server, and of a delta to the page, while nothing about them is unusual.

Each does what the ordinary way does, less all that makes no difference then: no object is made, and nothing is looked
at that has not changed since the message before. Whatever is not just as it usually is (another frame in the same read,
a number that is not the next, another spelling, a call that has no session now) is left as it came, and goes the
ordinary way: through the links' endpoints to the relay.
"""

from struct import Struct
from typing import TYPE_CHECKING

from ..conversation.conversation import Conversation
from ..conversation.dialects import AUDIO_DELTA
from ..net.link import Link
from ..net.websocket import apply_mask
from ..wire import down
from .inbox import ACK_EVERY_BYTES
from .interfaces import CallOwner
from .passed_events import ONE
from .recent_input import RecentInput

if TYPE_CHECKING:
    from .relay import Relay

APPEND_HEAD, APPEND_TAIL = b'{"type":"input_audio_buffer.append","audio":"', b'"}'
# Of a text message in one frame (RFC 6455, section 5.2): of the page, with a length of 16 bits; and by its first byte.
_FROM_PAGE, _TEXT = Struct("!HH"), 0x81
_MASKED_16, _MASKED_HEAD = 0x81FE, 8
_SIZE_16, _HEAD, _HEAD_16 = 126, 2, 4
# So many messages of one read are taken here; a server that sends more at once is to let others have their turn.
MESSAGES_PER_READ = 16


class FastPath:
    """Of one call. `latest`: the type of the last message that was read; more words come after some of their type."""

    latest = ""

    def __init__(self, relay: "Relay", conversation: Conversation, recent: RecentInput, owner: CallOwner) -> None:
        self._relay = relay
        self._inbox = relay.inbox
        self._reader = relay.reader
        self._talk = conversation
        self._recent = recent
        self._now = relay.now
        self._owner = owner
        self.runs = relay.inspector.passed.runs

    def install(self, link: Link) -> None:
        """For the socket of a session that goes on, and for whatever socket the page has."""
        link.cut_short(self.deltas)
        self._relay.line.cut_short(self.chunks)

    def chunks(self, view: memoryview, size: int) -> int:
        """A read of the page's socket: how much of it are chunks, each the next, as the page's client writes them."""
        at = 0
        try:
            for _ in range(MESSAGES_PER_READ):
                taken = self._chunk(view, at, size)
                at += taken
                if not taken or at == size:
                    break
        except Exception:
            self._owner.fail()
            return size
        return at

    def _chunk(self, view: memoryview, at: int, end: int) -> int:
        """Bytes of the frame at `at`, if it was taken; or 0."""
        relay, inbox = self._relay, self._inbox
        if end - at <= _MASKED_HEAD:
            return 0
        length: int
        kind, length = _FROM_PAGE.unpack_from(view, at)
        begin = at + _MASKED_HEAD
        if kind != _MASKED_16 or length < _SIZE_16 or begin + length > end:
            return 0
        packet = apply_mask(view[begin : begin + length], bytes(view[begin - 4 : begin]))  # type: ignore[arg-type]
        head, link = b'42["audio",%d,"' % (inbox.number + 1), relay.link
        if link is None or relay.over or not packet.startswith(head) or not packet.endswith(b'"]'):
            return 0
        sound = packet[len(head) : -2]
        sound_bytes = inbox.take_next(sound)
        if not sound_bytes:
            return 0
        self.pass_on(link, sound, sound_bytes)
        if inbox.unconfirmed >= ACK_EVERY_BYTES:
            relay.confirm()
        return _MASKED_HEAD + length

    def pass_on(self, link: Link, sound: bytes, size: int) -> None:
        """The same base64 in a frame for the server, and what is to be known of its `size` bytes; of either way."""
        link.send(APPEND_HEAD, sound, APPEND_TAIL)
        self._recent.take(sound)
        self._talk.sound_sent(size)
        self._relay.sent_bytes += size

    def deltas(self, view: memoryview, size: int) -> int:
        """A read of the server's socket: how much of it are deltas, as this server writes them, and taken."""
        page = self._relay.line.page
        if page is not None:
            # A read often holds several: one write to the page, in place of one for each.
            page.cork()
        try:
            taken = self._deltas(view, size)
        except Exception:
            self._owner.fail()
            taken = size
        if page is not None:
            page.uncork()
        return taken

    def _deltas(self, view: memoryview, size: int) -> int:
        at = 0
        for _ in range(MESSAGES_PER_READ):
            if size - at < _HEAD_16 or view[at] != _TEXT or self._relay.over:
                break
            length, start = view[at + 1], at + _HEAD
            if length == _SIZE_16:
                length, start = view[at + 2] << 8 | view[at + 3], at + _HEAD_16
            elif length > _SIZE_16:
                break
            stop = start + length
            if (
                stop > size
                or (start - at == _HEAD_16 and length < _SIZE_16)
                or not self._delta(bytes(view[start:stop]))
            ):
                break
            at = stop
        return at

    def _delta(self, payload: bytes) -> bool:
        """Of sound or words."""
        sound = self._reader.usual_sound(payload)
        if sound is not None:
            if not self._talk.knows(sound.item):
                return False
            self.runs[AUDIO_DELTA] += ONE + len(payload)
            if self._talk.take_audio(sound.response, sound.item, sound.size):
                self._relay.line.sound(sound.item, sound.sound)
            return True
        words = self._reader.usual_words(payload)
        if words is None or not self._talk.take_words(words, self._now()):
            return False
        self.runs[self.latest] += ONE + len(payload)
        self._relay.line.tell(down.TextAdded(words.item, words.delta))
        return True
