"""An MCP server that the app itself reaches: its tools, as functions that the model may call."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from httpx2 import AsyncClient, Timeout
from mcp import MCPError, StdioServerParameters
from mcp.client import Client, Transport
from mcp.client.streamable_http import streamable_http_client
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS

from ..config.mcp import McpServer
from ..conversation.functions import Function as Offer
from ..conversation.functions import Sentence
from .context import ToolContext
from .declaration import MAX_SENTENCE
from .function import MAX_DESCRIPTION, MAX_NAME, WrongArgumentsError, untitled
from .interfaces import Outcome, wrong
from .results import cut

log = logging.getLogger(__name__)

# Until it is there, and until it has told its tools.
START_S = 15.0
# One that does not answer in what a call had left of its time, or in this, hangs.
ANSWER_S = 5.0
# To end what was started: its input is closed, it is asked to end, and ended, each after 2 s (the package's).
CLOSE_S = 7.0
# Characters of an error that the model is told.
MAX_ERROR = 1_000
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]")


class Connection:
    """To one server, made with the first use, and again where it was lost. Lives on the tools' loop."""

    def __init__(self, server: McpServer) -> None:
        self.server = server
        self._task: asyncio.Task[None] | None = None
        # With those that are being ended; and of the loop before a fork.
        self._kept: set[asyncio.Task[None]] = set()
        self._before: set[asyncio.Task[None]] = set()
        self._client: asyncio.Future[tuple[Client, asyncio.Event]] | None = None
        self._over = asyncio.Event()
        # Whether it hangs is being looked at.
        self._doubt: asyncio.Task[None] | None = None

    async def functions(self) -> list["McpFunction"]:
        """Those that are allowed. Raises whatever the connection does."""
        async with asyncio.timeout(START_S):
            client, _ = await self._connected()
            found, cursor = [], None
            while True:
                page = await client.list_tools(cursor=cursor)
                found += page.tools
                cursor = page.next_cursor
                if not cursor:
                    break
        allowed = self.server.tools
        return [
            McpFunction(self, tool.name, tool.description or tool.name, tool.input_schema, tool.title or "")
            for tool in found
            if allowed is None or tool.name in allowed
        ]

    async def call(self, name: str, arguments: dict[str, Any]) -> Outcome:
        """Raises where the server cannot be reached, or breaks off."""
        client, over = await self._connected()
        loop = asyncio.get_running_loop()
        until = loop.time() + self.server.timeout
        try:
            result = await client.call_tool(name, arguments)
        except asyncio.CancelledError:
            # Nobody waits for it any more; others may wait for the same server.
            if self._doubt is None or self._doubt.done():
                self._doubt = loop.create_task(self._see_whether_it_hangs(client, over, until - loop.time()))
            raise
        except Exception as error:
            if isinstance(error, MCPError) and _is_answer(error.code):
                return wrong(error.message[:MAX_ERROR])
            # The next call makes another one.
            over.set()
            raise
        text = _text(result)
        return Outcome(cut(text.encode(errors="replace")), failed=bool(result.is_error))

    async def _see_whether_it_hangs(self, client: Client, over: asyncio.Event, left_s: float) -> None:
        """One that does one thing at a time may answer once a call has taken as long as it may."""
        try:
            async with asyncio.timeout(max(left_s, ANSWER_S)):
                await client.list_tools()
        except TimeoutError:
            log.warning("the MCP server %s hangs; the next call makes another connection", self.server.label)
            over.set()
        except Exception:
            # Refused, so that it is there; or lost, as the next call finds out.
            return

    async def close(self) -> None:
        if self._doubt is not None:
            self._doubt.cancel()
        self._over.set()
        here = asyncio.get_running_loop()
        if ours := [task for task in self._kept if task.get_loop() is here]:
            await asyncio.wait(ours, timeout=CLOSE_S)

    async def _connected(self) -> tuple[Client, asyncio.Event]:
        """And what ends it, and no other that takes its place."""
        if self._task is None or self._client is None or not self._goes_on(self._task):
            # Of a loop before a fork nothing may be ended here, as it would be if nobody kept it.
            if self._task is not None and self._task.get_loop() is not asyncio.get_running_loop():
                self._before, self._kept = self._kept, set()
            self._over = asyncio.Event()
            self._client = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._keep(self._client, self._over))
            self._kept.add(self._task)
            self._task.add_done_callback(self._kept.discard)
        # Others may wait for it, too.
        return await asyncio.shield(self._client)

    def _goes_on(self, task: "asyncio.Task[None]") -> bool:
        here = task.get_loop() is asyncio.get_running_loop()
        return here and not (task.done() or self._over.is_set())

    async def _keep(self, ready: "asyncio.Future[tuple[Client, asyncio.Event]]", over: asyncio.Event) -> None:
        """What was opened has to be closed by the task that opened it."""
        try:
            async with (
                asyncio.timeout(START_S) as opening,
                self._http() as http,
                Client(self._transport(http)) as client,
            ):
                opening.reschedule(None)
                ready.set_result((client, over))
                await over.wait()
        except Exception as error:
            if ready.done():
                log.warning("the MCP server %s was lost: %s", self.server.label, type(error).__name__)
            else:
                ready.set_exception(error)
                # Whoever waited may have given up.
                ready.exception()

    def _http(self) -> AsyncClient:
        headers = {name: value.reveal() for name, value in self.server.headers.items()}
        return AsyncClient(headers=headers, timeout=Timeout(START_S, read=self.server.timeout))

    def _transport(self, http: AsyncClient) -> StdioServerParameters | Transport:
        if self.server.url:
            return streamable_http_client(self.server.url, http_client=http)
        program, *words = self.server.command
        env = {name: value.reveal() for name, value in self.server.env.items()}
        return StdioServerParameters(command=program, args=words, env=env)


