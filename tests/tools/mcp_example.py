"""A real MCP server, over its own input and output or, with a port, over HTTP."""

import asyncio
import os
import sys

from mcp import MCPError
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.context import Context

server = MCPServer("example")


@server.tool()
def add(a: int, b: int) -> str:
    """Add two numbers."""
    return f"{a} and {b} are {a + b}"


@server.tool()
def fail() -> str:
    """Fail."""
    raise ValueError("the shop is closed")


@server.tool()
def refuse() -> str:
    """Answer with an error of the protocol."""
    raise MCPError(-32602, "the field city is missing")


@server.tool()
async def wait() -> str:
    """Take a while."""
    await asyncio.sleep(0.5)
    return "waited"


@server.tool()
def token() -> str:
    """Tell whether the server has its secret."""
    return "yes" if os.environ.get("EXAMPLE_TOKEN") == "sk-example" else "no"


@server.tool()
def header(context: Context) -> str:
    """Tell whether the request has its secret."""
    return "yes" if (context.headers or {}).get("x-token") == "sk-example" else "no"


@server.tool()
def leave() -> str:
    """End the process."""
    os._exit(1)


@server.tool()
def big() -> str:
    """Return a lot."""
    return "é" * 100_000


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")
