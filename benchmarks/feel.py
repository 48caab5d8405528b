"""How a call feels: real speech into a real Chromium, answered by a scripted and by the embedded engine.

`python -m benchmarks.feel` (see README.md)
"""

import argparse
import json
import os
import statistics
import tempfile
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor, chromium
from tests.conftest import upstream_settings
from tests.servers import gunicorn
from voiceapp.engine.scripted import tone
from voiceapp.engine.scripted.server import ScriptedServer

QUESTIONS = ("Tell me what you can do.", "Please tell me what you can do for me.", "What can you do?")
INTERRUPTION = "Stop, that is enough."
INTERRUPT_AFTER_MS = 1200
SILENCE_S = 0.5  # as servers wait by default before they take a turn for ended
ANSWER = "This is a long answer, which will be interrupted before it has come to its end."
ANSWER_MS, TONE_HZ = 8000, 160
PATIENCE_S = 15
# What came over the socket and what the playback worklet said, by the clock of the whole machine.
WATCH = """
(() => {
  window.testLog = []
  const seen = new Set()
  const note = (kind, more) => window.testLog.push({ at: performance.timeOrigin + performance.now(), kind, ...more })
  const Node = window.AudioWorkletNode
  window.AudioWorkletNode = class extends Node {
    constructor(context, name, options) {
      super(context, name, options)
      const told = ({ data: { type, item, ms } }) => note(type, { item, ms })
      if (name === "playback") this.port.addEventListener("message", told)
    }
  }
  const { connect } = AudioNode.prototype
  let ear = null
  const listen = () => {
    const samples = new Float32Array(ear.fftSize)
    let loud = false
    setInterval(() => {
      ear.getFloatTimeDomainData(samples)
      if (loud === samples.some(sample => Math.abs(sample) > 0.02)) return
      loud = !loud
      note(loud ? "audible" : "silent")
    }, 4)
  }
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && ear?.context !== this.context) {
      ear = new AnalyserNode(this.context, { fftSize: 512 })
      connect.call(this, ear)
      listen()
    }
    return connect.call(this, target, ...rest)
  }
  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...rest) {
      super(...rest)
      this.addEventListener("message", ({ data }) => {
        const [, event] = /^42\\["(flush|hold|log)"/.exec(data) ?? []
        if (event) note(event, { data: JSON.parse(data.slice(2)).at(-1) })
        const [, item] = /^42\\["audio",\\d+,"([^"]+)","[^"]/.exec(data) ?? []
        if (item && !seen.has(item)) note("delta", { item })
        if (item) seen.add(item)
      })
    }
  }
})()
"""


@dataclass
class Figures:
    """Of one engine; times in milliseconds."""

    reply: list[float] = field(default_factory=list)
    added: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)
    stop: list[float] = field(default_factory=list)
    error: list[float] = field(default_factory=list)
    missed: int = 0
    underruns: int = 0
    device_ms: float = 0


class Talker:
    """Asks by voice, and interrupts by voice; reads the page's log."""

    def __init__(self, visitor: Visitor, folder: Path) -> None:
        self.visitor = visitor
        self.questions = [Said(text, folder / f"{place}.wav") for place, text in enumerate(QUESTIONS)]
        self.interruption = Said(INTERRUPTION, folder / "interruption.wav")
        self.seen = 0

    def say(self, said: "Said") -> float:
        """When it will have been said, in milliseconds of the machine's clock."""
        began = say(self.visitor.page, said.file)
        return began + float(self.visitor.page.evaluate("performance.timeOrigin")) + said.ms

    def await_(self, *kinds: str) -> dict[str, Any] | None:
        """The first such line of the log not yet looked at."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            lines = self.visitor.page.evaluate(f"window.testLog.slice({self.seen})")
            for place, line in enumerate(lines):
                if line["kind"] in kinds:
                    self.seen += place + 1
                    return dict(line)
            self.visitor.page.wait_for_timeout(20)
        return None

    def first_delta(self, item: str) -> float:
        """When the item's first sound came over the socket."""
        return float(
            self.visitor.page.evaluate(
                f"testLog.find(line => line.kind === 'delta' && line.item === {json.dumps(item)}).at"
            )
        )

    def truncated_at(self, item: str) -> int | None:
        """Where the upstream was told that the person stopped hearing it, as the event log has it."""
        for _ in range(20):
            lines = self.visitor.page.evaluate("testLog.filter(line => line.kind === 'log').map(line => line.data)")
            for body in (json.loads(line["body"]) for line in lines if line["type"] == "conversation.item.truncate"):
                if body["item_id"] == item:
                    return int(body["audio_end_ms"])
            self.visitor.page.wait_for_timeout(100)
        return None

    def skip(self) -> None:
        self.seen = int(self.visitor.page.evaluate("window.testLog.length"))


