"""One contender under load for a while, and what came of it."""

import asyncio
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from .load import Caller, RealtimeCaller
from .marks import Track
from .mock import Board
from .process import Process, free_port

DIRECT_CALLS = 4  # straight to the mock beside every run: what the machine and the load add by themselves
READY_S, SETTLE_S = 30.0, 1.5


@dataclass(frozen=True)
class Contender:
    """A relay to measure, and how it is called."""

    name: str
    command: Sequence[str]
    folder: Path
    env: Mapping[str, str]
    caller: type[Caller]


@dataclass(frozen=True)
class Shape:
    """Of the load."""

    calls: int
    seconds: float
    warm_up: float
    chunk_ms: int


@dataclass(frozen=True)
class Result:
    """Delays in milliseconds, beyond those of the direct calls; `memory` in kB a call; `load` in cores."""

    cpu: float  # milliseconds for a second of one call
    up_p50: float
    up_p99: float
    down_p50: float
    down_p99: float
    lost: float
    misplaced: float
    damaged: float
    threads: float
    memory: float
    load: float

    @classmethod
    def median(cls, results: Sequence["Result"]) -> "Result":
        return cls(*(statistics.median(getattr(each, field.name) for each in results) for field in fields(cls)))

    @classmethod
    def worst(cls, results: Sequence["Result"]) -> "Result":
        return cls(*(max(getattr(each, field.name) for each in results) for field in fields(cls)))


class Run:
    """A fresh process of the contender, called by many."""

    def __init__(self, contender: Contender, shape: Shape, board: Board, mock_port: int) -> None:
        self.contender = contender
        self.shape = shape
        self.board = board
        self.mock_port = mock_port
        self.callers: list[Caller] = []
        self.direct: list[Caller] = []
        self.first: list[Caller] = []  # what a process loads with its first call is no cost of a call

    async def result(self) -> Result:
        port = free_port()
        env = {**self.contender.env, "PORT": str(port)}
        process = Process(self.contender.command, self.contender.folder, env, port)
        try:
            await process.listening()
            return await self._measure(process)
        finally:
            for caller in self.callers + self.direct + self.first:
                caller.hang_up()
            await asyncio.sleep(0.5)
            process.stop()

    async def _measure(self, process: Process) -> Result:
        await self._call(self.first, self.contender.caller, process.port, 1)
        self.first.pop().hang_up()
        await asyncio.sleep(1)
        empty_kb = process.memory_kb()
        await self._call(self.direct, RealtimeCaller, self.mock_port, DIRECT_CALLS)
        await self._call(self.callers, self.contender.caller, process.port, self.shape.calls)
        await asyncio.sleep(self.shape.warm_up)
        ours = [track for caller in self.callers for track in (caller.up, caller.down)]
        for caller in self.callers + self.direct:
            caller.up.delays_ms.clear()
            caller.down.delays_ms.clear()
        cpu, load, took = await self._cost(process)
        up_p50, up_p99 = self._added("up")
        down_p50, down_p99 = self._added("down")
        threads, full_kb = process.threads(), process.memory_kb()
        await self._settle()
        return Result(
            cpu / took / self.shape.calls,
            up_p50,
            up_p99,
            down_p50,
            down_p99,
            lost=sum(track.sent - track.received for track in ours),
            misplaced=sum(track.misplaced for track in ours),
            damaged=sum(track.damaged for track in ours),
            threads=threads,
            memory=(full_kb - empty_kb) / self.shape.calls,
            load=load / took,
        )

    async def _call(self, callers: list[Caller], kind: type[Caller], port: int, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            caller = kind(self.board, self.board.add(self.shape.chunk_ms), self.shape.chunk_ms)
            callers.append(caller)
            await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)  # type: ignore[misc]
        await asyncio.wait_for(asyncio.gather(*(caller.ready for caller in callers)), READY_S)

    async def _cost(self, process: Process) -> tuple[float, float, float]:
        """CPU milliseconds of the relay and CPU seconds of the load, over how many seconds."""
        began, cpu, load = time.monotonic(), process.cpu_ms(), time.process_time()
        await asyncio.sleep(self.shape.seconds)
        return process.cpu_ms() - cpu, time.process_time() - load, time.monotonic() - began

    def _added(self, side: str) -> tuple[float, float]:
        """What the relay adds to the median and the 99th percentile of the delays on one side."""
        ours, direct = (_delays(getattr(each, side) for each in callers) for callers in (self.callers, self.direct))
        return ours[0] - direct[0], ours[1] - direct[1]

    async def _settle(self) -> None:
        """Stop both ends from talking, let what is under way arrive, and see that no call was lost."""
        for caller in self.callers + self.direct:
            caller.stop_speaking()
        self.board.silence()
        await asyncio.sleep(SETTLE_S)
        troubles = [caller.trouble for caller in self.callers + self.direct if caller.trouble]
        if troubles:
            print(f"{self.contender.name}: {len(troubles)} calls in trouble; the first: {troubles[0]}")


def _delays(tracks: Iterable[Track]) -> tuple[float, float]:
    """Median and 99th percentile."""
    cuts = statistics.quantiles([ms for track in tracks for ms in track.delays_ms], n=100, method="inclusive")
    return cuts[49], cuts[98]
