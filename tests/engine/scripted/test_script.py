"""Steps with places to fill: the occurrence, and what the client's event holds."""

import time
from typing import Any

import pytest

from voiceapp.engine.scripted.script import with_placeholders_filled
from voiceapp.engine.scripted.server import ScriptedServer

from ..client import Client


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("item_{n}", "item_3"),
        ("$event.item.id", "mine"),
        ("$event.no.such", None),
        ([{"a": "{n}"}, 5, True], [{"a": "3"}, 5, True]),
        ({"id": "$event.item", "n": 1}, {"id": {"id": "mine"}, "n": 1}),
        ("costs $5", "costs $5"),
    ],
)
def test_places_are_filled(value: Any, filled: Any) -> None:
    assert with_placeholders_filled(value, {"item": {"id": "mine"}}, 3) == filled


def test_a_trigger_acts_on_its_occurrence_and_the_default_on_the_others() -> None:
    scenario = {"on": [{"when": "response.create", "nth": 2, "do": [{"error": {"code": "second"}}]}]}
    with ScriptedServer(scenario) as server, Client(server.url + "?model=m") as client:
        client.send("response.create")
        assert client.until("response.done")["response"]["status"] == "completed"
        client.send("response.create")
        assert client.until("error")["error"]["code"] == "second"
        client.send("response.create")
        assert client.until("response.done")["response"]["status"] == "completed"


def test_a_session_lives_as_long_as_it_says() -> None:
    with ScriptedServer({"session_s": 1.2}) as server, Client(server.url + "?model=m") as client:
        expires_at = client.until("session.created")["session"]["expires_at"]
        assert client.until("error")["error"]["code"] == "session_expired"
        assert client.closed()[0] == 1001
        assert 0 <= time.time() - expires_at < 2
