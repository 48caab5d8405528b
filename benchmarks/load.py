"""The browsers: each sends a chunk at every beat, without pause, and notes what comes back."""

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar

from .line import ClientLine
from .marks import LOOK_WITHIN
from .mock import DELTA_MS, Board

HEARD_EVERY_S = 0.25  # as the page tells it
EVENT_WITHIN = 60


class Caller(ClientLine, ABC):
    """One call. Subclasses speak the wire of what they call; `ready` is set when sound may go up."""

    path_called: ClassVar[str]

    def __init__(self, board: Board, call: int, chunk_ms: int) -> None:
        super().__init__(self.path_called)
        self.loop = asyncio.get_running_loop()
        self.up, self.down = board.up[call], board.down[call]
        self.chunk_s = chunk_ms / 1000
        self.ready: asyncio.Future[None] = self.loop.create_future()
        self.beat: asyncio.TimerHandle | None = None
        self.leaving = False
        self.trouble = ""

    @abstractmethod
    def chunk(self, sound: bytes) -> None:
        """Send a chunk."""

    def begin(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)
            self.due = self.loop.time() + self.chunk_s * (self.up.call * 0.618 % 1)
            self.beat = self.loop.call_at(self.due, self._speak)

    def stop_speaking(self) -> None:
        if self.beat:
            self.beat.cancel()

    def hang_up(self) -> None:
        self.leaving = True
        self.stop_speaking()
        super().hang_up()

    def lost(self) -> None:
        if not self.leaving:
            self.fail("the connection was lost")

    def fail(self, why: str) -> None:
        self.trouble = self.trouble or why
        self.stop_speaking()
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(why))

    def _speak(self) -> None:
        self.chunk(self.up.stamp())
        self.due += self.chunk_s
        self.beat = self.loop.call_at(self.due, self._speak)


class RealtimeCaller(Caller):
    """Speaks the provider's own protocol: to the mock itself, or through a relay that changes nothing."""

    path_called = "/v1/realtime?model=mock"

    def chunk(self, sound: bytes) -> None:
        self.send(b'{"type":"input_audio_buffer.append","audio":"', sound, b'"}')

    def text(self, payload: bytes) -> None:
        head = payload[:EVENT_WITHIN]
        if b"audio.delta" in head:
            self.down.see(payload)
        elif b"session.created" in head:
            self.send(b'{"type":"session.update","session":{"type":"realtime"}}')
        elif b"session.updated" in head:
            self.begin()


class VoiceAppCaller(Caller):
    """Speaks VoiceApp's events over Socket.IO, and tells what it heard, as the page does."""

    path_called = "/socket.io/?EIO=4&transport=websocket"

    def __init__(self, board: Board, call: int, chunk_ms: int) -> None:
        super().__init__(board, call, chunk_ms)
        self.number = 0
        self.item = b""
        self.item_began = 0.0
        self.item_ms = 0

    def chunk(self, sound: bytes) -> None:
        self.number += 1
        self.send(b'42["audio",%d,"' % self.number, sound, b'"]')

    def text(self, payload: bytes) -> None:
        if payload.startswith(b'42["audio",'):
            self._play(payload)
        elif payload.startswith(b"2"):
            self.send(b"3")
        elif payload.startswith(b"0{"):
            self.send(b"40")
        elif payload.startswith(b"40{"):
            self.send(b'420["start",{}]')
        elif payload.startswith(b'42["ready",'):
            self.begin()
        elif payload.startswith((b'42["notice",', b'42["ended",', b"44")) and b"engine_starting" not in payload:
            self.fail(payload[:200].decode())

    def _play(self, payload: bytes) -> None:
        if payload.endswith(b',""]'):
            return
        self.down.see(payload)
        item = payload[:LOOK_WITHIN].split(b'"', 4)[3]
        if item != self.item:
            self.item, self.item_began, self.item_ms = item, self.loop.time(), 0
            self.loop.call_later(HEARD_EVERY_S, self._tell, item)
        self.item_ms += DELTA_MS

    def _tell(self, item: bytes) -> None:
        if item != self.item or self.transport.is_closing():
            return
        heard_ms = min(int((self.loop.time() - self.item_began) * 1000), self.item_ms)
        self.send(b'42["heard",{"item":"%b","heard_ms":%d}]' % (item, heard_ms))
        if heard_ms < self.item_ms:
            self.loop.call_later(HEARD_EVERY_S, self._tell, item)
