"""A call on the page: its turns, its interruption, its microphone, its end."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.browser.received import events, sound
from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
BLOCK_MAIN_THREAD = "const end = performance.now() + 300; while (performance.now() < end);"
TRACKS = "testTracks.map(track => track.readyState)"
ASKED = {"hear": {"item": "u1", "ms": 400, "transcript": "Tell me a story."}}


def test_escape_and_a_voice_silence_an_answer_at_once_and_only_what_was_heard_of_it_is_kept(
    visit: Visit, serve: Serve
) -> None:
    url, upstream = serve("long_answer")
    visitor = visit(url, records=True)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 1500)
    visitor.page.keyboard.press("Escape")
    visitor.wait_for_entry("assistant", "[data-cut]")

    truncated = upstream.wait_for(lambda _: events(upstream, "conversation.item.truncate"))[0]
    played = visitor.stats["samplesPlayed"]
    assert abs(truncated["audio_end_ms"] - played / 24) <= 20 + visitor.stats["outputLatencyMs"]
    assert abs(truncated["audio_end_ms"] - visitor.stats["msHeard"]["a1"]) <= 20
    visitor.page.wait_for_timeout(400)
    assert visitor.stats["samplesPlayed"] == played
    text = visitor.entry("a1")["text"]
    assert "Once upon a time there was a very long story. It had no end".startswith(text)
    assert 5 < len(text) < 60
    assert visitor.page.inner_text('[data-item="a1"] .unheard').strip().endswith("that it had none.")

    out = np.abs(visitor.heard().astype(np.int32))
    loud = np.flatnonzero(out > 300)
    assert (loud[-1] - loud[0]) / 16 == pytest.approx(played / 24, abs=60)
    assert out[loud[-1] + 400 :].max() < 100

    upstream.do(
        {"hear": {"item": "u2", "after": "a1", "ms": 400, "transcript": "Go on."}},
        {"say": {"item": "a2", "text": "Once upon a time there was a very long story.", "ms": 8000}},
        {"wait_ms": 900},
        {"speech_started": {"item": "u3"}},
        {"wait_ms": 400},
        {"speech_stopped": {"item": "u3"}},
        {"transcript": {"item": "u3", "text": "Stop."}},
        {"say": {"item": "a3", "text": "All right.", "ms": 500}},
    )
    visitor.wait_for_entry("assistant", '[data-item="a2"][data-cut]')
    truncated = upstream.wait_for(lambda _: events(upstream, "conversation.item.truncate")[1:])[0]
    assert abs(truncated["audio_end_ms"] - visitor.stats["msHeard"]["a2"]) <= 20, "cut by a voice"
    visitor.wait_for_entry("assistant", '[data-item="a3"][data-final]')
    assert visitor.stats["msHeard"]["a3"] == pytest.approx(500, abs=1)
    assert [entry["item"] for entry in visitor.entries] == ["u1", "a1", "u2", "a2", "u3", "a3"]


def test_an_answer_is_written_in_step_with_its_sound_goes_on_while_one_is_muted_and_can_be_stopped(
    visit: Visit, serve: Serve
) -> None:
    url, upstream = serve("long_answer")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 2000)
    heard, shown = visitor.stats["msHeard"]["a1"], len(visitor.entry("a1")["text"])
    assert shown == pytest.approx(103 * heard / 10000, abs=14)
    assert not visitor.entry("a1")["final"]

    visitor.press("Mute")
    visitor.page.wait_for_timeout(300)
    sent, received = visitor.stats["chunksSent"], len(sound(upstream))
    played = visitor.stats["samplesPlayed"]
    visitor.page.wait_for_timeout(1000)
    assert visitor.stats["chunksSent"] == sent, "sent while it was muted"
    assert len(sound(upstream)) == received
    assert visitor.stats["samplesPlayed"] > played + 12000
    visitor.press("Unmute")
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent)

    visitor.press("Stop")
    visitor.wait_for_entry("assistant", "[data-cut]")
    visitor.type("Hello?")
    visitor.wait_for_entry("assistant", ':not([data-item="a1"])[data-final]')
    assert [entry["role"] for entry in visitor.entries] == ["user", "assistant", "user", "assistant"]
    assert visitor.stats["phase"] == "live"
    assert len(events(upstream, "conversation.item.truncate")) == 1


def test_the_transcript_keeps_the_spoken_order_however_late_a_text_comes(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda _: len(sound(upstream)) > 0)
    failed = {"transcript": {"item": "u2", "failed": "DeploymentNotFound"}}
    upstream.do(
        {"hear": {"item": "u1", "ms": 400}},
        {"say": {"item": "a1", "text": "I know already.", "ms": 300}},
        {"wait_ms": 50},
        {"transcript": {"item": "u1", "text": "Guess.", "deltas": True}},
        {"wait_ms": 900},
        {"hear": {"item": "u2", "after": "a1", "ms": 400}},
        {"say": {"item": "a2", "text": "And again.", "ms": 300, "midway": [failed]}},
    )
    visitor.wait_for_entry("assistant", '[data-item="a2"][data-final]')
    items = [entry["item"] for entry in visitor.entries]
    assert [item for item in items if item != "u2"] == ["u1", "a1", "a2"]
    assert visitor.entry("u1")["text"] == "Guess."


def test_a_call_in_writing_alone_asks_for_no_microphone_and_one_that_is_hung_up_lets_go_of_it(
    visit: Visit, serve: Serve
) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.type("Good evening.")
    visitor.wait_for_entry("assistant", "[data-final]")
    assert [(entry["role"], entry["text"]) for entry in visitor.entries] == [
        ("user", "Good evening."),
        ("assistant", "You wrote to me."),
    ]
    assert visitor.page.evaluate(TRACKS) == []
    assert sound(upstream) == b""
    assert visitor.page.inner_text("#status") == "Your microphone is off"
    visitor.press("Turn on mic")
    visitor.wait_until(lambda stats: stats["chunksSent"] > 30)

    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.page.wait_for_timeout(400)
    assert visitor.page.evaluate(TRACKS) == ["ended"]
    whole, left = divmod(len(sound(upstream)), 1920)
    assert visitor.stats["chunksSent"] == whole + (left > 0), "what was left is sent"
    visitor.call_until_live()
    assert visitor.page.evaluate(TRACKS) == ["ended", "live"]


def test_a_busy_page_does_not_stutter(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda _: len(sound(upstream)) > 0)
    # Up to four times as fast as it is spoken, as real servers send it.
    story = {"item": "a1", "text": "Once upon a time there was a story.", "ms": 4500, "chunk_ms": 40, "pace_ms": 10}
    upstream.do(ASKED, {"say": story})
    # Before what is still to come, so much is there that no machine's own pace runs it dry.
    visitor.wait_until(lambda stats: 40 * stats["chunksReceived"] > stats["msHeard"].get("a1", 0) + 2000)
    ran_dry = visitor.stats["underruns"]
    for _ in range(4):
        visitor.page.evaluate(BLOCK_MAIN_THREAD)
        visitor.page.wait_for_timeout(100)
    assert visitor.stats["underruns"] == ran_dry
    assert visitor.stats["chunksDropped"] == 0


def test_a_call_goes_on_with_another_microphone_and_over_another_line(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    before = len(upstream.connections)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksSent"] > 5)
    visitor.page.evaluate("testTracks[0].dispatchEvent(new Event('ended'))")
    visitor.page.get_by_role("button", name="Mute", exact=True).wait_for()
    assert "another microphone" in visitor.wait_for_notice("microphone_replaced")
    assert visitor.page.evaluate(TRACKS) == ["ended", "live"]
    sent = visitor.stats["chunksSent"]
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent + 10)
    assert visitor.stats["phase"] == "live"

    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.context.set_offline(True)
    visitor.wait_for_phase("reconnecting")
    visitor.wait_for_notice("connection_lost")
    visitor.context.set_offline(False)
    visitor.wait_for_phase("live")
    visitor.page.wait_for_selector('[data-code="connection_lost"]', state="detached")
    visitor.type("Still there?")
    visitor.wait_for_entry("assistant", ':nth-last-child(1 of [data-role="assistant"])[data-final]')
    visitor.wait_until(lambda _: len(visitor.entries) == 4)
    assert len(upstream.connections) == before + 1, "the same call"
    assert visitor.stats["resumes"] == 1
    # The browser itself reports a socket that it could not open.
    visitor.errors = [error for error in visitor.errors if "ERR_INTERNET_DISCONNECTED" not in error]
