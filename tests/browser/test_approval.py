"""A function of the operator's on the page: the person is asked, sees how it goes, and decides."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.browser.axe import check
from tests.browser.visitor import Visitor
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
ROW = '[data-item="r1_f0"][data-role="tool"]'
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

    def call(self, *named: tuple[str, Any]) -> None:
        """The model of the latest call calls functions."""
        self.server.do(*calls(*named), connection=len(self.server.connections))

    def answer(self) -> str:
        """What the model is told of the one call."""
        events = self.server.connections[-1].events
        self.server.wait_for(lambda _: outputs(events))
        return outputs(events)["r1_c0"]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with ExitStack() as stack:
        server = stack.enter_context(ScriptedServer(Scenario()))
        settings = upstream_settings(server, VOICEAPP_TOOLS=shop.__file__)
        url, loop = stack.enter_context(skipping(settings))
        yield Served(server, url, loop)


def asked(visit: Visit, served: Served, language: str = "en", **options: Any) -> Visitor:
    """A person whom the page asks whether to order a hat."""
    visitor = visit(served.url, language, **options)
    visitor.call_until_live()
    served.call(ORDER)
    visitor.page.wait_for_selector(f'{ROW}[data-state="asked"] [role="alert"]')
    return visitor


@pytest.mark.parametrize(
    ("language", "scheme", "question", "allow"),
    [
        ("en", "light", "May the assistant use the tool “place order”?", "Allow"),
        ("ja", "dark", "ツール「place order」の使用を許可しますか？", "許可する"),
    ],
)
def test_it_runs_when_the_person_allows_it_by_key(
    visit: Visit, served: Served, output: Path, language: str, scheme: str, question: str, allow: str
) -> None:
    visitor = asked(visit, served, language, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = visitor.page
    group = page.get_by_role("group", name=question)
    assert group.get_by_role("alert").inner_text() == question
    assert page.inner_text("#status") == {"en": "Waiting for your answer…", "ja": "お返事を待っています…"}[language]
    # What is asked for can be read.
    assert page.locator(f"{ROW} pre").first.inner_text() == '{"lines": [{"article": "hat"}]}'
    boxes = [button.bounding_box() for button in group.get_by_role("button").all()]
    assert [box and box["height"] >= 44 for box in boxes] == [True, True]
    check(page)
    page.screenshot(path=output / f"tool-asked-{language}.png")

    page.locator(f"{ROW} summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == allow
    page.keyboard.press("Enter")
    page.wait_for_selector(f'{ROW}[data-state="done"][data-final]')
    assert '"article":"hat"' in served.answer()
    assert group.count() == 0
    assert page.locator(f"{ROW} pre").first.is_hidden()
    check(page)


@pytest.mark.parametrize("reading", ["the end", "the beginning"])
def test_the_question_comes_into_view_in_a_long_talk(visit: Visit, served: Served, reading: str) -> None:
    visitor = visit(served.url, viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.call_until_live()
    visitor.type("What would you have me wear in the rain? " * 60)
    page.wait_for_selector('[data-role="user"]')
    if reading == "the beginning":
        page.eval_on_selector("#scroller", "scroller => { scroller.scrollTop = 0 }")
        page.wait_for_selector("#newest:visible")
    served.call(ORDER)
    page.wait_for_selector(f'{ROW}[data-state="asked"] [role="alert"]')
    visitor.wait_until(lambda _: page.evaluate(IN_VIEW) == [True, True])


def test_what_the_reader_unfolds_at_the_end_is_read_from_its_top(visit: Visit, served: Served) -> None:
    visitor = visit(served.url, viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.call_until_live()
    visitor.type("What would you have me wear in the rain? " * 60)
    page.wait_for_selector('[data-role="user"]')
    served.call(("no_such_tool", {"what": "a hat " * 400}))
    page.wait_for_selector(f'{ROW}[data-state="failed"]')
    summary = page.locator(f"{ROW} summary")
    before = summary.bounding_box()
    summary.click()
    page.wait_for_selector(f"{ROW} pre:visible")
    page.wait_for_selector("#newest:visible")
    assert summary.bounding_box() == before
    summary.click()
    page.wait_for_selector("#newest", state="hidden")
    assert summary.bounding_box() == before


def test_it_does_not_when_they_do_not(visit: Visit, served: Served) -> None:
    visitor = asked(visit, served)
    visitor.page.get_by_role("button", name="Don’t allow").click()
    visitor.page.wait_for_selector(f'{ROW}[data-state="declined"]')
    assert visitor.page.inner_text(f"{ROW} .state") == "not allowed"
    assert served.answer() == DECLINED


def test_nor_when_they_say_nothing_for_a_minute(visit: Visit, served: Served) -> None:
    before = len(served.server.received)
    visitor = asked(visit, served)
    served.loop.skip(ANSWER_S)
    visitor.page.wait_for_selector(f'{ROW}[data-state="declined"]')
    # In a minute in which nothing came the session may be given up, and then the next one is told.
    served.server.wait_for(
        lambda events: DECLINED in [event.get("item", {}).get("output") for event in events[before:]]
    )
    assert visitor.page.locator(f"{ROW} button").count() == 0


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
    served.call(*[("no_such_tool", {"n": n}) for n in range(200)])
    failed = "document.querySelectorAll('[data-role=tool][data-state=failed]').length"
    visitor.page.wait_for_function(f"() => {failed} === 200", timeout=30_000)
    work = visitor.page.evaluate("window.testWork")
    assert work["texts"] == 1
    assert work["layouts"] < 100


@pytest.mark.parametrize("width", [390, 1280])
def test_whoever_has_hidden_the_words_sees_the_question(visit: Visit, served: Served, width: int) -> None:
    visitor = visit(served.url, choices={"text": False}, viewport={"width": width, "height": 800})
    visitor.call_until_live()
    assert visitor.page.locator(".talk-pane").is_hidden()
    served.call(ORDER)
    visitor.page.get_by_role("button", name="Allow", exact=True).click()
    visitor.page.wait_for_selector('body[data-panes="voice"]')
    assert '"article":"hat"' in served.answer()


def test_a_page_that_is_loaded_again_asks_again(visit: Visit, served: Served) -> None:
    visitor = asked(visit, served)
    visitor.reload()
    visitor.page.wait_for_selector(f'{ROW}[data-state="asked"] [role="alert"]')
    visitor.page.get_by_role("button", name="Allow", exact=True).click()
    visitor.page.wait_for_selector(f'{ROW}[data-state="done"]')
    assert '"article":"hat"' in served.answer()


def test_a_yes_that_was_said_while_the_line_was_away_counts_once_it_is_back(visit: Visit, served: Served) -> None:
    visitor = asked(visit, served)
    visitor.forgive("net::ERR_INTERNET_DISCONNECTED")
    visitor.context.set_offline(True)
    visitor.wait_for_phase("reconnecting")
    visitor.page.get_by_role("button", name="Allow", exact=True).click()
    visitor.context.set_offline(False)
    visitor.page.wait_for_selector(f'{ROW}[data-state="done"]', timeout=20_000)
    assert '"article":"hat"' in served.answer()


def test_once_the_call_is_over_nobody_is_asked(visit: Visit, served: Served) -> None:
    visitor = asked(visit, served)
    visitor.press("Hang up")
    visitor.page.wait_for_selector(f'{ROW}[data-state="unknown"]')
    assert visitor.page.locator(f"{ROW} button").count() == 0


@pytest.mark.parametrize("heard", [True, False])
def test_one_that_takes_its_time_says_how_far_it_is_and_is_stopped_by_key(
    visit: Visit, served: Served, output: Path, heard: bool
) -> None:
    visitor = visit(served.url, choices={"tool_sound": heard}, room=COUNT_TONES)
    page = visitor.page
    visitor.call_until_live()
    served.call(("search", {}))
    page.wait_for_selector(f'{ROW}[data-state="running"] .progress:visible')
    assert page.inner_text(f"{ROW} .progress") == "Half of the shop is searched"
    link = page.locator(f"{ROW} .link a")
    assert (link.inner_text(), link.get_attribute("href")) == ("Our hats", "https://shop.example/hats")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    assert "shop.example" in page.inner_text(f"{ROW} .link span")
    visitor.wait_until(lambda _: page.inner_text(f"{ROW} .state") == "… 1 s")
    if heard:
        visitor.wait_until(lambda _: page.evaluate("window.testTones") >= 2)
        check(page)
        page.screenshot(path=output / "tool-progress.png")
    assert bool(page.evaluate("window.testTones")) == heard
    page.locator("body").press("Escape")
    page.wait_for_selector(f'{ROW}[data-state="failed"]')
    assert served.answer() == CANCELLED
    assert page.locator(f"{ROW} .progress").is_hidden()
    assert link.is_visible()


def test_the_sound_can_be_switched_off_only_where_there_are_tools(visit: Visit, served: Served) -> None:
    visitor = visit(served.url)
    assert visitor.page.locator('[data-choice="tool_sound"]').count() == 1
    assert visitor.page.evaluate("document.querySelector('[data-choice=tool_sound]').checked")
