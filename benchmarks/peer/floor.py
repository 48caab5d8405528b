"""The floor: what comes is sent on as it is, and nothing of it is understood. No relay in Python is cheaper."""

import asyncio
import os
import socket
from urllib.parse import urlsplit

UPSTREAM = urlsplit(os.environ["UPSTREAM_URL"])
BUFFER = memoryview(bytearray(1 << 18))
FULL = (BlockingIOError, InterruptedError)


class Way:
    """From one socket to the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, source: socket.socket, sink: socket.socket) -> None:
        self.loop, self.source, self.sink = loop, source, sink
        self.receive, self.send = source.recv_into, sink.send
        self.unsent = bytearray()
        loop.add_reader(source, self.move)

    def move(self) -> None:
        try:
            size = self.receive(BUFFER)
        except FULL:
            return
        except OSError:
            size = 0
        if not size:
            self.close()
            return
        try:
            sent = 0 if self.unsent else self.send(BUFFER[:size])
        except FULL:
            sent = 0
        except OSError:
            self.close()
            return
        if sent < size:
            if not self.unsent:
                self.loop.add_writer(self.sink, self.flush)
            self.unsent += BUFFER[sent:size]

    def flush(self) -> None:
        try:
            del self.unsent[: self.send(self.unsent)]
        except FULL:
            return
        except OSError:
            self.close()
            return
        if not self.unsent:
            self.loop.remove_writer(self.sink)

    def close(self) -> None:
        for file in (self.source, self.sink):
            if file.fileno() >= 0:
                self.loop.remove_reader(file)
                self.loop.remove_writer(file)
                file.close()


async def main() -> None:
    loop = asyncio.get_running_loop()
    listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=2000)
    listener.setblocking(False)
    while True:
        browser, _ = await loop.sock_accept(listener)
        upstream = socket.create_connection((UPSTREAM.hostname, UPSTREAM.port))
        for file in (browser, upstream):
            file.setblocking(False)
            file.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Way(loop, browser, upstream)
        Way(loop, upstream, browser)


asyncio.run(main())
