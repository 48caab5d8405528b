"""What becomes of an answer that somebody speaks into: `python -m benchmarks.answers`. Prints rows for docs/turns.md.

All of it is real: Chromium with the page, the relay, the embedded engine with its own ears. Only the sounds are made:
those of turn_sounds.py are said into the room of a page whose person wears headphones.
"""

import argparse
import tempfile
import time
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.turn_sounds import COUGHS, LANGUAGES, RATE, Sounds, Utterance
from tests.browser.room import room, say
from tests.browser.visitor import Visitor, chromium
from tests.servers import ROOT, gunicorn

LONG = {
    "en": "Please repeat after me: the garden is full of flowers, and the bees are busy from morning until night.",
    "ja": "繰り返して、庭には花がたくさん咲いていて、蜂は朝から晩までとても忙しく働いています。",
}
NAMES = {"en": "English", "ja": "Japanese"}
KINDS = ("backchannels", "coughs", "interruptions", "replacements")
# How much of an answer is heard before somebody speaks into it. Behind that: how long it takes at most until the server
# notices, and until it has judged.
INTO_S, NOTICED_S, JUDGED_S, PATIENCE_S = 0.8, 1.0, 4.0, 25.0
CHOICES = {"headphones": True, "greet": False}


class Listener:
    """At the page of one call, in one language."""

    def __init__(self, visitor: Visitor, language: str, folder: Path) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.language, self.folder = language, folder

    def say(self, utterance: Utterance) -> float:
        """Into the room; how long that takes, in seconds."""
        file = self.folder / "said.wav"
        with wave.open(str(file), "wb") as sound:
            sound.setparams((1, 2, RATE, 0, "NONE", ""))
            sound.writeframes(np.clip(utterance.sound, -32768, 32767).astype("<i2").tobytes())
        say(self.page, file)
        return len(utterance.sound) / RATE

    def into_answer(self, utterance: Utterance) -> tuple[bool, bool]:
        """Whether it was held, and whether it was cut."""
        before, (held, released) = self._cuts, self._holds
        played = self.visitor.stats["samplesPlayed"]
        self.visitor.type(LONG[self.language])
        self.visitor.wait_until(lambda stats: stats["samplesPlayed"] > played + INTO_S * 24000, PATIENCE_S)
        said = time.monotonic() + self.say(utterance)
        while self._cuts == before and self._holds[1] == released:
            judged = NOTICED_S if self._holds[0] == held else JUDGED_S
            if time.monotonic() > said + judged:
                break
            self.page.wait_for_timeout(50)
        self.page.wait_for_timeout(200)
        outcome = self._holds[0] > held, self._cuts > before
        self.rest()
        return outcome

    def replaced(self, first: Utterance, second: Utterance, *, typed: bool) -> bool:
        """The second is asked as soon as the first is taken: whether both stand there, and the last word answers it."""
        before = {entry["item"] for entry in self.visitor.entries}
        if typed:
            self.visitor.type(first.text)
            self.visitor.type(second.text)
        else:
            self.say(first)
            self.visitor.wait_until(lambda stats: stats["turn"] == "user", PATIENCE_S)
            self.visitor.wait_until(lambda stats: stats["turn"] != "user", PATIENCE_S)
            self.page.wait_for_timeout(1000 * self.say(second))
        self.wait_for_end()
        new = [entry for entry in self.visitor.entries if entry["item"] not in before and entry["text"]]
        roles, last = [entry["role"] for entry in new], new[-1] if new else {}
        self.rest()
        return roles.count("user") == 2 and roles[-1] == "assistant" and last["final"] and not last["cut"]

    def wait_for_end(self) -> None:
        """Nobody speaks, and nothing is waited for, for a while."""
        quiet, deadline = 0, time.monotonic() + PATIENCE_S
        while quiet < 12 and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)
            stats = self.visitor.stats
            quiet = quiet + 1 if stats["turn"] == "listening" else 0

    def rest(self) -> None:
        """Whatever is said is stopped."""
        for _ in range(20):
            self.page.keyboard.press("Escape")
            self.page.wait_for_timeout(150)
            if self.visitor.stats["turn"] == "listening":
                break
        self.page.wait_for_timeout(500)

    @property
    def _cuts(self) -> int:
        return self.page.locator("[data-cut]").count()

    @property
    def _holds(self) -> list[int]:
        """How often it was held, and let go on; a page of before knows of neither."""
        return list(self.visitor.stats.get("holds", [0, 0]))


@contextmanager
def listener(root: Path, language: str, folder: Path) -> Iterator[Listener]:
    settings = {"VOICEAPP_PROFILE": "embedded", "VOICEAPP_ENGINE_LANGUAGE": language}
    with (
        gunicorn(settings, folder / f"{language}.log", root=root) as app,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        visitor = Visitor(browser, room=room(echo_db=-200), choices=CHOICES)
        visitor.open(app.url, language)
        visitor.call()
        visitor.wait_for_phase("live", 60)
        yield Listener(visitor, language, folder)
        visitor.context.close()


def of(found: Sequence[bool]) -> str:
    return f"{sum(found)} of {len(found)}"


def rows(here: Listener, sounds: Sounds, kinds: Sequence[str], voices: int) -> Iterator[tuple[str, str]]:
    """What is shown of each kind."""
    language = here.language
    pairs = list(sounds.replacements(language))
    said = {
        "backchannels": list(sounds.backchannels(language, voices)),
        "coughs": list(sounds.coughs(COUGHS)) if language == "en" else [],
        "interruptions": [second for _, second in pairs] + list(sounds.interruptions(language, voices)),
    }
    for kind in ("backchannels", "coughs", "interruptions"):
        if kind in kinds and said[kind]:
            outcomes = [here.into_answer(utterance) for utterance in said[kind]]
            name = f"{NAMES[language]}, {kind} said into an answer"
            if kind == "interruptions":
                yield f"{name}: it ends", of([cut for _, cut in outcomes])
            else:
                yield (
                    f"{name}: it goes on, without a dip",
                    f"{of([not cut for _, cut in outcomes])}, " + str(sum(not (held or cut) for held, cut in outcomes)),
                )
    if "replacements" in kinds:
        for typed, how in ((False, "spoken"), (True, "typed")):
            kept = [here.replaced(*pair, typed=typed) for pair in pairs]
            yield f"{NAMES[language]}, another question {how} while it thinks: both kept, the last answered", of(kept)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=__doc__)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--voices", type=int, default=1, help="how many say each of them")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout, whose app is asked")
    options: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        sounds = Sounds(Path(name))
        for language in options.languages:
            with listener(options.root, language, Path(name)) as here:
                for row in rows(here, sounds, options.kinds, options.voices):
                    print("| {} | {} |".format(*row), flush=True)


if __name__ == "__main__":
    main()
