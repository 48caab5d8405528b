"""How a turn ends: by the server's judgement, by a key; and what is not sent meanwhile."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.browser.received import events, sound
from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
TALK = {"mode": "push_to_talk"}
# When the talk button went down, by the page's clock.
PRESSES = """window.testPresses = []
addEventListener("pointerdown", () => window.testPresses.push(performance.now()), true)"""


def committed(upstream: ScriptedServer, count: int = 1) -> np.ndarray:
    """The sound of the latest of so many turns."""
    turns = upstream.wait_for(
        lambda _: (by_item := upstream.connections[-1].audio_by_item) and len(by_item) >= count and by_item
    )
    return np.frombuffer(list(turns.values())[-1], np.int16).astype(float)


def place_of(clip: np.ndarray, within: np.ndarray) -> tuple[int, float]:
    """Where the clip is, in samples, and how alike that part is to it."""
    size = 1 << (len(within) + len(clip)).bit_length()
    products = np.fft.irfft(np.fft.rfft(within, size) * np.conj(np.fft.rfft(clip, size)), size)[
        : len(within) - len(clip)
    ]
    at = int(np.argmax(products))
    part = within[at : at + len(clip)]
    return at, float(part @ clip / np.sqrt((part @ part) * (clip @ clip)))


def syllable(file: Path) -> np.ndarray:
    """The first 150 ms of what is said, at 24 kHz."""
    with wave.open(str(file)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)[::2].astype(float)
    start = int(np.flatnonzero(np.abs(samples) > 600)[0])
    return samples[start : start + 3600]


def test_the_talk_button_sends_from_the_first_syllable_on(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    url, upstream = serve("push_to_talk")
    clip = spoken("Papa, can you hear me?", tmp_path / "clip.wav", before_s=0, after_s=0)
    visitor = visit(url, choices=TALK, room=room(echo_db=-200))
    visitor.page.evaluate(PRESSES)
    visitor.call_until_live()
    assert events(upstream, "session.update")[0]["session"]["audio"]["input"]["turn_detection"] is None
    visitor.page.wait_for_timeout(400)
    assert sound(upstream) == b""
    visitor.page.locator("#talk").hover()
    said = say(visitor.page, clip)
    visitor.page.wait_for_timeout(120)
    visitor.page.mouse.down()
    visitor.wait_until(lambda stats: stats["talking"])
    late = visitor.page.evaluate("testPresses.at(-1)") - said
    visitor.page.wait_for_timeout(1400)
    visitor.page.mouse.up()
    visitor.wait_until(lambda stats: not stats["talking"])
    heard = committed(upstream)
    at, likeness = place_of(syllable(clip), heard)
    assert late > 100
    assert likeness > 0.9
    assert at / 24 < 300, late
    # What was held, with 300 ms from before; a fake microphone on a busy machine leaves some out.
    assert 900 < len(heard) / 24 < 1400 + 300 + 80 + 350
    visitor.wait_for_entry("assistant", "[data-final]")
    before = len(sound(upstream))
    visitor.page.wait_for_timeout(200)
    assert len(sound(upstream)) == before


def test_the_space_bar_talks_if_it_is_wanted_but_never_in_the_text_box(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("push_to_talk")
    visitor = visit(url, choices={**TALK, "space": True})
    visitor.call_until_live()
    page = visitor.page
    assert page.evaluate("document.activeElement.id") == "talk"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.down(" ")
    visitor.wait_until(lambda stats: stats["talking"])
    page.keyboard.down(" ")
    page.wait_for_timeout(350)
    page.keyboard.up(" ")
    committed(upstream)
    page.focus("#message")
    page.keyboard.press("a")
    page.keyboard.down(" ")
    assert not visitor.stats["talking"]
    page.keyboard.up(" ")
    assert page.input_value("#message") == "a "
    assert page.get_by_role("button", name="Hold to talk").get_attribute("aria-pressed") == "false"
    # Pressed twice it stays, and a third press sends.
    talk = page.locator("#talk")
    talk.dblclick()
    page.get_by_role("button", name="Press to send").wait_for()
    page.wait_for_timeout(400)
    assert visitor.stats["talking"]
    talk.click()
    committed(upstream, 2)
    assert not visitor.stats["talking"]
    assert visitor.stats["phase"] == "live"


def test_the_way_turns_end_changes_in_the_middle_of_a_call_and_is_remembered(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_for_entry("assistant")
    page = visitor.page
    visitor.settings("turns")
    page.click("#settings-turns .expert summary")
    page.get_by_role("slider", name="Length of the pause").fill("900")
    assert wanted(upstream, "server_vad", silence_duration_ms=900)
    page.get_by_label("When your sentence is complete").check()
    page.get_by_label("How long it waits").select_option("low")
    assert wanted(upstream, "semantic_vad", eagerness="low")
    page.get_by_label("Push to talk").check()
    upstream.wait_for(lambda _: turns(upstream)[-1] is None)
    page.get_by_role("button", name="Hold to talk").wait_for()
    visitor.wait_for_entry("assistant", "[data-final]")
    assert (visitor.stats["underruns"], visitor.stats["phase"]) == (0, "live")
    # It comes back to its call, and no touch lets it sound.
    visitor.forgive()
    visitor.reload()
    visitor.settings("turns")
    assert page.get_by_label("Push to talk").is_checked()
    page.get_by_label("After a pause").check()
    assert page.input_value('[data-choice="silence_ms"]') == "900"
    page.click("#settings-turns .expert summary")
    visitor.press("Reset these")
    assert page.input_value('[data-choice="silence_ms"]') == "500"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "settings-toggle"


def test_arrow_keys_pass_over_the_ways_a_turn_may_end(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.settings("turns")
    visitor.page.get_by_label("After a pause").focus()
    before = len(turns(upstream))
    for _ in range(2):
        visitor.page.keyboard.press("ArrowDown")
    upstream.wait_for(lambda _: turns(upstream)[-1] is None)
    assert len(turns(upstream)) == before + 1
    assert visitor.page.get_by_label("Push to talk").is_checked()


def turns(upstream: ScriptedServer) -> list[dict[str, object] | None]:
    """How turns end, as the upstream was told, first to last."""
    inputs = [event["session"].get("audio", {}).get("input", {}) for event in events(upstream, "session.update")]
    return [heard["turn_detection"] for heard in inputs if "turn_detection" in heard]


def wanted(upstream: ScriptedServer, kind: str, **fields: object) -> dict[str, object]:
    return upstream.wait_for(
        lambda _: (last := turns(upstream)[-1]) and {"type": kind, **fields}.items() <= last.items() and last
    )


def test_half_duplex_sends_nothing_while_the_assistant_is_heard(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("long_answer")
    visitor = visit(url, choices={"half_duplex": True})
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 300)
    sent = len(sound(upstream))
    visitor.wait_until(lambda stats: stats["msHeard"]["a1"] > 1300)
    assert len(sound(upstream)) == sent
    visitor.page.keyboard.press("Escape")
    visitor.wait_for_entry("assistant", "[data-cut]")
    upstream.wait_for(lambda _: len(sound(upstream)) > sent)
