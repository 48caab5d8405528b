"""Who speaks into an answer: a cough and a backchannel hold it up for a moment, and only a question ends it."""

import subprocess
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor
from tests.browser.whole_call import cuts
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
RATE, WINDOW_MS, MOMENT_S = 16000, 20, 0.1
NOTICED_MS, SILENCE_MS = 200, 500
STORY = '[data-item="a1"]'


def cough(file: Path) -> Path:
    """A burst of noise of a quarter of a second."""
    shape = ["synth", "0.25", "brownnoise", "fade", "0.01", "0.25", "0.1", "gain", "-3"]
    subprocess.run(["sox", "-n", "-r", "48000", "-c", "1", "-b", "16", str(file), *shape], check=True)
    return file


def speak(visitor: Visitor, upstream: ScriptedServer, clip: Path, turn: str, ms: int, *then: dict[str, Any]) -> None:
    """It is heard in the room for so long, and the server notices it as servers do."""
    say(visitor.page, clip)
    upstream.do(
        {"wait_ms": NOTICED_MS},
        {"speech_started": {"item": turn}},
        {"wait_ms": ms - NOTICED_MS + SILENCE_MS},
        {"speech_stopped": {"item": turn}},
        {"wait_ms": 200},
        *then,
    )


def until(visitor: Visitor, ms: int) -> None:
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) >= ms, seconds=20)


def stretches(heard: np.ndarray) -> list[tuple[bool, float]]:
    """Whether something is heard, and for how many seconds, in turn, from the first sound on; no moment counts."""
    heard, size = np.append(heard, np.zeros(RATE)), RATE * WINDOW_MS // 1000
    windows = heard[: len(heard) // size * size].reshape(-1, size).astype(float)
    found: list[tuple[bool, float]] = []
    for loud, run in groupby(np.sqrt((windows**2).mean(axis=1)) > 400):
        seconds = len(list(run)) * WINDOW_MS / 1000
        if found and (seconds < MOMENT_S or found[-1][0] == loud):
            found[-1] = (found[-1][0], found[-1][1] + seconds)
        elif loud or found:
            found.append((bool(loud), seconds))
    return found


@pytest.mark.timeout(90)
def test_a_cough_and_a_backchannel_hold_an_answer_up_and_a_question_ends_it(
    visit: Visit, serve: Serve, tmp_path: Path
) -> None:
    url, upstream = serve("twenty_seconds")
    hum = spoken("Mm hmm.", tmp_path / "hum.wav", before_s=0, after_s=0)
    question = spoken("Where exactly was that island, and who lived there?", tmp_path / "question.wav", 0, 0)
    visitor = visit(url, room=room(echo_db=-200))
    visitor.call_until_live()
    until(visitor, 5000)
    speak(visitor, upstream, cough(tmp_path / "cough.wav"), "u2", 250, {"transcript": {"item": "u2", "text": ""}})
    visitor.wait_until(lambda stats: stats["holds"] == [1, 1])
    until(visitor, 9000)
    speak(visitor, upstream, hum, "u3", 600, {"transcript": {"item": "u3", "text": "Mm-hmm."}})
    visitor.wait_until(lambda stats: stats["holds"] == [2, 2])
    until(visitor, 14000)
    assert (visitor.page.locator("[data-cut]").count(), cuts(upstream)) == (0, [])
    words = {"transcript": {"item": "u4", "text": "Where exactly was that island, and who lived there?"}}
    speak(visitor, upstream, question, "u4", 3000, words, {"say": {"item": "a2", "text": "Far away.", "ms": 600}})
    visitor.page.wait_for_selector(f"{STORY}[data-cut]")
    visitor.page.wait_for_selector('[data-item="a2"][data-final]')
    stats, entries = visitor.stats, visitor.entries
    (cut,) = cuts(upstream)
    sent = [event["type"] for event in upstream.connections[-1].events]
    first, *dips, (_, answer), _ = stretches(visitor.heard())
    assert [entry["item"] for entry in entries if entry["text"]] == ["u1", "a1", "u3", "u4", "a2"]
    assert 14000 <= cut < 15500
    assert cut == pytest.approx(stats["msHeard"]["a1"], abs=20)
    assert (sent.count("response.cancel"), sent.count("response.create")) == (0, 0)
    # Each dip is as long as it takes to know, and what comes behind it begins a little before it.
    silences, tones = [s for loud, s in dips if not loud], [first[1], *(s for loud, s in dips if loud)]
    assert len(silences) == 3
    assert max(silences[:2]) < 2.0
    assert silences[2] > 2.0
    assert sum(tones) == pytest.approx(cut / 1000 + 2 * 0.3, abs=0.5)
    assert answer == pytest.approx(0.6, abs=0.15)


def test_whoever_likes_it_sharp_interrupts_with_the_first_sound(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    url, upstream = serve("twenty_seconds")
    visitor = visit(url, choices={"at_once": True}, room=room(echo_db=-200))
    visitor.call_until_live()
    until(visitor, 1000)
    speak(visitor, upstream, cough(tmp_path / "cough.wav"), "u2", 250, {"transcript": {"item": "u2", "text": ""}})
    visitor.page.wait_for_selector(f"{STORY}[data-cut]")
    assert visitor.stats["holds"] == [0, 0]
    visitor.press("Show settings")
    visitor.page.get_by_label("Stop at the first sound").uncheck()
    upstream.wait_for(
        lambda _: [event["type"] for event in upstream.connections[-1].events].count("session.update") > 1
    )


def test_where_the_server_ended_its_answer_for_a_noise_the_rest_can_be_asked_for(
    visit: Visit, serve: Serve, tmp_path: Path
) -> None:
    url, upstream = serve("story")
    visitor = visit(url, room=room(echo_db=-200))
    visitor.call_until_live()
    until(visitor, 1000)
    say(visitor.page, cough(tmp_path / "cough.wav"))
    stop = {"speech_stopped": {"item": "u2"}}, {"transcript": {"item": "u2", "text": ""}}
    upstream.do({"speech_started": {"item": "u2"}}, {"interrupt": "turn_detected"}, {"wait_ms": 700}, *stop)
    visitor.page.wait_for_selector(f"{STORY} .mark")
    assert visitor.page.locator("[data-cut]").count() == 0
    visitor.press("Go on")
    upstream.wait_for(lambda events: any(event["type"] == "response.create" for event in events))
    visitor.wait_until(lambda _: "Please go on." in [entry["text"] for entry in visitor.entries])
    assert visitor.page.get_by_role("button", name="Go on", exact=True).count() == 0
