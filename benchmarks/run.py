"""One contender under load for a while, and what came of it."""

import re
import ssl
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from .contenders import Contender
from .line import Listener
from .load import Caller, RealtimeCaller
from .marks import Track
from .mock import TURN_S, Board, Mock
from .process import Process, busy_s, free_port
from .reactor import Reactor

DIRECT_CALLS = 4  # straight to the mock beside every run: what the machine and the load add by themselves
READY_S, SETTLE_S = 30.0, TURN_S + 0.7
GROWN_S = 3.0  # after more calls began, until it is measured again
AT_ONCE = 25  # calls that begin together
LARGEST, TOGETHER_S = 5, 0.05


@dataclass(frozen=True)
class Shape:
    """Of the load; `steps`: how many calls are measured, one number after the other."""

    steps: Sequence[int]
    seconds: float
    warm_up: float
    chunk_ms: int


@dataclass(frozen=True)
class Late:
    """A delay as it was, and when what was late arrived, in seconds of the measurement."""

    ms: float
    at_s: float
    side: str


@dataclass(frozen=True)
class Pause:
    """Of Python's garbage collector, and when it ended; `--watch-gc` tells them."""

    ms: float
    at_s: float
    generation: int


@dataclass(frozen=True)
class Result:
    """Delays in milliseconds, beyond those of the direct calls; `memory` in kB a call; `load` and `other` in cores.

    What is lost, doubled, misplaced or damaged is of the whole run.
    """

    calls: int
    cpu: float  # milliseconds for a second of one call
    up_p50: float
    up_p99: float
    down_p50: float
    down_p99: float
    threads: float
    memory: float
    load: float
    other: float
    largest: Sequence[Late]
    lost: int = 0
    doubled: int = 0
    misplaced: int = 0
    damaged: int = 0
    pauses: Sequence[Pause] = ()


MEASURED = [field.name for field in fields(Result) if field.name not in ("calls", "largest", "pauses")]


