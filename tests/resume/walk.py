"""One call whose line is cut again and again, at every awkward moment, while both sides talk."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from tests.resume.cutter import KINDS, Cut, Cutter, Kind
from tests.resume.page import Page
from voiceapp.engine.scripted import tone
from voiceapp.engine.scripted.recorder import Recorder
from voiceapp.engine.scripted.server import ScriptedServer

LONG_S = 30.0
# How long the engine takes to say it.
LONGEST_ANSWER_S = 2.5
VOICES = ("marin", "cedar", "alloy", "ash")
# Bytes that go down before a call goes on: the upgrade's answer, Engine.IO's and Socket.IO's greetings, `resumed`.
UPGRADE_BYTES, GREETING_BYTES, RESUMED_BYTES = 250, 400, 1100
# More sound than the ring has room for: 14 s.
MONOLOGUE_MS, MONOLOGUE_HZ = 20_000, 441.3


@dataclass
class Answer:
    """What the engine said. Times are the loop's.

    `broken_off`: the engine stopped it, if it was not over. `came`: from which byte on, and what sound of it the page
    had once it was complete: later it may be told of the call anew, and what was heard is not sent again.
    """

    item: str
    text: str
    ms: int
    tone_hz: float
    began_at: float
    broken_off: bool = False
    complete_at: float = inf
    came: tuple[int, bytes] | None = None

    @property
    def sound(self) -> bytes:
        return tone.sine(self.tone_hz, self.ms)


class Walk:
    """`seed` decides everything but the machine's own pace. `moments`: of those below, by name; else all, mixed."""

    def __init__(self, engine: ScriptedServer, server_port: int, seed: int, moments: tuple[str, ...] = ()) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.engine = engine
        self.cutter = Cutter(server_port)
        self.page = Page(f"caller-{seed}", 0, self.chance)
        self.answers: list[Answer] = []
        self.moments = moments or tuple(self.chance.sample(MOMENTS, len(MOMENTS)))
        self.done: list[str] = []
        self._texts = self._changes = 0
        self._talking = asyncio.Lock()
        self.page.traps.append(self._note_complete)

    async def run(self, cuts: int) -> None:
        await self.cutter.start()
        self.page.port = self.cutter.port
        self.page.open()
        talking = None
        try:
            await self.until(lambda: self.page.live, "the call begins")
            talking = asyncio.ensure_future(self._talk())
            for turn in range(cuts):
                await asyncio.sleep(self.chance.uniform(0, 0.5))
                # A cut that was planned for later may have come meanwhile.
                await self.until(lambda: self.page.live, "the page is there")
                moment = self.moments[turn % len(self.moments)]
                self.done.append(moment)
                await getattr(self, f"cut_{moment}")()
                await self.until(lambda: self.page.live, "the page is back")
            talking.cancel()
            await asyncio.sleep(LONGEST_ANSWER_S)
            self.page.speaking = False
            await self.until(lambda: self.quiet, "all is said and heard")
        finally:
            if talking is not None:
                talking.cancel()
            await self.page.close()
            self.cutter.stop()

    async def until(self, holds: Callable[[], bool], what: str, within: float = LONG_S) -> None:
        deadline = time.monotonic() + within
        while not holds():
            if self.page.troubled is not None:
                raise self.page.troubled
            assert not (self.page.ended or self.page.refused), (self.page.ended, self.page.refused)
            assert time.monotonic() < deadline, f"seed {self.seed}: not in time: {what}; moments: {self.done[-3:]}"
            await asyncio.sleep(0.02)

    @property
    def cuts(self) -> int:
        """How many lines were lost while the page had, or wanted, its call."""
        return self.cutter.cuts + self.page.record.goodbyes

    # The engine

    @property
    def connections(self) -> list[Recorder]:
        """The upstream's of this call, in order."""
        mark = f"I am {self.page.name}."
        return [each for each in self.engine.connections if mark in str(each.events[:1])]

    def _tell_engine(self, *steps: dict[str, Any]) -> None:
        """On the session that goes on: another one may be made beside it."""
        self.engine.do(*steps, connection=next(each.connection for each in self.connections if not each.closed))

    @property
    def quiet(self) -> bool:
        """All was said, confirmed and heard, on both sides."""
        return self.page.settled and self.page.screen.turn == "listening"

    async def _talk(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0.2, 1.0))
            action = self.chance.choice(("answer", "answer", "answer", "answer", "type", "change", "interrupt"))
            async with self._talking:
                await getattr(self, f"_{action}")()

    async def _answer(self, ms: int | None = None) -> None:
        """The person was heard to ask, and is answered; the answer before may still run, or be heard."""
        number = len(self.answers) + 1
        for before in self.answers[-1:]:
            before.broken_off |= before.complete_at == inf
        pace_ms = 0 if ms == MONOLOGUE_MS else self.chance.choice((0, 20, 60))
        tone_hz = MONOLOGUE_HZ if ms == MONOLOGUE_MS else 300 + number * 7.3
        ms = ms or self.chance.randrange(500, 3000)
        pace_ms = min(pace_ms, int(LONGEST_ANSWER_S * 1000 // (ms / 100)) // 2)
        text = " ".join(f"a{number}w{word}" for word in range(self.chance.randrange(3, 30)))
        answer = Answer(f"a{number}", text, ms, tone_hz, self.page.now)
        self.answers.append(answer)
        said = {"text": text, "ms": ms, "pace_ms": pace_ms, "tone_hz": tone_hz}
        self._tell_engine(
            {"interrupt": "turn_detected"},
            {"hear": {"item": f"u{number}", "transcript": f"question {number}", "ms": 200}},
            {"say": {"item": answer.item, "response": f"r{number}", **said}},
        )
        await asyncio.sleep(self.chance.choice((0.1, *[ms / 100 * pace_ms / 1000 + 0.3] * 3)))

    async def _type(self) -> None:
        self._texts += 1
        self.page.say("text", text=f"typed {self._texts} by {self.page.name}")

    async def _change(self) -> None:
        self._changes += 1
        self.page.say("configure", turn={"mode": "server_vad", "silence_ms": 200 + self._changes})

    async def _interrupt(self) -> None:
        self.page.say("interrupt")

    def _note_complete(self, name: str, args: list[Any]) -> None:
        if name == "audio" and not args[2]:
            for answer in self.answers:
                if answer.item == args[1] and answer.came is None:
                    answer.complete_at = self.page.now
                    answer.came = self.page.screen.sounds.get(answer.item, (0, b""))

    # The moments

    def _kind(self) -> Kind:
        return self.chance.choice(KINDS)

    def _cut_now(self, kind: Kind) -> None:
        if kind == "close":
            self.page.give_up_line()
        elif kind == "torn":
            self.cutter.cut(Cut("torn", down=self.chance.randrange(3000), up=self.chance.randrange(3000)))
        else:
            late_s = self.chance.choice((None, self.chance.uniform(0, 4)))
            self.cutter.cut(Cut(kind, late_s=late_s if kind == "silence" else None))

    async def _cut(self) -> None:
        await self.until(lambda: self.page.live, "the page is there")
        losses = self.page.record.losses
        self._cut_now(self._kind())
        await self._until_lost(losses)

    async def _until_lost(self, losses: int) -> None:
        await self.until(lambda: self.page.record.losses > losses, "the page misses its line")

    async def cut_anywhere(self) -> None:
        await self._cut()

    async def cut_mid_frame(self) -> None:
        losses = self.page.record.losses
        self.cutter.cut(Cut("torn", down=self.chance.randrange(8000)))
        async with self._talking:
            # An answer may be unwanted, so that nothing comes of it.
            deadline = time.monotonic() + LONG_S
            while self.page.record.losses == losses and time.monotonic() < deadline:
                await self._answer()
        await self._until_lost(losses)

    async def cut_mid_flush(self) -> None:
        """Either `flush` never comes, or its answer does not arrive, or the answer is not confirmed."""
        kind, up = self._kind(), self.chance.choice((0, 30, 200, None))
        losses = self.page.record.losses

        def trap(name: str, _: Any) -> None:
            if name == "flush":
                self.page.traps.remove(trap)
                if up is None or kind == "close":
                    self.page.give_up_line()
                else:
                    self.cutter.cut(Cut(kind, up=up))

        self.page.traps.append(trap)
        async with self._talking:
            await self._answer(4000)
            await asyncio.sleep(0.4)
            self.answers[-1].broken_off = True
            noise = f"noise{len(self.done)}"
            self._tell_engine(
                {"interrupt": "turn_detected"},
                {"speech_started": {"item": noise}},
                {"speech_stopped": {"item": noise}},
                {"transcript": {"item": noise}},
            )
            await asyncio.sleep(0.6)
        if trap in self.page.traps:
            # All of it was heard by then.
            self.page.traps.remove(trap)
            self._cut_now(kind)
        await self._until_lost(losses)

    async def cut_mid_renewal(self) -> None:
        async with self._talking:
            before, sessions = self.connections[-1], len(self.connections)
            voice, instructions = VOICES[len(self.done) % len(VOICES)], f"Be brief. I am {self.page.name}."
            self.page.say("configure", voice=voice, instructions=instructions)
            if self.chance.random() < 0.5:
                await self.until(lambda: len(self.connections) > sessions, "another session is made")
            await self._cut()
            await self.until(lambda: before.closed is not None, "another session takes over")

    async def cut_upgrade(self) -> None:
        self.cutter.plan(self.chance.choice((Cut("reset", up=self.chance.randrange(200)), self._short(UPGRADE_BYTES))))
        await self._cut()

    async def cut_twice(self) -> None:
        self.cutter.plan(self._short(GREETING_BYTES))
        await self._cut()

    async def cut_replay(self) -> None:
        """What was missed comes in part, and then not again."""
        async with self._talking:
            await self._answer(3000)
        self.cutter.plan(
            Cut("torn", down=GREETING_BYTES + self.chance.randrange(RESUMED_BYTES + 20_000)),
            Cut("reset", down=GREETING_BYTES + self.chance.randrange(RESUMED_BYTES + 20_000)),
        )
        await self._cut()

    async def cut_nothing(self) -> None:
        """A talk: of everything something."""
        async with self._talking:
            await self._answer(800)
            await asyncio.sleep(1)
            await self._type()
            await asyncio.sleep(0.5)

    async def cut_reload(self) -> None:
        self.page.reload()

    async def cut_full_ring(self) -> None:
        """Nobody is there for longer than the ring has room."""
        self.cutter.plan(*(Cut("reset", up=0) for _ in range(3)))
        await self._cut()
        async with self._talking:
            await self._answer(MONOLOGUE_MS)

    def _short(self, down: int) -> Cut:
        return Cut(self.chance.choice(("reset", "torn", "fin")), down=self.chance.randrange(down))


MOMENTS = tuple(name.removeprefix("cut_") for name in vars(Walk) if name.startswith("cut_") and name != "cut_nothing")


async def walks(
    engine: ScriptedServer, server_port: int, seeds: Iterable[int], cuts: int, moments: tuple[str, ...] = ()
) -> list[Walk]:
    """Calls side by side. Raises `AssertionError` with the seed."""
    made = [Walk(engine, server_port, seed, moments) for seed in seeds]
    results = await asyncio.gather(*(walk.run(cuts) for walk in made), return_exceptions=True)
    failed = [f"seed {walk.seed}: {result!r}" for walk, result in zip(made, results, strict=True) if result is not None]
    assert not failed, "\n".join(failed)
    return made
