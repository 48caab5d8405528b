"""The tools of an MCP server over the whole app, without a key: a question becomes a call of its tool."""

import sys
from pathlib import Path

import pytest

from tests.engine.voice_server_thread import VoiceServerThread
from tests.page_client import PageClient
from tests.servers import werkzeug
from tests.tools import mcp_example

pytestmark = pytest.mark.slow


def test_its_tool_is_called_answered_and_told(tmp_path: Path) -> None:
    file = tmp_path / "mcp.toml"
    file.write_text(
        f'[shop]\ncommand = ["{sys.executable}", "{mcp_example.__file__}"]\ntools = ["token"]\nask = "never"\n'
    )
    with VoiceServerThread() as server:
        url = f"ws://127.0.0.1:{server.port}/v1/realtime"
        settings = {"VOICEAPP_UPSTREAM_URL": url, "VOICEAPP_MCP": str(file), "VOICEAPP_INSTRUCTIONS": "Be brief."}
        with werkzeug(settings) as app, PageClient(app) as page:
            page.start()
            # The companion calls what is named.
            page.emit("text", {"text": "Ask the shop for its token."})
            told = page.expect("tool", lambda _, tool: tool["state"] == "done")[1]
            assert (told["name"], told["result"]) == ("shop_token", "no")
            page.expect("transcript", lambda _, said: said.get("text") == "The answer is: no")
