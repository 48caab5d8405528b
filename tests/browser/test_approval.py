"""A function of the operator's on the page: the person is asked, sees how it goes, and decides."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor, wait
from tests.call.calling import calls, outputs
from tests.clock import SkippingLoop
from tests.conftest import upstream_settings
from tests.servers import skipping
from tests.tools import shop
from voiceapp.call.tool_runs import ANSWER_S
from voiceapp.conversation.tools import CANCELLED, DECLINED
from voiceapp.engine.scripted.scenario import Scenario
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
PHONE = {"width": 390, "height": 844}
ASKED = '[data-state="asked"] [role="alert"]'
ORDER = ("place_order", {"lines": [{"article": "hat"}]})
COUNT_TONES = """
window.testTones = 0
const createOscillator = BaseAudioContext.prototype.createOscillator
BaseAudioContext.prototype.createOscillator = function () { window.testTones++; return createOscillator.call(this) }
"""
# Whether each button of the question can be pressed where it is.
IN_VIEW = """[...document.querySelectorAll(".question button")].map(button => {
  const { x, y, width, height } = button.getBoundingClientRect()
  return [y + 1, y + height - 1].every(at => document.elementFromPoint(x + width / 2, at) === button)
})"""


class Served(NamedTuple):
    server: ScriptedServer
    url: str
    loop: SkippingLoop

    def call(self, *named: tuple[str, Any], response: str = "r1") -> str:
        """The model of the latest call calls functions: the first one's row."""
        self.server.do(*calls(*named, response=response), connection=len(self.server.connections))
        return f'[data-item="{response}_f0"][data-role="tool"]'

    def ask(self, page: Page, response: str = "r1") -> str:
        """Whether to order a hat: the row of the question, once it is asked."""
        row = self.call(ORDER, response=response)
        page.wait_for_selector(row + ASKED)
        return row

    def answer(self, response: str = "r1") -> str:
        """What the model is told of the one call."""
        events = self.server.connections[-1].events
        self.server.wait_for(lambda _: f"{response}_c0" in outputs(events))
        return outputs(events)[f"{response}_c0"]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with ExitStack() as stack:
        server = stack.enter_context(ScriptedServer(Scenario()))
        settings = upstream_settings(server, VOICEAPP_TOOLS=shop.__file__)
        url, loop = stack.enter_context(skipping(settings))
        yield Served(server, url, loop)


