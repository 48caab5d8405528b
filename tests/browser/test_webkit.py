"""The page in Safari's engine, which has its own rules for sound, devices and what it keeps."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser import whole_call
from tests.browser.person import Person
from tests.browser.pulse import Pulse, pulse
from tests.browser.speech import spoken
from tests.browser.webkit import WebKit, WebKitVisitor, missing, webkit
from tests.proxy import proxy, with_close
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(missing()), reason=f"WebKit cannot be driven here; not installed: {missing()}"),
    whole_call.needs_pulse,
]

Visit = Callable[[str], WebKitVisitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

RATE = 48000
CHOOSE = """(name, value) => {
  const choice = document.querySelector(`[data-choice="${name}"]`)
  choice.value = value
  choice.dispatchEvent(new Event("change"))
}"""

ROOM_TO_THE_SIDE = """selector => {
  const { scrollWidth, clientWidth } = document.querySelector(selector)
  return scrollWidth - clientWidth
}"""


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulse]:
    with pulse(tmp_path_factory.mktemp("pulse") / "own", RATE) as started:
        yield started


@pytest.fixture(scope="module")
def driver(devices: Pulse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebKit]:
    with webkit(tmp_path_factory.mktemp("webkit") / "own", devices) as started:
        yield started


@pytest.fixture
def visit(driver: WebKit) -> Iterator[Visit]:
    """Open the page in a new browser; it may cause no error in the console nor break the page's own rules."""
    visitors: list[WebKitVisitor] = []

    def arrive(url: str) -> WebKitVisitor:
        visitors.append(WebKitVisitor(driver))
        visitors[-1].visit(url)
        return visitors[-1]

    try:
        yield arrive
    finally:
        errors = [error for visitor in visitors for error in visitor.leave()]
    assert errors == []


@pytest.mark.models
@pytest.mark.timeout(90)
def test_a_whole_call_in_webkit(visit: Visit, serve: Serve, devices: Pulse, tmp_path: Path) -> None:
    url, upstream = serve(whole_call.SCENARIO)
    whole_call.hold(visit(url), upstream, devices, tmp_path)


def test_without_a_microphone_it_says_so_and_the_call_is_held_in_writing(
    visit: Visit, serve: Serve, devices: Pulse
) -> None:
    url, _ = serve("hello")
    devices.unplug()
    try:
        visitor = visit(url)
        with devices.listen() as ear:
            visitor.click("#call")
            visitor.wait_for('body[data-phase="live"]')
            assert "No microphone was found" in told(visitor, "microphone_missing")
            # On a busy machine the sound system drops what comes late: whoever did not hear it asks again.
            for asked in (1, 2, 3):
                visitor.type("#message", "Hello.")
                visitor.wait_until(lambda asked=asked: texts(visitor) == ["Hello.", "You wrote to me."] * asked)
                visitor.wait_until(lambda: visitor.stats["turn"] == "listening")
                if ear.loud_s > 0.5:
                    break
            assert ear.loud_s > 0.5
        assert 440 in ear.tones
    finally:
        devices.plug()
    visitor.click("#microphone")
    visitor.wait_until(lambda: visitor.stats["chunksSent"] > 5)
    assert not visitor.sees('[data-code="microphone_missing"]')


def test_who_speaks_into_an_answer_is_let_through_and_stops_it(
    visit: Visit, serve: Serve, devices: Pulse, tmp_path: Path
) -> None:
    url, upstream = serve("long_answer")
    visitor = visit(url)
    visitor.click("#call")
    visitor.wait_until(lambda: visitor.stats["msHeard"].get("a1", 0) > 500)
    devices.say(spoken("Stop, please stop.", tmp_path / "stop.wav", before_s=0, after_s=0))
    visitor.wait_until(lambda: visitor.stats["judgements"].get("voice"))
    upstream.do({"speech_started": {"item": "u2", "at_ms": 3000}})
    visitor.wait_for('[data-item="a1"][data-cut]')
    visitor.wait_until(lambda: whole_call.cuts(upstream))
    assert whole_call.cuts(upstream) == [pytest.approx(visitor.stats["msHeard"]["a1"], abs=20)]
    assert visitor.stats["msHeard"]["a1"] < 9000


def test_the_sound_check_opens_and_hears(visit: Visit, serve: Serve, devices: Pulse, tmp_path: Path) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    # Near and pressed at once: its modules are asked for twice.
    visitor.click("#preflight-offer")
    visitor.wait_for("#preflight[open]")
    visitor.wait_for('[data-check="microphone"][data-state="running"]')
    devices.say(spoken("The garden is full of flowers.", tmp_path / "check.wav", before_s=0.2, after_s=0))
    visitor.wait_for('[data-check="microphone"][data-state="good"]')
    visitor.wait_for('[data-check="service"][data-state="good"]')
    visitor.click("#preflight-close")


def test_nothing_scrolls_sideways(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    visitor.click("#settings-toggle")
    visitor.click("#settings-tab-sound")
    visitor.wait_for("#settings-sound:not([hidden]) [data-choice=volume]")
    assert visitor.evaluate(ROOM_TO_THE_SIDE, "#settings .drawer-scroller") == 0
    visitor.click("#settings-close")
    # As small as this browser goes.
    visitor.resize(320, 480)
    visitor.wait_until(lambda: visitor.evaluate("() => innerHeight < 480"))
    assert visitor.evaluate(ROOM_TO_THE_SIDE, "html") == 0


def test_a_line_that_is_lost_comes_back_with_its_microphone(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    before = len(upstream.connections)
    with proxy(int(url.rpartition(":")[2]), with_close) as line:
        visitor = visit(line.url)
        visitor.click("#call")
        visitor.wait_for('[data-role="assistant"][data-final]')
        line.cut()
        visitor.wait_for('body[data-phase="reconnecting"]')
        told(visitor, "connection_lost")
        line.mend()
        visitor.wait_for('body[data-phase="live"]')
        visitor.wait_until(lambda: visitor.stats["resumes"] == 1)
        sent = visitor.stats["chunksSent"]
        visitor.wait_until(lambda: visitor.stats["chunksSent"] > sent + 10)
        assert len(upstream.connections) == before + 1


def test_a_past_talk_is_there_after_a_reload_and_heard_again(visit: Visit, serve: Serve, devices: Pulse) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.evaluate(CHOOSE, "keep", "sound")
    visitor.type("#message", "Good evening.")
    visitor.wait_for('[data-role="assistant"][data-final]')
    visitor.click("#call")
    visitor.wait_for('body[data-phase="ended"]')
    visitor.visit(url)
    visitor.click("#talks-toggle")
    visitor.wait_for("[data-talk]")
    visitor.click("[data-talk]")
    visitor.wait_until(lambda: visitor.evaluate("() => document.querySelector('audio')?.duration > 0.5"))
    with devices.listen() as ear:
        visitor.evaluate("() => void document.querySelector('audio').play()")
        visitor.wait_until(lambda: ear.loud_s > 0.5)
    assert 440 in ear.tones
    assert "You wrote to me." in visitor.text("#talk-detail")


def told(visitor: Person, code: str) -> str:
    """The words of this notice."""
    notice = f'[role="alert"][data-code="{code}"]'
    visitor.wait_for(notice)
    return visitor.text(notice)


def texts(visitor: Person) -> list[str]:
    return [entry["text"] for entry in visitor.entries]
