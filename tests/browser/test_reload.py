"""A page that is loaded again, or a tab that is duplicated: the call goes on, whole."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.lost import KINDS, STORY, STORY_MS, TRACKS, cut_until_back, forgive_the_line, tell_story
from tests.browser.received import events, sound
from tests.browser.visitor import Visitor
from tests.browser.way import Way, way
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """It lets sound begin in a page that was loaded again, and knows that the microphone was allowed."""
    return whole_browser


# Asked for before `visit`: a page that is still there when its way goes away would report it.
@pytest.fixture
def lost(serve: Serve) -> Iterator[tuple[Way, ScriptedServer]]:
    url, upstream = serve("silent")
    with way(url) as line:
        yield line, upstream


def test_an_answer_is_heard_whole_however_the_line_is_lost_and_in_a_page_that_is_loaded_again(
    lost: tuple[Way, ScriptedServer], visit: Visit
) -> None:
    line, upstream = lost
    connections = len(upstream.connections) + 1
    visitor = visit(line.url, choices={"keep": "text"})
    visitor.call_until_live()
    tell_story(upstream)
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 300)
    for kind in (kind for kind in KINDS if kind != "silent"):
        cut_until_back(visitor, line, kind)
    before = visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 3000)
    assert (before["duplicates"], before["holes"], before["leftOutMs"]) == (0, 0, 0), "the line was lost"
    assert not visitor.page.query_selector('[data-code="reconnected"]')

    visitor.reload()
    visitor.wait_for_phase("live", 20)
    first = visitor.wait_until(lambda stats: "a1" in stats["msHeard"])["msHeard"]["a1"]
    assert first > 2500, "the page was loaded again"
    assert visitor.page.evaluate(TRACKS) == ["live"]
    assert visitor.stats["muted"] is False

    cut_until_back(visitor, line, "silent")
    assert_told_whole(visitor, upstream, connections)
    stats = visitor.stats
    assert stats["samplesPlayed"] / 24 < STORY_MS - 2000
    assert stats["leftOutMs"] == 0
    assert not visitor.page.query_selector('[data-code="reconnected"]')
    forgive_the_line(visitor)
    # Else the browser would load what is still to come over a line that has fallen silent.
    line.cut("closed")
    # One talk, as if the page had not been away.
    visitor.page.click("#talks-toggle")
    visitor.page.wait_for_selector("#talks .talk-row-button")
    assert visitor.page.locator("#talks .talk-row-button").count() == 1


def assert_told_whole(visitor: Visitor, upstream: ScriptedServer, connections: int) -> None:
    """The story is there once and was heard to its end, and the service was told nothing else."""
    visitor.wait_for_entry("assistant", '[data-item="a1"][data-final]', 30)
    stats = visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) >= STORY_MS - 1, 30)
    assert stats["msHeard"]["a1"] == pytest.approx(STORY_MS, abs=1)
    assert (stats["duplicates"], stats["holes"]) == (0, 0)
    assert visitor.entry("a1")["text"].split() == STORY.split()
    assert not visitor.entry("a1")["cut"]
    assert [entry["item"] for entry in visitor.entries] == ["u1", "a1"]
    assert len(upstream.connections) == connections
    assert events(upstream, "conversation.item.truncate") == []


def test_a_page_that_is_loaded_again_listens_only_where_it_may_and_says_where_its_call_is_over(
    visit: Visit, serve: Serve
) -> None:
    url, upstream = serve("silent")
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    visitor.press("Mute")
    visitor.reload()
    visitor.wait_for_phase("live", 20)
    assert visitor.stats["muted"] is True, "it was muted"
    assert page.evaluate(TRACKS) == []
    received = len(sound(upstream))
    visitor.press("Turn on mic")
    visitor.wait_until(lambda _: len(sound(upstream)) > received + 9600)

    page.goto(f"{url}/healthz")
    page.evaluate("""() => {
      const call = JSON.parse(sessionStorage["voiceapp.call"])
      sessionStorage["voiceapp.call"] = JSON.stringify({ ...call, seen: call.seen - 31_000 })
    }""")
    visitor.open(url)
    visitor.wait_for_phase("live", 20)
    assert page.evaluate(TRACKS) == [], "it was away for longer than the call"
    visitor.wait_for_notice("microphone_shut")
    assert visitor.stats["muted"] is True

    kept = page.evaluate("sessionStorage['voiceapp.call']")
    page.click("#call")
    visitor.wait_for_phase("ended")
    page.evaluate("kept => { sessionStorage['voiceapp.call'] = kept }", kept)
    visitor.reload()
    visitor.wait_for_notice("ended_away")
    visitor.wait_for_phase("ended")
    assert page.evaluate("sessionStorage['voiceapp.call'] ?? null") is None
    visitor.call_until_live()
    forgive_the_line(visitor)


def test_a_tab_that_is_duplicated_takes_the_call_and_the_first_is_told(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    connections = len(upstream.connections) + 1
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksAcked"] > 20)
    with visitor.context.expect_page() as opened:
        visitor.page.evaluate("void open(location.href)")
    second = opened.value
    second.wait_for_selector('body[data-phase="live"]', timeout=20_000)
    visitor.wait_for_phase("ended")
    visitor.page.wait_for_selector('[role="alert"]:is([data-code="taken_over"], [data-code="newer_tab"])')
    assert visitor.page.evaluate(TRACKS) == ["ended"]
    if visitor.page.query_selector('[data-code="taken_over"]'):
        assert visitor.page.inner_text("#status") == "This page is no longer in the call."
    received = len(sound(upstream))
    upstream.wait_for(lambda _: len(sound(upstream)) > received + 48_000)
    assert len(upstream.connections) == connections
    assert second.evaluate("voiceapp.stats().phase") == "live"
    assert visitor.stats["phase"] == "ended"