class Stage:
    """The load's own: a loop, and a Realtime server behind whatever is measured. To be used in a `with`."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.reactor, self.board = Reactor(), Board()
        self._listener = Listener(self.reactor, lambda: Mock(self.reactor, self.board), certificate)
        self.port = self._listener.port
        self.url = f"{'wss' if certificate else 'ws'}://localhost:{self.port}/v1/realtime"

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.reactor.close()


class Run:
    """A fresh process of the contender, called by more and more."""

    def __init__(self, contender: Contender, shape: Shape, stage: Stage) -> None:
        self.contender = contender
        self.shape = shape
        self.stage = stage
        self.reactor, self.board = stage.reactor, stage.board
        self.headers = ""
        self.callers: list[Caller] = []
        self.direct: list[Caller] = []

    def results(self) -> list[Result]:
        """One for each step."""
        port = free_port()
        process = Process(
            self.contender.command, self.contender.folder, {**self.contender.env, "PORT": str(port)}, port
        )
        try:
            process.wait()
            self.headers = self.contender.login(port)
            return self._measure(process)
        finally:
            for caller in self.callers + self.direct:
                caller.hang_up()
            self.reactor.run(0.5)
            process.stop()

    def _measure(self, process: Process) -> list[Result]:
        # What a process loads with its first call is no cost of a call.
        first: list[Caller] = []
        self.call(first, process.port, 1)
        first.pop().hang_up()
        self.reactor.run(1)
        empty_kb = process.memory_kb()
        self.call(self.direct, self.stage.port, DIRECT_CALLS, RealtimeCaller)
        results = []
        for place, calls in enumerate(self.shape.steps):
            self.call(self.callers, process.port, calls - len(self.callers))
            self.reactor.run(GROWN_S if place else self.shape.warm_up)
            results.append(self._step(process, empty_kb))
        self._settle()
        ours = [track for caller in self.callers for track in (caller.up, caller.down)]
        faults = {
            name: sum(getattr(each, name) for each in ours) for name in ("lost", "doubled", "misplaced", "damaged")
        }
        return [replace(each, **faults) for each in results]

    def call(
        self, callers: list[Caller], port: int, count: int, kind: type[Caller] | None = None, speaks: bool = True
    ) -> None:
        """So many more, and return when they may speak, as they do at once if `speaks`."""
        chunk_ms, make = self.shape.chunk_ms, kind or self.contender.caller
        for place in range(count):
            headers = "" if kind else self.headers
            caller = make(self.reactor, self.board, self.board.add(chunk_ms), chunk_ms, headers)
            caller.speaks = speaks
            callers.append(caller)
            caller.connect(port)
            if place % AT_ONCE == AT_ONCE - 1 or place == count - 1:
                self._await(callers)

    def _await(self, callers: Sequence[Caller]) -> None:
        waiting = [each for each in callers if not each.is_ready]
        self.reactor.run_until(lambda: all(each.is_ready or each.is_closed for each in waiting), READY_S)
        for caller in waiting:
            if not caller.is_ready:
                raise ConnectionError(caller.trouble or f"{self.contender.name}: a call was not ready in {READY_S} s")

    def _step(self, process: Process, empty_kb: float) -> Result:
        for caller in self.callers + self.direct:
            caller.up.measure_anew()
            caller.down.measure_anew()
        began_ns, cpu, load, busy = time.monotonic_ns(), process.cpu_ms(), time.process_time(), busy_s()
        self.reactor.run(self.shape.seconds)
        took = (time.monotonic_ns() - began_ns) / 1e9
        cpu, load, busy = process.cpu_ms() - cpu, time.process_time() - load, busy_s() - busy
        ups, downs = [each.up for each in self.callers], [each.down for each in self.callers]
        up = _added(ups, [each.up for each in self.direct])
        down = _added(downs, [each.down for each in self.direct])
        late = [*_largest(ups, "up", began_ns), *_largest(downs, "down", began_ns)]
        return Result(
            len(self.callers),
            cpu / took / len(self.callers),
            *up,
            *down,
            process.threads(),
            (process.memory_kb() - empty_kb) / len(self.callers),
            load / took,
            max(0.0, (busy - load - cpu / 1000) / took),
            _apart(late),
            pauses=_pauses(process.log(), began_ns / 1e9, took),
        )

    def _settle(self) -> None:
        """Stop both ends from talking, let what is under way arrive, and see that no call was lost."""
        for caller in self.callers + self.direct:
            caller.stop_speaking()
        self.board.silence()
        self.reactor.run(SETTLE_S)
        troubles = [caller.trouble for caller in self.callers + self.direct if caller.trouble]
        if troubles:
            print(f"{self.contender.name}: {len(troubles)} calls in trouble; the first: {troubles[0]}")


def _delays(tracks: Iterable[Track]) -> tuple[float, float]:
    """Median and 99th percentile."""
    cuts = statistics.quantiles([ms for track in tracks for ms in track.delays_ms], n=100, method="inclusive")
    return cuts[49], cuts[98]


def _added(ours: Sequence[Track], direct: Sequence[Track]) -> tuple[float, float]:
    """What the relay adds to the median and the 99th percentile of the delays on one side."""
    through, straight = _delays(ours), _delays(direct)
    return through[0] - straight[0], through[1] - straight[1]


def _largest(tracks: Sequence[Track], side: str, began_ns: int) -> list[Late]:
    return [
        Late(ms, (arrived - began_ns) / 1e9, side)
        for track in tracks
        for ms, arrived in sorted(zip(track.delays_ms, track.arrived_ns, strict=True))[-3 * LARGEST :]
    ]


def _apart(late: Sequence[Late]) -> list[Late]:
    """The largest; of those that fell together, one."""
    found: list[Late] = []
    for each in sorted(late, key=lambda each: -each.ms):
        if all(abs(each.at_s - other.at_s) > TOGETHER_S for other in found):
            found.append(each)
    return found[:LARGEST]


def _pauses(log: str, began: float, took: float) -> list[Pause]:
    told = re.findall(r"^gc \d+ generation (\d) took ([\d.]+) ms until ([\d.]+)$", log, re.MULTILINE)
    found = [Pause(float(ms), float(until) - began, int(generation)) for generation, ms, until in told]
    return sorted((each for each in found if 0 <= each.at_s <= took), key=lambda each: -each.ms)[:LARGEST]
