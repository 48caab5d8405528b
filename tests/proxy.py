"""A reverse proxy that changes or drops headers on the way, as a careless one does: one request a connection."""

import contextlib
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from socket import SHUT_RDWR, SHUT_WR, create_connection, socket
from typing import Any

HEAD_END = b"\r\n\r\n"


def without_upgrade(head: bytes) -> bytes:
    """As nginx passes it on without the two lines for WebSockets."""
    head = re.sub(rb"\r\nConnection: [^\r]*", b"\r\nConnection: close", head, flags=re.IGNORECASE)
    return re.sub(rb"\r\nUpgrade: [^\r]*", b"", head, flags=re.IGNORECASE)


def with_host(name: str) -> Callable[[bytes], bytes]:
    """As nginx does with `Host $host` or with none: the name the server is asked by is not the browser's."""
    return lambda head: re.sub(
        rb"\r\nHost: [^\r]*", b"\r\nHost: " + name.encode(), with_close(head), flags=re.IGNORECASE
    )


def with_close(head: bytes) -> bytes:
    """Plain requests end with their answer."""
    if b"\r\nupgrade: websocket" in head.lower():
        return head
    return re.sub(rb"\r\nConnection: [^\r]*", b"\r\nConnection: close", head, flags=re.IGNORECASE)


class Proxy(socketserver.ThreadingTCPServer):
    """Before the server at `port`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, change: Callable[[bytes], bytes]) -> None:
        self.port = port
        self.change = change
        self.whole = True
        self.held: set[socket] = set()
        super().__init__(("127.0.0.1", 0), Passage)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def cut(self) -> None:
        """Every line that there is, and every one that is tried, until it is mended."""
        self.whole = False
        for each in list(self.held):
            with contextlib.suppress(OSError):
                each.shutdown(SHUT_RDWR)

    def mend(self) -> None:
        self.whole = True

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return self.whole


class Passage(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        self.server.held.add(self.request)
        try:
            self._pass_on()
        finally:
            self.server.held.discard(self.request)

    def _pass_on(self) -> None:
        head = b""
        while HEAD_END not in head:
            piece = self.request.recv(65_536)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(HEAD_END)
        with create_connection(("127.0.0.1", self.server.port)) as server:
            server.sendall(self.server.change(head) + HEAD_END + body)
            back = threading.Thread(target=copy, args=(server, self.request), daemon=True)
            back.start()
            copy(self.request, server)
            back.join()


@contextlib.contextmanager
def proxy(port: int, change: Callable[[bytes], bytes]) -> Iterator[Proxy]:
    with Proxy(port, change) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield listener
        finally:
            listener.shutdown()


@contextlib.contextmanager
def proxied(port: int, change: Callable[[bytes], bytes]) -> Iterator[str]:
    """A proxy before the server at `port`: its address."""
    with proxy(port, change) as listener:
        yield listener.url


def copy(source: Any, target: Any) -> None:
    """Pass on all that comes, and its end."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(SHUT_WR)
