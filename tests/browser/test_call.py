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


def test_escape_silences_at_once_and_only_what_was_heard_is_kept(visit: Visit, serve: Serve) -> None:
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


def test_the_stop_button_stops_too_and_the_call_goes_on(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("long_answer")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 500)
    visitor.press("Stop")
    visitor.wait_for_entry("assistant", "[data-cut]")
    visitor.type("Hello?")
    visitor.wait_for_entry("assistant", ':not([data-item="a1"])[data-final]')
    assert [entry["role"] for entry in visitor.entries] == ["user", "assistant", "user", "assistant"]
    assert visitor.stats["phase"] == "live"
    assert len(events(upstream, "conversation.item.truncate")) == 1


def test_the_answer_fills_in_step_with_its_sound(visit: Visit, serve: Serve) -> None:
    url, _ = serve("long_answer")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 2000)
    heard, shown = visitor.stats["msHeard"]["a1"], len(visitor.entry("a1")["text"])
    assert shown == pytest.approx(103 * heard / 10000, abs=14)
    assert not visitor.entry("a1")["final"]


def test_the_transcript_keeps_the_spoken_order_however_late_a_text_comes(visit: Visit, serve: Serve) -> None:
    url, _ = serve("late_transcript")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", '[data-item="a2"][data-final]')
    items = [entry["item"] for entry in visitor.entries]
    assert [item for item in items if item != "u2"] == ["u1", "a1", "a2"]
    assert visitor.entry("u1")["text"] == "Guess."


def test_muted_sends_nothing_and_the_reply_goes_on(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("long_answer")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 300)
    visitor.press("Mute")
    visitor.page.wait_for_timeout(300)
    sent, received = visitor.stats["chunksSent"], len(sound(upstream))
    played = visitor.stats["samplesPlayed"]
    visitor.page.wait_for_timeout(1000)
    assert visitor.stats["chunksSent"] == sent
    assert len(sound(upstream)) == received
    assert visitor.stats["samplesPlayed"] > played + 12000
    visitor.press("Unmute")
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent)


def test_hanging_up_turns_the_microphone_off_and_sends_what_was_left(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksSent"] > 30)
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.page.wait_for_timeout(400)
    assert visitor.page.evaluate("testTracks.map(track => track.readyState)") == ["ended"]
    whole, left = divmod(len(sound(upstream)), 1920)
    assert visitor.stats["chunksSent"] == whole + (left > 0)
    visitor.call_until_live()
    assert visitor.page.evaluate("testTracks.map(track => track.readyState)") == ["ended", "live"]


def test_a_call_can_be_held_in_writing_alone(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.type("Good evening.")
    visitor.wait_for_entry("assistant", "[data-final]")
    assert [(entry["role"], entry["text"]) for entry in visitor.entries] == [
        ("user", "Good evening."),
        ("assistant", "You wrote to me."),
    ]
    assert visitor.page.evaluate("testTracks.length") == 0
    assert sound(upstream) == b""
    assert visitor.page.inner_text("#status") == "Your microphone is off"
    visitor.press("Turn on mic")
    visitor.wait_until(lambda stats: stats["chunksSent"] > 10)


def test_a_busy_page_does_not_stutter(visit: Visit, serve: Serve) -> None:
    url, _ = serve("paced_answer")
    visitor = visit(url)
    visitor.call_until_live()
    # Before what is still to come, so much is there that no machine's own pace runs it dry.
    visitor.wait_until(lambda stats: 40 * stats["chunksReceived"] > stats["msHeard"].get("a1", 0) + 2000)
    ran_dry = visitor.stats["underruns"]
    for _ in range(4):
        visitor.page.evaluate(BLOCK_MAIN_THREAD)
        visitor.page.wait_for_timeout(100)
    assert visitor.stats["underruns"] == ran_dry
    assert visitor.stats["chunksDropped"] == 0


def test_a_lost_connection_comes_back_to_the_same_call(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    before = len(upstream.connections)
    visitor.call_until_live()
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
    assert len(upstream.connections) == before + 1
    assert visitor.stats["resumes"] == 1
    # The browser itself reports a socket that it could not open.
    visitor.errors = [error for error in visitor.errors if "ERR_INTERNET_DISCONNECTED" not in error]


def test_speaking_into_an_answer_cuts_it_where_it_was_heard(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("barge_in_while_playing")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", '[data-item="a1"][data-cut]')
    truncated = events(upstream, "conversation.item.truncate")[0]
    stats = visitor.stats
    assert abs(truncated["audio_end_ms"] - stats["msHeard"]["a1"]) <= 20
    visitor.wait_for_entry("assistant", '[data-item="a2"][data-final]')
    assert visitor.stats["msHeard"]["a2"] == pytest.approx(500, abs=1)
    assert [entry["item"] for entry in visitor.entries] == ["u1", "a1", "u2", "a2"]


def test_a_microphone_that_goes_away_is_replaced_and_the_call_goes_on(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksSent"] > 5)
    visitor.page.evaluate("testTracks[0].dispatchEvent(new Event('ended'))")
    visitor.page.get_by_role("button", name="Mute", exact=True).wait_for()
    assert "another microphone" in visitor.wait_for_notice("microphone_replaced")
    assert visitor.page.evaluate("testTracks.map(track => track.readyState)") == ["ended", "live"]
    sent = visitor.stats["chunksSent"]
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent + 10)
    assert visitor.stats["phase"] == "live"
