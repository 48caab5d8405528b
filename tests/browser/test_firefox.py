"""The page in Firefox, which has its own ways with devices, rates and clocks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser import interruptions, whole_call
from tests.browser.firefox import PROGRAM, FirefoxVisitor, firefox
from tests.browser.pulse import pulse
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.skipif(PROGRAM is None, reason="no Firefox is installed"),
    whole_call.needs_pulse,
]

RATE = 44100


@pytest.mark.timeout(90)
def test_a_whole_call_in_firefox(serve: Callable[[str], tuple[str, ScriptedServer]], tmp_path: Path) -> None:
    url, upstream = serve(whole_call.SCENARIO)
    with pulse(tmp_path / "pulse", RATE) as devices, firefox(tmp_path / "profile", devices) as browser:
        visitor = FirefoxVisitor(browser)
        visitor.visit(url)
        whole_call.hold(visitor, upstream, devices, tmp_path)
        assert visitor.stats["deviceRate"] == RATE
        assert visitor.leave() == []


@pytest.mark.timeout(120)
def test_a_cough_and_a_backchannel_hold_an_answer_up_in_firefox_and_a_question_ends_it(
    serve: Callable[[str], tuple[str, ScriptedServer]], tmp_path: Path
) -> None:
    url, upstream = serve(interruptions.SCENARIO)
    with (
        pulse(tmp_path / "pulse", RATE) as devices,
        firefox(tmp_path / "profile", devices) as browser,
        devices.listen() as ear,
        ThreadPoolExecutor() as mouth,
    ):
        visitor = FirefoxVisitor(browser)
        visitor.visit(url)
        talker = interruptions.Talker(lambda: visitor.stats, lambda clip: mouth.submit(devices.say, clip), upstream)
        visitor.click("#call")
        visitor.wait_for('body[data-phase="live"]')
        talker.interrupt(tmp_path)
        visitor.wait_for(f"{interruptions.STORY}[data-cut]")
        visitor.wait_for('[data-item="a2"][data-final]')
        visitor.wait_until(lambda: visitor.stats["turn"] == "listening")
        talker.judge(ear.sound, visitor.entries)
        assert visitor.leave() == []