class Said:
    """A sentence as a file, and how long it lasts until its last loud sample."""

    def __init__(self, text: str, file: Path) -> None:
        self.file = spoken(text, file, before_s=0.05, after_s=0.05)
        with wave.open(str(file)) as sound:
            samples = np.abs(np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float))
            self.ms = 1000 * float(np.flatnonzero(samples > 0.02 * samples.max())[-1]) / sound.getframerate()


@dataclass
class Scripted:
    """The engine is this program: it answers at moments that are known."""

    server: ScriptedServer
    answered_at: float = 0
    count: int = 0

    def ended(self) -> None:
        time.sleep(SILENCE_S)
        self.count += 1
        hear = {"item": f"u{self.count}", "ms": 1000, "transcript": QUESTIONS[0]}
        answer = {"item": f"a{self.count}", "text": ANSWER, "ms": ANSWER_MS, "tone_hz": TONE_HZ}
        self.answered_at = 1000 * time.time()
        self.server.do({"hear": hear}, {"say": answer})

    def heard_noise(self) -> None:
        self.count += 1
        self.server.do({"speech_started": {"item": f"u{self.count}"}})

    def knew_noise(self) -> float:
        """When it says so."""
        item = f"u{self.count}"
        self.server.do({"speech_stopped": {"item": item}}, {"transcript": {"item": item, "text": ""}})
        return 1000 * time.time()

    def interrupted(self) -> None:
        self.count += 1
        self.server.do({"speech_started": {"item": f"u{self.count}"}})
        time.sleep(1)
        self.server.do(
            {"speech_stopped": {"item": f"u{self.count}"}},
            {"transcript": {"item": f"u{self.count}", "text": "Stop."}},
            {"say": {"item": f"s{self.count}", "text": "All right.", "ms": 300}},
        )


@dataclass
class Embedded:
    """The engine has ears of its own."""

    answered_at: float = 0

    def ended(self) -> None: ...

    def interrupted(self) -> None: ...


@contextmanager
def scripted(folder: Path) -> Iterator[tuple[str, Scripted]]:
    tone.sine(TONE_HZ, ANSWER_MS)  # computed now, and kept
    with ScriptedServer() as server, gunicorn(upstream_settings(server), folder / "scripted.log") as app:
        yield app.url, Scripted(server)


@contextmanager
def embedded(folder: Path) -> Iterator[tuple[str, Embedded]]:
    with gunicorn({"VOICEAPP_PROFILE": "embedded"}, folder / "embedded.log") as app:
        yield app.url, Embedded()


ENGINES: dict[str, Callable[[Path], AbstractContextManager[tuple[str, Scripted | Embedded]]]] = {
    "scripted": scripted,
    "embedded": embedded,
}


def measure(playwright: Playwright, url: str, engine: Scripted | Embedded, turns: int, folder: Path) -> Figures:
    figures = Figures()
    with chromium(playwright, whole=True) as browser:
        # Headphones are worn: what is measured is no guard against echo.
        visitor = Visitor(browser, room=f"{WATCH};{room(echo_db=-200)}", choices={"headphones": True})
        visitor.open(url)
        visitor.press("Show events")
        visitor.call_until_live()
        talker = Talker(visitor, folder)
        for number in range(turns):
            turn(talker, engine, figures, number)
        figures.underruns = visitor.stats["underruns"]
        figures.device_ms = visitor.stats["outputLatencyMs"]
        visitor.context.close()
    return figures


