"""Notices stand in the flow above the call, one at a time: information goes out of sight, an error has what helps."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

import voiceapp
from tests.browser.visitor import Visitor, wait
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# The six seconds that a notice is seen, in a tenth of them.
SOON = "(later => { setTimeout = (act, ms, ...rest) => later(act, ms === 6000 ? 600 : ms, ...rest) })(setTimeout)"
SHOWN = "[...document.querySelectorAll('.notice[data-shown]')].map(({ dataset }) => dataset.code)"
TREE = "[...document.querySelectorAll('.notice')].map(({ dataset }) => dataset.code)"
# By the page's own clock, since a busy machine may look too late: what is seen, and from when on.
WATCH_SHOWN = f"""() => {{
  window.testShown = []
  new MutationObserver(() => {{
    const shown = {SHOWN}.join(", ")
    if (shown !== testShown.at(-1)?.[0]) testShown.push([shown, performance.now()])
  }}).observe(document.body, {{ subtree: true, childList: true, attributeFilter: ["data-shown"] }})
}}"""
IN_VIEW = """() => {
  const title = document.querySelector(".notice[data-shown] strong")
  const { left, top, width, height } = title.getBoundingClientRect()
  return title.contains(document.elementFromPoint(left + width / 4, top + height / 2))
}"""
# Whether it covers what is said, or the call.
OVER = """() => {
  const { top, bottom } = document.querySelector(".notice[data-shown]").getBoundingClientRect()
  const words = document.getElementById("scroller").getBoundingClientRect()
  const dock = document.querySelector(".dock").getBoundingClientRect()
  return top < words.bottom - 1 || bottom > dock.top + 1
}"""

PARTS = ("title", "next")
TEXTS = Path(voiceapp.__file__).parent / "static" / "i18n" / "ja.json"
# Of the seen notice, were these its words: those that end with a line of next to nothing.
STUBS = """texts => {
  const notice = document.querySelector(".notice[data-shown]")
  const range = document.createRange()
  const right = (node, at) => {
    range.setStart(node, at)
    range.setEnd(node, at + 1)
    return range.getBoundingClientRect().right
  }
  return texts.filter(([part, text]) => {
    const place = notice.querySelector(`[data-part=${part}]`)
    const { left } = place.parentElement.getBoundingClientRect()
    place.textContent = text
    const ends = [...text].map((_, at) => right(place.firstChild, at) - left)
    const starts = ends.flatMap((end, at) => at && end < ends[at - 1] ? [at] : [])
    return starts.length && Math.max(...ends.slice(starts.at(-1))) < Math.max(...ends) / 4
  })
}"""


def call(visit: Visit, url: str, **options: object) -> tuple[Visitor, Wire]:
    visitor = visit(url, wired=True, **options)
    visitor.call_until_live()
    return visitor, visitor.wire


def tell(visitor: Visitor, wire: Wire, code: str, fatal: bool = False) -> None:
    wire.say("notice", {"code": code, "message": "", "retry": False, "fatal": fatal})
    visitor.page.wait_for_selector(f'[data-code="{code}"][data-shown]')


def test_one_is_seen_at_a_time_and_covers_nothing_and_one_that_becomes_fatal_looks_so(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, viewport={"width": 390, "height": 800})
    page = visitor.page
    for width, height in ((390, 800), (1280, 860)):
        page.set_viewport_size({"width": width, "height": height})
        for code in ("no_sound", "microphone_silent"):
            tell(visitor, wire, code)
        assert page.evaluate(SHOWN) == ["microphone_silent"], width
        assert page.evaluate(OVER) is False, width
        page.click('[data-code="microphone_silent"] > .dismiss')
        assert page.evaluate(SHOWN) == ["no_sound"], width
        page.click('[data-code="no_sound"] > .dismiss')

    tell(visitor, wire, "rate_limited")
    notice = page.locator('[data-code="rate_limited"]')
    assert notice.locator(".help").count() == 0
    tell(visitor, wire, "rate_limited", fatal=True)
    page.wait_for_selector('[data-code="rate_limited"][data-fatal] .help')
    assert notice.count() == 1


def test_information_goes_out_of_sight_but_not_for_a_screen_reader_nor_while_somebody_is_at_it(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, room=SOON)
    places = []
    for code in ("no_sound", "moved"):
        tell(visitor, wire, code)
        places.append(visitor.page.locator(f'[data-code="{code}"] > .dismiss').bounding_box()["x"])
    # With something that helps or without.
    assert places[0] == places[1]
    visitor.page.wait_for_selector('[data-code="no_sound"][data-shown]')
    assert visitor.page.evaluate(TREE) == ["no_sound", "moved"]
    assert "Another server" in visitor.page.get_by_role("alert").nth(1).inner_text()
    visitor.page.wait_for_timeout(800)
    assert visitor.page.evaluate(SHOWN) == ["no_sound"], "an error stays"
    # What ends it ends it, seen or not.
    wire.turn("user")
    wire.turn("thinking")
    wire.turn("listening")
    visitor.page.wait_for_selector('[data-code="moved"]', state="detached")

    tell(visitor, wire, "speaker_lost")
    visitor.page.focus('[data-code="speaker_lost"] > .help')
    visitor.page.wait_for_timeout(1000)
    assert visitor.page.evaluate(SHOWN) == ["speaker_lost"], "somebody is at it"
    visitor.page.focus("#message")
    visitor.page.wait_for_selector('[data-code="speaker_lost"]:not([data-shown])', state="attached")


def test_the_last_line_of_a_japanese_one_is_no_stub(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, language="ja")
    tell(visitor, wire, "microphone_silent")
    words = json.loads(TEXTS.read_text())
    texts = [[part, words[key]] for key in words if key.startswith("notice.") and (part := key.split(".")[-1]) in PARTS]
    assert len(texts) > 150
    for width in (320, 390, 844, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        assert visitor.page.evaluate(STUBS, texts) == [], width


def test_in_a_small_window_it_comes_into_view(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, viewport={"width": 320, "height": 256}, choices={"text": None})
    visitor.page.evaluate("scrollTo(0, 0)")
    tell(visitor, wire, "microphone_silent")
    visitor.page.wait_for_function(IN_VIEW)


def test_information_told_together_is_seen_one_after_the_other(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url, room=SOON)
    visitor.page.evaluate(WATCH_SHOWN)
    told = ["moved", "sound_left_out", "talk_shortened"]
    for code in told:
        wire.say("notice", {"code": code, "message": "", "retry": False, "fatal": False})
    wait(visitor.page, "testShown.length > 1 && testShown.at(-1)[0] === ''")
    *seen, nothing = visitor.page.evaluate("testShown.slice(-4)")
    assert [shown for shown, _ in seen] == told[::-1]
    times = [ms for _, ms in [*seen, nothing]]
    assert all(until - since > 590 for since, until in pairwise(times)), "each for its time"
    assert visitor.page.evaluate(TREE) == told


def test_what_helps_in_a_call_or_after_an_error_is_one_press_away(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = call(visit, url)
    page = visitor.page
    page.click("#microphone")
    tell(visitor, wire, "microphone_shut")
    visitor.press("Turn on the microphone")
    page.wait_for_selector('body[data-state="listening"]')
    tell(visitor, wire, "speaker_lost")
    visitor.press("Choose another")
    assert page.evaluate("document.activeElement.id") == "settings-microphone"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Choose another"
    tell(visitor, wire, "talk_not_kept")
    visitor.press("Open past talks")
    page.wait_for_selector("#talks[open]")
    page.click("#talks-close")

    tell(visitor, wire, "quota", fatal=True)
    wire.say("ended", {"reason": "quota"})
    visitor.wait_for_phase("ended")
    visitor.press("Try again")
    visitor.wait_for_phase("connecting")
    assert "quota" not in page.evaluate(TREE)
