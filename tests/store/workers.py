"""Workers that share a store of calls, in memory or in a real Redis: the test says whose lease runs out."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from tests.clock import AtOnce, StandingLoop
from tests.redis_server import RedisServer
from voiceapp.net.redis_connection import RedisConnection
from voiceapp.secret import Secret
from voiceapp.store.backend import Asker, Backend
from voiceapp.store.memory_backend import Memory, MemoryBackend
from voiceapp.store.record import Entry, Record
from voiceapp.store.redis_backend import RedisBackend

TALK = (Entry("item_1", "user", "Is it far?"), Entry("item_2", "assistant", "遠くはないです。"))


def record(call: str = "c1", *, whose: str = "somebody", generation: int = 3, page: str = "page-1") -> Record:
    asked: dict[str, Any] = {"voice": "marin", "turn": {"mode": "server_vad", "silence_ms": 700}}
    return Record(call=call, whose=whose, generation=generation, page=page, request=asked, began_at=1.8e9, entries=TALK)


def asker(*, whose: str = "somebody", generation: int = 3, page: str = "page-9") -> Asker:
    return Asker(whose, generation, page)


@dataclass(slots=True)
class Workers:
    """`alive(name)` is a worker with a lease, `lapse(name)` lets that run out."""

    make: Callable[[str], Backend]
    lapse: Callable[[str], object]
    made: dict[str, Backend] = field(default_factory=dict)

    def alive(self, name: str) -> Backend:
        worker = self.made.setdefault(name, self.make(name))
        worker.renew()
        return worker


class Slow(AtOnce):
    """One question to the store takes a second: as a rule `put`, by which it is written."""

    def __init__(self, loop: StandingLoop, question: str = "put") -> None:
        super().__init__(1)
        self._loop, self._question = loop, question

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        if fn.__name__ != self._question:
            return super().submit(fn, *args, **kwargs)
        done: Future[Any] = Future()
        self._loop.call_later(1.0, lambda: done.set_result(fn(*args, **kwargs)))
        return done


def in_memory() -> Workers:
    memory = Memory()
    return Workers(lambda name: MemoryBackend(name, memory), lambda name: memory.leases.pop(name, None))


def in_redis(server: RedisServer, key: str = "") -> Workers:
    """Begins with an empty Redis, in which everybody had time to renew their lease."""
    client = server.client()
    client.flushall()
    redis = RedisConnection(server.url)
    workers = Workers(
        lambda name: RedisBackend(name, redis, Secret(key)), lambda name: client.delete(f"voiceapp:worker:{name}")
    )
    workers.alive("eldest")
    client.delete("voiceapp:after-gap")
    return workers
