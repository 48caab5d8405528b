"""The MCP servers that the app reaches, asked at the start for their tools."""

import asyncio
import atexit
import logging
from collections.abc import Mapping, Sequence

from ..config.mcp import McpServer
from ..errors import SettingError
from .interfaces import Tool
from .loading import MAX_TOOLS
from .mcp_server import CLOSE_S, Connection, keep_words_from_log
from .runner import ToolRunner

log = logging.getLogger(__name__)


class ServedRunner(ToolRunner):
    """With the connections to MCP servers, which end with it."""

    connections: Sequence[Connection] = ()

    def _leave(self, loop: asyncio.AbstractEventLoop) -> None:
        self._leaving = loop.create_task(self._close(loop))

    def stop(self) -> None:
        """As `ToolRunner.stop`; a process that was started for one of them is ended before ours."""
        thread = self._thread
        super().stop()
        if thread is not None:
            atexit.register(thread.join, CLOSE_S)

    async def _close(self, loop: asyncio.AbstractEventLoop) -> None:
        await asyncio.gather(*(each.close() for each in self.connections))
        loop.stop()


def with_servers(functions: Mapping[str, Tool], servers: Sequence[McpServer]) -> ServedRunner:
    """What runs the functions, and the tools of these servers. Raises `SettingError` where two have one name."""
    keep_words_from_log()
    runner = ServedRunner(functions)
    runner.connections, found = runner.run_on_loop(_ask(servers))
    offered = dict(functions)
    for tool in found:
        if tool.name in offered:
            runner.stop()
            raise SettingError(
                f"VOICEAPP_MCP: two tools have the name {tool.name}; rename a server, or name "
                "with tools = […] those you need."
            )
        offered[tool.name] = tool
    if len(offered) > MAX_TOOLS:
        runner.stop()
        raise SettingError(
            f"VOICEAPP_MCP: there are {len(offered)} tools; models take at most {MAX_TOOLS}. "
            "Name with tools = […] those you need."
        )
    runner.functions = offered
    return runner


async def _ask(servers: Sequence[McpServer]) -> tuple[list[Connection], list[Tool]]:
    connections = [Connection(server) for server in servers]
    answers = await asyncio.gather(*(each.functions() for each in connections), return_exceptions=True)
    found: list[Tool] = []
    for connection, answer in zip(connections, answers, strict=True):
        label = connection.server.label
        if isinstance(answer, BaseException):
            log.warning("the MCP server %s cannot be reached, and its tools are not offered: %s", label, _why(answer))
            continue
        log.info("the MCP server %s offers %d tools", label, len(answer))
        found += answer
    return connections, found


def _why(error: BaseException) -> str:
    """The kinds of what went wrong, the innermost; their words may hold addresses with secrets."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
