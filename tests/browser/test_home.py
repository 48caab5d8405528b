"""Before a call: whom one can talk to, what to begin with, and the last talk."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor
from tests.call.calling import serving
from tests.conftest import SCENARIOS
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.ops import readiness

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

PORTER = """
name = { en = "Night porter", ja = "夜の受付" }
about = { en = "Knows the house" }
instructions = "Be the porter."
[starters]
en = ["Is the bar still open?"]
ja = ["バーはまだ開いていますか？"]
"""
STARTERS = "[...document.querySelectorAll('.starter')].map(({ textContent }) => textContent)"


def typed(upstream: ScriptedServer) -> list[str]:
    events = upstream.connections[-1].events
    created = (event for event in events if event["type"] == "conversation.item.create")
    return [part["text"] for event in created for part in event["item"]["content"] if "text" in part]


def instructions(upstream: ScriptedServer) -> str:
    events = upstream.connections[-1].events
    return next(event["session"]["instructions"] for event in events if event["type"] == "session.update")


def test_the_voice_is_heard_before_a_call_and_with_the_japanese_friend_it_is_two_presses(
    visit: Visit, serve: Serve
) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.press("Hear this voice")
    visitor.page.get_by_role("button", name="Stop the sample").first.wait_for()
    visitor.page.get_by_role("button", name="Hear this voice").first.wait_for(timeout=20_000)
    assert visitor.page.get_attribute("body", "data-phase") == "idle"

    visitor.page.get_by_role("radio", name="Hinata").check()
    visitor.press("Start talking")
    visitor.wait_for_phase("live", 30)
    assert "ひなた" in instructions(upstream)


def test_one_press_begins_with_what_one_could_say(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    visitor = visit(url, viewport={"width": 390, "height": 800})
    text = visitor.page.evaluate(STARTERS)[1]
    visitor.press(text)
    visitor.wait_for_phase("live", 30)
    upstream.wait_for(lambda _: typed(upstream) == [text])
    assert visitor.page.inner_text("#microphone") == "Mute", "it is a call by voice"


def test_a_persona_brings_its_own_beginnings(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "porter.toml").write_text(PORTER, encoding="utf-8")
    with serving(SCENARIOS / "silent.toml", VOICEAPP_PERSONAS=str(tmp_path)) as served:
        visitor = visit(served.url)
        check_beginnings(visitor.page, "Night porter", "Is the bar still open?")
        # Nobody is chosen any more.
        visitor.page.evaluate("localStorage.clear()")
        visitor.open(served.url, "ja")
        check_beginnings(visitor.page, "夜の受付", "バーはまだ開いていますか？")


def told_by(visitor: Visitor, name: str) -> str:
    return visitor.page.get_by_role("radio", name=name).locator("xpath=..").inner_text()


def test_a_card_says_that_the_built_in_voice_does_not_speak_the_persons_language(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "JAPANESE_MODULES", ("no_such_module",))
    with serving(SCENARIOS / "silent.toml", VOICEAPP_PROFILE="openai embedded") as served:
        visitor = visit(served.url, "es")
        assert "en tu idioma" in told_by(visitor, "Acompañante")
        visitor.press("Mostrar los ajustes")
        spanish = visitor.page.locator("#settings-language [value=es]")
        assert spanish.is_enabled()
        visitor.page.select_option("[data-choice=profile]", "embedded")
        assert "solo habla inglés, así que responde en inglés." in told_by(visitor, "Acompañante")
        assert "añadir" not in told_by(visitor, "Acompañante")
        assert spanish.is_disabled()

        visitor.open(served.url, "ja")
        assert "英語で答えます。日本語は、管理者が" in told_by(visitor, "話し相手")
        visitor.open(served.url, "en")
        assert "in your language" in told_by(visitor, "Companion")


def test_where_the_built_in_voice_speaks_the_pages_language_it_is_spoken_to_in_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "JAPANESE_MODULES", ("json",))
    with serving(SCENARIOS / "silent.toml", VOICEAPP_PROFILE="openai embedded") as served:
        visitor = visit(served.url, "ja", choices={"profile": "embedded", "persona": "companion"})
        page = visitor.page
        assert "お使いの言語で" in told_by(visitor, "話し相手")
        assert page.evaluate(STARTERS)[1] == "何か面白い話をして。"
        assert page.input_value("[data-choice=language]") == "ja"
        page.get_by_role("radio", name="ひなた").check()
        assert page.input_value("[data-choice=language]") == "", "the persona's own"


def check_beginnings(page: Page, name: str, own: str) -> None:
    assert len(page.evaluate(STARTERS)) == 3
    page.get_by_role("radio", name=name).check()
    assert page.evaluate(STARTERS) == [own]


def reload_until_offered(visitor: Visitor) -> None:
    """The last talk is there when the page is, or not at all: where the browser is slow to read it."""
    for _ in range(3):
        visitor.reload()
        if visitor.page.is_visible("#last-talk"):
            return
    raise AssertionError("no last talk")


def test_the_last_talk_goes_on_with_one_press(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "text"})
    assert not visitor.page.is_visible("#last-talk")
    visitor.call_until_live()
    visitor.type("Do you know my cat?")
    visitor.wait_for_entry("user")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.page.wait_for_selector("#last-talk")
    reload_until_offered(visitor)
    visitor.page.get_by_role("button", name="Do you know my cat?").click()
    visitor.wait_for_phase("live", 30)
    assert "Do you know my cat?" in visitor.page.inner_text("#transcript")


def test_a_talk_that_is_deleted_is_not_offered(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "text"})
    page = visitor.page
    page.evaluate("window.testDenied = true")
    talk(visitor)
    delete_all(page)
    page.wait_for_selector("#last-talk", state="hidden")

    # In another tab, while this one is in a call.
    page.click("#talks-close")
    talk(visitor)
    reload_until_offered(visitor)
    page.evaluate("window.testDenied = true")
    visitor.call_until_live()
    other = visitor.context.new_page()
    other.goto(f"{url}/?lang=en")
    other.wait_for_selector("body[data-ready]")
    delete_all(other)
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    page.wait_for_selector("#last-talk", state="hidden")


def talk(visitor: Visitor) -> None:
    before = len(visitor.entries)
    visitor.type("Do you know my cat?")
    visitor.wait_for_phase("live", 30)
    visitor.wait_until(lambda _: len(visitor.entries) > before)
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.page.wait_for_selector("#last-talk")


def delete_all(page: Page) -> None:
    page.click("#talks-toggle")
    page.wait_for_selector("[data-talk]")
    page.click("#talks-clear")
    page.click("#talks-clear")
    page.wait_for_selector("#talks-clear", state="hidden")
