"""The stage: the voice in the middle, the words beside it or in its place, and the caption of what is being said."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.browser.axe import violations
from tests.browser.hand import Hand
from tests.browser.layout import SMALL_TARGETS
from tests.browser.visitor import Visitor, wait
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 860}
UNCHOSEN = {"text": None}
PANES = "document.body.dataset.panes"
# How many draw on the canvas.
FIGURES = """
window.testFigures = 0
const { observe } = ResizeObserver.prototype
ResizeObserver.prototype.observe = function (target, ...rest) {
  if (target.id === "figure") window.testFigures++
  return observe.call(this, target, ...rest)
}
"""
LOOKS = """["fontWeight", "color"].map(
  name => [...document.querySelectorAll("#caption > span")].map(part => getComputedStyle(part)[name])
)"""
CAPTION = "[...document.querySelectorAll('#caption > span')].map(part => part.textContent)"


def call(visit: Visit, url: str, **options: object) -> tuple[Visitor, Wire]:
    visitor = visit(url, wired=True, **options)
    visitor.call_until_live()
    return visitor, visitor.wire


def item(wire: Wire, name: str, role: str, after: str | None) -> None:
    wire.tell("item", {"id": name, "role": role, "after": after, "kind": "audio"})


def answer(wire: Wire, after: str | None) -> None:
    """Two sentences, `a1`, and their sound."""
    item(wire, "a1", "assistant", after)
    wire.tell("transcript", {"item": "a1", "text": "It will rain. Later some sun comes out.", "final": True})
    wire.sound("a1", 3000)


def test_the_words_stand_where_they_were_chosen_to_stand_and_stay_there(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, viewport=PHONE, choices=UNCHOSEN)
    page = visitor.page
    assert page.evaluate(PANES) == "voice"
    item(wire, "u1", "user", None)
    wire.tell("transcript", {"item": "u1", "text": "Hello there.", "final": True})
    page.wait_for_selector(".entry", state="attached")
    assert not page.is_visible(".entry")
    assert page.is_visible("#figure")
    visitor.press("Show text")
    page.wait_for_selector(".entry")
    assert page.is_visible("#status"), "the state stays in sight"
    page.set_viewport_size(DESK)
    wait(page, f"{PANES} === 'both'")
    assert page.is_visible(".entry")
    assert page.is_visible("#caption")
    visitor.press("Hide text")
    wait(page, f"{PANES} === 'voice'")
    visitor.reload()
    visitor.wait_for_phase("live")
    # Where the browser keeps a page silent that nobody has touched, what is said could be read alone.
    page.mouse.click(320, 300)
    wait(page, f"{PANES} === 'voice'")


def test_a_press_is_not_lost_while_the_words_come_and_go(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, _ = call(visit, url, viewport=PHONE, choices=UNCHOSEN, moving=True)
    page = visitor.page
    places = [page.locator(f"#{name} .disc").bounding_box() for name in ("text-toggle", "microphone")]
    for word in ("Unmute", "Mute"):
        for box in places:
            assert box is not None
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(60)
        assert page.inner_text("#microphone") == word
        page.wait_for_timeout(400)


def test_a_finger_wipes_from_the_voice_to_the_words_and_back(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, _ = call(visit, url, viewport=PHONE, choices=UNCHOSEN, has_touch=True, is_mobile=True)
    page, hand = visitor.page, Hand(visitor.page)
    for x, panes in ((60, "words"), (-60, "voice")):
        # Up and down, or hardly, means nothing.
        for stray in ((0, -150), (20, 0)):
            hand.put(1, "#status")
            hand.move(1, *stray)
            hand.lift(1)
        before = page.evaluate(PANES)
        assert before != panes
        hand.put(1, "#status")
        hand.move(1, -3 * x, 5)
        hand.lift(1)
        wait(page, f"{PANES} === '{panes}'")


def test_the_sentence_that_is_being_said_stands_on_the_stage_and_all_is_read_afterwards(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, viewport=PHONE, choices=UNCHOSEN)
    page = visitor.page
    item(wire, "u1", "user", None)
    wire.tell("transcript", {"item": "u1", "text": "And tomorrow?", "final": True})
    wait(page, f"{CAPTION}[0] === 'And tomorrow?'")
    answer(wire, "u1")
    wire.complete("a1")
    wire.turn("assistant")
    wait(page, f"{CAPTION}.join('') === 'It will rain. '")
    wait(page, f"{CAPTION}.join('') === 'Later some sun comes out.' && {CAPTION}[1] !== ''")
    weight, color = page.evaluate(LOOKS)
    assert weight[0] == weight[1], "a line would break elsewhere while it is read"
    assert color[0] != color[1]
    wait(page, f"{CAPTION}[0] === 'Later some sun comes out.'")
    assert not page.is_visible(".entry")
    visitor.press("Hang up")
    page.wait_for_selector('.entry[data-role="assistant"]')
    assert page.is_visible("#save-talk")


def test_whoever_has_said_nothing_yet_is_told_how_they_are_heard(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport=DESK)
    page = visitor.page
    visitor.call_until_live()
    page.get_by_text("Say something, or write it below.").wait_for()
    visitor.settings("turns")
    page.check('[value="push_to_talk"]')
    page.get_by_text("Hold the button to talk, or write below.").wait_for()
    page.click("#microphone")
    page.get_by_text("Unmute to speak, or write below.").wait_for()


def test_the_voice_alone_is_open_to_everyone_and_what_waits_for_an_answer_is_brought_into_sight(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, viewport=PHONE, choices=UNCHOSEN)
    page = visitor.page
    answer(wire, None)
    wire.turn("assistant")
    page.wait_for_selector("body[data-speaking]")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.query_selector("body[data-speaking]"), "the voice alone was looked at"

    call_of = {"call": "t1", "name": "weather", "arguments": "{}"}
    item(wire, "t1", "tool", "a1")
    wire.turn("tool")
    wire.tell("tool", {**call_of, "state": "asked"})
    page.wait_for_selector("#transcript .question")
    wire.tell("tool", {**call_of, "state": "done", "result": "Sunny."})
    wait(page, f"{PANES} === 'voice'")
    wire.held = True
    visitor.type("Are you there?")
    # With the text hidden it is seen there alone.
    wait(page, "document.querySelector('#caption .coming').textContent === 'Are you there?'")
    wire.say("notice", {"code": "too_fast", "message": "", "retry": False, "fatal": False})
    page.wait_for_selector("[data-typed=unsent]")


def test_microphone_and_loudspeaker_are_at_hand_in_a_call(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, viewport=PHONE, choices=UNCHOSEN)
    page = visitor.page
    visitor.press("Devices")
    menu = page.get_by_role("group", name="Microphone and loudspeaker")
    assert menu.locator("#settings-microphone").is_visible()
    assert menu.get_by_role("slider", name="Volume").is_visible()
    wait(page, "document.getElementById('settings-level').value > 0")
    menu.get_by_role("switch", name="I wear headphones").check()
    # Escape closes it, and does not also stop what is being said.
    item(wire, "a1", "assistant", None)
    wire.sound("a1", 3000)
    wire.turn("assistant")
    page.wait_for_selector("body[data-speaking]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#devices", state="hidden")
    assert page.query_selector("body[data-speaking]")
    visitor.settings("sound")
    assert page.get_by_role("switch", name="I wear headphones").is_checked(), "the same one, back in its place"


def test_a_figure_that_did_not_come_is_asked_for_with_the_next_call(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], fresh=True)
    page = visitor.page
    visitor.forgive("Failed to load resource")
    page.route("**/figure.js", lambda route: route.abort())
    visitor.call_until_live()
    visitor.wait_for_notice("client_missing")
    page.unroute("**/figure.js")
    page.click("#call")
    visitor.wait_for_phase("ended")
    with page.expect_response("**/figure.js"):
        visitor.call()
    visitor.wait_for_phase("live")
    assert page.evaluate("document.querySelectorAll('[data-code=client_missing]').length") == 0


def test_one_figure_is_on_the_canvas_though_the_call_begins_before_it_has_come(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], fresh=True)
    page = visitor.page
    page.add_init_script(FIGURES)
    visitor.reload()
    held: list[Route] = []
    page.route("**/figure.js", lambda route: held.append(route))
    visitor.call_until_live()
    page.click("#call")
    visitor.wait_for_phase("ended")
    visitor.call_until_live()
    for route in held:
        route.continue_()
    wait(page, "testFigures > 0")
    page.wait_for_timeout(300)
    assert page.evaluate("testFigures") == 1
