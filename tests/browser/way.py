"""A way between page and server that can be cut as ways are: reset, closed, torn in mid-frame, or fallen silent."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET, create_connection, socket
from typing import Any, Literal

Kind = Literal["reset", "closed", "torn", "silent"]
# Closing sends RST in place of FIN (socket(7)).
RESET = struct.pack("ii", 1, 0)


class Way(socketserver.ThreadingTCPServer):
    """Before the server at `port`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        self.port = port
        self.whole = True
        self.passages: set[Passage] = set()
        super().__init__(("127.0.0.1", 0), Passage)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def cut(self, kind: Kind) -> None:
        """Every line that there is; the next one is whole."""
        for passage in list(self.passages):
            passage.cut(kind)

    def stop(self) -> None:
        """Cut, and no other line comes through until it is mended."""
        self.whole = False
        self.cut("reset")

    def mend(self) -> None:
        self.whole = True

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return self.whole


class Passage(socketserver.BaseRequestHandler):
    server: Way
    request: socket

    def handle(self) -> None:
        self.kind: Kind | None = None
        with create_connection(("127.0.0.1", self.server.port)) as self.far:
            self.server.passages.add(self)
            back = threading.Thread(target=self._copy, args=(self.far, self.request), daemon=True)
            back.start()
            self._copy(self.request, self.far)
            back.join()
        self.server.passages.discard(self)

    def cut(self, kind: Kind) -> None:
        self.kind = kind
        if kind in ("reset", "closed"):
            self._end(kind == "reset")

    def _end(self, reset: bool) -> None:
        for each in (self.request, self.far):
            with contextlib.suppress(OSError):
                if reset:
                    each.setsockopt(SOL_SOCKET, SO_LINGER, RESET)
                each.shutdown(SHUT_RDWR)

    def _copy(self, source: socket, target: socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                if self.kind == "torn":
                    target.sendall(piece[: len(piece) // 2])
                    self._end(reset=True)
                elif self.kind is None:
                    target.sendall(piece)
        if self.kind != "silent":
            self._end(reset=False)


@contextlib.contextmanager
def way(url: str) -> Iterator[Way]:
    """To the server at this address."""
    with Way(int(url.rpartition(":")[2])) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield listener
        finally:
            listener.cut("closed")
            listener.shutdown()
