"""Sound that can be followed: every chunk says whose it is, which one, and when it left, and differs from others."""

import struct
import time
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass, field

from .frames import NOISE

MAGIC = b"q7Zk3Vw9"  # how a mark begins in base64: what no relay writes by itself
MAGIC_BYTES = a2b_base64(MAGIC)
MARK = struct.Struct("!6sHQQ")  # magic, call, number, monotonic nanoseconds: 24 bytes, 32 characters
MARK_CHARACTERS = MARK.size // 3 * 4
LOOK_WITHIN = 600  # characters of a message

QUOTE = ord('"')
LONGEST = 40_000
STEPS = (len(NOISE) - LONGEST) // 4
LATE_KEPT = 5


@dataclass
class Track:
    """One direction of one call: what was sent, what arrived, how late, and what was wrong with it."""

    call: int
    characters: int  # of base64 in one chunk
    sent: int = 0
    received: int = 0
    last: int = 0
    misplaced: int = 0
    doubled: int = 0
    damaged: int = 0
    missing: set[int] = field(default_factory=set)  # before `last`
    delays_ms: list[float] = field(default_factory=list)
    arrived_ns: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.filling = self.characters - MARK_CHARACTERS

    @property
    def lost(self) -> int:
        """What never arrived of what was sent so far."""
        return len(self.missing) + self.sent - self.last

    def stamp(self) -> bytes:
        """The mark of the next chunk, in base64; its filling stands at `filling_at(self.sent)`."""
        self.sent += 1
        mark = MARK.pack(MAGIC_BYTES, self.call, self.sent, time.monotonic_ns())
        return b2a_base64(mark, newline=False)

    def filling_at(self, number: int) -> int:
        return (number * 31 + self.call * 7) % STEPS * 4

    def see(self, buffer: bytearray, at: int, end: int) -> None:
        """Take a message in which a chunk arrived; every byte of the chunk is compared."""
        now = time.monotonic_ns()
        at = buffer.find(MAGIC, at, min(end, at + LOOK_WITHIN))
        filling_at = at + MARK_CHARACTERS
        if at < 0 or filling_at + self.filling >= end:
            self.damaged += 1
            return
        _, call, number, sent_at = MARK.unpack(a2b_base64(buffer[at:filling_at]))
        self.received += 1
        if number == self.last + 1:
            self.last = number
        else:
            self._out_of_order(number)
        noise_at = (number * 31 + self.call * 7) % STEPS * 4
        same = buffer.startswith(NOISE[noise_at : noise_at + self.filling], filling_at)
        if not same or call != self.call or buffer[filling_at + self.filling] != QUOTE:
            self.damaged += 1
        self.delays_ms.append((now - sent_at) / 1e6)
        self.arrived_ns.append(now)

    def measure_anew(self) -> None:
        self.delays_ms.clear()
        self.arrived_ns.clear()

    def _out_of_order(self, number: int) -> None:
        if number > self.sent:
            self.damaged += 1
        elif number > self.last:
            self.missing.update(range(self.last + 1, number))
            self.last = number
        elif number in self.missing:
            self.missing.remove(number)
            self.misplaced += 1
        else:
            self.doubled += 1


def call_of(buffer: bytearray, at: int, end: int) -> int:
    """Whose chunk is in a message."""
    at = buffer.index(MAGIC, at, min(end, at + LOOK_WITHIN))
    call: int = MARK.unpack(a2b_base64(buffer[at : at + MARK_CHARACTERS]))[1]
    return call
