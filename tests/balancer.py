"""A small TCP balancer before several servers: in turn, and past those that take no connections."""

import contextlib
import itertools
import socketserver
import threading
from collections.abc import Iterator, Sequence
from socket import SHUT_RDWR, create_connection, socket

from tests.proxy import copy


class Balancer(socketserver.ThreadingTCPServer):
    """`only`: the one that all new connections go to, while there is one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = ports
        self.only: int | None = None
        self.held: dict[socket, int] = {}
        self._turn = itertools.count()
        super().__init__(("127.0.0.1", 0), _Passage)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reach(self) -> tuple[socket, int] | None:
        """A server that takes a connection, and its port."""
        first = next(self._turn)
        turns = [self.ports[(first + k) % len(self.ports)] for k in range(len(self.ports))]
        for port in turns if self.only is None else [self.only]:
            with contextlib.suppress(OSError):
                return create_connection(("127.0.0.1", port), 2), port
        return None

    def cut(self, port: int) -> None:
        """Every line to that server, without a word to it: both ends find out by themselves."""
        for each, to in list(self.held.items()):
            if to == port:
                with contextlib.suppress(OSError):
                    each.shutdown(SHUT_RDWR)


class _Passage(socketserver.BaseRequestHandler):
    server: Balancer

    def handle(self) -> None:
        reached = self.server.reach()
        if reached is None:
            return
        there, port = reached
        there.settimeout(None)
        self.server.held[self.request] = port
        with there:
            back = threading.Thread(target=copy, args=(there, self.request), daemon=True)
            back.start()
            copy(self.request, there)
            back.join()
        self.server.held.pop(self.request, None)


@contextlib.contextmanager
def balancer(*ports: int) -> Iterator[Balancer]:
    with Balancer(ports) as listener:
        threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield listener
        finally:
            listener.shutdown()
