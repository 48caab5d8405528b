"""An MCP server that does what none should, written by hand: over its own input and output, one thing at a time."""

import json
import os
import sys
import time
from typing import Any

TOOLS = ("pid", "hang", "leave", "mutter", "twice", "shout")


def say(message: dict[str, Any] | str) -> None:
    sys.stdout.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
    sys.stdout.flush()


def call(number: Any, name: str) -> None:
    answer = {"jsonrpc": "2.0", "id": number, "result": {"content": [{"type": "text", "text": str(os.getpid())}]}}
    match name:
        case "hang":
            time.sleep(600)
        case "leave":
            os._exit(1)
        case "mutter":
            say("the person said marmalade")
            say({"jsonrpc": "2.0", "said": "marmalade"})
        case "twice":
            say(answer)
        case "shout":
            sys.stderr.write("marmalade\n" * 20_000)
    say(answer)


def serve() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        number, method = message.get("id"), message.get("method")
        match method:
            case "initialize":
                about = {"capabilities": {"tools": {}}, "serverInfo": {"name": "odd", "version": "1"}}
                version = message["params"]["protocolVersion"]
                say({"jsonrpc": "2.0", "id": number, "result": {"protocolVersion": version, **about}})
            case "tools/list":
                tools = [{"name": name, "description": name, "inputSchema": {"type": "object"}} for name in TOOLS]
                say({"jsonrpc": "2.0", "id": number, "result": {"tools": tools}})
            case "tools/call":
                call(number, message["params"]["name"])
            case _ if number is not None:
                say({"jsonrpc": "2.0", "id": number, "result": {}})


if __name__ == "__main__":
    serve()
