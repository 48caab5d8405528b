"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable

from voiceapp.engine.scripted.server import ScriptedServer


def eventually(holds: Callable[[], object], within: float = 30) -> bool:
    """Whether it holds at last; `within` is in seconds, many for a very busy machine."""
    deadline = time.monotonic() + within
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(holds())


def closed(server: ScriptedServer) -> bool:
    """Whether the first connection to a scripted server ends."""
    return eventually(lambda: bool(server.connections[0].closed))
