"""The microphone's chunks: their order, when to confirm them, and how much the server holds."""

from .pcm16 import BYTES_PER_MS

# Often enough that a page on a good line never comes near its 1,500 ms of unconfirmed sound.
ACK_EVERY_BYTES = 200 * BYTES_PER_MS


class ChunkOrderError(ValueError):
    """A chunk's number was not the next one."""


class Chunks:
    """`held_bytes`: what was sent since the server's buffer was last known to be empty."""

    def __init__(self) -> None:
        self.held_bytes = 0
        self._last = 0
        self._unconfirmed = 0

    def take(self, n: int, size: int) -> int:
        """Count chunk `n` of `size` bytes of sound; the number to confirm now, or 0.

        Raises `ChunkOrderError` where `n` is not the next number.
        """
        if n != self._last + 1:
            raise ChunkOrderError(f"chunk {n} arrived, {self._last + 1} was due")
        self._last = n
        self._unconfirmed += size
        self.held_bytes += size
        if self._unconfirmed < ACK_EVERY_BYTES:
            return 0
        self._unconfirmed = 0
        return n
