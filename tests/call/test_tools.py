"""Tools over the whole server: what a page is told of one, and that the talk goes on after it."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import werkzeug
from voiceapp.engine.scripted.server import ScriptedServer

Upstream = Callable[..., ScriptedServer]
SOUND = base64.b64encode(bytes(9600)).decode()


def talk(page: PageClient) -> None:
    """Two seconds and a half."""
    page.start()
    for n in range(1, 14):
        page.emit("audio", n, SOUND)


def last(page: PageClient) -> dict[str, Any]:
    return dict(page.named("tool")[-1][1])


@pytest.mark.parametrize(
    ("scenario", "state", "result", "answer"),
    [
        ("mcp_call", "done", "Sunny, 18 degrees.", "It is sunny, with 18 degrees."),
        ("mcp_failure", "failed", "The weather service is away.", "I cannot see the weather now."),
        ("tool_call", "failed", "There is no such tool", "It is sunny."),
        ("barge_in_tool", "failed", "", "All right."),
    ],
)
def test_the_page_is_told_and_the_talk_goes_on(
    upstream: Upstream, scenario: str, state: str, result: str, answer: str
) -> None:
    with werkzeug(upstream_settings(upstream(scenario))) as url, PageClient(url) as page:
        talk(page)
        page.expect("transcript", lambda _, said: said.get("text") == answer)
        told = last(page)
        (place,) = [item for _, item in page.named("item") if item["role"] == "tool"]
    assert (told["call"], told["name"], told["state"]) == (place["id"], "weather", state)
    assert result in told.get("result", "")
    assert "tool" in [turn["state"] for _, turn in page.named("turn")]


def test_the_event_log_holds_neither_what_was_asked_nor_what_came(upstream: Upstream) -> None:
    with werkzeug(upstream_settings(upstream("mcp_call"))) as url, PageClient(url) as page:
        page.emit("watch", {"on": True})
        talk(page)
        page.expect("tool", lambda _, told: told["state"] == "done")
        logged = str(page.named("log"))
    assert "mcp_call" in logged
    assert "Kyoto" not in logged
    assert "18 degrees" not in logged
