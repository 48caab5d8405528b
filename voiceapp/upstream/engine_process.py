"""The embedded engine's process: started on the first call that needs it, again if it died, ended with the server.

Of several workers the first that needs it starts it; a worker's death is not the engine's, for the calls of the others
are there too. It lives as long as the server's first process does (lifeline.py), or where there is only one, as ours.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from ..errors import ENGINE_FAILED, ENGINE_MISSING, EngineError
from ..net.bridge import Bridge
from ..ops import lifeline
from ..secret import Secret

log = logging.getLogger(__name__)

# Loading takes 2 s on a quiet machine; the first time, from a slow disk, much longer.
READY_S = 90.0
# How often, and how far apart, an engine that does not answer is asked again.
TRIES, TRY_S, ANSWER_S = 40, 0.05, 2.0
# Its output ends a moment before it does.
ENDING_S = 5.0
# After a crash the next start waits so long, doubling, so that a broken install does not spin.
FIRST_PAUSE_S, MAX_PAUSE_S = 0.5, 30.0

NOT_FOR_THE_ENGINE = (
    "OPENAI_API_KEY", "VOICEAPP_UPSTREAM_KEY", "SECRET_KEY",
    "VOICEAPP_ACCESS_CODE", "VOICEAPP_METRICS_TOKEN", "VOICEAPP_TRANSCRIPTS_KEY", "REDIS_URL",
)  # fmt: skip

# Called with the part that is being loaded, how many parts are there, and of how many.
Progress = Callable[[str, int, int], None]


class Engine:
    """At most one engine process; with a fixed `port`, one for all workers, of which the first to need it starts it.

    Every method runs on the bridge's thread.
    """

    def __init__(self, bridge: Bridge, port: int, key: Secret, max_calls: int) -> None:
        self._bridge = bridge
        self._port = port
        self._max_calls = max_calls
        self._process: subprocess.Popen[bytes] | None = None
        self._following: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[str] | None = None
        self._pause_s = 0.0
        self._failure = ENGINE_FAILED
        self._stopping = False
        self._waiting: list[Progress] = []
        self.key = key

    async def warm(self) -> bool:
        """Whether a call would be answered at once."""
        ready = self._ready
        ours = ready is not None and ready.done() and not ready.cancelled() and ready.exception() is None
        return ours or await self._is_shared()

    async def address(self, progress: Progress) -> str:
        """The engine's URL, once it is ready; starts it if need be, and tells how far it is. Raises `EngineError`."""
        self._waiting.append(progress)
        try:
            return await self._address()
        finally:
            self._waiting.remove(progress)

    async def _address(self) -> str:
        for _ in range(TRIES):
            if self._ready is None and await self._is_shared():
                return _url(self._port)
            try:
                url = await asyncio.wait_for(self._started(), READY_S)
            except TimeoutError:
                raise EngineError(ENGINE_FAILED) from None
            except EngineError:
                # Another worker may have been quicker to the port.
                if not await self._is_shared():
                    raise
                continue
            if await _listens(url):
                return url
            # It died a moment ago, and its end is about to be noticed.
            await asyncio.sleep(TRY_S)
        raise EngineError(ENGINE_FAILED)

    async def _started(self) -> str:
        if self._ready is None:
            self._ready = self._bridge.loop.create_future()
            self._following = self._bridge.spawn(self._run(self._ready))
        return await asyncio.shield(self._ready)

    async def _is_shared(self) -> bool:
        return self._port > 0 and await _listens(_url(self._port))

    def stop(self) -> None:
        """Ask the process to go, which watches its standard input; one that is the whole server's is left to it."""
        self._stopping = True
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
        elif self._following is not None:
            self._following.cancel()

    async def _run(self, ready: "asyncio.Future[str]") -> None:
        await asyncio.sleep(self._pause_s)
        try:
            process = self._start()
            await self._follow(process, ready)
            code = await asyncio.to_thread(process.wait, ENDING_S)
        except OSError as error:
            log.error("the engine could not be started: %s", error)  # noqa: TRY400 - the reason is the whole story
            code = -1
        except subprocess.TimeoutExpired:
            code = self._killed()
        self._ended(ready, code)

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "voiceapp.engine", "--port", str(self._port), "--stay-with-parent"]
        command += ["--most-calls", str(self._max_calls)]
        env = {**os.environ, "VOICEAPP_ENGINE_KEY": self.key.reveal()}
        # No other secret is the engine's business.
        for name in NOT_FOR_THE_ENGINE:
            env.pop(name, None)
        pipe, end = subprocess.PIPE, lifeline.read_end()
        # asyncio would kill it at the end of our loop. A session of its own: Ctrl-C is for us, who say goodbye first.
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=pipe if end is None else end, stdout=pipe, env=env, start_new_session=True
        )
        log.info("engine started: process %s", self._process.pid)
        return self._process

    def _killed(self) -> int:
        assert self._process is not None  # noqa: S101 - it was waited for
        self._process.kill()
        return self._process.wait()

    async def _follow(self, process: "subprocess.Popen[bytes]", ready: "asyncio.Future[str]") -> None:
        url = ""
        async for line in self._lines(process):
            report = _report(line)
            if report.get("event") == "listening":
                url = _url(report["port"])
            elif report.get("event") == "loading":
                for progress in list(self._waiting):
                    progress(str(report.get("part")), _count(report.get("done")), _count(report.get("of")))
            elif report.get("event") == "ready" and not ready.done():
                self._pause_s = 0.0
                ready.set_result(url)
            elif report.get("event") == "failed":
                log.error("engine failed: %s", report.get("message"))
                self._failure = ENGINE_MISSING if report.get("code") == "engine_missing" else ENGINE_FAILED

    async def _lines(self, process: "subprocess.Popen[bytes]") -> AsyncIterator[bytes]:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await self._bridge.loop.connect_read_pipe(lambda: protocol, process.stdout)
        try:
            async for line in reader:
                yield line
        finally:
            transport.close()

    def _ended(self, ready: "asyncio.Future[str]", code: int) -> None:
        log.log(logging.INFO if self._stopping else logging.WARNING, "engine ended: exit code %s", code)
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = self._ready = None
        self._pause_s = min(max(FIRST_PAUSE_S, self._pause_s * 2), MAX_PAUSE_S)
        if not ready.done():
            ready.set_exception(EngineError(self._failure))
            # Nobody may be waiting for it any more; that is no error.
            ready.exception()


def _url(port: object) -> str:
    return f"ws://127.0.0.1:{port}/v1/realtime"


async def _listens(url: str) -> bool:
    """Whether an engine answers there: one that was just killed may still accept."""
    parts = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return False
    try:
        # No WebSocket's request, and so refused at once.
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(ANSWER_S):
            return bool(await reader.read(1))
    except TimeoutError:
        # Very busy, then, but there.
        return True
    except OSError:
        return False
    finally:
        writer.close()


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _report(line: bytes) -> dict[str, object]:
    with suppress(ValueError):
        report = json.loads(line)
        if isinstance(report, dict):
            return report
    return {}
