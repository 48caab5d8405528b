"""How soon a page is back in its call, and what that costs: `python -m benchmarks.resume` (see README.md)."""

import argparse
import asyncio
import gc
import json
import os
import random
import socket
import statistics
import struct
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from voiceapp.call.inbox import Inbox
from voiceapp.call.outbox import RING_BYTES
from voiceapp.call.page_line import PageLine
from voiceapp.call.recent_input import RecentInput
from voiceapp.call.relay import Relay
from voiceapp.conversation import events as ev
from voiceapp.conversation.capabilities import Capabilities
from voiceapp.conversation.conversation import Conversation
from voiceapp.conversation.dialects import SessionConfig

from .contenders import ROOT
from .line import Listener
from .load import VoiceAppCaller
from .mock import DELTA_MS, Board, Mock
from .process import Process, free_port
from .reactor import Reactor

# Of VOICEAPP_RESUME
ON, OFF = "yes", "no"
CHUNK_MS = 100
# Closing sends RST in place of FIN (socket(7)).
RESET = struct.pack("ii", 1, 0)
# What follows `resumed` so closely was kept for the page.
KEPT_WITHIN_S = 0.005
# More than the ring has room for: 20 s.
FILLING_DELTAS = 50
SETTLE_S, READY_S = 3.0, 30.0
DELTAS, CHUNKS = 4_000, 10_000
# Of sound, between two reports of what the page has and has heard.
REPORT_EVERY = 3


# How soon


class Times:
    """In milliseconds from the moment at which a caller knows of the cut; `missed` is a fault."""

    def __init__(self) -> None:
        self.back: list[float] = []
        self.first: list[float] = []
        self.missed = 0


class ReturningCaller(VoiceAppCaller):
    """One line of a page that comes back; `before`: the one that was cut."""

    def __init__(
        self, reactor: Reactor, board: Board, call: int, times: Times, before: "ReturningCaller | None" = None
    ) -> None:
        super().__init__(reactor, board, call, CHUNK_MS)
        self.times = times
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.returns = before is not None
        self.token: str = before.token if before else ""
        self.told = before.told if before else 0
        self.cut_at = time.monotonic()
        self.back_at = 0.0

    def begin(self) -> None:
        super().begin()
        if not self.ready.done():
            self.ready.set_result(None)

    def fail(self, why: str) -> None:
        super().fail(why)
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(why))

    def word(self, payload: bytes) -> None:
        super().word(payload)
        if payload.startswith((b'42["ready",', b'42["resumed",')):
            self._go_on(*json.loads(payload[2:]))
        elif payload.startswith(b'42["not_resumed",'):
            self.times.missed += 1
            self.fail(payload.decode())

    def opening(self) -> bytes:
        page = f"page-of-the-load-{self.up.call:06d}"
        if not self.returns:
            return b'420["start",%b]' % json.dumps({"page": page}).encode()
        return b'42["resume",%b]' % json.dumps({"token": self.token, "got": self.told, "page": page}).encode()

    def _go_on(self, name: str, fields: Mapping[str, Any]) -> None:
        self.token = fields["token"]
        if name == "resumed":
            self.back_at = time.monotonic()
            self.times.back.append((self.back_at - self.cut_at) * 1000)
            self.times.missed += fields["missed"] + fields["again"]
            self.number = fields["taken"]
            self.begin()

    def count(self, number: int) -> None:
        self.times.missed += number != self.told + 1
        self.told = number
        now = time.monotonic()
        if self.back_at and now - self.back_at < KEPT_WITHIN_S:
            self.times.first.append((now - self.cut_at) * 1000)
        self.back_at = 0.0

    def cut(self) -> None:
        self.leaving = True
        self.stop_speaking()
        if not self.is_closed:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.end()


class SilentCaller(ReturningCaller):
    """Says nothing by itself."""

    def start_speaking(self) -> None: ...


class Filler(Mock):
    """Says in one go more than there is room for, a while after the first chunk."""

    def begin(self, when: float) -> None:
        super().begin(time.monotonic() + 1)

    def talk(self) -> None:
        for _ in range(FILLING_DELTAS):
            self.play()


