"""The HTTP server on a bridge of its own, with an application that says what it was asked."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from tests.hostile.attacker import answer
from voiceapp.net.bridge import Bridge
from voiceapp.net.http_server import HttpServer
from voiceapp.net.wsgi_call import DETACH

GET = b"GET /there HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADE = b"GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Says what it was asked."""
    if DETACH in environ:
        # Whoever asked may be gone already.
        with environ[DETACH]() as sock, contextlib.suppress(OSError):
            sock.send(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        return []
    if environ["PATH_INFO"] == "/fails":
        raise ValueError("on purpose")
    body = b"%b %b %b" % (
        environ["REQUEST_METHOD"].encode(),
        environ["PATH_INFO"].encode("latin-1"),
        environ["wsgi.input"].read(),
    )
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Scheme", environ["wsgi.url_scheme"])])
    return [body]


class Served:
    """A server on a bridge of its own, and what its loop complained of."""

    def __init__(self, application: Any = app, bridge: Bridge | None = None, **options: Any) -> None:
        self.bridge = bridge or Bridge()
        self.bridge.start()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.complaints: list[Any] = []
        self.bridge.loop.set_exception_handler(lambda _, context: self.complaints.append(context))
        options = {"threads": 2, "keepalive_s": 5.0, **options}
        self.server = HttpServer(self.bridge, application, **options)
        self.bridge.at_stop(self.server.stop)
        self.bridge.run(self.server.listen, [self.listener])

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def ask(self, data: bytes) -> tuple[int, dict[str, str], bytes]:
        with self.connect() as sock:
            sock.sendall(data)
            return answer(sock)


@contextlib.contextmanager
def served(application: Any = app, **options: Any) -> Iterator[Served]:
    server = Served(application, **options)
    try:
        yield server
    finally:
        server.bridge.stop()
