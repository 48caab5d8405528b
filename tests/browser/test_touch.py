"""Two fingers: one holds the key to talk, the other does something else; what no finger meant; and a thumb alone."""

from collections.abc import Callable

import pytest

from tests.browser.hand import PHONE, Hand
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# With the keyboard up.
LOW_PHONE = {**PHONE, "viewport": {"width": 390, "height": 430}}
TALK = {"mode": "push_to_talk"}
HELD = "document.querySelector('#talk').getAttribute('aria-pressed') === 'true'"


def called(visit: Visit, url: str, **choices: object) -> tuple[Visitor, Hand]:
    visitor = visit(url, choices=choices, **PHONE)
    visitor.call_until_live()
    return visitor, Hand(visitor.page)


@pytest.mark.parametrize("order", ["first", "second"])
def test_another_finger_does_not_end_the_hold(visit: Visit, serve: Serve, order: str) -> None:
    url, _ = serve("silent")
    visitor, hand = called(visit, url, **TALK)
    page = visitor.page
    if order == "second":
        hand.put(2, "#scroller")
    hand.put(1, "#talk")
    page.wait_for_selector("#talk[aria-pressed=true]")
    if order == "first":
        hand.put(2, "#scroller")
    hand.move(2, 0, -60)
    hand.lift(2)
    hand.tap(3, "#talk")
    page.wait_for_timeout(600)
    assert page.evaluate(HELD)
    hand.lift(1)
    page.wait_for_selector("#talk[aria-pressed=false]")
    hand.put(1, "#talk")
    page.wait_for_selector("#talk[aria-pressed=true]")
    page.wait_for_timeout(300)
    hand.lift(1)
    page.wait_for_selector("#talk[aria-pressed=false]")


def test_another_finger_mutes_while_one_talks(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, hand = called(visit, url, **TALK)
    hand.put(1, "#talk")
    visitor.page.wait_for_selector("#talk[aria-pressed=true]")
    hand.tap(2, "#microphone")
    visitor.page.wait_for_selector("#microphone[data-off]")
    hand.lift(1)
    visitor.page.wait_for_selector("#talk[aria-pressed=false]")


def test_another_finger_stops_an_answer_while_one_rests_on_the_words(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, choices=TALK, **PHONE)
    wire = Wire(visitor.page)
    visitor.open(url)
    visitor.call_until_live()
    hand = Hand(visitor.page)
    wire.tell("item", {"id": "a1", "role": "assistant", "after": None, "kind": "audio"})
    wire.tell("transcript", {"item": "a1", "delta": "A long story. " * 10})
    wire.sound("a1", 8000)
    wire.turn("assistant")
    visitor.page.wait_for_selector("body[data-speaking]")
    hand.put(1, "#scroller")
    hand.tap(2, "#hush")
    # As the server does then; what is not stopped plays on for seconds.
    wire.turn("listening")
    visitor.page.wait_for_selector("body:not([data-speaking])")
    hand.lift(1)


def test_a_touch_that_the_system_takes_ends_the_turn(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, hand = called(visit, url, **TALK)
    hand.put(1, "#talk")
    visitor.page.wait_for_selector("#talk[aria-pressed=true]")
    visitor.page.wait_for_timeout(400)
    hand.cancel()
    visitor.page.wait_for_selector("#talk[aria-pressed=false]", timeout=1000)


def test_a_touch_that_is_taken_at_once_does_not_lock(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, hand = called(visit, url, **TALK)
    for _ in range(2):
        hand.put(1, "#talk")
        hand.cancel()
    visitor.page.wait_for_timeout(600)
    assert not visitor.page.evaluate(HELD)


def test_a_pinch_presses_nothing(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor, hand = called(visit, url)
    page = visitor.page
    visitor.wait_for_entry("assistant", "[data-final]")
    page.evaluate("window.testClicks = []; addEventListener('click', e => window.testClicks.push(e.target.id), true)")
    hand.put(1, ".entry >> nth=0 >> .copy")
    hand.put(2, "#microphone")
    hand.move(1, 0, -80)
    hand.move(2, 0, 60)
    hand.lift(2)
    hand.lift(1)
    page.wait_for_timeout(400)
    assert page.evaluate("window.testClicks") == []
    assert page.get_attribute("body", "data-phase") == "live"


def test_a_thumb_leads_a_call_while_the_keyboard_is_up(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("hello")[0], **LOW_PHONE)
    page = visitor.page
    page.tap("#call")
    visitor.wait_for_phase("live")
    page.tap("#microphone")
    page.get_by_role("button", name="Unmute", exact=True).wait_for()
    page.tap("#microphone")
    page.tap("#message")
    page.keyboard.type("Are you there?")
    page.tap("#composer button[type=submit]")
    page.wait_for_selector("#transcript [data-role=user]", state="attached")
    page.tap("#settings-toggle")
    page.tap("#microphone")
    page.tap("#settings-close")
    page.tap("#call")
    visitor.wait_for_phase("ended")
