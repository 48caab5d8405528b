"""Who speaks into an answer: a cough and a backchannel hold it up for a moment, and only a question ends it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.interruptions import SCENARIO, STORY, Talker, cough
from tests.browser.room import room, say
from tests.browser.visitor import Visitor
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


def test_whoever_likes_it_sharp_interrupts_with_the_first_sound(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    url, upstream = serve(SCENARIO)
    visitor = visit(url, choices={"at_once": True}, room=room(echo_db=-200))
    visitor.call_until_live()
    talker = talking_to(visitor, upstream)
    talker.until(1000)
    talker.speak(cough(tmp_path / "cough.wav"), "u2", 250, {"transcript": {"item": "u2", "text": ""}})
    visitor.page.wait_for_selector(f"{STORY}[data-cut]")
    assert visitor.stats["holds"] == [0, 0]
    visitor.settings("turns")
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
    talking_to(visitor, upstream).until(1000)
    say(visitor.page, cough(tmp_path / "cough.wav"))
    stop = {"speech_stopped": {"item": "u2"}}, {"transcript": {"item": "u2", "text": ""}}
    upstream.do({"speech_started": {"item": "u2"}}, {"interrupt": "turn_detected"}, {"wait_ms": 700}, *stop)
    visitor.page.wait_for_selector(f"{STORY} .mark")
    assert visitor.page.locator("[data-cut]").count() == 0
    visitor.press("Go on")
    upstream.wait_for(lambda events: any(event["type"] == "response.create" for event in events))
    visitor.wait_until(lambda _: "Please go on." in [entry["text"] for entry in visitor.entries])
    assert visitor.page.get_by_role("button", name="Go on", exact=True).count() == 0
