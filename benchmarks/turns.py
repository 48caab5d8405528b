"""Who is cut off, and who has to wait: `python -m benchmarks.turns`. Prints one table of rules for the end of a turn.

Sentences are played to the embedded engine's own session with its real models. Its time is that of the samples, so this
runs as fast as it can; what a model says comes as much later, in samples, as it takes on a quiet core. `--live` plays
some to the engine's process in real time instead.
"""

import argparse
import base64
import hashlib
import json
import pickle
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine import CHUNK_MS, RATE, Timed, engine
from benchmarks.turn_sounds import COUGHS, LANGUAGES, PAUSES_S, Sounds, Utterance
from tests.engine.client import Client

# What the models take, as a median: measured on these sentences.
JUDGED_MS, TRANSCRIBED_MS = 40, {"en": 200, "ja": 360}
# Longer than any rule waits.
TRAIL_S = 4.6
# What a column is called, and whether the model of turns is asked.
RULES = {"words": False, "sound": True}


@dataclass(frozen=True)
class Outcome:
    """What became of an utterance. From the end of all speech: where each turn ended, and when its words were there."""

    language: str
    kind: str
    pause_s: float
    fresh: bool
    ends_ms: tuple[float, ...]
    read_ms: tuple[float, ...]
    heard: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        """One turn, that ended when all was said."""
        return len(self.ends_ms) == 1 and self.ends_ms[0] > 0


# Playing to a session


@dataclass
class Models:
    """The engine's own, each result kept: the rules are asked about the same sounds."""

    asks_sound: bool = False
    texts: dict[bytes, str] = field(default_factory=dict)
    _stt: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from voiceapp.engine.speech.vad import SileroNetwork

        self.network = SileroNetwork.installed()

    def transcript(self, samples: np.ndarray, language: str) -> Any:
        from voiceapp.engine.speech.transcript import Transcript

        key = hashlib.sha256(samples.tobytes()).digest()
        if key not in self.texts:
            self.texts[key] = self._recogniser(language).transcribe(samples).text
        return Transcript(self.texts[key])

    @cached_property
    def turn_end(self) -> Any:
        from voiceapp.engine.speech.turn_end import SmartTurn

        return SmartTurn.installed()

    def _recogniser(self, language: str) -> Any:
        from voiceapp.engine.speech.stt import WhisperStt

        if language not in self._stt:
            self._stt[language] = WhisperStt.installed() if language == "en" else WhisperStt.multilingual(language)
        return self._stt[language]


