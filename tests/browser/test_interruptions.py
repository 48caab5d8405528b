"""Who speaks into an answer: a cough and a backchannel hold it up for a moment, and only a question ends it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.interruptions import SCENARIO, STORY, Talker, cough
from tests.browser.room import room, say
from tests.browser.visitor import Visitor
from tests.browser.whole_call import cuts
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]


def talking_to(visitor: Visitor, upstream: ScriptedServer) -> Talker:
    return Talker(lambda: visitor.stats, lambda clip: say(visitor.page, clip), upstream)


@pytest.mark.timeout(90)
def test_a_cough_and_a_backchannel_hold_an_answer_up_and_a_question_ends_it(
    visit: Visit, serve: Serve, tmp_path: Path
) -> None:
    url, upstream = serve(SCENARIO)
    visitor = visit(url, room=room(echo_db=-200), records=True)
    talker = talking_to(visitor, upstream)
    visitor.call_until_live()
    talker.interrupt(tmp_path)
    visitor.page.wait_for_selector(f"{STORY}[data-cut]")
    visitor.page.wait_for_selector('[data-item="a2"][data-final]')
    entries = visitor.entries
    talker.judge(visitor.heard(), entries)


def test_a_noise_ends_an_answer_for_whoever_likes_it_sharp_and_what_the_server_ended_can_be_asked_for(
    visit: Visit, serve: Serve, tmp_path: Path
) -> None:
    url, upstream = serve(SCENARIO)
    visitor = visit(url, choices={"at_once": True}, room=room(echo_db=-200))
    visitor.call_until_live()
    talker = talking_to(visitor, upstream)
    talker.until(1000)
    noise, nothing = cough(tmp_path / "cough.wav"), {"transcript": {"item": "u2", "text": ""}}
    talker.speak(noise, "u2", 250, nothing)
    visitor.page.wait_for_selector(f"{STORY}[data-cut]")
    assert visitor.stats["holds"] == [0, 0]
    visitor.settings("turns")
    visitor.page.get_by_label("Stop at the first sound").uncheck()
    upstream.wait_for(
        lambda _: [event["type"] for event in upstream.connections[-1].events].count("session.update") > 1
    )
    visitor.page.click("#settings-close")

    upstream.wait_for(lambda _: len(cuts(upstream)) == 1)
    visitor.wait_until(lambda stats: stats["turn"] == "listening")
    upstream.do(
        {"hear": {"item": "u3", "ms": 400, "transcript": "Tell me more."}},
        {"say": {"item": "a3", "text": "Then an island rose out of the water.", "ms": 6000, "pace_ms": 60}},
    )
    visitor.wait_until(lambda stats: stats["msHeard"].get("a3", 0) >= 1000)
    say(visitor.page, noise)
    stop = {"speech_stopped": {"item": "u4"}}, {"transcript": {"item": "u4", "text": ""}}
    upstream.do({"speech_started": {"item": "u4"}}, {"interrupt": "turn_detected"}, {"wait_ms": 700}, *stop)
    visitor.page.wait_for_selector('[data-item="a3"] .mark')
    assert visitor.page.locator('[data-item="a3"][data-cut]').count() == 0, "the server ended it for a noise"
    visitor.press("Go on")
    upstream.wait_for(lambda _: "response.create" in [event["type"] for event in upstream.connections[-1].events])
    visitor.wait_until(lambda _: "Please go on." in [entry["text"] for entry in visitor.entries])
    assert visitor.page.get_by_role("button", name="Go on", exact=True).count() == 0
