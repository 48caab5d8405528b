"""The way of a chunk to the server, and of a delta to the page, while nothing about them is unusual.

Each does what the ordinary way does, less all that makes no difference then: no object is made, and nothing is looked
at that has not changed since the message before. What others have to know of chunks is told them before they ask
(`FastPath.settle`), not at each. Whatever is not just as it usually is (a part of a frame, a number that is not the
next, another spelling, a call that has no session now) is left as it came, and goes the ordinary way: through the
links' endpoints to the relay.
"""

from functools import partial
from struct import Struct
from typing import TYPE_CHECKING

from ..conversation.conversation import Conversation
from ..conversation.dialects import AUDIO_DELTA
from ..net.link import NOT_NOW, Cause, Link
from ..net.masking import apply_mask
from ..wire import down, up
from .inbox import ACK_EVERY_BYTES
from .passed_events import APPEND, ONE, ONE_CHUNK
from .recent_input import RecentInput

if TYPE_CHECKING:
    from .relay import Relay

APPEND_HEAD, APPEND_TAIL = b'{"type":"input_audio_buffer.append","audio":"', b'"}'
# Of a text message in one frame (RFC 6455, section 5.2): of the page, with a length of 16 bits, or of up to 125 bytes;
# and of the server, by its first byte.
_FROM_PAGE, _TEXT = Struct("!HH"), 0x81
_MASKED_16, _MASKED_HEAD = 0x81FE, 8
_MASKED_SHORT, _SHORT_BITS, _SHORT_HEAD = 0x8180, 0xFF80, 6
_SIZE_16, _HEAD, _HEAD_16 = 126, 2, 4
# So many messages of one read are taken here; a peer that sends more at once is to let others have their turn.
MESSAGES_PER_READ = 16
# Of what a page heard and has, in half a second of its sound; more are counted, the ordinary way.
MAX_REPORTS = 16
_HEARD, _GOT = b"4" + up.HEARD_PACKET, b"4" + up.GOT_PACKET


class FastPath:
    """Of one call. `latest`: the type of the last message that was read; more words come after some of their type."""

    __slots__ = (
        "_chunks", "_now", "_reader", "_recent", "_relay", "_size", "_talk", "latest", "reports", "runs",
    )  # fmt: skip

    def __init__(self, relay: "Relay", conversation: Conversation, recent: RecentInput) -> None:
        self.latest = ""
        self._relay = relay
        self._reader = relay.reader
        self._talk = conversation
        self._recent = recent
        self._now = relay.now
        self.runs = relay.inspector.passed.runs
        # Of the chunks that were passed on since `settle`, and what the page reported meanwhile.
        self._chunks = self._size = self.reports = 0

    def install(self, link: Link) -> None:
        """For the socket of a session that goes on, and for whatever socket the page has."""
        link.cut_short(partial(self.messages, link))
        self._relay.line.read_by(lambda page_link: PageReader(self, self._relay, page_link).read)

    def pass_on(self, link: Link, sound: bytes, pcm: bytes) -> None:
        """The same base64 in a frame for the server; of either way. `pcm`: what it decodes to."""
        link.send(APPEND_HEAD, sound, APPEND_TAIL)
        self._recent.take(pcm)
        self._chunks += 1
        self._size += len(pcm)

    def settle(self) -> None:
        """Whoever counts the sound that was sent is told now. To be called before any of them is asked.

        It is called twice a second at least, with the confirmation.
        """
        size = self._size
        if not size:
            return
        self._talk.sound_sent(size)
        self._relay.sent_bytes += size
        # As base64.
        self.runs[APPEND] += self._chunks * ONE_CHUNK + size * 4 // 3
        self._chunks = self._size = 0

    # What the server says

    def messages(self, link: Link, view: memoryview, size: int) -> int:
        """A read of the server's socket: how much of it are whole messages, all of them taken.

        A read often holds several: what comes of them is one write to the page, in place of one for each.
        """
        page = self._relay.line.page
        if page is not None:
            page.cork()
        taken = self._messages(link, view, size)
        if page is not None:
            page.uncork()
        return taken

    def _messages(self, link: Link, view: memoryview, size: int) -> int:
        at, relay = 0, self._relay
        for _ in range(MESSAGES_PER_READ):
            if relay.over or relay.link is not link or link.ending is not None:
                break
            if size - at < _HEAD_16 or view[at] != _TEXT:
                break
            length, start = view[at + 1], at + _HEAD
            if length == _SIZE_16:
                length, start = view[at + 2] << 8 | view[at + 3], at + _HEAD_16
            elif length > _SIZE_16:
                break
            stop = start + length
            if stop > size or (start - at == _HEAD_16 and length < _SIZE_16):
                break
            payload = bytes(view[start:stop])
            try:
                taken = self._delta(payload)
            except Exception:
                # Whatever follows is for whoever listens to what is over.
                relay.fail()
                break
            if not taken:
                if not payload.isascii():
                    break
                link.messages += 1
                relay.link_text(payload)
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