class Served:
    """The app as its users start it, with a mock of its own behind it."""

    def __init__(self, mock: type[Mock], resume: str, calls: int) -> None:
        self.board, self.reactor = Board(), Reactor()
        self._mock, self._resume, self._calls = mock, resume, calls

    async def __aenter__(self) -> "Served":
        self.reactor.attach(asyncio.get_running_loop())
        self._listener = Listener(self.reactor, lambda: self._mock(self.reactor, self.board))
        upstream = f"ws://127.0.0.1:{self._listener.port}/v1/realtime"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VOICEAPP_", "OPENAI_"))}
        port = free_port()
        env = {
            **kept,
            "PORT": str(port),
            "VOICEAPP_HOST": "127.0.0.1",
            "VOICEAPP_PROFILE": "openai",
            "VOICEAPP_UPSTREAM_URL": upstream,
            "VOICEAPP_UPSTREAM_KEY": "x",
            "VOICEAPP_INSTRUCTIONS": "Be brief.",
            "VOICEAPP_CHUNK_MS": str(CHUNK_MS),
            "VOICEAPP_MAX_CALLS": str(self._calls + 10),
            "VOICEAPP_RESUME": self._resume,
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--log-level", "warning", "wsgi:app"]
        self.process = Process(command, ROOT, env, port)
        await self.process.listening()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.board.silence()
        self._listener.close()
        await asyncio.to_thread(self.process.stop)
        self.reactor.close()

    async def call(self, make: Callable[[int], ReturningCaller]) -> ReturningCaller:
        caller = make(self.board.add(CHUNK_MS))
        await self.connect(caller)
        return caller

    async def connect(self, caller: ReturningCaller) -> None:
        caller.connect(self.process.port)
        await asyncio.wait_for(asyncio.shield(caller.ready), READY_S)


async def time_to_resume(calls: int, seconds: float) -> Times:
    times = Times()
    async with Served(Mock, ON, calls) as served:
        first = await asyncio.gather(
            *(served.call(lambda n: ReturningCaller(served.reactor, served.board, n, times)) for _ in range(calls))
        )
        until = asyncio.get_running_loop().time() + seconds
        last = await asyncio.gather(*(_come_and_go(served, caller, until) for caller in first))
        for caller in last:
            caller.hang_up()
        await asyncio.sleep(0.5)
    return times


async def _come_and_go(served: Served, caller: ReturningCaller, until: float) -> ReturningCaller:
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        await asyncio.sleep(random.uniform(0.5, 3))
        caller.cut()
        # As long as a page takes to see it, and some more, so that there is something to tell.
        await asyncio.sleep(random.uniform(0.05, 1))
        caller = ReturningCaller(served.reactor, served.board, caller.up.call, caller.times, caller)
        await served.connect(caller)
    return caller


# How much is held


async def memory(resume: str, calls: int) -> tuple[float, float]:
    """Kilobytes of resident memory a call: idle, and where rings are kept, with them full."""
    async with Served(Filler, resume, calls) as served:
        times = Times()
        (await served.call(lambda n: SilentCaller(served.reactor, served.board, n, times))).hang_up()
        await asyncio.sleep(1)
        empty_kb = served.process.memory_kb()
        callers = [
            await served.call(lambda n: SilentCaller(served.reactor, served.board, n, times)) for _ in range(calls)
        ]
        await asyncio.sleep(SETTLE_S)
        idle_kb = served.process.memory_kb()
        if resume == ON:
            for caller in callers:
                caller.say_chunk()
            await asyncio.sleep(0.3)
            for caller in callers:
                caller.cut()
            await asyncio.sleep(2 * SETTLE_S)
        full_kb = served.process.memory_kb()
        for caller in callers:
            caller.cut()
    return (idle_kb - empty_kb) / calls, (full_kb - empty_kb) / calls


# What it costs on the hot path


class Nobody:
    """Takes what a page and an upstream are sent, and asks nothing: what is left is the relay's own."""

    id = "bench"
    over = False

    def emit(self, _: object) -> None: ...

    def send(self, *_: object) -> None: ...

    def ready(self, _: object) -> None: ...

    def handled(self) -> None: ...

    def warn(self, _: object) -> None: ...

    def fail(self) -> None:
        raise

    def finish(self, fault: object) -> None:
        raise AssertionError(fault)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


class Alone:
    """A relay without sockets; `room`: of its ring, `clock`: for its pace."""

    def __init__(self, loop: asyncio.AbstractEventLoop, room: int, clock: Callable[[], float] | None = None) -> None:
        nobody: Any = Nobody()
        conversation = Conversation(SessionConfig("marin", "Be brief."), Capabilities())
        self.line = PageLine(nobody, room, conversation, lambda: None)
        self.relay = Relay(loop, conversation, self.line, RecentInput(), nobody, loop.time())
        self.relay.link = nobody
        # Real time, as far as it knows.
        self.relay.inbox = Inbox(clock or count(0, CHUNK_MS / 1000).__next__)
        self.relay.handle(ev.SessionUpdated("mock", "marin", None))
        self.chunk = b64encode(random.Random(2).randbytes(CHUNK_MS * 48))
        self.chunks = 0


class HotPath(Alone):
    """In the midst of a long answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, room: int) -> None:
        super().__init__(loop, room)
        self.relay.link_text(b'{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}')
        sound = b64encode(random.Random(1).randbytes(DELTA_MS * 48))
        self._delta = (
            b'{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1",'
            b'"output_index":0,"content_index":0,"delta":"' + sound + b'"}'
        )
        self._deltas = 0

    def delta_us(self) -> float:
        """Of each delta, with the page's reports of what it has and has heard."""
        began = time.perf_counter()
        for _ in range(DELTAS):
            self.relay.link_text(self._delta)
            self._deltas += 1
            if self._deltas % REPORT_EVERY == 0:
                self.relay.take_event(ev.Heard("item_1", self._deltas * DELTA_MS))
                self.line.received(self.line.number)
        return (time.perf_counter() - began) / DELTAS * 1e6

    def chunk_us(self) -> float:
        began = time.perf_counter()
        for _ in range(CHUNKS):
            self.chunks += 1
            self.relay.take_chunk(self.chunks, self.chunk)
        return (time.perf_counter() - began) / CHUNKS * 1e6


async def hot_path(rounds: int) -> dict[str, tuple[float, float]]:
    """Microseconds of a delta and of a chunk; in turn, so that a noisy moment hits both. The least of the rounds."""
    loop = asyncio.get_running_loop()
    paths = {ON: HotPath(loop, RING_BYTES), OFF: HotPath(loop, 0)}
    deltas: dict[str, list[float]] = {ON: [], OFF: []}
    chunks: dict[str, list[float]] = {ON: [], OFF: []}
    gc.freeze()
    for _ in range(rounds):
        for name, path in paths.items():
            deltas[name].append(path.delta_us())
            chunks[name].append(path.chunk_us())
            await asyncio.sleep(0)
    return {name: (min(deltas[name]), min(chunks[name])) for name in paths}


def _quantiles(values: Sequence[float]) -> str:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, of {len(values)}"


async def measure(options: argparse.Namespace) -> None:
    costs = await hot_path(options.rounds)
    print("\nVOICEAPP_RESUME     yes      no   ratio")
    for row, at in (("µs a delta", 0), ("µs a chunk", 1)):
        on, off = costs[ON][at], costs[OFF][at]
        print(f"{row:16}{on:7.2f} {off:7.2f} {on / off:7.2f}")
    (idle_on, full), (idle_off, _) = await memory(ON, options.held), await memory(OFF, options.held)
    print(f"{'kB a call, idle':16}{idle_on:7.1f} {idle_off:7.1f} {idle_on / idle_off:7.2f}   (aim: 64)")
    print(f"{'with full rings':16}{full:7.1f}       -       -   (aim: 1,000)")
    times = await time_to_resume(options.calls, options.seconds)
    print(f"\n{options.calls} calls, cut at random for {options.seconds:.0f} s; from the attempt to come back")
    print(f"to `resumed`            {_quantiles(times.back)}")
    print(f"to the first event kept {_quantiles(times.first)}")
    print(f"lost or doubled         {times.missed}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resume", description=__doc__)
    parser.add_argument("--calls", type=int, default=40, help="whose lines are cut")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--held", type=int, default=100, help="calls whose memory is measured")
    parser.add_argument("--rounds", type=int, default=7, help="of the hot path")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
