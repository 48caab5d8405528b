"""Microphones and loudspeakers: chosen, remembered, silent, gone, interrupted."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser.room import room
from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
OPTIONS = "menu => [...menu.options].map(option => option.text)"
AT_44100 = """
const Context = window.AudioContext
window.AudioContext = class extends Context { constructor(options) { super({ ...options, sampleRate: 44100 }) } };
"""
# The browser gives up the first worklet of a name in the first context, once it heard, or played, a second of sound.
GIVE_UP = """
const SPOILED = `
const register = registerProcessor
let made = 0
globalThis.registerProcessor = (name, Whole) => register(name, name !== "NAME" ? Whole : class extends Whole {
  number = made++
  frames = 0
  process(inputs, outputs) {
    const goesOn = super.process(inputs, outputs)
    if ((inputs[0] ?? outputs[0])[0]?.some(Boolean)) this.frames += 128
    if (this.number === 0 && this.frames > sampleRate) throw new Error("given up")
    return goesOn
  }
})`
const add = AudioWorklet.prototype.addModule
let spoiled = null
AudioWorklet.prototype.addModule = async function (url) {
  spoiled ??= [this, add.call(this, URL.createObjectURL(new Blob([SPOILED], { type: "text/javascript" })))]
  if (spoiled[0] === this) await spoiled[1]
  return add.call(this, url)
};
"""
LIVE = "testTracks.filter(track => track.readyState === 'live').length"
LIVE_DEVICE = "testTracks.filter(track => track.readyState === 'live').map(track => track.label)"


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """It lets people choose among devices."""
    return whole_browser


def test_devices_are_chosen_by_name_in_the_middle_of_a_call_and_remembered(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    page = visitor.page
    visitor.settings("sound")
    assert page.eval_on_selector("#settings-microphone", OPTIONS)[0] == "System default"
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

    page.wait_for_selector("#settings-speaker option:nth-child(2)", state="attached")
    page.select_option("#settings-speaker", label=page.eval_on_selector("#settings-speaker", OPTIONS)[-1])
    speaker = page.input_value("#settings-speaker")
    assert speaker
    visitor.wait_until(lambda _: page.evaluate("testContexts.at(-1).sinkId") == speaker)
    page.get_by_role("slider", name="Volume").fill("0.5")

    visitor.reload()
    assert page.input_value('[data-choice="volume"]') == "0.5"
    # It is in the same call.
    visitor.wait_for_phase("live", 30)
    assert page.evaluate(LIVE_DEVICE) == ["Fake Audio Input 2"]
    visitor.wait_until(lambda _: page.evaluate("testContexts.at(-1).sinkId") == speaker)
    assert page.locator('[role="alert"]').count() == 0


def test_a_silent_microphone_is_noticed_and_then_forgiven_and_goes_from_44100_hz_up_at_24000(
    visit: Visit, serve: Serve
) -> None:
    url, upstream = serve("push_to_talk")
    visitor = visit(url, room=AT_44100 + room(echo_db=-200))
    visitor.call_until_live()
    assert visitor.stats["deviceRate"] == 44100
    assert "right microphone" in visitor.wait_for_notice("microphone_silent")
    visitor.page.evaluate(
        """() => {
        const hum = new OscillatorNode(testContexts.at(-1), { frequency: 1000 })
        AudioNode.prototype.connect.call(hum, testEar())
        hum.start()
    }"""
    )
    visitor.page.wait_for_selector('[data-code="microphone_silent"]', state="detached")
    visitor.wait_until(lambda _: np.abs(last_second(upstream)).mean() > 500)
    visitor.page.wait_for_timeout(1200)
    assert np.abs(np.fft.rfft(last_second(upstream))).argmax() == pytest.approx(1000, abs=2)


def last_second(upstream: ScriptedServer) -> np.ndarray:
    """Of what the latest call sent, at 24 kHz."""
    return np.frombuffer(bytes(upstream.connections[-1].audio[-48000:]), "<i2").astype(float)


def test_interrupted_by_the_system_it_goes_on_when_it_is_over_and_else_asks_for_a_touch(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("long_answer")
    visitor = visit(url)
    visitor.call_until_live()
    page = visitor.page
    # As iPhones report a telephone call.
    page.evaluate("""() => {
        const context = testContexts.at(-1)
        let state = "interrupted"
        Object.defineProperty(context, "state", { configurable: true, get: () => state })
        const tell = () => context.dispatchEvent(new Event("statechange"))
        context.resume = async () => { if (window.testHungUp) { state = "running"; tell() } }
        tell()
    }""")
    visitor.wait_for_notice("sound_paused")
    page.evaluate("window.testHungUp = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector('[data-code="sound_paused"]', state="detached")
    assert page.evaluate("testContexts.length") == 1
    assert visitor.stats["phase"] == "live"

    page.evaluate("""() => {
        const context = testContexts.at(-1)
        delete context.state
        delete context.resume
        return context.suspend()
    }""")
    visitor.wait_until(lambda _: page.evaluate("testContexts.at(-1).state") == "running")
    # The system holds on to it, as during a telephone call.
    page.evaluate("""() => {
        const context = testContexts.at(-1)
        context.resume = async () => {}
        context.suspend()
    }""")
    assert "Click or tap the page" in visitor.wait_for_notice("sound_paused")
    # Dead for good: a touch makes another, with the same microphone.
    page.click("#status")
    page.wait_for_selector('[data-code="sound_paused"]', state="detached")
    assert page.evaluate("[testContexts.length, testContexts.at(-1).state]") == [2, "running"]
    sent = visitor.stats["chunksSent"]
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent + 5)
    assert visitor.stats["phase"] == "live"


def test_a_microphone_that_the_browser_gives_up_is_shut_and_opened_by_a_press(visit: Visit, serve: Serve) -> None:
    url, _ = serve("push_to_talk")
    visitor = visit(url, room=GIVE_UP.replace("NAME", "capture"), bypass_csp=True)
    page = visitor.page
    visitor.call_until_live()
    assert "Turn on the microphone" in visitor.wait_for_notice("microphone_failed")
    assert page.evaluate(LIVE) == 0
    assert page.inner_text("#microphone") == "Turn on mic"
    page.click("#microphone")
    page.wait_for_selector('[data-code="microphone_failed"]', state="detached")
    sent = visitor.stats["chunksSent"]
    visitor.wait_until(lambda stats: stats["chunksSent"] > sent + 5)
    assert page.evaluate(LIVE) == 1


def test_a_loudspeaker_that_the_browser_gives_up_is_said_and_starts_again_at_a_touch(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("long_answer")
    visitor = visit(url, room=GIVE_UP.replace("NAME", "playback"), bypass_csp=True)
    page = visitor.page
    visitor.call_until_live()
    assert "Click or tap the page" in visitor.wait_for_notice("sound_failed")
    # Cut where it was heard.
    visitor.wait_for_entry("assistant", "[data-cut]")
    visitor.wait_until(lambda stats: stats["turn"] == "listening")
    played = visitor.stats["msHeard"]["a1"]
    assert 0 < played < 1500
    page.click("#status")
    page.wait_for_selector('[data-code="sound_failed"]', state="detached")
    visitor.type("And now?")
    visitor.wait_until(lambda stats: stats["msHeard"].get("t1", 0) > 500)
    assert page.evaluate("testContexts.map(context => context.state)") == ["closed", "running"]


def test_the_screen_stays_on_as_long_as_the_call(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    page = visitor.page
    page.evaluate("""() => {
        const ask = navigator.wakeLock.request.bind(navigator.wakeLock)
        window.testLocks = []
        navigator.wakeLock.request = async kind => (window.testLocks.push(await ask(kind)), window.testLocks.at(-1))
    }""")
    held = "testLocks.map(lock => !lock.released)"
    visitor.call_until_live()
    visitor.wait_until(lambda _: page.evaluate(held) == [True])
    # Hidden, a page loses it; in sight again, it has another.
    page.evaluate("testLocks[0].release()")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    visitor.wait_until(lambda _: page.evaluate(held) == [False, True])
    visitor.press("Hang up")
    visitor.wait_until(lambda _: page.evaluate(held) == [False, False])
