"""Sound that can be followed: every chunk says whose it is, which one, and when it left, and differs from others."""

import random
import struct
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

MAGIC = b"voiceapp"  # how a mark begins in base64
MARK = struct.Struct("!6sHQQ")  # magic, call, number, monotonic nanoseconds: 24 bytes, 32 characters
MARK_CHARACTERS = MARK.size // 3 * 4
LOOK_WITHIN = 600  # characters of a message

NOISE = b64encode(random.Random(1).randbytes(96_000))
STEPS = (len(NOISE) - 40_000) // 4


@dataclass
class Track:
    """One direction of one call: what was sent, what arrived, how late, and what was wrong with it."""

    call: int
    characters: int  # of base64 in one chunk
    sent: int = 0
    received: int = 0
    last: int = 0
    misplaced: int = 0
    damaged: int = 0
    delays_ms: list[float] = field(default_factory=list)

    def stamp(self) -> bytes:
        """The next chunk, in base64."""
        self.sent += 1
        mark = MARK.pack(b64decode(MAGIC), self.call, self.sent, time.monotonic_ns())
        return b64encode(mark) + self._filling(self.sent)

    def see(self, message: bytes) -> None:
        """Take a message in which a chunk arrived; every byte of the chunk is compared."""
        now = time.monotonic_ns()
        at = message.find(MAGIC, 0, LOOK_WITHIN)
        if at < 0:
            self.damaged += 1
            return
        _, call, number, sent_at = MARK.unpack(b64decode(message[at : at + MARK_CHARACTERS]))
        expected = self._filling(number) + b'"'
        self.received += 1
        self.misplaced += number <= self.last
        self.damaged += call != self.call or not message.startswith(expected, at + MARK_CHARACTERS)
        self.last = max(self.last, number)
        self.delays_ms.append((now - sent_at) / 1e6)

    def _filling(self, number: int) -> bytes:
        at = (number * 31 + self.call * 7) % STEPS * 4
        return NOISE[at : at + self.characters - MARK_CHARACTERS]


def call_of(message: bytes) -> int:
    """Whose chunk is in a message."""
    at = message.index(MAGIC, 0, LOOK_WITHIN)
    call: int = MARK.unpack(b64decode(message[at : at + MARK_CHARACTERS]))[1]
    return call