class Player:
    """One call: plays an utterance to a session, and performs what it asks for when it would be done."""

    def __init__(self, models: Models, utterance: Utterance) -> None:
        from voiceapp.engine.protocol.identifiers import Identifiers
        from voiceapp.engine.session.session import Session
        from voiceapp.engine.speech.gated_detector import GatedDetector
        from voiceapp.engine.speech.vad import SileroDetector

        self.models, self.utterance = models, utterance
        detector = GatedDetector(SileroDetector(models.network))
        self.session = Session("m", detector, 0.0, 0.0, 3600.0, Identifiers(random.Random(1)))
        self.at_ms = 0
        # When which result is there.
        self.due: list[tuple[int, Callable[[], list[Any]]]] = []
        self.ends_ms: list[float] = []
        self.read_ms: list[float] = []
        self.heard: list[str] = []
        self.cancelled: set[int] = set()

    def outcome(self) -> Outcome:
        heard = {"transcription": {"model": "w", "language": self.utterance.language}}
        heard["turn_detection"] = {"type": "semantic_vad", "eagerness": "auto", "create_response": False}
        self._send({"type": "session.update", "session": {"type": "realtime", "audio": {"input": heard}}})
        pcm, size = self.utterance.played(TRAIL_S), RATE * CHUNK_MS // 1000
        for start in range(0, len(pcm), size):
            self.at_ms += CHUNK_MS
            self._take_due()
            audio = base64.b64encode(pcm[start : start + size].tobytes()).decode()
            self._send({"type": "input_audio_buffer.append", "audio": audio})
        self.at_ms += 10_000
        self._take_due()
        said = self.utterance
        ends, read = (tuple(at - 1000 * said.end_s for at in times) for times in (self.ends_ms, self.read_ms))
        return Outcome(said.language, said.kind, said.pause_s, said.fresh, ends, read, tuple(self.heard))

    def _send(self, event: dict[str, Any]) -> None:
        self._perform(self.session.receive(event))

    def _take_due(self) -> None:
        ready = [result for when, result in self.due if when <= self.at_ms]
        self.due = [(when, result) for when, result in self.due if when > self.at_ms]
        for result in ready:
            self._perform(result())

    def _perform(self, effects: list[Any]) -> None:
        for effect in effects:
            # By name: an engine of before has fewer.
            match type(effect).__name__:
                case "Send":
                    self._take(effect.event)
                case "Transcribe":
                    self._transcribe(effect)
                case "CancelTranscription":
                    self.cancelled.add(effect.ticket)
                case "JudgeEnd" if self.models.asks_sound:
                    self._judge_end(effect)

    def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "input_audio_buffer.speech_stopped":
            self.ends_ms.append(event["audio_end_ms"])
        elif event["type"].endswith("input_audio_transcription.completed"):
            self.read_ms.append(self.at_ms)
            self.heard.append(event["transcript"])

    def _transcribe(self, effect: Any) -> None:
        def result() -> list[Any]:
            if effect.ticket in self.cancelled:
                return []
            transcript = self.models.transcript(effect.samples, self.utterance.language)
            return self.session.transcribed(effect.ticket, transcript)

        self.due.append((self.at_ms + TRANSCRIBED_MS[self.utterance.language], result))

    def _judge_end(self, effect: Any) -> None:
        sure = self.models.turn_end.probability(effect.samples)
        self.due.append((self.at_ms + JUDGED_MS, lambda: self.session.end_judged(effect.item, effect.place, sure)))


# The table


Row = tuple[str, dict[str, Any], Callable[[list[Outcome]], str]]


def kept(outcomes: list[Outcome]) -> str:
    return f"{sum(each.is_kept for each in outcomes)} of {len(outcomes)}" if outcomes else "–"


def delays(outcomes: list[Outcome]) -> str:
    return shown([each.ends_ms[-1] / 1000 for each in outcomes if each.ends_ms])


def answerable(outcomes: list[Outcome]) -> str:
    return shown([each.read_ms[-1] / 1000 for each in outcomes if each.read_ms])


def shown(times: list[float]) -> str:
    if not times:
        return "–"
    return f"{np.median(times):.2f}, {np.quantile(times, 0.95):.2f}, {np.mean(times):.2f} s"


def begun(outcomes: list[Outcome]) -> str:
    words = sum(any(each.heard) for each in outcomes)
    return f"{sum(bool(each.ends_ms) for each in outcomes)}, {words}"


def picked(outcomes: Iterable[Outcome], **fields: Any) -> list[Outcome]:
    return [each for each in outcomes if all(getattr(each, name) == value for name, value in fields.items())]


def rows() -> list[Row]:
    told: list[Row] = []
    for language, name in zip(LANGUAGES, ("English", "Japanese"), strict=True):
        for kind, how in (("natural", "in one breath, the last words drawn out"), ("spliced", "each part by itself")):
            for pause_s in PAUSES_S:
                what = f"{name}, paused {pause_s} s, said {how}: kept as one turn"
                told.append((what, {"language": language, "kind": kind, "pause_s": pause_s}, kept))
        whole = {"language": language, "kind": "whole"}
        told.append((f"{name}, whole: kept as one turn", whole, kept))
        told.append((f"{name}, whole: end of speech → end of turn, median, p95, mean", whole, delays))
        told.append((f"{name}, whole: end of speech → turn over and words known", whole, answerable))
        fresh = {"language": language, "fresh": True}
        for pause_s in PAUSES_S:
            told.append((f"{name}, written later, paused {pause_s} s: kept", {**fresh, "pause_s": pause_s}, kept))
        told.append((f"{name}, written later, whole: median, p95, mean", {**fresh, "kind": "whole"}, delays))
        what = f"{name}, backchannels: end of speech → end of turn"
        told.append((what, {"language": language, "kind": "backchannel"}, delays))
    told.append((f"{COUGHS} coughs: begin a turn, are heard as words", {"kind": "cough"}, begun))
    return told


