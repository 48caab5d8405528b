"""The calls of this worker as others may need them: written behind the bridge's back, claimed, let go when asked."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, Protocol, TypeVar

from ..net.bridge import Bridge
from ..net.executor import prestarted_pool
from ..ops import metrics
from .backend import RENEW_S, WRITE_AGAIN_S, Asker, Backend, Claim, Held, Renewed, Writing
from .record import Record

log = logging.getLogger(__name__)

# One that writes, one that claims: a page that comes back waits for no other's words.
THREADS = 2
T = TypeVar("T")


class Source(Protocol):
    """Who knows the calls of this worker. Asked on the bridge's thread."""

    def calls(self) -> Iterable[str]:
        """All that go on."""

    def record(self, call: str) -> Record | None:
        """The call as it is now; None where it is over."""

    def let_go(self, call: str) -> None:
        """Its page asks for it elsewhere: `release` it, and end it here."""

    def taken(self, call: str) -> None:
        """Another worker went on with it while this one was not heard of: end it here."""


class _Became(Enum):
    CHANGED = "its record is to be made and written"
    OVER = "its record is to be forgotten"


class CallStore:
    """Every method runs on the bridge's thread, and none waits: the storage is asked on threads of its own.

    While it cannot be asked, what changed is remembered by id, and written when it can.
    """

    def __init__(self, bridge: Bridge, backend: Backend) -> None:
        self._bridge = bridge
        self._backend = backend
        self._source: Source | None = None
        # What is to be written of each call; one that was released is no longer here to be asked.
        self._waiting: dict[str, _Became | Record] = {}
        self._writing: asyncio.Task[None] | None = None
        self._away = self._stopped = False
        self._written_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.executor: ThreadPoolExecutor = None  # type: ignore[assignment]  # set by start

    @property
    def shared(self) -> bool:
        """Whether another worker could go on with a call of ours."""
        return self._backend.shared

    @property
    def worker(self) -> str:
        """This worker's name, unlike any other's."""
        return self._backend.worker

    def attach(self, source: Source) -> None:
        """Keep the lease from when the bridge starts until it stops."""
        self._source = source
        self._bridge.at_start(self._start)
        self._bridge.at_stop(self._stop)

    def _start(self) -> None:
        self.executor = prestarted_pool(THREADS, "store")
        self.keep()

    def keep(self) -> None:
        """Renew the lease from now on."""
        self._written_at = self._bridge.loop.time()
        self._tick()

    def _stop(self) -> None:
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self.executor.shutdown(wait=False)

    # What becomes of a call

    def note(self, call: str) -> None:
        """It began or changed: to be written soon."""
        self._remember(call, _Became.CHANGED)

    def over(self, call: str) -> None:
        """It ended: nobody can come back to it."""
        self._remember(call, _Became.OVER)

    def release(self, record: Record) -> None:
        """Whoever its page asks next may go on with it."""
        self._remember(record.call, record)

    async def claim(self, call: str, asker: Asker) -> Claim:
        """Own a call that another worker let go, or died with. Never raises."""
        # It may be one that we have just let go.
        await self._settled()
        try:
            claim = await self._ask(self._backend.claim, call, asker)
        except Exception as error:
            log.warning("call %s: the store could not be asked: %s", call, type(error).__name__)
            claim = Held(RENEW_S)
        metrics.claimed(type(claim).__name__.lower())
        return claim

    async def written(self) -> bool:
        """Wait until all that waits is written; False where it could not be. Takes a second or two at most."""
        await self._settled()
        await self._write()
        return not self._waiting

    async def leave(self) -> None:
        """Write all that waits, and be known as gone; as long as `written`."""
        await self.written()
        try:
            await self._ask(self._backend.leave)
        except Exception as error:
            log.warning("the store could not be told that this worker goes: %s", type(error).__name__)

    # The lease

    def _tick(self) -> None:
        self._bridge.spawn(self._renew())

    async def _renew(self) -> None:
        try:
            self._renewed(await self._ask(self._backend.renew))
        except Exception as error:
            # Said by whoever knows the storage.
            log.debug("the lease was not renewed: %s", type(error).__name__)
            self._away = True
        finally:
            if not self._stopped:
                self._timer = self._bridge.loop.call_later(RENEW_S, self._tick)

    def _renewed(self, renewed: Renewed) -> None:
        self._away = False
        if self._source is None:
            return
        now = self._bridge.loop.time()
        if self._backend.shared and (renewed.lapsed or now - self._written_at >= WRITE_AGAIN_S):
            # Others may own them by now, or the storage may have lost them, or is about to.
            self._written_at = now
            self._waiting.update(dict.fromkeys(self._source.calls(), _Became.CHANGED))
        for call in renewed.wanted:
            self._source.let_go(call)
        self._write_soon()

    # What is written

    def _remember(self, call: str, became: _Became | Record) -> None:
        # Where nobody else could read it, it is not worth a thread's turn.
        if self._backend.shared:
            self._waiting[call] = became
            self._write_soon()

    def _write_soon(self) -> None:
        if self._waiting and self._writing is None and not self._away:
            self._writing = self._bridge.spawn(self._write())

    async def _settled(self) -> None:
        """What is being written is, or was not to be."""
        if self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write(self) -> None:
        try:
            # What changes meanwhile is written with the next.
            while self._waiting:
                await self._write_once()
        except Exception as error:
            # The next renewal tells when to try again.
            log.debug("calls were not written: %s", type(error).__name__)
            self._away = True
        finally:
            self._writing = None

    async def _write_once(self) -> None:
        waiting, self._waiting = self._waiting, {}
        try:
            lost = await self._ask(self._backend.put, self._taken_down(waiting))
        except Exception:
            self._waiting = {**waiting, **self._waiting}
            raise
        for call in lost:
            log.warning("call %s: another worker has gone on with it", call)
            if self._source is not None:
                self._source.taken(call)

    def _taken_down(self, waiting: Mapping[str, _Became | Record]) -> Writing:
        writing = Writing([], [], [call for call, became in waiting.items() if became is _Became.OVER])
        for call, became in waiting.items():
            if isinstance(became, Record):
                writing.released.append(became)
            elif became is _Became.CHANGED and self._source is not None:
                record = self._source.record(call)
                if record is not None:
                    writing.records.append(record)
        return writing

    async def _ask(self, question: Callable[..., T], *args: Any) -> T:
        return await self._bridge.loop.run_in_executor(self.executor, question, *args)
