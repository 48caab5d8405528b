"""Makes what runs the tools, if there are any: without them nothing of theirs is loaded."""

from collections.abc import Sequence

from ..config.mcp import McpServer
from ..errors import SettingError
from .interfaces import Runner


def tool_runner(names: Sequence[str], notes: str = "", servers: Sequence[McpServer] = ()) -> Runner | None:
    """For what `VOICEAPP_TOOLS` and `VOICEAPP_MCP` name. Raises `SettingError`.

    `notes`: the file of the shipped `notes`. A server that cannot be reached has no tools, and the log says so.
    """
    ours = [server for server in servers if server.by == "app"]
    if not (names or ours):
        return None
    # They take 0.1 s and 7 MB, pydantic the most of it.
    from .loading import load
    from .runner import ToolRunner

    functions = load(names, notes)
    if not ours:
        return ToolRunner(functions)
    try:
        from .mcp_servers import with_servers
    except ImportError:
        raise SettingError(
            "VOICEAPP_MCP needs the package mcp: .venv/bin/pip install -r requirements-mcp.txt"
        ) from None
    return with_servers(functions, ours)
