"""Links to the operator's server, or to the embedded engine, with the key of the one or the other."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.errors import ENGINE_FAILED, EngineError, VoiceError
from voiceapp.net.bridge import Bridge
from voiceapp.secret import Secret
from voiceapp.upstream.connector import Connector
from voiceapp.upstream.engine_process import Engine, Progress
from voiceapp.upstream.profiles import PROFILES, Profile

LIMIT = 1 << 20


class Started:
    """An engine's process, as far as a connector knows of it."""

    key = Secret("engine-key")

    def __init__(self, url: str, *, warm: bool) -> None:
        self._url = url
        self._warm = warm

    async def warm(self) -> bool:
        return self._warm

    async def address(self, progress: Progress) -> str:
        if not self._warm:
            progress("voices", 1, 3)
        if not self._url:
            raise EngineError(ENGINE_FAILED)
        return self._url


class Links:
    """A bridge, and what a link to a profile's server took."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.told: list[tuple[str, int, int] | None] = []

    def make(self, profile: Profile, engine: Started | None = None) -> None:
        connector = Connector(self.bridge, Secret("owners-key"), cast("Engine | None", engine), LIMIT)

        async def link() -> None:
            made = await connector.link(profile, self.told.append)
            made.close(1000)

        asyncio.run_coroutine_threadsafe(link(), self.bridge.loop).result(30)


@pytest.fixture
def links() -> Iterator[Links]:
    bridge = Bridge()
    bridge.start()
    yield Links(bridge)
    bridge.stop()


def header(server: ScriptedServer) -> str:
    headers = {name.lower(): value for name, value in dict(server.connections[0].upgrade.headers).items()}
    return str(headers["authorization"])


def test_the_operators_server_is_reached_with_the_operators_key(
    links: Links, upstream: Callable[..., ScriptedServer]
) -> None:
    server = upstream()
    links.make(replace(PROFILES["openai"], url=server.url), Started("", warm=False))
    assert header(server) == "Bearer owners-key"
    assert links.told == []


@pytest.mark.parametrize(("warm", "told"), [(True, []), (False, [None, ("voices", 1, 3)])])
def test_the_engine_is_reached_at_its_own_place_with_its_own_key_and_its_loading_is_told(
    links: Links, upstream: Callable[..., ScriptedServer], warm: bool, told: list[Any]
) -> None:
    server = upstream()
    links.make(PROFILES["embedded"], Started(server.url, warm=warm))
    assert header(server) == "Bearer engine-key"
    assert links.told == told


def test_an_engine_that_cannot_start_is_said_by_its_code(links: Links) -> None:
    with pytest.raises(VoiceError) as failed:
        links.make(PROFILES["embedded"], Started("", warm=True))
    assert failed.value.fault is ENGINE_FAILED
