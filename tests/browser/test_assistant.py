"""Who speaks: personas, voices and models, chosen before a call and in the middle of one."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.visitor import Visitor
from tests.call.calling import Served, serving
from tests.conftest import SCENARIOS
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
MORE = {
    "VOICEAPP_INSTRUCTIONS": "",
    "VOICEAPP_EDIT_INSTRUCTIONS": "yes",
    "VOICEAPP_MODEL": "gpt-realtime-2.1, gpt-realtime-mini",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(SCENARIOS / "hello.toml", **MORE) as served:
        yield served


@pytest.fixture
def upstream(served: Served) -> ScriptedServer:
    return served.server


@pytest.fixture
def url(served: Served) -> str:
    return served.url


def choose(visitor: Visitor, name: str, value: str) -> None:
    visitor.page.select_option(f"[data-choice={name}]", value)


# The tutor takes turns by key, as a persona of the operator's own may.
BY_KEY = """document.querySelector("[data-choice=persona] [value=tutor]").dataset.turns =
  '{"openai": {"mode": "push_to_talk"}}'"""

# Within the very press that begins a call.
SAMPLE_AFTER_CALL = """() => {
  document.getElementById("call").click()
  return document.getElementById("settings-sample").textContent
}"""


def session(upstream: ScriptedServer) -> dict[str, object]:
    """The latest one, as it was asked for."""
    update = next(event for event in upstream.connections[-1].events if event["type"] == "session.update")
    made: dict[str, object] = update["session"]
    return made


def test_in_japanese_the_cheerful_friend_speaks_first_whatever_was_chosen_once_and_is_not_on_offer_any_more(
    visit: Visit, url: str, upstream: ScriptedServer
) -> None:
    visitor = visit(url, "ja", choices={"persona": "gone", "voice": "gone", "model": "gone", "profile": "gone"})
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    greeting = next(e for e in upstream.connections[-1].events if e["type"] == "response.create")
    assert "やっほー" in greeting["response"]["instructions"]
    assert session(upstream)["audio"]["output"]["voice"] == "shimmer"  # type: ignore[index]
    assert visitor.page.input_value("[data-choice=persona]") == "friend"


def test_another_voice_in_mid_call_takes_a_new_session_that_knows_the_talk(
    visit: Visit, url: str, upstream: ScriptedServer
) -> None:
    visitor = visit(url, choices={"greet": False, "mode": "push_to_talk"}, viewport={"width": 1280, "height": 800})
    page = visitor.page
    visitor.press("Show settings")
    choose(visitor, "persona", "tutor")
    assert "Speaks slowly" in page.inner_text("#settings-persona-about")
    assert page.input_value("[data-choice=silence_ms]") == "1000"
    visitor.call_until_live()
    visitor.type("Hello")
    visitor.wait_for_entry("assistant", "[data-final]")
    before = len(upstream.connections)
    choose(visitor, "voice", "cedar")
    choose(visitor, "model", "gpt-realtime-mini")
    page.wait_for_selector("text=the call must connect again")
    visitor.press("Change now")
    page.wait_for_selector("text=The voice is now cedar")
    assert len(upstream.connections) == before + 1
    assert "model=gpt-realtime-mini" in upstream.connections[-1].upgrade.target
    creates = [e for e in upstream.connections[-1].events if e["type"] == "conversation.item.create"]
    told = [create["item"]["content"][0]["text"] for create in creates]
    assert told == [entry["text"] for entry in visitor.entries]
    assert told == ["Hello", "You wrote to me."]
    assert visitor.page.evaluate("document.body.dataset.phase") == "live"


def test_instructions_from_before_are_forgotten_where_the_operator_takes_none(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"instructions": "Be a pirate."})
    visitor.call_until_live()


def test_turns_end_by_key_only_once_the_persona_that_wants_it_is_there(visit: Visit, url: str) -> None:
    visitor = visit(url, choices={"greet": False})
    page = visitor.page
    page.evaluate(BY_KEY)
    visitor.call_until_live()
    visitor.press("Show settings")
    choose(visitor, "persona", "tutor")
    page.wait_for_selector("text=the call must connect again")
    page.wait_for_selector('body[data-state="listening"]')
    assert not page.is_visible("#talk")
    visitor.press("Change now")
    page.wait_for_selector('body[data-state="talk"]')
    sent = visitor.stats["chunksSent"]
    page.wait_for_timeout(400)
    # What was heard before still goes up.
    assert visitor.stats["chunksSent"] - sent <= 4


def test_a_voice_can_be_heard_before_it_is_chosen_and_gives_way_to_a_call_with_ones_own_instructions(
    visit: Visit, url: str, upstream: ScriptedServer
) -> None:
    visitor = visit(url)
    visitor.forgive_an_unmade_line()
    page = visitor.page
    visitor.press("Show settings")
    choose(visitor, "voice", "ash")
    page.click("#settings-sample")
    page.wait_for_selector("text=Stop the sample")
    page.wait_for_selector("#settings-sample:text('Hear this voice')", timeout=10_000)
    assert session(upstream)["audio"]["output"]["voice"] == "ash"  # type: ignore[index]
    assert page.evaluate("document.body.dataset.phase") == "idle"
    assert page.evaluate("window.testTracks.length") == 0

    # The operator lets people write their own.
    assert "voice companion" in str(page.get_attribute("[data-choice=instructions]", "placeholder"))
    page.fill("[data-choice=instructions]", "Be a pirate.")
    page.press("[data-choice=instructions]", "Tab")
    page.click("#settings-sample")
    page.wait_for_selector("text=Stop the sample")
    assert page.evaluate(SAMPLE_AFTER_CALL) == "Hear this voice"
    visitor.wait_for_phase("live")
    assert session(upstream)["instructions"] == "Be a pirate."
