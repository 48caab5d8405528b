from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer, redis_server
from tests.store.workers import Workers, in_memory, in_redis


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def workers(request: pytest.FixtureRequest) -> Workers:
    if request.param == "memory":
        return in_memory()
    return in_redis(request.getfixturevalue("redis"))
