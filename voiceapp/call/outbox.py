"""Numbers the events of a talk for the page, and keeps the latest for a page that comes back, within a limit."""

from collections import deque
from enum import Enum
from itertools import islice

from ..wire import down

# What a packet takes beside its bytes: the objects that hold it.
PACKET_OVERHEAD = 200


class NotHeld(Enum):
    """Why the events after a number cannot be sent again."""

    FORGOTTEN = "some of the events after it are no longer kept"
    NOT_YET = "no event has this number yet"


class Outbox:
    """Of one call. `number`: the last one given; the first is 1.

    `room`: bytes of packets that are kept; of more the oldest are forgotten. Until a page can come back to its call the
    relay gives 0: nothing is kept, and nothing is done for it.
    """

    def __init__(self, room: int = 0) -> None:
        self.number = 0
        self._room = room
        self._size = 0
        self._kept: deque[down.Packet] = deque()
        # The latest item with sound, as it stands in a packet: many deltas in a row are of one.
        self._item, self._quoted = "", b'""'

    def put(self, event: down.Event) -> down.Packet:
        """Number an event of the talk; the packet that carries it. Never raises."""
        self.number += 1
        packet = down.packet(event, self.number)
        if self._room:
            self._keep(packet)
        return packet

    def sound(self, item: str, audio: bytes) -> down.Packet:
        """The same for base64 of an item's sound; empty: there is no more of it. The hot path."""
        self.number += 1
        if item != self._item:
            self._item, self._quoted = item, down.quoted(item)
        packet = down.sound(self.number, self._quoted, audio)
        if self._room:
            self._keep(packet)
        return packet

    def since(self, n: int) -> list[down.Packet] | NotHeld:
        """The packets of all numbers above `n`, in order."""
        missed = self.number - n
        if missed < 0:
            return NotHeld.NOT_YET
        if missed > len(self._kept):
            return NotHeld.FORGOTTEN
        return list(islice(self._kept, len(self._kept) - missed, None))

    def _keep(self, packet: down.Packet) -> None:
        self._kept.append(packet)
        self._size += _size(packet)
        while self._size > self._room:
            self._size -= _size(self._kept.popleft())


def _size(packet: down.Packet) -> int:
    return sum(map(len, packet)) + PACKET_OVERHEAD
