"""Records of calls in this process's memory: where there is no Redis, and for tests with several workers in one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from .backend import ASK_AGAIN_S, ASKS, KEPT_S, LEASE_S, Asker, Claim, Claimed, Gone, Held, Refused, Renewed, Writing
from .record import Record


@dataclass(slots=True)
class _Kept:
    record: Record
    owner: str
    until: float
    asks: int = 0


@dataclass(slots=True)
class Memory:
    """What the workers share. `clock`: in seconds."""

    clock: Callable[[], float] = time.monotonic
    lock: Lock = field(default_factory=Lock)
    calls: dict[str, _Kept] = field(default_factory=dict)
    # Until when each worker is alive, and what it is asked for.
    leases: dict[str, float] = field(default_factory=dict)
    wanted: dict[str, set[str]] = field(default_factory=dict)


class MemoryBackend:
    """As `Backend`. `memory`: of several workers; each that has one of its own shares nothing."""

    def __init__(self, worker: str, memory: Memory | None = None) -> None:
        self.worker = worker
        self.shared = memory is not None
        self._memory = memory or Memory()

    def renew(self) -> Renewed:
        memory = self._memory
        with memory.lock:
            now = memory.clock()
            lapsed = memory.leases.get(self.worker, now) <= now
            memory.leases[self.worker] = now + LEASE_S
            memory.calls = {call: kept for call, kept in memory.calls.items() if kept.until > now}
            return Renewed(lapsed, frozenset(memory.wanted.pop(self.worker, ())))

    def put(self, writing: Writing) -> frozenset[str]:
        with self._memory.lock:
            lost = {each.call for each in writing.records if not self._keep(each, self.worker)}
            lost |= {each.call for each in writing.released if not self._keep(each, "")}
            for call in writing.over:
                if self._owned(call):
                    self._memory.calls.pop(call, None)
            return frozenset(lost)

    def claim(self, call: str, asker: Asker) -> Claim:
        memory = self._memory
        with memory.lock:
            now, kept = memory.clock(), memory.calls.get(call)
            if kept is None or kept.until <= now or kept.owner == self.worker:
                return Gone()
            if not asker.may_have(kept.record):
                return Refused()
            if memory.leases.get(kept.owner, now) > now:
                kept.asks += 1
                if kept.asks >= ASKS:
                    memory.wanted.setdefault(kept.owner, set()).add(call)
                return Held(ASK_AGAIN_S if kept.asks >= ASKS else None)
            memory.calls[call] = _Kept(kept.record, self.worker, now + KEPT_S)
            return Claimed(kept.record)

    def leave(self) -> None:
        with self._memory.lock:
            self._memory.leases.pop(self.worker, None)

    def _keep(self, record: Record, owner: str) -> bool:
        if not self._owned(record.call):
            return False
        self._memory.calls[record.call] = _Kept(record, owner, self._memory.clock() + KEPT_S)
        return True

    def _owned(self, call: str) -> bool:
        """Whether it is ours, or nobody knows of it."""
        kept = self._memory.calls.get(call)
        return kept is None or kept.owner == self.worker
