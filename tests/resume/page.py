"""A page that keeps to docs/wire.md over lines that are lost: speaks in real time, plays what comes, and comes back."""

import asyncio
import random
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.resume.line import PageLine
from tests.screen import Screen
from tests.wire_check import check_told
from voiceapp.conversation.pcm16 import BYTES_PER_MS

CHUNK_MS = 40
# Of sound that is on its way, and of sound that waits for a line; more is left out.
MAX_UNCONFIRMED_MS, MAX_LATE_MS = 1800, 5000
# What waited is told faster than it was spoken, but not all at once.
CHUNKS_A_BEAT = 4
# Nothing at all came for so long, though it speaks all the time: the line is dead. (A browser's page waits longer.)
PATIENCE_S = 1.5
FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.3, 3.0
PLAYS_FASTER = 3
HEARD_EVERY_S, GOT_EVERY_S = 0.25, 1.0
# What a page stops playing must be said before anything else.
URGENT = ("flushed", "interrupt")


def sound_of(chunk: int) -> bytes:
    """PCM16 that tells which chunk of the microphone it is; from 0."""
    return (chunk + 1).to_bytes(2, "little") * (BYTES_PER_MS // 2 * CHUNK_MS)


@dataclass
class Numbered:
    """Something with a number on its way up. `chunk`: of the microphone; None for anything else."""

    event: str
    fields: dict[str, Any]
    chunk: int | None = None
    n: int = 0
    said_at: float = 0.0
    taken_at: float = 0.0


@dataclass
class Record:
    """What the page did: the chunks and events in the order of their numbers, and the chunks that it left out."""

    taken: list[Numbered] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    # Of what was cut: the milliseconds that were heard. And of what the page was told to forget.
    flushed: dict[str, int] = field(default_factory=dict)
    forgotten: dict[str, int] = field(default_factory=dict)
    # Answers of which a reload took all the sound before any was heard.
    unheard: set[str] = field(default_factory=set)
    told: list[tuple[str, list[Any]]] = field(default_factory=list)
    resumes: list[dict[str, Any]] = field(default_factory=list)
    away_s: list[float] = field(default_factory=list)
    starts: int = 0
    goodbyes: int = 0
    losses: int = 0

    def named(self, event: str) -> list[dict[str, Any]]:
        return [each.fields for each in self.taken if each.event == event]

    @property
    def notices(self) -> list[str]:
        return [args[0]["code"] for name, args in self.told if name == "notice"]


class Page:
    """`name` is in its session's instructions, so that its upstream can be found. `traps`: called as events come."""

    def __init__(self, name: str, port: int, chance: random.Random, headers: Mapping[str, str] | None = None) -> None:
        self.name, self.port, self.chance = name, port, chance
        self.screen, self.record = Screen(), Record()
        self.traps: list[Callable[[str, list[Any]], None]] = []
        self.session: dict[str, Any] = {}
        self.ended = ""
        self.refused = ""
        self.speaking = True
        self._headers = dict(headers or {})
        self._holder = self._new_holder()
        self._token: str | None = None
        # It holds nothing of the call, as after a reload.
        self._void = False
        self._line: PageLine | None = None
        self._live = False
        self._lost_at = 0.0
        self._number = 0
        self._waiting: deque[Numbered] = deque()
        self._log: deque[Numbered] = deque()
        self._sent = 0
        self._chunks = 0
        # Milliseconds of each item that were heard, and where in the numbers each item's sound ends.
        self._heard: dict[str, float] = {}
        self._sound_at: deque[tuple[int, str, int]] = deque()
        self._said: dict[str, int] = {}
        self._got = 0
        self._tasks: list[asyncio.Task[None]] = []

    def _new_holder(self) -> str:
        return f"page-{self.name}-{self.chance.randrange(10**12):012d}"

    def open(self) -> None:
        self._tasks = [asyncio.ensure_future(each) for each in (self._keep_line(), self._speak(), self._play())]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._line is not None:
            self._line.end()
        for result in results:
            if isinstance(result, Exception):
                raise result
        check_told(self.record.told)

    @property
    def live(self) -> bool:
        return self._live

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def flushed(self, item: str) -> bool:
        return item in self.screen.flushed

    @property
    def troubled(self) -> BaseException | None:
        """What one of its parts raised."""
        raised = [task.exception() for task in self._tasks if task.done() and not task.cancelled()]
        return next((each for each in raised if each is not None), None)

    @property
    def settled(self) -> bool:
        """All that it had to say was taken, and all that came was heard."""
        return self._live and not self._waiting and not self._log and not self._playing()

    # The line

    async def _keep_line(self) -> None:
        tries = 0
        while not self.ended and not self.refused:
            await self._try_line()
            began = asyncio.get_running_loop().time()
            while self._line is not None:
                await asyncio.sleep(0.02)
                self._miss_line()
            tries = 0 if asyncio.get_running_loop().time() - began > 1 and self.record.told else tries + 1
            if tries > 1:
                longest = min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * 2 ** (tries - 2))
                await asyncio.sleep(self.chance.uniform(longest / 2, longest))

    async def _try_line(self) -> None:
        loop = asyncio.get_running_loop()
        self._line = line = PageLine(self._opened, self._told, self._lose, self._headers)
        try:
            await loop.create_connection(lambda: line, "127.0.0.1", self.port)
        except OSError:
            line.end()

    def _miss_line(self) -> None:
        line = self._line
        if line is not None and asyncio.get_running_loop().time() - line.heard_at > PATIENCE_S:
            line.end()

    def _opened(self, line: PageLine) -> None:
        if self._token is None:
            self.record.starts += 1
            asked = {"page": self._holder, "instructions": f"Be brief. I am {self.name}."}
            line.emit("start", asked, acknowledge=0)
        else:
            got = None if self._void else self.screen.number
            line.emit("resume", {"token": self._token, "got": got, "page": self._holder})

    def _lose(self, line: PageLine) -> None:
        if line is self._line:
            self._line = None
            self.record.losses += 1
            if self._live:
                self._lost_at = asyncio.get_running_loop().time()
            self._live = False

    def give_up_line(self) -> None:
        """Close it as a browser does: with a goodbye."""
        if self._line is not None:
            self.record.goodbyes += 1
            self._line.say_goodbye()

    def reload(self) -> None:
        """Everything is forgotten but the token; what it had to say is lost with it."""
        if self._line is not None:
            self._line.end()
        self._void = True
        self.record.unheard |= {item for item in self._playing() if not self._heard.get(item)}
        self._holder = self._new_holder()
        # What was sent may have been taken, or not; what was not sent is not said any more.
        self._unsay(self._waiting)

    def _unsay(self, waiting: deque[Numbered]) -> None:
        self.record.left_out += [each.chunk for each in waiting if each.chunk is not None]
        for each in waiting:
            if each.event == "flushed":
                self.record.flushed.pop(each.fields["item"], None)
        waiting.clear()

    # What comes

    def _told(self, line: PageLine, name: str, args: list[Any]) -> None:
        if line is not self._line:
            return
        self.record.told.append((name, args))
        for trap in list(self.traps):
            trap(name, args)
        if line is not self._line:
            return
        self.screen.take(name, args)
        self._react(line, name, args)

    def _react(self, line: PageLine, name: str, args: list[Any]) -> None:
        match name, args:
            case "ready", [ready]:
                self._begin(ready)
            case "resumed", [resumed]:
                self._resumed(resumed)
            case "not_resumed", [{"retry": retry, "code": code}]:
                self.refused = "" if retry else code
                line.end()
            case "renewed", [renewed]:
                self.session |= renewed
            case "ack", [n]:
                self._confirmed(n)
            case "audio", [n, item, _]:
                start, pcm = self.screen.sounds.get(item, (0, b""))
                self._sound_at.append((n, item, start + len(pcm)))
            case "flush", [_, {"item": item}]:
                self._flush(item)
            case "ended", [{"reason": reason}]:
                self.ended = reason
                self._live = False

    def _begin(self, ready: dict[str, Any]) -> None:
        self._token, self.session, self._live = ready["token"], dict(ready), True

    def _resumed(self, resumed: dict[str, Any]) -> None:
        self.record.resumes.append(resumed)
        self.record.away_s.append(asyncio.get_running_loop().time() - self._lost_at)
        self._token, self._live = resumed["token"], True
        self.session |= resumed
        if resumed["again"]:
            self._sound_at.clear()
            kept = {each["item"] for each in resumed["heard"]}
            self.record.forgotten |= {item: int(ms) for item, ms in self._heard.items() if item not in kept}
            self._heard = {each["item"]: each["heard_ms"] for each in resumed["heard"]}
        self._confirmed(resumed["taken"])
        if self._void:
            # A reload knows nothing of what was sent before it, so nothing of that is sent again.
            self._void = False
            self._unsay(self._log)
            self._number = resumed["taken"]
        self._sent = 0
        self._said.clear()
        self._got = 0

    def _confirmed(self, n: int) -> None:
        assert n <= self._number
        while self._log and self._log[0].n <= n:
            self.record.taken.append(said := self._log.popleft())
            said.taken_at = self.now
            self._sent -= 1
        self._sent = max(0, self._sent)

    # What goes up

    def say(self, event: str, **fields: Any) -> None:
        said = Numbered(event, fields, said_at=self.now)
        if event in URGENT:
            self._waiting.appendleft(said)
        else:
            self._waiting.append(said)

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self.speaking and self._token is not None:
                self._waiting.append(Numbered("audio", {}, self._chunks))
                self._chunks += 1
                self._leave_out()
            self._send_waiting()
            due += CHUNK_MS / 1000
            await asyncio.sleep(max(0, due - loop.time()))

    def _leave_out(self) -> None:
        """What waits for a line is not kept for ever."""
        late = [each for each in self._waiting if each.chunk is not None]
        if len(late) * CHUNK_MS > MAX_LATE_MS:
            self._waiting.remove(late[0])
            self.record.left_out.append(late[0].chunk or 0)

    def _send_waiting(self) -> None:
        chunks = 0
        while self._live and chunks < CHUNKS_A_BEAT:
            if self._sent < len(self._log):
                said = self._log[self._sent]
            elif self._waiting and self._unconfirmed_ms() < MAX_UNCONFIRMED_MS:
                said = self._waiting.popleft()
                self._number += 1
                said.n = self._number
                self._log.append(said)
            else:
                return
            self._sent += 1
            chunks += said.chunk is not None
            self._send(said)

    def _unconfirmed_ms(self) -> int:
        return sum(CHUNK_MS for each in self._log if each.chunk is not None)

    def _send(self, said: Numbered) -> None:
        if self._line is None:
            return
        if said.chunk is not None:
            self._line.emit("audio", said.n, b64encode(sound_of(said.chunk)).decode())
        else:
            acknowledge = said.n if said.event == "configure" else None
            self._line.emit(said.event, {"n": said.n, **said.fields}, acknowledge=acknowledge)

    # What is heard

    def _playing(self) -> list[str]:
        return [
            item
            for item, (start, pcm) in self.screen.sounds.items()
            if item not in self.screen.flushed and self._heard.get(item, 0) < (start + len(pcm)) // BYTES_PER_MS
        ]

    def _flush(self, item: str) -> None:
        heard_ms = int(self._heard.get(item, 0))
        self.record.flushed[item] = heard_ms
        self.say("flushed", item=item, heard_ms=heard_ms)

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        at, heard_at, got_at = loop.time(), 0.0, 0.0
        while True:
            await asyncio.sleep(0.05)
            now = loop.time()
            self._play_for((now - at) * 1000 * PLAYS_FASTER)
            at = now
            if self._live and now - heard_at >= HEARD_EVERY_S:
                heard_at = now
                self._tell_heard()
            if self._live and now - got_at >= GOT_EVERY_S:
                got_at = now
                self._tell_got()

    def _play_for(self, ms: float) -> None:
        """One item after the other."""
        for item in self._playing():
            start, pcm = self.screen.sounds[item]
            heard = self._heard.get(item, 0)
            played = min(ms, (start + len(pcm)) / BYTES_PER_MS - heard)
            self._heard[item] = heard + played
            ms -= played

    def _tell_heard(self) -> None:
        for item, heard_ms in self._heard.items():
            if self._line is not None and item not in self.screen.flushed and self._said.get(item) != int(heard_ms):
                self._said[item] = int(heard_ms)
                self._line.emit("heard", {"item": item, "heard_ms": int(heard_ms)})

    def _tell_got(self) -> None:
        while self._sound_at and self._needed_no_more(*self._sound_at[0][1:]):
            self._sound_at.popleft()
        n = self._sound_at[0][0] - 1 if self._sound_at else self.screen.number
        if self._line is not None and n > self._got:
            self._got = n
            self._line.emit("got", {"n": n})

    def _needed_no_more(self, item: str, end: int) -> bool:
        return item in self.screen.flushed or self._heard.get(item, 0) * BYTES_PER_MS >= end - 1