class PageReader:
    """What the loop calls where a page has sent something: chunks, and reports of what it heard and has."""

    __slots__ = ("_inbox", "_link", "_path", "_receive", "_relay", "_view")

    def __init__(self, path: FastPath, relay: "Relay", link: Link) -> None:
        self._link, self._receive, self._view = link, link.receive, link.buffer
        self._inbox, self._relay, self._path = relay.inbox, relay, path

    def read(self) -> None:
        """Once: what is left in the socket the loop tells of again."""
        link, view = self._link, self._view
        try:
            size = self._receive(view)
        except NOT_NOW:
            return
        except OSError:
            link.abort(Cause.LOST)
            return
        link.received_bytes += size
        at = 0
        if link.plain and self._relay.link is not None:
            try:
                for _ in range(MESSAGES_PER_READ):
                    taken = self._message(view, at, size)
                    at += taken
                    if not taken or at == size:
                        break
            except Exception:
                self._relay.fail()
        if at < size or not size:
            link.take(at, size)

    def _message(self, view: memoryview, at: int, end: int) -> int:
        """Bytes of the frame at `at`, if it was taken; or 0."""
        if end - at <= _MASKED_HEAD:
            return 0
        length: int
        kind, length = _FROM_PAGE.unpack_from(view, at)
        if kind != _MASKED_16:
            return self._report(view, at, end) if kind & _SHORT_BITS == _MASKED_SHORT else 0
        begin = at + _MASKED_HEAD
        if length < _SIZE_16 or begin + length > end:
            return 0
        packet = apply_mask(view[begin : begin + length], bytes(view[begin - 4 : begin]))
        relay, inbox = self._relay, self._inbox
        head, link = b'42["audio",%d,"' % (inbox.number + 1), relay.link
        if link is None or relay.over or not packet.startswith(head) or not packet.endswith(b'"]'):
            return 0
        sound = packet[len(head) : -2]
        pcm = inbox.take_next(sound)
        if not pcm:
            return 0
        self._path.pass_on(link, sound, pcm)
        if inbox.unconfirmed >= ACK_EVERY_BYTES:
            self._path.reports = 0
            relay.confirm()
        return _MASKED_HEAD + length

    def _report(self, view: memoryview, at: int, end: int) -> int:
        """As `_message`, of what was heard of an item, or of the events that came."""
        path, length, begin = self._path, view[at + 1] & 0x7F, at + _SHORT_HEAD
        stop = begin + length
        if stop > end or length >= _SIZE_16 or path.reports >= MAX_REPORTS or self._relay.over:
            return 0
        packet = apply_mask(view[begin:stop], bytes(view[begin - 4 : begin]))
        if not (self._heard(packet[1:]) if packet.startswith(_HEARD) else self._got(packet)):
            return 0
        path.reports += 1
        return stop - at

    def _heard(self, packet: bytes) -> bool:
        heard, relay = up.heard_from_packet(packet), self._relay
        # An item of an earlier worker's may have the name of one of ours.
        return heard is not None and relay.line.own_item(heard.item) == heard.item and relay.take_heard(heard)

    def _got(self, packet: bytes) -> bool:
        n = up.got_from_packet(packet[1:]) if packet.startswith(_GOT) else None
        if n is not None:
            self._relay.line.received(n)
        return n is not None
