"""What comes from the page in one sequence: its order, the pace of the microphone's chunks, and when to confirm."""

from collections.abc import Callable
from time import monotonic

from ..conversation.pcm16 import BYTES_PER_MS, NotBase64Error, base64_size, usual_pcm
from ..errors import BrowserError
from ..net.rate_limit import TokenBucket
from ..wire.up import MAX_CHUNK_CHARACTERS, MAX_CHUNK_MS
from .picture_parts import PictureParts

# Sound in ms: real time with room for a clock that runs fast, and 2 s that waited in a stalled line.
SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE = 1050.0, 2000.0
# A chunk counts as at least so much sound; smaller ones would be a flood of events.
MIN_CHUNK_MS = 20.0
# What a page may say later than it was spoken, where its line was away: page/call.md.
MAX_LATE_S = 5.0
# What a page may have kept of what was said before the call was ready, and sends at once: page/call.md.
MAX_FIRST_MS = 15_000.0
# Often enough that a page on a good line never comes near its 1,800 ms of unconfirmed sound.
ACK_EVERY_BYTES = 500 * BYTES_PER_MS
MAX_CHUNK_BYTES = MAX_CHUNK_MS * BYTES_PER_MS


class Inbox:
    """Of one call. `number`: of the last event or chunk that came; the first is 1. `clock`: in seconds."""

    __slots__ = ("_left_out", "_others", "_pace", "number", "pictures", "unconfirmed")

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.number = 0
        # Bytes of sound since the last confirmation.
        self.unconfirmed = 0
        self.pictures = PictureParts()
        self._left_out = 0
        # Numbers of what was no chunk, or was one that was left out.
        self._others = 0
        self._pace = TokenBucket(SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE, clock)

    @property
    def chunks(self) -> int:
        """How many were taken, and not left out."""
        return self.number - self._others

    def take(self, n: int, sound: bytes) -> int | None:
        """Bytes of PCM16 in chunk `n`, found without decoding its base64; 0 where it comes too fast and is left out.

        None where it came before. Raises `BrowserError` where `n` is beyond the next number, or `sound` is not whole
        base64 of whole samples, 1 to 1,000 ms of them.
        """
        size = chunk_bytes(sound)
        if n != self.number + 1 and not self._follows(n):
            return None
        self._others += n - self.number - 1
        self.number = n
        self.unconfirmed += size
        if self._pace.take(max(size / BYTES_PER_MS, MIN_CHUNK_MS)):
            return size
        self._others += 1
        return 0

    def take_next(self, sound: bytes) -> bytes:
        """PCM16 of the chunk with the next number; empty: nothing was taken, `take` has to look. The hot path."""
        pcm = usual_pcm(sound)
        size = len(pcm)
        if not 0 < size <= MAX_CHUNK_BYTES or not self._pace.take(max(size / BYTES_PER_MS, MIN_CHUNK_MS)):
            return b""
        self.number += 1
        self.unconfirmed += size
        return pcm

    def take_event(self, n: int) -> bool:
        """Anything else with a number: whether it is new. It is confirmed at once. Raises `BrowserError` as `take`."""
        if n != self.number + 1 and not self._follows(n):
            return False
        self._others += n - self.number
        self.number = n
        self.unconfirmed = ACK_EVERY_BYTES
        return True

    def leave_out(self) -> None:
        """An event came too fast and was not read: it may have had a number."""
        self._left_out += 1

    def _follows(self, n: int) -> bool:
        """Whether just what was left out is missing before it; False for a repeat. Raises `BrowserError` as `take`."""
        missing = n - self.number - 1
        if 0 < missing <= self._left_out:
            self._left_out -= missing
            return True
        if not 0 < n <= self.number:
            raise BrowserError(f"out of order: expected number {self.number + 1}, got {n}")
        # The page did not hear that it came.
        self.unconfirmed = ACK_EVERY_BYTES
        return False

    def expect_first(self) -> None:
        """The call is ready: what was said before that may come at once."""
        self._pace.allow(MAX_FIRST_MS - SOUND_MS_AT_ONCE)

    def expect_late(self) -> None:
        """The page is back: what was spoken since its last chunk may come faster than it was."""
        self._pace.catch_up(MAX_LATE_S * 1000)

    def due(self) -> int:
        """The number to confirm now, or 0."""
        if self.unconfirmed < ACK_EVERY_BYTES:
            return 0
        self.unconfirmed = 0
        return self.number


def chunk_bytes(sound: bytes) -> int:
    """Bytes of PCM16 in base64, found without decoding it. Raises `BrowserError` as `Inbox.take`."""
    if not 0 < len(sound) <= MAX_CHUNK_CHARACTERS:
        raise BrowserError(f"audio was refused: a chunk must hold 1 to {MAX_CHUNK_MS} ms of sound")
    try:
        size = base64_size(sound)
    except NotBase64Error as error:
        raise BrowserError(f"audio was refused: {error}") from None
    if size % 2:
        raise BrowserError("audio was refused: it ends in the middle of a sample")
    return size
