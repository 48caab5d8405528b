"""An answer in every script: its caption, its cut, its direction, its copy, its file and its replay."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.states import CHOICES, SCENARIO
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# What is asked, what is heard of the answer, and the rest of it.
SAID = {
    "English": ("Where is it? Tell me.", "It is 3.5 km from here, ", "behind the old town."),
    "Japanese": ("どこにありますか？教えて。", "ここから3.5キロで、", "旧市街のうしろにあります。"),
    "Chinese": ("在哪里？请告诉我。", "离这里3.5公里，", "在老城后面。"),
    "Arabic": ("أين هو؟ أخبرني.", "إنه على بعد 3.5 كم من هنا، ", "خلف المدينة القديمة."),
    "Hebrew": ("איפה זה? ספר לי.", "זה 3.5 ק״מ מכאן, ", "מאחורי העיר העתיקה."),
    "Thai": ("อยู่ที่ไหน บอกหน่อย", "อยู่ห่างจากที่นี่ 3.5 กิโลเมตร ", "หลังเมืองเก่า"),
    "emoji": (
        "👩‍👩‍👧‍👦 Where is the cafe\u0301? 👍🏽",
        "👨‍👩‍👧‍👦 It is 3.5 km 🇯🇵 from this cafe\u0301 👩🏽‍🚀, ",
        "behind ❤️ the old 👍🏽 town.",
    ),
    "Hindi": ("यह कहाँ है? बताइए।", "यह यहाँ से 3.5 किमी दूर है, ", "पुराने शहर के पीछे।"),
}
RIGHT_TO_LEFT = ("Arabic", "Hebrew")
# Where the first and the last visible character of an element's last line stand, in pixels from the left.
ENDS = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const rects = []
  while (walker.nextNode()) for (let i = 0; i < walker.currentNode.length; i++) {
    const range = document.createRange()
    range.setStart(walker.currentNode, i)
    range.setEnd(walker.currentNode, i + 1)
    const rect = range.getBoundingClientRect()
    if (rect.width) rects.push(rect)
  }
  const line = rects.filter(({ bottom }) => Math.abs(bottom - rects.at(-1).bottom) < 8)
  return [line[0].left, line.at(-1).left]
}"""
BOUNDARIES = """text => {
  const segments = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)]
  return [...segments.map(({ index }) => text.slice(0, index)), text]
}"""


def place(wire: Wire, item: str, role: str, after: str | None) -> None:
    wire.tell("item", {"id": item, "role": role, "after": after, "kind": "audio"})


def write(wire: Wire, item: str, text: str) -> None:
    wire.tell("transcript", {"item": item, "text": text, "final": True})


def dots_end_their_line(visitor: Visitor, selector: str, right_to_left: bool) -> bool:
    first, last = visitor.page.locator(selector).evaluate(ENDS)
    return (last < first) == right_to_left


def test_an_answer_is_read_cut_copied_saved_and_replayed(visit: Visit, serve: Serve, output: Path) -> None:
    url, _ = serve(SCENARIO)
    visitor = visit(url, choices=CHOICES, permissions=["clipboard-read", "clipboard-write"], wired=True)
    page = visitor.page
    visitor.call_until_live()
    for script in SAID:
        is_read_cut_and_copied(visitor, script)
    page.screenshot(path=output / "scripts.png")

    page.click("#call")
    visitor.wait_for_phase("ended")
    page.click("#save-talk")
    page.wait_for_selector(".past-talk .words")
    spoken = [words for asked, heard, _ in SAID.values() for words in (asked, heard.strip())]
    assert page.locator(".past .words").all_inner_texts() == spoken
    for script in SAID:
        selector = f'[data-past="u-{script}"] .words'
        assert dots_end_their_line(visitor, selector, script in RIGHT_TO_LEFT), selector
    with page.expect_download() as download:
        page.select_option(".export", "txt")
        page.click(".export + button")
    assert download.value.suggested_filename == f"{date.today()}-Where-is-it-Tell-me.txt"
    text = Path(download.value.path()).read_text()
    assert [words for words in spoken if words not in text] == []
    assert [rest for _, _, rest in SAID.values() if rest in text] == []


