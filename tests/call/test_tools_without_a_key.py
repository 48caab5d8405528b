"""The app and its engine, as they are without a key: a question becomes a call, and its result the answer."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.engine.voice_server_thread import VoiceServerThread
from tests.page_client import PageClient
from tests.servers import werkzeug


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ExitStack() as stack:
        server = stack.enter_context(VoiceServerThread())
        settings = {
            "VOICEAPP_UPSTREAM_URL": f"ws://127.0.0.1:{server.port}/v1/realtime",
            "VOICEAPP_TOOLS": "clock, calculator, notes, hang_up",
            "VOICEAPP_INSTRUCTIONS": "Be brief.",
        }
        yield stack.enter_context(werkzeug(settings))


def test_each_is_asked_answered_and_told(url: str) -> None:
    with PageClient(url) as page:
        page.start()
        for asked, name, told in (
            ("How much is 12 times 7?", "calculator", "The result is 84."),
            ("Remember that the key is under the mat.", "remember", "I will remember it."),
            ("What did I ask you to remember?", "recall", "You wanted me to remember: the key is under the mat."),
            ("What time is it in Tokyo?", "clock", "In Tokyo it is"),
        ):
            page.emit("text", {"text": asked})
            page.expect("tool", lambda _, tool, name=name: (tool["name"], tool["state"]) == (name, "done"))
            page.expect("transcript", lambda _, said, told=told: said.get("text", "").startswith(told))


def test_it_hangs_up_when_it_has_said_goodbye(url: str) -> None:
    with PageClient(url) as page:
        page.start()
        page.emit("text", {"text": "Please hang up."})
        page.expect("transcript", lambda _, said: said.get("text", "").startswith("Goodbye."))
        # The end of its sound.
        (_, item, _) = page.expect("audio", lambda _n, _item, sound: sound == "")
        page.emit("heard", {"item": item, "heard_ms": 60_000})
        assert page.expect("ended")[0]["reason"] == "stopped"