def test_it_runs_when_the_person_allows_it_by_key_though_the_page_was_loaded_again(
    visit: Visit, served: Served
) -> None:
    visitor = visit(served.url, viewport=PHONE)
    page = visitor.page
    visitor.call_until_live()
    row = served.ask(page)
    group = page.get_by_role("group", name="May the assistant use the tool “place order”?")
    assert group.get_by_role("alert").inner_text() == "May the assistant use the tool “place order”?"
    assert page.inner_text("#status") == "Waiting for your answer…"
    assert group.get_by_role("button").all_inner_texts() == ["Allow", "Don’t allow"]
    # What is asked for can be read.
    assert page.locator(f"{row} pre").first.inner_text() == '{"lines": [{"article": "hat"}]}'
    boxes = [button.bounding_box() for button in group.get_by_role("button").all()]
    assert [box and box["height"] >= 44 for box in boxes] == [True, True]

    # It asks again, in another language.
    visitor.open(served.url, "ja")
    visitor.forgive()
    page.wait_for_selector(row + ASKED)
    group = page.get_by_role("group", name="ツール「place order」の使用を許可しますか？")
    assert group.get_by_role("alert").inner_text() == "ツール「place order」の使用を許可しますか？"
    assert page.inner_text("#status") == "お返事を待っています…"
    page.locator(f"{row} summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "許可する"
    page.keyboard.press("Enter")
    page.wait_for_selector(f'{row}[data-state="done"][data-final]')
    assert '"article":"hat"' in served.answer()
    assert group.count() == 0
    assert page.locator(f"{row} pre").first.is_hidden()


def test_it_does_not_when_they_do_not_or_say_nothing_for_a_minute_and_after_the_call_nobody_is_asked(
    visit: Visit, served: Served
) -> None:
    visitor = visit(served.url)
    page = visitor.page
    visitor.call_until_live()
    no = served.ask(page)
    page.get_by_role("button", name="Don’t allow").click()
    page.wait_for_selector(f'{no}[data-state="declined"]')
    assert page.inner_text(f"{no} .state") == "not allowed"
    assert served.answer() == DECLINED

    unsaid = served.ask(page, "r2")
    before = len(served.server.received)
    served.loop.skip(ANSWER_S)
    page.wait_for_selector(f'{unsaid}[data-state="declined"]')
    # In a minute in which nothing came the session may be given up, and then the next one is told.
    served.server.wait_for(
        lambda events: DECLINED in [event.get("item", {}).get("output") for event in events[before:]]
    )
    assert page.locator(f"{unsaid} button").count() == 0, "after a minute"

    visitor.wait_for_phase("live")
    unanswered = served.ask(page, "r3")
    visitor.press("Hang up")
    page.wait_for_selector(f'{unanswered}[data-state="unknown"]')
    assert page.locator(f"{unanswered} button").count() == 0, "after the call"


def test_in_a_long_talk_the_question_comes_into_view_and_what_is_unfolded_is_read_from_its_top(
    visit: Visit, served: Served
) -> None:
    visitor = visit(served.url, viewport=PHONE)
    page = visitor.page
    visitor.call_until_live()
    visitor.type("What would you have me wear in the rain? " * 60)
    page.wait_for_selector('[data-role="user"]')
    served.ask(page)
    visitor.wait_until(lambda _: page.evaluate(IN_VIEW) == [True, True])
    page.get_by_role("button", name="Don’t allow").click()
    page.wait_for_selector(".question", state="detached")

    row = served.call(("no_such_tool", {"what": "a hat " * 400}), response="r2")
    page.wait_for_selector(f'{row}[data-state="failed"]')
    summary = page.locator(f"{row} summary")
    before = summary.bounding_box()
    summary.click()
    page.wait_for_selector(f"{row} pre:visible")
    page.wait_for_selector("#newest:visible")
    assert summary.bounding_box() == before, "unfolded"
    summary.click()
    page.wait_for_selector("#newest", state="hidden")
    assert summary.bounding_box() == before, "folded"

    page.eval_on_selector("#scroller", "scroller => { scroller.scrollTop = 0 }")
    page.wait_for_selector("#newest:visible")
    served.ask(page, "r3")
    visitor.wait_until(lambda _: page.evaluate(IN_VIEW) == [True, True])


COUNT_WORK = """
window.testWork = { layouts: 0, texts: 0 }
const getClientRects = Element.prototype.getClientRects
Element.prototype.getClientRects = function () { window.testWork.layouts++; return getClientRects.call(this) }
const fetchIt = window.fetch
window.fetch = (...what) => { window.testWork.texts += /tool[.]json/.test(what[0]); return fetchIt(...what) }
"""


def test_however_many_there_are_the_page_is_not_laid_out_for_each(visit: Visit, served: Served) -> None:
    visitor = visit(served.url)
    visitor.call_until_live()
    visitor.page.focus("#message")
    visitor.page.evaluate(f"() => {{ {COUNT_WORK} }}")
    served.call(*[("no_such_tool", {"n": n}) for n in range(100)])
    wait(visitor.page, "document.querySelectorAll('[data-role=tool][data-state=failed]').length === 100", 30)
    work = visitor.page.evaluate("window.testWork")
    assert work["texts"] == 1
    assert work["layouts"] < 50


def test_whoever_has_hidden_the_words_sees_the_question(visit: Visit, served: Served) -> None:
    visitor = visit(served.url, choices={"text": False}, viewport={"width": 390, "height": 800})
    page = visitor.page
    visitor.call_until_live()
    for width, response in ((390, "r1"), (1280, "r2")):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_selector(".talk-pane", state="hidden")
        served.ask(page, response)
        page.get_by_role("button", name="Allow", exact=True).click()
        page.wait_for_selector('body[data-panes="voice"]')
        assert '"article":"hat"' in served.answer(response), width


def test_a_yes_that_was_said_while_the_line_was_away_counts_once_it_is_back(visit: Visit, served: Served) -> None:
    visitor = visit(served.url)
    page = visitor.page
    visitor.call_until_live()
    row = served.ask(page)
    visitor.forgive("net::ERR_INTERNET_DISCONNECTED")
    visitor.context.set_offline(True)
    visitor.wait_for_phase("reconnecting")
    page.get_by_role("button", name="Allow", exact=True).click()
    visitor.context.set_offline(False)
    page.wait_for_selector(f'{row}[data-state="done"]', timeout=20_000)
    assert '"article":"hat"' in served.answer()


def test_one_that_takes_its_time_says_how_far_it_is_and_is_stopped_by_key(visit: Visit, served: Served) -> None:
    visitor = visit(served.url, room=COUNT_TONES)
    page = visitor.page
    visitor.call_until_live()
    row = served.call(("search", {}))
    page.wait_for_selector(f'{row}[data-state="running"] .progress:visible')
    assert page.inner_text(f"{row} .progress") == "Half of the shop is searched"
    link = page.locator(f"{row} .link a")
    assert (link.inner_text(), link.get_attribute("href")) == ("Our hats", "https://shop.example/hats")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    assert "shop.example" in page.inner_text(f"{row} .link span")
    visitor.wait_until(lambda _: page.inner_text(f"{row} .state") == "… 1 s")
    visitor.wait_until(lambda _: page.evaluate("window.testTones") >= 2)
    stop(page, row)
    assert served.answer() == CANCELLED
    assert page.locator(f"{row} .progress").is_hidden()
    assert link.is_visible()

    # Its sound can be switched off.
    visitor.settings("sound")
    page.uncheck('[data-choice="tool_sound"]')
    page.click("#settings-close")
    page.evaluate("window.testTones = 0")
    row = served.call(("search", {}), response="r2")
    visitor.wait_until(lambda _: page.inner_text(f"{row} .state") == "… 1 s")
    assert page.evaluate("window.testTones") == 0
    stop(page, row)


def stop(page: Page, row: str) -> None:
    page.locator("body").press("Escape")
    page.wait_for_selector(f'{row}[data-state="failed"]')
