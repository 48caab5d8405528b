"""A server that does as it is told, with an app of ours before it; and a model that calls functions, as its steps."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.conftest import upstream_settings
from tests.servers import werkzeug
from voiceapp.engine.scripted.scenario import Scenario
from voiceapp.engine.scripted.server import ScriptedServer


class Served(NamedTuple):
    server: ScriptedServer
    url: str


@contextmanager
def serving(scenario: Any = None, **settings: str) -> Iterator[Served]:
    with (
        ScriptedServer(Scenario() if scenario is None else scenario) as server,
        werkzeug(upstream_settings(server, **settings)) as url,
    ):
        yield Served(server, url)


def calls(*named: tuple[str, Any], response: str = "r1", over: bool = True) -> list[dict[str, Any]]:
    """One response that asks for all of them; `over`: and ends. Text is sent as it is, all else as JSON."""
    steps: list[dict[str, Any]] = [{"type": "response.created", "response": {"id": response, "status": "in_progress"}}]
    for n, (name, arguments) in enumerate(named):
        written = arguments if isinstance(arguments, str) else json.dumps(arguments)
        ids = {"response_id": response, "output_index": n}
        item = {"id": f"{response}_f{n}", "type": "function_call", "name": name, "call_id": f"{response}_c{n}"}
        added = {**item, "status": "in_progress", "arguments": ""}
        done = {**item, "status": "completed", "arguments": written}
        steps += [
            {"type": "response.output_item.added", **ids, "item": added},
            {"type": "conversation.item.added", "item": added},
            {
                "type": "response.function_call_arguments.done",
                **ids,
                "item_id": item["id"],
                "call_id": item["call_id"],
                "name": name,
                "arguments": written,
            },
            {"type": "conversation.item.done", "item": done},
            {"type": "response.output_item.done", **ids, "item": done},
        ]
    if over:
        steps.append({"type": "response.done", "response": {"id": response, "status": "completed"}})
    return [{"send": step} for step in steps]


def outputs(events: list[dict[str, Any]]) -> dict[str, str]:
    """What a server was answered, by the id of the call. Raises where one was answered twice."""
    items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
    found: dict[str, str] = {}
    for item in items:
        if item["type"] == "function_call_output":
            assert found.setdefault(item["call_id"], item["output"]) is item["output"], "answered twice"
    return found