def is_read_cut_and_copied(visitor: Visitor, script: str) -> None:
    """A question and its answer more, which is cut."""
    page, wire = visitor.page, visitor.wire
    asked, heard, rest = SAID[script]
    rtl = script in RIGHT_TO_LEFT
    user, answer = f"u-{script}", f"a-{script}"
    entry = f'[data-item="{answer}"]'
    before = [each for each in SAID if page.locator(f'[data-item="a-{each}"]').count()]
    place(wire, user, "user", f"a-{before[-1]}" if before else None)
    write(wire, user, asked)
    place(wire, answer, "assistant", user)
    write(wire, answer, heard + rest)
    wire.sound(answer, 3000)
    wire.turn("assistant")

    # A caption comes a portion at a time, and none of them ends within a character.
    places, steps = page.evaluate(BOUNDARIES, heard + rest), set()
    page.wait_for_selector(entry)
    visitor.wait_until(lambda _: steps.add(visitor.entry(answer)["text"]) or len(steps) > 4)
    assert steps <= set(places), script
    assert heard + rest not in steps, script

    wire.tell("flush", {"item": answer})
    wire.tell("transcript", {"item": answer, "heard": heard.strip()})
    wire.turn("listening")
    page.wait_for_selector(f"{entry}[data-cut]")
    assert visitor.entry(answer)["text"] == heard.strip()
    assert page.inner_text(f"{entry} .unheard p") == rest
    for selector in (f'[data-item="{user}"] .text', f"{entry} .words .text", f"{entry} .unheard p"):
        assert dots_end_their_line(visitor, selector, rtl), selector

    page.hover(entry)
    page.click(f"{entry} .copy")
    page.wait_for_selector(f'{entry} [role="status"]:has-text("Copied")')
    assert page.evaluate("navigator.clipboard.readText()") == heard.strip()
    page.fill("#message", asked)
    direction = page.locator("#message").evaluate("box => getComputedStyle(box).direction")
    assert direction == ("rtl" if rtl else "ltr"), script


# What is written from the right, and stands in the direction of the page's language.
UNTURNED = """() => {
  const hebrew = /[\u0590-\u05ff]/
  const turned = node => node.closest("[dir]:not(html), bdi")
  const found = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode
    if (hebrew.test(data) && !turned(parentElement) && !data.includes("\u2068")) found.push(parentElement.outerHTML)
  }
  const boxes = [...document.querySelectorAll("input, textarea")].filter(({ value }) => hebrew.test(value))
  return [...found, ...boxes.filter(box => !turned(box)).map(box => box.outerHTML)]
}"""


def test_whatever_people_and_models_write_stands_in_its_own_direction(visit: Visit, serve: Serve) -> None:
    asked, heard, rest = SAID["Hebrew"]
    url, _ = serve(SCENARIO)
    visitor = visit(url, choices=CHOICES, viewport={"width": 1280, "height": 860}, wired=True)
    page, wire = visitor.page, visitor.wire
    unturned: dict[str, list[str]] = {}

    def look(at: str, shown: str) -> None:
        page.wait_for_selector(f"{shown} >> visible=true")
        unturned[at] = page.evaluate(UNTURNED)

    visitor.call_until_live()
    place(wire, "u1", "user", None)
    write(wire, "u1", asked)
    place(wire, "t1", "tool", "u1")
    call = {"call": "t1", "name": "מפה", "arguments": f'{{"where": "{asked}"}}'}
    wire.tell("tool", {**call, "state": "done", "result": heard})
    place(wire, "a1", "assistant", "t1")
    write(wire, "a1", heard + rest)
    wire.tell("transcript", {"item": "a1", "heard": heard.strip()})
    page.click("#transcript summary")
    look("conversation", '[data-item="a1"] .unheard')
    wire.say("notice", {"code": "new_one", "message": asked, "retry": False, "fatal": False})
    look("notice", '[data-code="new_one"]')
    wire.held = True
    visitor.type(rest)
    page.fill("#message", asked)
    look("outbox", "[data-typed]")
    wire.release()
    page.click("#log-toggle")
    page.wait_for_selector(".log-row")
    line = {"n": 1, "direction": "down", "type": "x", "summary": f"name={asked}", "at": 1, "bytes": 9}
    wire.say("log", {**line, "body": json.dumps({"text": heard}, ensure_ascii=False)})
    page.fill("#log-search", asked[:3])
    page.click(".log-row")
    look("events", "#log-body")
    page.click("#call")
    visitor.wait_for_phase("ended")
    page.click("#talks-toggle")
    page.fill("#talks-search", asked[:4])
    look("talks", "[data-talk]")
    page.click("[data-talk]")
    look("talk", "#talk-detail .past")
    assert unturned == {at: [] for at in unturned}
    assert len(unturned) == 6


