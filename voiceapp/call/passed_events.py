"""The latest events that passed between server and model, from a call's beginning, whether or not anybody looks.

Each is kept as it passed, unread. Of sound, and of what comes in pieces, only how much passed between two others.
"""

from collections import defaultdict
from collections.abc import Callable
from struct import Struct, error
from typing import NamedTuple

from ..wire.down import Direction

# Of one call. Of those whose payload is no longer held, or is longer, there is all else.
MAX_EVENTS = 2000
MAX_PAYLOADS, MAX_PAYLOAD = 64 * 1024, 16 * 1024
# Names are the server's own.
MAX_NAME, MAX_KINDS, MAX_RUNS = 100, 500, 20
UNKNOWN = "?"
APPEND = "input_audio_buffer.append"
# What a message adds to its run beside its bytes. Both in one number, as it is added on the hot path.
ONE = 1 << 40
ONE_CHUNK = ONE + len(f'{{"type":"{APPEND}","audio":""}}')
# When it was, how long it lasted, its bytes, how many it stands for, and its kind; times in milliseconds.
_ROW = Struct("=IIIIH")
_ROW_SIZE, _GREATEST = _ROW.size, (1 << 32) - 1
# Room is made for so many at once.
_MORE = bytes(_ROW_SIZE * 20)


class PassedEvent(NamedTuple):
    """One, or a run of `times`. `n`: the first is 1. `at`, `until`: in milliseconds. `payload`: empty if not held."""

    n: int
    direction: Direction
    type: str
    at: int
    until: int
    times: int
    size: int
    payload: bytes


class PassedEvents:
    """Of one call, which began at `began` (seconds). `number`: of the latest.

    `runs`: what has come in pieces since then, by type: `ONE` for each, and its bytes. `settle` is called before they
    are looked at: whoever adds to them may do so late.
    """

    __slots__ = ("_at", "_began", "_held", "_kinds", "_payloads", "_rows", "number", "runs", "settle")

    def __init__(self, began: float) -> None:
        self.number = 0
        self.runs: defaultdict[str, int] = defaultdict(int)
        self.settle: Callable[[], None] = _all_is_told
        self._began = began
        # When the latest was.
        self._at = 0
        # No object for each: there are thousands of calls, and the garbage collector would look at all of them.
        self._rows = bytearray()
        self._kinds: dict[tuple[Direction, str], int] = {("down", UNKNOWN): 0}
        # Of the latest events.
        self._payloads: list[bytes] = []
        self._held = 0

    @property
    def first(self) -> int:
        """The number of the oldest that is kept."""
        return max(1, self.number - MAX_EVENTS + 1)

    def keep(self, direction: Direction, kind: str, payload: bytes, now: float) -> None:
        """A whole event. `now`: seconds, as `began`."""
        self.close_runs(now)
        self._add(direction, kind, self._at, 0, len(payload), 1, payload)

    def fold(self, kind: str, size: int, clock: Callable[[], float]) -> None:
        """One of many pieces. `clock`: as `now`."""
        runs = self.runs
        runs[kind[:MAX_NAME]] += ONE + size
        if len(runs) > MAX_RUNS:
            self.close_runs(clock())

    def close_runs(self, now: float) -> None:
        """What comes in pieces from now on is another run."""
        at, self._at = self._at, int((now - self._began) * 1000)
        self.settle()
        if self.runs:
            self._add_runs(at)

    def _add_runs(self, at: int) -> None:
        for kind, run in self.runs.items():
            direction: Direction = "up" if kind == APPEND else "down"
            self._add(direction, kind, at, self._at - at, run % ONE, run // ONE, b"")
        self.runs.clear()

    def get(self, n: int) -> PassedEvent:
        """One that is kept."""
        at, span, size, times, kind = _ROW.unpack_from(self._rows, (n - 1) % MAX_EVENTS * _ROW_SIZE)
        direction, name = list(self._kinds)[kind]
        place = n - 1 - (self.number - len(self._payloads))
        payload = self._payloads[place] if place >= 0 else b""
        return PassedEvent(n, direction, name, at, at + span, times, size, payload)

    def _add(self, direction: Direction, kind: str, at: int, span: int, size: int, times: int, payload: bytes) -> None:
        number = self._kinds.get((direction, kind))
        if number is None:
            number = self._name(direction, kind[:MAX_NAME])
        rows, payloads, place = self._rows, self._payloads, self.number % MAX_EVENTS * _ROW_SIZE
        if place == len(rows):
            rows.extend(_MORE)
        try:
            _ROW.pack_into(rows, place, at, span, size, times, number)
        except error:
            # Of a call of fifty days, or a run of 4 GB.
            _ROW.pack_into(rows, place, *(min(each, _GREATEST) for each in (at, span, size, times)), number)
        self.number += 1
        if size > MAX_PAYLOAD:
            payload = b""
        payloads.append(payload)
        self._held += len(payload)
        while self._held > MAX_PAYLOADS or len(payloads) > MAX_EVENTS:
            self._held -= len(payloads.pop(0))

    def _name(self, direction: Direction, kind: str) -> int:
        if len(self._kinds) >= MAX_KINDS:
            return 0
        return self._kinds.setdefault((direction, kind), len(self._kinds))


def _all_is_told() -> None:
    """Nobody adds late."""


def comes_in_pieces(kind: str) -> bool:
    """Whether an event of this type is a part of what many of them say."""
    return kind.endswith(("delta", ".append"))
