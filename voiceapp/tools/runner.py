"""Runs the functions that the model calls: on a loop and in threads of their own, never on the bridge's."""

import asyncio
import inspect
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from ..conversation.functions import Function as Offer
from .context import ToolContext
from .function import WrongArgumentsError
from .interfaces import BUSY, FAILED, NOT_JSON, Outcome, Tool, wrong
from .results import NotJsonError, text_of
from .threads import BusyError, Threads

log = logging.getLogger(__name__)

# Functions that are not async, of all calls of a worker.
MAX_THREADS = 32
# The loop should begin one within this.
HELD_UP_S = 1.0
T = TypeVar("T")


class ToolRunner:
    """Of one worker. Its thread starts with the first call, so in the worker and never before a fork."""

    def __init__(self, functions: Mapping[str, Tool], threads: int = MAX_THREADS) -> None:
        self.functions: Mapping[str, Tool] = functions
        self._most = threads
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: Threads | None = None
        self._thread: threading.Thread | None = None
        # A fork takes no thread along: what the parent started is kept from being ended here, and no more.
        self._pid = os.getpid()
        self._parents: list[Any] = []

    @property
    def offers(self) -> list[Offer]:
        """What the model may be offered."""
        return [each.offer for each in self.functions.values()]

    def timeout(self, name: str) -> float:
        """How long a tool may take, in seconds."""
        return self.functions[name].timeout

    def start(
        self, name: str, arguments: str, context: ToolContext, done: Callable[[Outcome], None]
    ) -> Callable[[], None]:
        """Begin, and return at once: what cancels it. `done` is told the outcome, on a thread of the runner's."""
        work = self._run(self.functions[name], arguments, context)
        running = asyncio.run_coroutine_threadsafe(work, self._started())
        running.add_done_callback(lambda future: done(_outcome(future)))
        since = time.monotonic()

        def cancel() -> None:
            if inspect.getcoroutinestate(work) == inspect.CORO_CREATED and time.monotonic() - since > HELD_UP_S:
                log.warning("call %s: the tool %s could not begin%s", context.call, name, self._held_up_by())
            _cancel(running)

        return cancel

    def _held_up_by(self) -> str:
        """Which tool does not give way to others."""
        task = asyncio.current_task(self._loop) if self._loop else None
        return f": {task.get_name()} is async and blocks; make it a plain function, or let it await" if task else ""

    def stop(self) -> None:
        """Whatever still runs is given up; harmless if said twice."""
        with self._lock:
            self._forget_parents()
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(self._leave, loop)

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """On the loop itself, as its last."""
        loop.stop()

    def run_on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something that lives on the loop of tools; from any other thread."""
        return asyncio.run_coroutine_threadsafe(work, self._started()).result()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            self._forget_parents()
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_exception_handler(_log_failure)
                self._thread = threading.Thread(target=_serve, args=(self._loop,), name="tools", daemon=True)
                self._thread.start()
            return self._loop

    def _forget_parents(self) -> None:
        if self._pid != os.getpid():
            self._parents += [self._loop, self._threads]
            self._loop, self._threads, self._thread, self._pid = None, None, None, os.getpid()

    async def _run(self, function: Tool, arguments: str, context: ToolContext) -> Outcome:
        if task := asyncio.current_task():
            task.set_name(function.name)
        try:
            bound = function.bind(arguments, context)
            if function.is_async:
                result = await bound()
                return result if isinstance(result, Outcome) else Outcome(text_of(result))
            result = await self._in_thread(lambda: _text_or_awaitable(bound()), context.visitor)
            # A decorator may hide that the function is async.
            return Outcome(text_of(await result) if inspect.isawaitable(result) else result)
        except WrongArgumentsError as mistake:
            log.info("call %s: the tool %s was called with wrong arguments", context.call, function.name)
            return wrong(f"Wrong arguments. {mistake}")
        except NotJsonError as kind:
            log.warning("call %s: the tool %s returned what is not JSON: %s", context.call, function.name, kind)
            return NOT_JSON
        except BusyError:
            place = context.call, function.name, self._most
            log.warning("call %s: the tool %s was not run: none of the %d threads is free for it", *place)
            return BUSY
        except asyncio.CancelledError:
            raise
        # Its words may hold secrets, or what people said.
        except BaseException as failure:
            log.warning("call %s: the tool %s failed: %s", context.call, function.name, type(failure).__name__)
            return FAILED

    async def _in_thread(self, work: Callable[[], Any], who: str) -> Any:
        if self._threads is None:
            self._threads = Threads(self._most)
        return await self._threads.run(work, who)


def _text_or_awaitable(result: Any) -> Any:
    return result if inspect.isawaitable(result) else text_of(result)


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A task that a tool has begun, and nobody waits for; asyncio would log its words."""
    failure = context.get("exception")
    log.warning("what a tool began beside itself failed: %s", type(failure).__name__ if failure else "no exception")


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    # So that each hears of it.
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def _outcome(future: "Future[Outcome]") -> Outcome:
    return FAILED if future.cancelled() or future.exception() else future.result()


def _cancel(future: "Future[Outcome]") -> None:
    # A loop that has ended has nothing to cancel.
    with suppress(RuntimeError):
        future.cancel()
