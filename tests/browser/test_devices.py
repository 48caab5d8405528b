"""Microphones and loudspeakers: chosen, remembered, silent, gone, interrupted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.room import room
from tests.browser.visitor import Visitor
from voiceapp.engine.scripted import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
OPTIONS = "menu => [...menu.options].map(option => option.text)"
LIVE_DEVICE = "testTracks.filter(track => track.readyState === 'live').map(track => track.label)"


def test_devices_are_chosen_by_name_in_the_middle_of_a_call_and_remembered(
    visit: Visit, serve: Serve, output: Path
) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    page = visitor.page
    visitor.press("Show settings")
    assert page.eval_on_selector("#settings-microphone", OPTIONS)[0] == "As the system has it"
    visitor.call_until_live()
    page.wait_for_selector("#settings-microphone option:nth-child(2)", state="attached")
    microphones = page.eval_on_selector("#settings-microphone", OPTIONS)
    assert "Fake Audio Input 2" in microphones
    page.select_option("#settings-microphone", label="Fake Audio Input 2")
    visitor.wait_until(lambda _: page.evaluate(LIVE_DEVICE) == ["Fake Audio Input 2"])
    sent = visitor.stats["chunksSent"]
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent + 5)
    assert "echo cancellation on" in page.inner_text("#settings-granted")
    visitor.wait_until(lambda _: float(page.eval_on_selector("#settings-level", "meter => meter.value")) > 0)
    page.screenshot(path=output / "settings.png")
    page.get_by_role("slider", name="Volume").fill("0.5")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.input_value('[data-choice="volume"]') == "0.5"
    visitor.call_until_live()
    assert page.evaluate(LIVE_DEVICE) == ["Fake Audio Input 2"]


def test_a_silent_microphone_is_noticed_and_then_forgiven(visit: Visit, serve: Serve) -> None:
    url, _ = serve("push_to_talk")
    visitor = visit(url, room=room(echo_db=-200))
    visitor.call_until_live()
    assert "right microphone" in visitor.wait_for_notice("microphone_silent")
    visitor.page.evaluate(
        """() => {
        const beep = new OscillatorNode(testContexts.at(-1))
        AudioNode.prototype.connect.call(beep, testEar())
        beep.start()
    }"""
    )
    visitor.page.wait_for_selector('[data-code="microphone_silent"]', state="detached")


def test_interrupted_by_the_system_it_goes_on_and_else_asks_for_a_touch(visit: Visit, serve: Serve) -> None:
    url, _ = serve("long_answer")
    visitor = visit(url)
    visitor.call_until_live()
    page = visitor.page
    page.evaluate("testContexts.at(-1).suspend()")
    visitor.wait_until(lambda _: page.evaluate("testContexts.at(-1).state") == "running")
    # The system holds on to it, as during a telephone call.
    page.evaluate("""() => {
        const context = testContexts.at(-1)
        context.resume = async () => {}
        context.suspend()
    }""")
    assert "Touch the page" in visitor.wait_for_notice("sound_paused")
    # Dead for good: a touch makes another, with the same microphone.
    page.click("#status")
    page.wait_for_selector('[data-code="sound_paused"]', state="detached")
    assert page.evaluate("testContexts.at(-1).state") == "running"
    sent = visitor.stats["chunksSent"]
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent + 5)
    assert visitor.stats["phase"] == "live"
