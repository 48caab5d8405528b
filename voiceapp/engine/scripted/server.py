"""The scripted server: plays a scenario to each connection; for tests, in a thread of its own."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..protocol.events import Event
from ..serving.connection import Connection, Upgrade
from ..serving.server import CLOSE_CODE, Address, Server, dismissal, refusal
from .recorder import Recorder
from .scenario import Handshake, Scenario, Step, load, steps
from .script import Script

START_SECONDS = 10


def ignore_change() -> None:
    """The default: nobody wants to know."""


@dataclass
class ScenarioServer:
    """What the connections of a scripted server share. Lives on one asyncio loop."""

    scenario: Scenario
    key: str | None = None
    record: Callable[[dict[str, Any]], None] = lambda line: None
    on_change: Callable[[], None] = ignore_change
    connections: list[Recorder] = field(default_factory=list)
    running: dict[int, Script] = field(default_factory=dict)

    async def serve(self, connection: Connection, upgrade: Upgrade) -> None:
        recorder = Recorder(upgrade, len(self.connections) + 1, self.record)
        self.connections.append(recorder)
        recorder.opened()
        self.on_change()
        if await self._shake_hands(connection, upgrade, recorder.connection):
            await self._play(connection, recorder)

    async def _play(self, connection: Connection, recorder: Recorder) -> None:
        number = recorder.connection
        self.running[number] = Script(self.scenario, connection, recorder, number, self.on_change)
        try:
            await self.running[number].run()
        finally:
            del self.running[number]

    async def _shake_hands(self, connection: Connection, upgrade: Upgrade, number: int) -> bool:
        """True if the connection is open and the scenario can be played."""
        fault = self.scenario.handshake
        if fault is not None and fault.concerns(number) and not await self._spoil_handshake(connection, fault):
            return False
        refused = refusal(upgrade, self.scenario.key or self.key) if self.scenario.defaults else None
        if refused is not None:
            await refused.tell(connection)
            return False
        await connection.accept("realtime" if "realtime" in upgrade.subprotocols else None)
        return await self._not_dismissed(connection, upgrade)

    async def _spoil_handshake(self, connection: Connection, fault: Handshake) -> bool:
        """True if the handshake can go on."""
        await asyncio.sleep(fault.delay_ms / 1000)
        if fault.never:
            await connection.reader.read()
            return False
        if fault.status is not None:
            await connection.reject(fault.status, fault.body, dict(fault.headers))
        return fault.status is None

    async def _not_dismissed(self, connection: Connection, upgrade: Upgrade) -> bool:
        dismissed = dismissal(upgrade)
        if dismissed is None or not self.scenario.defaults or self.scenario.dialect == "beta":
            return True
        script = Script(self.scenario, connection, Recorder(upgrade, 0), 0, ignore_change)
        script.emit([dismissed.event])
        await connection.close(CLOSE_CODE, dismissed.reason)
        await connection.wait_closed()
        return False


class ScriptedServer:
    """The scripted server for a test: `with ScriptedServer("hello.toml") as server: … server.url …`"""

    def __init__(
        self,
        scenario: "Scenario | Mapping[str, Any] | Path | str | None" = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._changed = threading.Condition()
        self.play(scenario)
        self._server = Server(self._serve, Address(tls=ssl_context))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scripted server", daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._server.start(), self._loop).result(START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)
        self._loop.close()

    def play(self, scenario: "Scenario | Mapping[str, Any] | Path | str | None") -> None:
        """From the next connection on this scenario, of whose connections it is the first."""
        self._scenario_server = ScenarioServer(load(scenario), on_change=self._notice)

    async def _serve(self, connection: Connection, upgrade: Upgrade) -> None:
        await self._scenario_server.serve(connection, upgrade)

    @property
    def url(self) -> str:
        """The address without a query; a client adds `?model=…`."""
        return f"{'wss' if self._server.address.tls else 'ws'}://127.0.0.1:{self.port}/v1/realtime"

    @property
    def connections(self) -> list[Recorder]:
        """One recorder for each upgrade asked for, also for those refused."""
        return list(self._scenario_server.connections)

    @property
    def received(self) -> list[Event]:
        """All client events so far, of all connections; an append has `audio_bytes` in place of its audio."""
        return [event for connection in self.connections for event in list(connection.events)]

    @property
    def audio(self) -> bytes:
        """All audio appended so far."""
        return b"".join(bytes(connection.audio) for connection in self.connections)

    def wait_for(self, predicate: Callable[[list[Event]], Any], timeout: float = 5) -> Any:
        """Returns what the predicate says of `received` once that is true. Raises `TimeoutError`."""
        with self._changed:
            answer = self._changed.wait_for(lambda: predicate(self.received), timeout)
        if not answer:
            kinds = [event.get("type") for event in self.received]
            raise TimeoutError(f"The predicate was not true within {timeout} s; received so far: {kinds}")
        return answer

    def do(self, *actions: Step, connection: int | None = None) -> None:
        """Performs steps now, on one open connection or on all."""
        checked = steps("do", list(actions))
        self._loop.call_soon_threadsafe(self._perform, checked, connection)

    def _perform(self, checked: tuple[Step, ...], connection: int | None) -> None:
        for number, script in list(self._scenario_server.running.items()):
            if connection in (None, number):
                script.perform(checked, {"type": "do"}, 1)

    def _notice(self) -> None:
        with self._changed:
            self._changed.notify_all()
