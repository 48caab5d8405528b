"""Whether a call grows dearer the longer it lasts: `python -m benchmarks.length` (see README.md)."""

import argparse
import asyncio
import gc
import os
import random
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from voiceapp.call.outbox import RING_BYTES
from voiceapp.conversation import events as ev

from .mock import ASKED, CYCLE_S, DELTA_MS, DELTAS, DONE, HEARD, SOUND, WORD, WORDS_PER_DELTA
from .resume import CHUNK_MS, Alone

TURNS = 720  # two hours
AT, WINDOW = (1, TURNS // 2, TURNS), 5  # turns that are looked at, and so many around each
HEARD_MS = 250
KINDS = ("chunk", "delta", "word", "heard", "turn")


class Clock:
    """A loop whose time is ours, and at which nothing falls due."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, *_: Any) -> asyncio.TimerHandle:
        return asyncio.TimerHandle(when, lambda: None, (), asyncio.get_event_loop())


class LongCall(Alone):
    """Turns as those of the load, one after the other; how long each kind took is in nanoseconds."""

    def __init__(self) -> None:
        self.clock = Clock()
        loop: Any = self.clock
        super().__init__(loop, RING_BYTES, self.clock.time)
        self.sound = b64encode(random.Random(1).randbytes(DELTA_MS * 48)) + b'"}'
        self.turns = 0
        self.took_ns: dict[str, int] = {}

    def turn(self) -> dict[str, float]:
        """Microseconds of one of each kind, and of the whole turn."""
        self.turns += 1
        last = b'"assistant_%d"' % (self.turns - 1) if self.turns > 1 else b"null"
        of_turn = {b"turn": self.turns, b"last": last}
        counts = dict.fromkeys(KINDS, 0)
        took_ns = dict.fromkeys(KINDS, 0)

        def do(kind: str, call: Callable[..., None], *args: Any) -> None:
            began = time.perf_counter_ns()
            call(*args)
            took = time.perf_counter_ns() - began
            counts[kind] += 1
            took_ns[kind] += took
            took_ns["turn"] += took

        def say(kind: str, events: Sequence[bytes]) -> None:
            for event in events:
                do(kind, self.relay.link_text, event % of_turn)

        say("turn", HEARD)
        for _ in range(int(CYCLE_S * 1000 / CHUNK_MS)):
            self.clock.now += CHUNK_MS / 1000
            self.chunks += 1
            do("chunk", self.relay.take_chunk, self.chunks, self.chunk)
        say("turn", ASKED)
        for _ in range(DELTAS):
            say("word", (WORD,) * WORDS_PER_DELTA)
            do("delta", self.relay.link_text, SOUND % of_turn + self.sound)
        item = f"assistant_{self.turns}"
        for ms in range(HEARD_MS, DELTAS * DELTA_MS + 1, HEARD_MS):
            do("heard", self.relay.take_event, ev.Heard(item, ms))
            do("turn", self.line.received, self.line.number)
        say("turn", DONE)
        counts["turn"] = 1
        return {kind: took_ns[kind] / counts[kind] / 1000 for kind in KINDS}


def measure(turns: int, mark: Callable[[], object]) -> list[dict[str, float]]:
    """Every turn of a call; `mark` is called around those that are looked at."""
    call, found = LongCall(), []
    bounds = {bound for at in AT for bound in window(at)}
    gc.collect()
    gc.disable()
    for number in range(turns):
        if number in bounds:
            mark()
        found.append(call.turn())
    mark()
    gc.enable()
    return found


def window(at: int) -> tuple[int, int]:
    """The first turn, counted from 0, and the one after the last."""
    first = min(max(0, at - 1 - WINDOW // 2), TURNS - WINDOW)
    return first, first + WINDOW


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.length", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    asyncio.set_event_loop(asyncio.new_event_loop())
    rounds = [measure(TURNS, os.getppid) for _ in range(options.rounds)]
    print(f"µs, the least of {options.rounds} rounds of {WINDOW} turns each\n")
    print("turn    " + "".join(kind.rjust(10) for kind in KINDS))
    for at in AT:
        first, after = window(at)
        least = {kind: min(each[kind] for found in rounds for each in found[first:after]) for kind in KINDS}
        print(f"{at:<8}" + "".join(f"{least[kind]:10.2f}" for kind in KINDS))


if __name__ == "__main__":
    main()
