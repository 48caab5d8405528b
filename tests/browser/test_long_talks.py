"""A talk of hundreds of entries: all of it is found, copied and printed, and the page stays as quick."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor, wait
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

ENTRIES = 400
SOCKET = """
const Socket = window.WebSocket
window.testNumber = 0
window.WebSocket = class extends Socket {
  constructor(...how) {
    super(...how)
    window.testSocket = this
    const numbered = /^42\\["(?:turn|item|transcript|audio|flush|hold|tool|usage)",(\\d+)/
    this.addEventListener("message", ({ data }) => {
      window.testNumber = Number(numbered.exec(data)?.[1] ?? window.testNumber)
    })
  }
}
"""
# As if the server had said them, two hundred in each frame: one by one through Playwright would take minutes.
SAY = """async ({ from, until }) => {
  const say = (event, data) => window.testSocket.dispatchEvent(
    new MessageEvent("message", { data: `42${JSON.stringify([event, window.testNumber + 1, data])}` })
  )
  for (let n = from; n < until; n++) {
    const item = `i${n}`
    const role = n % 2 ? "assistant" : "user"
    say("item", { id: item, role, after: n ? `i${n - 1}` : null, kind: "text" })
    say("transcript", { item, text: `Qué dice la frase number ${n}? 数えきれません。`, final: true })
    if (n % 200 === 0) await new Promise(requestAnimationFrame)
  }
}"""
CUT = """said => window.testSocket.dispatchEvent(
  new MessageEvent("message", { data: `42${JSON.stringify(["transcript", window.testNumber + 1, said])}` })
)"""
COPIED = """() => {
  window.testCopied = ""
  navigator.clipboard.writeText = async text => { window.testCopied = text }
}"""
# To look for a name among the controls of all entries takes Playwright a second.
BAR = ".talk-bar"
COUNT = "document.querySelector('.talk-find span').textContent"
# The words of the highlight that is looked at, and whether they are in sight.
LOOKED_AT = """() => {
  const [range] = CSS.highlights.get("talk-found-now")
  const box = range.getBoundingClientRect()
  const room = document.getElementById("scroller").getBoundingClientRect()
  return [range.toString(), box.top >= room.top && box.bottom <= room.bottom]
}"""
LAID_OUT = """[...document.querySelectorAll(".entry .words")].filter(
  words => words.checkVisibility({ contentVisibilityAuto: true })
).length"""
# How often a letter is compared without its case, width and accent.
COUNT_READ = """() => {
  const normalize = String.prototype.normalize
  window.testRead = 0
  String.prototype.normalize = function (form) { window.testRead++; return normalize.call(this, form) }
}"""
# With a notice, in a small window, away from the newest words; then what reaches into what else.
CROWD = """async () => {
  const notice = { code: "microphone_silent", message: "", retry: false, fatal: false }
  window.testSocket.dispatchEvent(new MessageEvent("message", { data: `42${JSON.stringify(["notice", notice])}` }))
  document.getElementById("scroller").scrollTop = 0
  await new Promise(resolve => setTimeout(resolve, 200))
  const parts = [".talk-bar", ".newest", ".notices", ".stage"].map(part => document.querySelector(part))
  const [bar, ...others] = parts.map(part => part.getBoundingClientRect())
  const pane = document.querySelector(".talk-pane").getBoundingClientRect()
  return [bar.bottom <= pane.bottom, ...others.map(({ top, height }) => !height || top >= bar.bottom - 1)]
}"""
FIND = ".talk-find input"


def fill(page: Page, entries: int) -> None:
    page.evaluate(SAY, {"from": 0, "until": entries})
    page.wait_for_selector(f"[data-item=i{entries - 1}]")


@pytest.fixture
def talker(visit: Visit, serve: Serve) -> Visitor:
    # Whose button leaves the words the least room.
    choices = {"mode": "push_to_talk", "text": True}
    visitor = visit(serve("silent")[0], choices=choices, room=SOCKET, viewport={"width": 1280, "height": 860})
    visitor.call_until_live()
    return visitor


def test_words_are_found_one_after_the_other_and_counted_and_what_is_said_meanwhile_is_read_alone(
    talker: Visitor,
) -> None:
    page = talker.page
    assert not page.is_visible("#find-toggle")
    fill(page, 60)
    # What it opens has yet to load.
    page.get_by_role("button", name="Find, copy or print this talk").evaluate("find => { find.click(); find.click() }")
    page.wait_for_selector(f"{FIND}:focus")
    page.keyboard.type("NUMBER 1")
    # 1 and 10 to 19; what was said last is looked at first.
    wait(page, f"{COUNT} === '11 of 11'")
    assert page.evaluate(LOOKED_AT) == ["number 1", True]
    page.keyboard.press("Enter")
    assert page.evaluate(COUNT) == "1 of 11"
    assert page.evaluate(LOOKED_AT) == ["number 1", True]
    page.keyboard.press("Shift+Enter")
    page.get_by_role("button", name="The one before").click()
    assert page.evaluate(COUNT) == "10 of 11"
    page.fill(FIND, "que DICE")
    wait(page, f"{COUNT} === '60 of 60'")
    assert page.evaluate(LOOKED_AT)[0] == "Qué dice"
    # What is said meanwhile is counted too, and moves nobody.
    page.evaluate(COUNT_READ)
    page.evaluate(SAY, {"from": 60, "until": 61})
    wait(page, f"{COUNT} === '60 of 61'")
    # All of them are two and a half thousand letters, each of them read twice.
    assert page.evaluate("window.testRead") < 1000
    for height in (568, 640):
        page.set_viewport_size({"width": 320, "height": height})
        assert page.evaluate(CROWD) == [True] * 4, height
    page.set_viewport_size({"width": 1280, "height": 860})
    # Struck out it can be read as well, and is counted once.
    page.evaluate(CUT, {"item": "i59", "heard": "Qué dice la"})
    page.wait_for_selector("[data-item=i59] .unheard")
    for query, count in (("number 59", "1 of 1"), ("dice", "61 of 61")):
        page.fill(FIND, query)
        wait(page, f"{COUNT} === '{count}'")
    page.fill(FIND, "nowhere")
    wait(page, f"{COUNT} === '0 of 0'")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "find-toggle"
    assert page.evaluate("CSS.highlights.get('talk-found').size") == 0
    assert page.get_attribute("body", "data-phase") == "live"


def test_of_a_long_talk_no_entry_is_left_out(talker: Visitor) -> None:
    page, bar = talker.page, talker.page.locator(BAR)
    fill(page, ENTRIES)
    # Nothing else on the page has the look of their groups.
    own = "getElementsByClassName(document.getElementById('transcript').firstChild.className)"
    assert page.evaluate(f"document.{own}.length === document.getElementById('transcript').children.length")
    # Few of them are laid out.
    assert 40 <= page.evaluate(LAID_OUT) < 200
    # The browser's own search finds what is far from sight.
    assert page.evaluate("window.find('number 17?')")
    page.evaluate("getSelection().removeAllRanges()")
    page.click("#find-toggle")
    page.fill(FIND, "number 234")
    wait(page, f"{COUNT} === '1 of 1'")
    assert page.evaluate(LOOKED_AT) == ["number 234", True]

    bar.get_by_role("button", name="Last question").click()
    assert page.evaluate("document.activeElement.dataset.item") == f"i{ENTRIES - 2}"
    assert page.locator(f'[data-item="i{ENTRIES - 2}"]').is_visible()

    page.evaluate(COPIED)
    bar.get_by_role("button", name="Copy all").click()
    wait(page, "window.testCopied !== ''")
    copied = page.evaluate("window.testCopied")
    assert [int(n) for n in re.findall(r"number (\d+)", copied)] == list(range(ENTRIES))
    assert copied.startswith("You: Qué dice la frase number 0?")
    assert "\n\nAssistant: Qué dice la frase number 1?" in copied

    page.evaluate("window.print = () => { window.testPrinted = true }")
    bar.get_by_role("button", name="Print all").click()
    assert page.evaluate("window.testPrinted")


# Words that come, and before the frame that shows them a press that unfolds the last entry's details.
UNFOLD = """async () => {
  const say = (event, data) => window.testSocket.dispatchEvent(
    new MessageEvent("message", { data: `42${JSON.stringify([event, window.testNumber + 1, data])}` })
  )
  await new Promise(requestAnimationFrame)
  say("item", { id: "later", role: "assistant", after: "tool", kind: "text" })
  say("transcript", { item: "later", delta: "Just now." })
  await new Promise(resolve => setTimeout(resolve))
  document.querySelector("[data-role=tool] summary").click()
}"""
CALL = {"call": "tool", "name": "weather", "arguments": '{"city": "Kyoto"}', "state": "done", "result": "Sunny. " * 300}
FROM_THE_TOP = """() => {
  const { top } = document.querySelector("[data-role=tool] summary").getBoundingClientRect()
  return top >= document.getElementById("scroller").getBoundingClientRect().top
}"""


def test_what_is_unfolded_while_words_come_is_read_from_its_top(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], room=SOCKET, viewport={"width": 390, "height": 700}, wired=True)
    visitor.call_until_live()
    page = visitor.page
    fill(page, 20)
    visitor.wire.tell("item", {"id": "tool", "role": "tool", "after": "i19", "kind": "text"})
    visitor.wire.tell("tool", CALL)
    page.wait_for_selector("[data-role=tool] summary")
    page.wait_for_timeout(300)
    page.evaluate(UNFOLD)
    page.wait_for_selector('[data-item="later"]')
    page.wait_for_selector("#newest:visible")
    assert page.evaluate(FROM_THE_TOP)
    page.set_viewport_size({"width": 390, "height": 430})
    newest = page.get_by_role("button", name="Newest").bounding_box()
    assert newest and min(newest["width"], newest["height"]) >= 44
    assert newest["x"] + newest["width"] > 360, "beside the middle of the lines"