def print_table(columns: dict[str, list[Outcome]]) -> None:
    print(f"| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, fields, show in rows():
        if picked(next(iter(columns.values())), **fields):
            print(f"| {name} | {' | '.join(show(picked(each, **fields)) for each in columns.values())} |")


# Running


def utterances(options: argparse.Namespace, folder: Path) -> list[Utterance]:
    sounds, made = Sounds(folder), []
    for language in options.languages:
        made += sounds.whole(language, options.voices)
        for pause_s, voices in zip(PAUSES_S, (options.voices, 1), strict=True):
            made += sounds.paused(language, pause_s, voices)
        made += sounds.backchannels(language)
    return [*made, *sounds.coughs(COUGHS)]


def played(said: list[Utterance], models: Models) -> list[Outcome]:
    return [Player(models, each).outcome() for each in said]


def played_by(root: Path, said: list[Utterance], models: Models, folder: Path) -> list[Outcome]:
    """By the engine of another checkout, which has no model of turns; what is known of the words is handed over."""
    kept_at = folder / "handed-over"
    kept_at.write_bytes(pickle.dumps((said, models.texts)))
    command = [sys.executable, "-m", "benchmarks.turns", "--root", str(root), "--handed-over", str(kept_at)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [Outcome(**each) for each in json.loads(done.stdout)]


def live(options: argparse.Namespace, sounds: Sounds) -> None:
    """In real time, through a socket."""
    with engine() as started:
        for language in options.languages:
            for what, said in (
                ("whole", sounds.whole(language, 1)),
                (f"paused {PAUSES_S[0]} s", sounds.paused(language, PAUSES_S[0], 1)),
            ):
                chosen = list(said)
                # A language is loaded when a call first wants it.
                heard_live(started.url, chosen[0])
                ends = [heard_live(started.url, each) for each in chosen[:: max(1, len(chosen) // options.live)]]
                kept_whole = [end for end in ends if end > 0]
                print(
                    f"{language}, {what}: {len(kept_whole)} of {len(ends)} kept as one turn, "
                    f"end of speech → end of turn {shown(kept_whole)}",
                    flush=True,
                )
        print(f"memory {started.memory_mb:.0f} MB")


def heard_live(url: str, utterance: Utterance) -> float:
    """Seconds from the end of all speech to the end of the first turn."""
    with Client(url, timeout=60) as client:
        detection = {"type": "semantic_vad", "create_response": False}
        heard = {"transcription": {"model": "w", "language": utterance.language}, "turn_detection": detection}
        client.send("session.update", session={"type": "realtime", "audio": {"input": heard}})
        client.until("session.updated")
        stopped, ended = Timed(client).played(utterance.played(0.0), utterance.end_s)
        return stopped - ended


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--voices", type=int, default=2, help="how many say each sentence")
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--before", type=Path, help="another checkout, whose rule is the first column")
    parser.add_argument("--live", type=int, metavar="N", help="only about N sentences of each kind, in real time")
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--handed-over", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.root is not None:
        # The helpers of tests have imported ours.
        for name in [name for name in sys.modules if name.partition(".")[0] == "voiceapp"]:
            del sys.modules[name]
        sys.path.insert(0, str(options.root))
        said, texts = pickle.loads(options.handed_over.read_bytes())
        print(json.dumps([asdict(each) for each in played(said, Models(texts=texts))]))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(options, Path(folder))


def compare(options: argparse.Namespace, folder: Path) -> None:
    if options.live:
        live(options, Sounds(folder))
        return
    said = utterances(options, folder)
    models, columns = Models(), {}
    for rule in options.rules:
        models.asks_sound = RULES[rule]
        columns[rule] = played(said, models)
    if options.before:
        columns = {"before": played_by(options.before, said, models, folder), **columns}
    print_table(columns)


if __name__ == "__main__":
    main()
