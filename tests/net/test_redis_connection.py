"""A real Redis that is gone, frozen or full: what is said of it, and that it is left alone a moment."""

import logging
import time
from collections.abc import Callable, Iterator

import pytest

from tests.redis_server import RedisServer, redis_server
from voiceapp.net.redis_connection import WAIT_S, RedisConnection

TROUBLES: dict[str, tuple[Callable[[RedisServer], None], Callable[[RedisServer], None], str]] = {
    "gone": (RedisServer.stop, RedisServer.start, "it does not answer"),
    "frozen": (RedisServer.freeze, RedisServer.thaw, "it does not answer"),
    "full": (RedisServer.fill, RedisServer.empty, "it is full"),
}


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_is_wrong_with_it_is_said_and_so_is_its_end(
    trouble: str, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    break_it, mend_it, said = TROUBLES[trouble]
    redis = RedisConnection(server.url)
    assert redis.look() == ""
    break_it(server)
    with caplog.at_level(logging.WARNING):
        began = time.monotonic()
        assert redis.look() == said
        assert time.monotonic() - began < 2 * WAIT_S + 1
        assert redis.look() == said
        assert not redis.present
        mend_it(server)
        assert redis.look() == ""
        assert redis.present
    assert [record.getMessage().split(";")[0] for record in caplog.records] == [f"redis: {said}", "redis works again"]


def test_it_is_asked_for_its_password(server: RedisServer) -> None:
    redis = RedisConnection(server.url)
    with server.client() as client:
        client.config_set("requirepass", "marked-password")
    assert redis.look() == "it does not let us in"


def test_its_address_is_not_logged(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    redis = RedisConnection(server.url.replace("redis://", "redis://:marked-password@"))
    server.stop()
    redis.look()
    assert caplog.records
    assert "marked" not in caplog.text
