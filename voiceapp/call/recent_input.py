"""The microphone's latest sound, kept for the session that takes over from one which is lost."""

from typing import NamedTuple

from ..conversation.pcm16 import BYTES_PER_MS

# Where nothing is open: what a server may not have noticed yet. Else: what the next one is sent at most.
IDLE_MS = 600
IDLE_BYTES = IDLE_MS * BYTES_PER_MS
MAX_BYTES = 15_000 * BYTES_PER_MS


class Missed(NamedTuple):
    """Sound that another session needs, as PCM16, oldest first; and how much of it is no longer here."""

    chunks: list[bytes]
    left_out_ms: int


class RecentInput:
    """Of one call. Places are bytes of PCM16 in all sound of the call, as the conversation counts it."""

    __slots__ = ("_chunks", "_from", "_room", "_size")

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._room = IDLE_BYTES
        self._from: int | None = None

    def take(self, pcm: bytes) -> None:
        """A chunk. The hot path."""
        self._chunks.append(pcm)
        self._size += len(pcm)
        # A chunk of which a part is needed stays.
        while self._size - len(self._chunks[0]) >= self._room:
            self._size -= len(self._chunks.pop(0))

    @property
    def beyond_idle_s(self) -> float:
        """How much more is here than an idle call holds."""
        return max(0, self._size - IDLE_BYTES) / BYTES_PER_MS / 1000

    def keep_from(self, place: int | None, end: int) -> None:
        """What comes from this place on may be needed; None: only the latest. `end`: the place behind all of it."""
        if place == self._from:
            return
        self._from = place
        self._room = IDLE_BYTES if place is None else MAX_BYTES
        needed = 0 if place is None else end - place
        least, left, gone = max(IDLE_BYTES, needed), self._size, 0
        # At once: there may be thousands, if they are small.
        while gone < len(self._chunks) and left - len(self._chunks[gone]) >= least:
            left -= len(self._chunks[gone])
            gone += 1
        del self._chunks[:gone]
        self._size = left

    def since(self, place: int, end: int) -> Missed:
        """All from this place on; the chunk in which it lies is whole."""
        needed, found = end - place, 0
        chunks: list[bytes] = []
        for chunk in reversed(self._chunks):
            if found >= needed:
                break
            chunks.append(chunk)
            found += len(chunk)
        return Missed(chunks[::-1], max(0, needed - found) // BYTES_PER_MS)