def turn(talker: Talker, engine: Scripted | Embedded, figures: Figures, number: int) -> None:
    """A question, the beginning of its answer, and an interruption."""
    talker.skip()
    ended = talker.say(talker.questions[number % len(QUESTIONS)])
    time.sleep(max(0, ended / 1000 - time.time()))
    engine.ended()
    started = talker.await_("started")
    if started is None:
        figures.missed += 1
        return
    figures.reply.append(started["at"] - ended)
    if engine.answered_at:
        figures.added.append(started["at"] - engine.answered_at)
    figures.page.append(started["at"] - talker.first_delta(started["item"]) + talker.visitor.stats["outputLatencyMs"])
    talker.visitor.page.wait_for_timeout(INTERRUPT_AFTER_MS)
    if isinstance(engine, Scripted):
        go_on(talker, engine, figures)
    interrupt(talker, engine, figures)
    rest(talker)


def go_on(talker: Talker, engine: Scripted, figures: Figures) -> None:
    """Held for a noise, which the server knows to be one as soon as all is silent."""
    talker.skip()
    engine.heard_noise()
    if talker.await_("hold") is None or talker.await_("silent") is None:
        figures.missed += 1
        return
    knew = engine.knew_noise()
    audible = talker.await_("audible")
    if audible is None:
        figures.missed += 1
        return
    figures.resumed.append(audible["at"] - knew + talker.visitor.stats["outputLatencyMs"])


def interrupt(talker: Talker, engine: Scripted | Embedded, figures: Figures) -> None:
    talker.skip()
    began = talker.say(talker.interruption) - talker.interruption.ms
    engine.interrupted()
    paused = talker.await_("hold")
    if paused is not None:
        figures.paused.append(paused["at"] - began)
    ordered = talker.await_("flush", "ended")
    silent = talker.await_("flushed") if ordered and ordered["kind"] == "flush" else None
    if ordered is None or silent is None:
        figures.missed += 1
        return
    figures.stop.append(silent["at"] - ordered["at"])
    told = talker.truncated_at(silent["item"])
    if told is not None:
        # Of what was held the device has played all.
        device_ms = 0 if paused else talker.visitor.stats["outputLatencyMs"]
        figures.error.append(abs(told - max(0, silent["ms"] - device_ms)))


def rest(talker: Talker) -> None:
    """Until it has answered the interruption too; what it says to it is not waited for."""
    page = talker.visitor.page
    for _ in range(int(PATIENCE_S / 0.1)):
        page.wait_for_timeout(100)
        page.keyboard.press("Escape")
        if page.evaluate("document.body.dataset.turn") == "listening":
            page.wait_for_timeout(600)
            if page.evaluate("document.body.dataset.turn") == "listening":
                return


def spread(values: Sequence[float], low: str = "p50") -> str:
    if not values:
        return "–"
    high = float(np.quantile(values, 0.95))
    return f"{low} {statistics.median(values):.0f}, p95 {high:.0f}, longest {max(values):.0f}"


ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("turns without an answer or an interruption", lambda figures: str(figures.missed)),
    ("end of speech → first sound, ms", lambda figures: spread(figures.reply)),
    ("of that, added between upstream's first event and the first sample, ms", lambda figures: spread(figures.added)),
    (
        "of that, added by the page between the first delta and the loudspeaker, ms",
        lambda figures: spread(figures.page),
    ),
    ("barge-in: the voice begins → the page holds the answer, ms", lambda figures: spread(figures.paused)),
    ("held for a noise: the server knows → the answer is heard again, ms", lambda figures: spread(figures.resumed)),
    ("barge-in: order to stop in the page → silence, ms", lambda figures: spread(figures.stop)),
    ("truncation told upstream against what was heard, ms off", lambda figures: spread(figures.error)),
    ("underruns", lambda figures: str(figures.underruns)),
    ("what the device still holds, ms", lambda figures: f"{figures.device_ms:.0f}"),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feel", description=__doc__)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    options = parser.parse_args()
    print(f"{options.turns} turns each; load average {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores", flush=True)
    results = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title in options.engines:
            with ENGINES[title](folder) as (url, engine):
                results[title] = measure(playwright, url, engine, options.turns, folder)
                print(f"{title}: measured; load average {os.getloadavg()[0]:.1f}", flush=True)
    print(f"\n| | {' | '.join(results)} |\n|---{'|---' * len(results)}|")
    for label, told in ROWS:
        print(f"| {label} | {' | '.join(told(figures) for figures in results.values())} |")


if __name__ == "__main__":
    main()
