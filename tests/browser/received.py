"""What the latest call sent to its scripted server."""

from typing import Any

from voiceapp.engine.scripted.server import ScriptedServer


def events(upstream: ScriptedServer, kind: str) -> list[dict[str, Any]]:
    return [event for event in list(upstream.connections[-1].events) if event["type"] == kind]


def sound(upstream: ScriptedServer) -> bytes:
    return bytes(upstream.connections[-1].audio)
