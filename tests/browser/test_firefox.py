"""The page in Firefox, which has its own ways with devices, rates and clocks."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser import interruptions, whole_call
from tests.browser.firefox import PROGRAM, Firefox, FirefoxVisitor, firefox
from tests.browser.pulse import Pulse, pulse
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.skipif(PROGRAM is None, reason="no Firefox is installed"),
    whole_call.needs_pulse,
]

Serve = Callable[[str], tuple[str, ScriptedServer]]
RATE = 44100


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulse]:
    with pulse(tmp_path_factory.mktemp("firefox") / "pulse", RATE) as started:
        yield started


@pytest.fixture(scope="module")
def running(devices: Pulse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox") / "profile", devices) as started:
        yield started


@pytest.fixture
def visitor(running: Firefox) -> Iterator[FirefoxVisitor]:
    """In a tab of its own."""
    came = FirefoxVisitor(running)
    yield came
    assert came.leave() == []


@pytest.mark.timeout(90)
def test_a_whole_call_in_firefox(visitor: FirefoxVisitor, serve: Serve, devices: Pulse, tmp_path: Path) -> None:
    url, upstream = serve(whole_call.SCENARIO)
    visitor.visit(url)
    whole_call.hold(visitor, upstream, devices, tmp_path)
    assert visitor.stats["deviceRate"] == RATE


@pytest.mark.timeout(120)
def test_a_cough_and_a_backchannel_hold_an_answer_up_in_firefox_and_a_question_ends_it(
    visitor: FirefoxVisitor, serve: Serve, devices: Pulse, tmp_path: Path
) -> None:
    url, upstream = serve(interruptions.SCENARIO)
    with devices.listen() as ear, ThreadPoolExecutor() as mouth:
        visitor.visit(url)
        talker = interruptions.Talker(lambda: visitor.stats, lambda clip: mouth.submit(devices.say, clip), upstream)
        visitor.click("#call")
        visitor.wait_for('body[data-phase="live"]')
        talker.interrupt(tmp_path)
        visitor.wait_for(f"{interruptions.STORY}[data-cut]")
        visitor.wait_for('[data-item="a2"][data-final]')
        visitor.wait_until(lambda: visitor.stats["turn"] == "listening")
        talker.judge(ear.sound, visitor.entries)
