"""What a worker does about its calls' records, on a loop whose time stands still: nothing blocks, or is forgotten."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import AtOnce, StandingLoop
from tests.store.workers import Slow, asker, record
from voiceapp.net.bridge import Bridge
from voiceapp.store.backend import (
    ASKS,
    LEASE_S,
    RENEW_S,
    WRITE_AGAIN_S,
    Asker,
    Claim,
    Claimed,
    Gone,
    Held,
    Renewed,
    Writing,
)
from voiceapp.store.call_store import CallStore
from voiceapp.store.memory_backend import Memory, MemoryBackend
from voiceapp.store.record import Record


class Breakable(MemoryBackend):
    """Counts what it was asked for; can be away."""

    away = False

    def __init__(self, worker: str, memory: Memory) -> None:
        super().__init__(worker, memory)
        self.puts = 0

    def renew(self) -> Renewed:
        return self._unless_away(super().renew)

    def put(self, writing: Writing) -> frozenset[str]:
        self.puts += 1
        return self._unless_away(super().put, writing)

    def claim(self, call: str, asker: Asker) -> Claim:
        return self._unless_away(super().claim, call, asker)

    def leave(self) -> None:
        self._unless_away(super().leave)

    def _unless_away(self, action: Callable[..., Any], *args: Any) -> Any:
        if self.away:
            raise ConnectionError
        return action(*args)


class Worker:
    """`generations`: its calls. What it is asked for it does as the registry would."""

    def __init__(self, name: str, loop: StandingLoop, memory: Memory) -> None:
        bridge = Bridge()
        bridge.loop = loop
        self._loop = loop
        self.backend = Breakable(name, memory)
        self.store = CallStore(bridge, self.backend)
        self.store.attach(self)
        self.generations: dict[str, int] = {}
        self.lost: list[str] = []
        self.store.executor = AtOnce(1)
        loop.do(self.store.keep)

    def calls(self) -> list[str]:
        return list(self.generations)

    def record(self, call: str) -> Record | None:
        return record(call, generation=self.generations[call]) if call in self.generations else None

    def let_go(self, call: str) -> None:
        kept = self.record(call)
        if kept is None:
            self.store.over(call)
            return
        self.store.release(kept)
        del self.generations[call]

    def taken(self, call: str) -> None:
        self.lost.append(call)
        self.generations.pop(call, None)

    def change(self, call: str) -> None:
        self.generations[call] = self.generations.get(call, 2) + 1
        self._loop.do(lambda: self.store.note(call))

    def end(self, call: str) -> None:
        self.generations.pop(call, None)
        self._loop.do(lambda: self.store.over(call))

    def claim(self, call: str = "c1", generation: int = 3) -> Claim:
        return self._loop.run_until_complete(self.store.claim(call, asker(generation=generation)))

    def leave(self) -> None:
        self._loop.run_until_complete(self.store.leave())


class World:
    def __init__(self) -> None:
        self.loop = StandingLoop()
        self.memory = Memory(clock=self.loop.time)
        self.one, self.other = (Worker(name, self.loop, self.memory) for name in ("one", "other"))

    def kept(self, call: str = "c1") -> tuple[str, int] | None:
        """Owner and generation, as they are stored."""
        kept = self.memory.calls.get(call)
        return (kept.owner, kept.record.generation) if kept else None


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    assert world.loop.raised == []
    world.loop.close()


def test_what_changes_is_written_and_what_ends_is_forgotten(world: World) -> None:
    world.one.change("c1")
    assert world.kept() == ("one", 3)
    world.one.change("c1")
    assert world.kept() == ("one", 4)
    world.one.end("c1")
    assert world.kept() is None


def test_where_nobody_else_could_read_it_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.one.backend, "shared", False)
    world.one.change("c1")
    world.loop.pass_time(WRITE_AGAIN_S + RENEW_S)
    world.one.end("c1")
    assert world.one.backend.puts == 0
    assert world.loop.run_until_complete(world.one.store.written())


def test_the_lease_is_renewed_for_as_long_as_the_worker_lives(world: World) -> None:
    world.one.change("c1")
    world.loop.pass_time(10 * LEASE_S)
    assert isinstance(world.other.claim(), Held)


def test_a_worker_that_is_not_heard_of_loses_its_calls_after_the_lease(world: World) -> None:
    world.one.change("c1")
    world.one.backend.away = True
    world.loop.pass_time(LEASE_S - RENEW_S - 0.1)
    assert isinstance(world.other.claim(), Held)
    world.loop.pass_time(RENEW_S + 0.2)
    assert world.other.claim() == Claimed(record())


def test_a_worker_that_wakes_ends_what_was_claimed_meanwhile_and_that_alone(world: World) -> None:
    for call in ("c1", "c2"):
        world.one.change(call)
    world.one.backend.away = True
    world.loop.pass_time(LEASE_S + 0.1)
    assert isinstance(world.other.claim("c1"), Claimed)
    world.other.change("c1")
    world.one.backend.away = False
    world.loop.pass_time(RENEW_S)
    assert world.one.lost == ["c1"]
    assert world.kept("c1") == ("other", 3)
    assert world.kept("c2") == ("one", 3)


def test_a_page_that_asks_elsewhere_again_and_again_gets_its_call(world: World) -> None:
    world.one.change("c1")
    for _ in range(ASKS):
        assert isinstance(world.other.claim(), Held)
    world.loop.pass_time(RENEW_S)
    assert world.one.calls() == []
    assert world.other.claim() == Claimed(record())
    assert world.one.lost == []


def test_a_call_that_was_just_let_go_can_be_claimed_at_once(world: World) -> None:
    """Also by the same worker, which had asked the page for something."""
    world.one.change("c1")
    world.one.generations.clear()
    world.one.store.executor = Slow(world.loop)
    world.loop.do(lambda: world.one.store.release(record()))
    claiming = world.loop.create_task(world.one.store.claim("c1", asker()))
    world.loop.pass_time(1.5)
    assert claiming.result() == Claimed(record())


def test_a_call_that_its_owner_does_not_know_is_soon_gone(world: World) -> None:
    """Its end was never written."""
    world.one.change("c1")
    world.one.generations.clear()
    for _ in range(ASKS):
        assert isinstance(world.other.claim(), Held)
    world.loop.pass_time(RENEW_S)
    assert world.other.claim() == Gone()


def test_what_changed_while_the_storage_was_away_is_written_when_it_is_back(world: World) -> None:
    world.one.change("c1")
    world.one.change("c2")
    world.one.backend.away = True
    world.one.change("c1")
    world.one.end("c2")
    world.one.change("c3")
    assert (world.kept("c1"), world.kept("c2"), world.kept("c3")) == (("one", 3), ("one", 3), None)
    world.one.backend.away = False
    world.loop.pass_time(RENEW_S)
    assert (world.kept("c1"), world.kept("c2"), world.kept("c3")) == (("one", 4), None, ("one", 3))


def test_a_storage_that_is_away_is_not_asked_at_every_change(world: World) -> None:
    world.one.backend.away = True
    for _ in range(50):
        world.one.change("c1")
    assert world.one.backend.puts == 1


def test_a_storage_that_lost_everything_is_told_again(world: World) -> None:
    world.one.change("c1")
    world.memory.calls.clear()
    world.memory.leases.clear()
    world.loop.pass_time(RENEW_S)
    assert world.kept() == ("one", 3)


def test_a_quiet_call_is_written_again_before_it_would_be_forgotten(world: World) -> None:
    world.one.change("c1")
    world.memory.calls["c1"].until = WRITE_AGAIN_S + 60
    world.loop.pass_time(2 * WRITE_AGAIN_S)
    assert world.kept() == ("one", 3)


def test_a_storage_that_is_away_cannot_say_that_a_call_is_gone(world: World) -> None:
    world.one.backend.away = True
    assert world.one.claim("c9") == Held(RENEW_S)


def test_whoever_leaves_has_written_everything_and_is_not_waited_for(world: World) -> None:
    world.one.generations |= {"c1": 3, "c2": 3}
    world.one.store.note("c2")
    world.one.let_go("c1")
    world.one.leave()
    assert world.other.claim("c1") == Claimed(record("c1"))
    assert world.other.claim("c2") == Claimed(record("c2"))


def test_whoever_leaves_while_the_storage_is_away_leaves_all_the_same(world: World) -> None:
    world.one.change("c1")
    world.one.backend.away = True
    world.one.let_go("c1")
    world.one.leave()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "end", "claim", "break", "mend", "pass", "pass long"]),
        st.sampled_from(["one", "other"]),
        st.sampled_from(["c1", "c2"]),
    ),
    max_size=40,
)


@given(STEPS)
def test_in_whatever_order_no_call_has_two_owners_that_are_both_heard_of(steps: list[tuple[str, str, str]]) -> None:
    """And once all is well, each call of a worker is stored as its own, as it is by then."""
    world = World()
    workers = {"one": world.one, "other": world.other}
    for action, name, call in steps:
        play(world, workers[name], action, call, new=not any(call in each.generations for each in workers.values()))
    for worker in workers.values():
        worker.backend.away = False
    world.loop.pass_time(2 * RENEW_S)
    for name, worker in workers.items():
        assert {call: world.kept(call) for call in worker.generations} == {
            call: (name, generation) for call, generation in worker.generations.items()
        }
    assert not set(world.one.generations) & set(world.other.generations)
    assert world.loop.raised == []
    world.loop.close()


def play(world: World, worker: Worker, action: str, call: str, *, new: bool) -> None:
    match action:
        case "change" if new or call in worker.generations:
            worker.change(call)
        case "end":
            worker.end(call)
        case "claim" if call not in worker.generations:
            claim = worker.claim(call, generation=99)
            if isinstance(claim, Claimed):
                worker.generations[call] = claim.record.generation
                worker.change(call)
        case "break":
            worker.backend.away = True
        case "mend":
            worker.backend.away = False
        case "pass":
            world.loop.pass_time(RENEW_S)
        case "pass long":
            world.loop.pass_time(LEASE_S + RENEW_S)