# From the middle of what was said first to the middle of what is still being written.
SELECT = """([from, to]) => {
  const place = (element, at) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    while (texts.nextNode() && at > texts.currentNode.length) at -= texts.currentNode.length
    return [texts.currentNode, at]
  }
  const ends = [from, to].flatMap(([selector, at]) => place(document.querySelector(selector), at))
  getSelection().setBaseAndExtent(...ends)
  return String(getSelection())
}"""


def test_what_is_selected_stays_so_while_more_is_written_and_is_copied_alone(visit: Visit, serve: Serve) -> None:
    url, _ = serve(SCENARIO)
    visitor = visit(url, permissions=["clipboard-read", "clipboard-write"], wired=True)
    visitor.call_until_live()
    for script in SAID:
        stays_selected_and_is_copied(visitor, script)
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")


def stays_selected_and_is_copied(visitor: Visitor, script: str) -> None:
    page, wire = visitor.page, visitor.wire
    asked, heard, rest = SAID[script]
    first, answer, second = f"u1-{script}", f"a-{script}", f"u2-{script}"
    before = page.locator(".entry").last.get_attribute("data-item") if page.locator(".entry").count() else None
    place(wire, first, "user", before)
    write(wire, first, asked)
    place(wire, answer, "assistant", first)
    write(wire, answer, heard)
    wire.turn("listening")
    page.wait_for_selector(f'[data-item="{answer}"][data-final]')
    place(wire, second, "user", answer)
    wire.tell("transcript", {"item": second, "delta": f"{asked} {heard}"})
    page.wait_for_selector(f'[data-item="{second}"]')
    visitor.wait_until(lambda _: visitor.entry(second)["text"] == f"{asked} {heard}")

    # Within what is written, and from one entry to the next: more words come, and it is said in other words at last.
    boundaries = page.evaluate(BOUNDARIES, asked)
    half = len(boundaries[len(boundaries) // 2].encode("utf-16-le")) // 2
    length = len(f"{asked} {heard}".rstrip().encode("utf-16-le")) // 2
    own, other = (f'[data-item="{item}"] .words .text' for item in (second, first))
    selected = page.evaluate(SELECT, [[own, half], [own, length]])
    assert len(selected) > 3
    for more in (rest[:3], rest[3:] + " ", asked):
        wire.tell("transcript", {"item": second, "delta": more})
        visitor.wait_until(lambda _, more=more: visitor.entry(second)["text"].rstrip().endswith(more.rstrip()))
        assert page.evaluate("String(getSelection())") == selected, script
    page.evaluate(SELECT, [[own, length], [other, half]])
    write(wire, second, f"{asked} {heard}{rest} {asked}")
    page.wait_for_selector(f'[data-item="{second}"][data-final]')

    page.keyboard.press("Control+c")
    start = page.evaluate("([text, at]) => text.slice(at)", [asked, half])
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "\n".join([start, heard, f"{asked} {heard}".rstrip()])
    assert not set(copied) & set("\u2066\u2067\u2068\u2069")


def test_a_selection_that_is_being_drawn_goes_on_while_more_is_written(visit: Visit, serve: Serve) -> None:
    url, _ = serve(SCENARIO)
    visitor = visit(url, viewport={"width": 1280, "height": 860}, wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    wire.tell("item", {"id": "a1", "role": "assistant", "after": None, "kind": "text"})
    wire.tell("transcript", {"item": "a1", "delta": "One sentence. Another one is still being"})
    box = page.locator('[data-item="a1"] .words .text').bounding_box()
    assert box
    selected = ""
    page.mouse.move(box["x"] + 2, box["y"] + 10)
    page.mouse.down()
    for n, more in enumerate((" written.", " A third", " one. And", " so on.")):
        page.mouse.move(box["x"] + 60 * (n + 1), box["y"] + 10, steps=3)
        drawn = page.evaluate("String(getSelection())")
        assert drawn.startswith(selected) and len(drawn) > len(selected)
        selected = drawn
        wire.tell("transcript", {"item": "a1", "delta": more})
        visitor.wait_until(lambda _, more=more: visitor.entry("a1")["text"].endswith(more))
        assert page.evaluate("String(getSelection())") == selected
    page.mouse.up()
    page.click("#call")
    visitor.wait_for_phase("ended")


@pytest.mark.parametrize(
    ("zone", "moment", "day", "clock", "began"),
    [
        ("America/Los_Angeles", "2026-05-04T06:58:00Z", "May 3, 2026", "11:58 PM", "2026-05-03T23:58:00.000-07:00"),
        ("Asia/Kolkata", "2026-05-03T18:32:00Z", "May 4, 2026", "12:02 AM", "2026-05-04T00:02:00.000+05:30"),
    ],
)
def test_every_date_is_of_the_persons_own_time_zone(
    browser: Browser, serve: Serve, zone: str, moment: str, day: str, clock: str, began: str
) -> None:
    url, _ = serve(SCENARIO)
    visitor = Visitor(browser, CHOICES, timezone_id=zone, reduced_motion="reduce")
    wire = Wire(visitor.page)
    page = visitor.page
    # A talk begins with the press of the button: in the same minute.
    page.clock.set_fixed_time(moment.replace(":00Z", ":30Z"))
    visitor.open(url)
    visitor.call_until_live()
    place(wire, "u1", "user", None)
    write(wire, "u1", "Hello.")
    visitor.wait_for_entry("user", "[data-final]")
    spaced = page.inner_text('[data-item="u1"] time').replace("\u202f", " ")
    assert spaced == clock
    page.click("#call")
    visitor.wait_for_phase("ended")
    page.click("#talks-toggle")
    page.wait_for_selector("[data-talk]")
    row = page.inner_text("[data-talk] small").replace("\u202f", " ")
    assert f"{day}, {clock.lstrip('0')}" in row
    page.click("[data-talk]")
    page.wait_for_selector(".export option:nth-child(2)", state="attached")
    with page.expect_download() as download:
        page.select_option(".export", "json")
        page.click(".export + button")
    assert download.value.suggested_filename == f"{began[:10]}-Hello.json"
    written = json.loads(Path(download.value.path()).read_text())["began"]
    assert (written[:17], written[-6:]) == (began[:17], began[-6:])
    assert visitor.leave() == []


def test_a_page_that_is_read_from_the_right_stands_the_other_way_round(
    visit: Visit, serve: Serve, output: Path
) -> None:
    url, _ = serve(SCENARIO)
    visitor = visit(url, viewport={"width": 390, "height": 800})
    visitor.page.evaluate("document.documentElement.dir = 'rtl'")
    visitor.page.click("#settings-toggle")
    visitor.page.screenshot(path=output / "rtl.png")
    assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    visitor.page.click("#settings-close")
    visitor.page.set_viewport_size({"width": 1280, "height": 860})
    visitor.call_until_live()
    for first, second in (("#stage", ".talk-pane"), ("#devices-toggle", "#text-toggle")):
        right, left = (visitor.page.locator(each).bounding_box() for each in (first, second))
        assert right and left and right["x"] > left["x"]
