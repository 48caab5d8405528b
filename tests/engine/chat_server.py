"""A chat-completions server for tests."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest


class ChatServer(BaseHTTPRequestHandler):
    """A chat-completions server that says where it was asked from and what."""

    asked: dict[str, Any]
    deltas: tuple[dict[str, Any], ...] = ()

    def do_POST(self) -> None:
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200 if self.deltas else 500)
        self.end_headers()
        for delta in self.deltas:
            self.wfile.write(b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on stderr."""


def chat_server(monkeypatch: pytest.MonkeyPatch, *deltas: dict[str, Any]) -> HTTPServer:
    server = HTTPServer(("127.0.0.1", 0), ChatServer)
    ChatServer.deltas = deltas
    threading.Thread(target=server.handle_request).start()
    monkeypatch.setenv("VOICEAPP_BRAIN_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("VOICEAPP_BRAIN_MODEL", "tiny")
    return server
