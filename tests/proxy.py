"""A reverse proxy that changes or drops headers on the way, as a careless one does: one request a connection."""

import contextlib
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from socket import SHUT_WR, create_connection
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


@contextlib.contextmanager
def proxied(port: int, change: Callable[[bytes], bytes]) -> Iterator[str]:
    """A proxy before the server at `port`: its address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while HEAD_END not in head:
                piece = self.request.recv(65_536)
                if not piece:
                    return
                head += piece
            head, _, body = head.partition(HEAD_END)
            with create_connection(("127.0.0.1", port)) as server:
                server.sendall(change(head) + HEAD_END + body)
                back = threading.Thread(target=_copy, args=(server, self.request), daemon=True)
                back.start()
                _copy(self.request, server)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listener.server_address[1]}"
        listener.shutdown()


def _copy(source: Any, target: Any) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(SHUT_WR)