class _Wordless(logging.Handler):
    """What the package logs quotes what servers say; the log is told where it was, and of what kind."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
        log.warning("an MCP server: %s in %s, line %d", kind, record.name, record.lineno)


def keep_words_from_log() -> None:
    """Of all MCP servers of this process."""
    package = logging.getLogger("mcp")
    package.propagate = False
    package.handlers = [_Wordless(logging.WARNING)]


def _text(result: Any) -> str:
    """Its one text; of several parts what they mean together, where the server says that, too."""
    parts = [getattr(part, "text", f"({part.type})") for part in result.content]
    meant = result.structured_content
    if len(parts) == 1 or (parts and not meant):
        return "\n".join(parts)
    # How servers wrap what is no object.
    whole = meant["result"] if isinstance(meant, dict) and set(meant) == {"result"} else meant
    return json.dumps(whole, ensure_ascii=False)


def _is_answer(code: int) -> bool:
    """Whether an error is the server's answer to one call; any other, and what the transport makes up, is its end."""
    return code in (INVALID_PARAMS, INTERNAL_ERROR) or not -32_768 <= code <= -32_000


class McpFunction:
    """One tool of a server, as `Function` is one of the operator's."""

    is_async = True

    def __init__(
        self, connection: Connection, tool: str, description: str, schema: Mapping[str, Any], title: str = ""
    ) -> None:
        server = connection.server
        self._connection, self._tool = connection, tool
        self.name = _NO_NAME.sub("_", f"{server.label}_{tool}")[:MAX_NAME]
        self.timeout = server.timeout
        told = " ".join(description.split())[:MAX_DESCRIPTION]
        self.offer = Offer(
            self.name, told, {"type": "object", "properties": {}, **untitled(dict(schema))}, server.asks_for(tool),
            # Its name for people; braces in it are its own.
            (Sentence("", title[:MAX_SENTENCE]),) if title and "{" not in title else (),
        )  # fmt: skip

    def bind(self, arguments: str, context: ToolContext) -> Callable[[], Coroutine[Any, Any, Outcome]]:
        """What is left to be called. Raises `WrongArgumentsError`; which fields are wrong the server itself says."""
        try:
            given = json.loads(arguments or "{}")
        except ValueError:
            raise WrongArgumentsError("arguments: Invalid JSON") from None
        if not isinstance(given, dict):
            raise WrongArgumentsError("arguments: must be an object")
        return partial(self._connection.call, self._tool, given)
