"""A talk on paper: all of it, in dark letters."""

import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

ENTRIES = 60
SHOWN = """() => ({
  page: document.documentElement.scrollHeight,
  last: Math.max(...[...document.querySelectorAll(".words")].map(each => each.getBoundingClientRect().bottom)),
  buttons: [...document.querySelectorAll("button, input")].filter(each => each.getClientRects().length).length,
  ink: Math.max(...getComputedStyle(document.querySelector(".words")).color.match(/[0-9]+/g).slice(0, 3).map(Number)),
})"""


@pytest.mark.parametrize("open_drawer", ["", "settings", "talk"])
def test_all_of_a_talk_is_printed(visit: Visit, serve: Serve, open_drawer: str) -> None:
    url, _ = serve("silent")
    visitor = visit(url, choices={"theme": "dark", "keep": "text"}, viewport={"width": 500, "height": 800}, wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    before = None
    for n in range(ENTRIES):
        wire.tell("item", {"id": f"i{n}", "role": "user", "after": before, "kind": "audio"})
        wire.tell("transcript", {"item": f"i{n}", "text": f"This is sentence number {n} of the talk.", "final": True})
        before = f"i{n}"
    page.wait_for_selector(f'[data-item="{before}"]')
    if open_drawer == "settings":
        page.click("#settings-toggle")
    elif open_drawer:
        page.click("#call")
        page.click("#save-talk")
        page.wait_for_selector(".past-talk")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert re.match(r"This is sentence number 0.* · .*\d{4}", page.text_content(".printed") or "")
    pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
    program = shutil.which("pdftotext")
    if program:
        text = subprocess.run([program, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        told = [int(n) for n in re.findall(r"sentence number (\d+)", text)]
        # Before them the talk's name says one.
        assert told[-ENTRIES:] == list(range(ENTRIES))
    assert not page.is_visible(".printed")
    page.emulate_media(media="print")
    assert page.is_visible(".printed")
    shown = page.evaluate(SHOWN)
    assert shown["last"] <= shown["page"]
    assert shown["buttons"] == 0
    assert shown["ink"] < 80
