"""Numbers the events of a talk for the page, and keeps the latest for a page that comes back, within a limit."""

from collections.abc import Callable
from enum import Enum
from itertools import islice

import pybase64

from ..wire import down, rendering
from .item_names import ItemNames

# What a packet takes beside its bytes: the objects that hold it.
PACKET_OVERHEAD = 200
# Of one call, in bytes: 14 s of sound, as base64.
RING_BYTES = 900_000
# Kept free of sound for the texts that still come where nobody is there to be told.
TEXT_BYTES = 100_000
# Of so many items it is known how much sound they had: one or two are played at a time.
MAX_ITEMS = 50


class NotHeld(Enum):
    """Why the events after a number cannot be sent again."""

    FORGOTTEN = "some of the events after it are no longer kept"
    NOT_YET = "no event has this number yet"


# A packet, its size, and of sound the item, and at how many bytes of the item's sound it ends; a plain tuple, as one is
# made for each delta.
_Kept = tuple[rendering.Packet, int, str, int]


class Outbox:
    """Of one call. `number`: the last one given; the first is 1.

    `room`: bytes of packets that are kept; of more the oldest are forgotten. With 0 nothing is kept, and nothing is
    done for it. `names`: what the page calls the items, where it has others of the same ids.
    """

    __slots__ = ("_ends", "_item", "_kept", "_names", "_quoted", "_received", "_room", "_size", "number")

    def __init__(self, room: int = 0, names: ItemNames | None = None, number: int = 0) -> None:
        self.number = number
        self._names = names
        self._room = room
        self._size = 0
        self._kept: list[_Kept] = []
        # The page has it, as it said.
        self._received = 0
        # Of the sound of each item, in bytes.
        self._ends: dict[str, int] = {}
        # The latest item with sound, as it stands in a packet: many deltas in a row are of one.
        self._item, self._quoted = "", b'""'

    def put(self, event: down.Event) -> rendering.Packet:
        """Number an event of the talk; the packet that carries it. Never raises."""
        self.number += 1
        packet = rendering.packet(self._names.outward(event) if self._names else event, self.number)
        if self._room:
            self._keep((packet, len(packet[0]) + PACKET_OVERHEAD, "", 0))
        return packet

    def sound(self, item: str, audio: bytes) -> rendering.Packet:
        """The same for base64 of an item's sound; empty: there is no more of it. The hot path."""
        self.number += 1
        if item != self._item:
            self._begin(item)
        packet = rendering.sound(self.number, self._quoted, audio)
        if self._room:
            # As much as `base64_size` says, of base64 that was checked.
            end = self._ends.get(item, 0) + len(audio) // 4 * 3 - audio.count(b"=", -2)
            self._ends[item] = end
            self._keep((packet, len(packet[0]) + len(audio) + PACKET_OVERHEAD, item, end))
        return packet

    def _begin(self, item: str) -> None:
        self._item, self._quoted = item, rendering.quoted(self._names.of(item) if self._names else item)
        if len(self._ends) > MAX_ITEMS:
            del self._ends[next(iter(self._ends))]

    @property
    def full(self) -> bool:
        """Whether there is no room for more sound without forgetting what the page does not have."""
        over = self._size - (self._room - TEXT_BYTES)
        if over <= 0:
            return False
        oldest = self.number - len(self._kept) + 1
        had = islice(self._kept, max(0, self._received - oldest + 1))
        return over > sum(size for _, size, _, _ in had)

    # The page comes back

    def since(self, n: int) -> list[rendering.Packet] | NotHeld:
        """The packets of all numbers above `n`, in order."""
        missed = self.number - n
        if missed < 0:
            return NotHeld.NOT_YET
        if missed > len(self._kept):
            return NotHeld.FORGOTTEN
        return [packet for packet, *_ in islice(self._kept, len(self._kept) - missed, None)]

    def gone(self, n: int) -> int:
        """How many after `n` are no longer kept."""
        return max(0, self.number - len(self._kept) - n)

    def sound_from(self, item: str, start: int) -> bytes | None:
        """PCM16 of all that was sent of the item's sound from its byte `start` on; None where it is not all kept."""
        end = self._ends.get(item, 0)
        parts = [pybase64.b64decode(packet[1], validate=True) for packet, _, kept, _ in self._kept if kept == item]
        begin = end - sum(map(len, parts))
        return b"".join(parts)[start - begin :] if begin <= start <= end else None

    def begin_again(self, heard: dict[str, int]) -> None:
        """All that follows is told anew; of these items the sound from so many bytes on."""
        self._kept.clear()
        self._size = 0
        self._received = self.number
        self._ends.update(heard)

    # What is needed no more

    def received(self, n: int) -> None:
        """The page has all up to `n`; one that never was is nothing."""
        if self._received < n <= self.number:
            self._received = n

    def forget(self, heard: Callable[[str], int | None]) -> None:
        """What the page has is let go, but for sound of which a reload may take up the rest.

        `heard`: bytes of an item that were heard; None where no more of it is to be.
        """
        oldest = self.number - len(self._kept) + 1
        while self._kept and oldest <= self._received:
            _, _, item, end = self._kept[0]
            if item:
                at = heard(item)
                if at is not None and end > at:
                    return
            self._let_go()
            oldest += 1

    def keep_nothing(self) -> None:
        """From now on."""
        self._room = self._size = 0
        self._kept.clear()

    def _keep(self, kept: _Kept) -> None:
        self._kept.append(kept)
        self._size += kept[1]
        while self._size > self._room:
            self._let_go()

    def _let_go(self) -> None:
        self._size -= self._kept.pop(0)[1]
