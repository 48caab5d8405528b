"""The voice mode: accepts connections, and starts a call on each once the models are loaded."""

import asyncio
import gc
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from . import memory
from .connection import Connection, Upgrade
from .jobs import BusyError
from .server import CLOSE_CODE, Refusal, dismissal, refusal
from .shared import Models, Workers, load_models
from .voice_call import VoiceCall

FULL = Refusal(503, "server_full", "All lines are taken; try again later.")


@dataclass
class VoiceServer:
    """Takes up to `max_calls` calls; those that come while the models load wait for them."""

    key: str | None
    session_seconds: float
    max_calls: int = 16
    models: Models | None = None
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0

    def __post_init__(self) -> None:
        self.workers = Workers(self.max_calls)

    async def load(self, tell: Callable[[str, int, int], None]) -> None:
        self.models = await asyncio.to_thread(load_models, tell)
        memory.give_back()
        # The voice's dictionaries are many objects that stay for good: the collector need not look at them again.
        gc.freeze()
        self.loaded.set()

    def close(self) -> None:
        self.workers.close()

    async def serve(self, connection: Connection, upgrade: Upgrade) -> None:
        refused = refusal(upgrade, self.key) or (FULL if self.calls >= self.max_calls else None)
        if refused is not None:
            await refused.tell(connection)
            return
        self.calls += 1
        try:
            await connection.accept("realtime" if "realtime" in upgrade.subprotocols else None)
            await self._open_call(connection, upgrade)
        finally:
            self.calls -= 1
            memory.give_back()

    async def _open_call(self, connection: Connection, upgrade: Upgrade) -> None:
        dismissed = dismissal(upgrade)
        if dismissed is not None:
            await connection.send(json.dumps({"event_id": "event_0", **dismissed.event}))
            await connection.close(CLOSE_CODE, dismissed.reason)
            await connection.wait_closed_briefly()
            return
        await self.loaded.wait()
        if self.models is not None:
            if self.models.turn_end.model is None:
                with suppress(BusyError):
                    self.workers.turn_pool.submit(self.loaded, self.models.turn_end.look)
            model = upgrade.query("model") or ""
            await VoiceCall(
                self.workers, self.models, connection, model, self.session_seconds, lambda: self.calls == 1
            ).run()
