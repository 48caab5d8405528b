"""The browsers: each sends a chunk at every beat, without pause, and notes what comes back."""

import time
from abc import ABC, abstractmethod
from collections import deque
from typing import ClassVar

from . import frames
from .line import ClientLine
from .marks import LOOK_WITHIN
from .mock import DELTA_MS, Board
from .reactor import Reactor

HEARD_EVERY_S, GOT_EVERY_S = 0.25, 1.0  # as the page tells it
EVENT_WITHIN = 60
COMMA, QUOTE, ZERO, NINE = b',"09'


class Caller(ClientLine, ABC):
    """One call. Subclasses speak the wire of what they call; `is_ready` once sound may go up."""

    path_called: ClassVar[str]

    def __init__(self, reactor: Reactor, board: Board, call: int, chunk_ms: int, headers: str = "") -> None:
        super().__init__(reactor, self.path_called, headers)
        self.up, self.down = board.up[call], board.down[call]
        self.chunk_s = chunk_ms / 1000
        self.is_ready = False
        # As soon as it may.
        self.speaks = True
        self.speaking = False
        self.leaving = False
        self.trouble = ""

    @abstractmethod
    def before(self) -> bytes:
        """What stands before the sound of the next chunk."""

    after: ClassVar[bytes]

    def begin(self) -> None:
        if not self.is_ready:
            self.is_ready = True
            if self.speaks:
                self.start_speaking()

    def start_speaking(self) -> None:
        self.speaking = True
        self.due = time.monotonic() + self.chunk_s * (self.up.call * 0.618 % 1)
        self.reactor.call_at(self.due, self._speak)

    def stop_speaking(self) -> None:
        self.speaking = False

    def hang_up(self) -> None:
        self.leaving = True
        self.stop_speaking()
        super().hang_up()

    def lost(self) -> None:
        self.stop_speaking()
        if not self.leaving:
            self.fail("the connection was lost")

    def fail(self, why: str) -> None:
        self.trouble = self.trouble or why
        self.stop_speaking()

    def say_chunk(self) -> None:
        track = self.up
        before = self.before() + track.stamp()
        at, key = track.filling_at(track.sent), frames.KEYS[track.sent & 3]
        self.write(frames.sound_of_client(key, before, at, at + track.filling, self.after))

    def _speak(self) -> None:
        if self.speaking:
            self.say_chunk()
            self.due += self.chunk_s
            self.reactor.call_at(self.due, self._speak)


class RealtimeCaller(Caller):
    """Speaks the provider's own protocol: to the mock itself, or through a relay that changes nothing."""

    path_called = "/v1/realtime?model=mock"
    after = b'"}'

    def before(self) -> bytes:
        return b'{"type":"input_audio_buffer.append","audio":"'

    def text(self, buffer: bytearray, at: int, end: int) -> None:
        within = min(end, at + EVENT_WITHIN)
        if buffer.find(b"audio.delta", at, within) > 0:
            self.down.see(buffer, at, end)
        elif buffer.find(b"session.created", at, within) > 0:
            self.send(b'{"type":"session.update","session":{"type":"realtime"}}')
        elif buffer.find(b"session.updated", at, within) > 0:
            self.begin()


class VoiceAppCaller(Caller):
    """Speaks VoiceApp's events over Socket.IO, and tells what came and what it heard, as the page does."""

    path_called = "/socket.io/?EIO=4&transport=websocket"
    after = b'"]'

    def __init__(self, reactor: Reactor, board: Board, call: int, chunk_ms: int, headers: str = "") -> None:
        super().__init__(reactor, board, call, chunk_ms, headers)
        self.number = 0
        self.told = 0  # the number of the last event that came
        self.got = 0
        self.item = b""
        self.item_began = 0.0
        self.item_ms = 0
        self.unheard: deque[tuple[int, float]] = deque()  # numbers of sounds, and when they will have been heard
        self.reports: list[bytes] = []  # they go up with the next chunk

    def say_chunk(self) -> None:
        for report in self.reports:
            self.send(report)
        self.reports.clear()
        super().say_chunk()

    def before(self) -> bytes:
        self.number += 1
        return b'42["audio",%d,"' % self.number

    def text(self, buffer: bytearray, at: int, end: int) -> None:
        if buffer.startswith(b'42["audio",', at):
            self._play(buffer, at, end)
        elif buffer.startswith(b'42["ack",', at):
            return
        elif buffer.startswith(b"42[", at):
            comma = buffer.find(COMMA, at, min(end, at + EVENT_WITHIN))
            if ZERO <= buffer[comma + 1] <= NINE:
                self.count(int(buffer[comma + 1 : buffer.index(COMMA, comma + 1, end)]))
            else:
                self.word(bytes(buffer[at:end]))
        else:
            self.word(bytes(buffer[at:end]))

    def word(self, payload: bytes) -> None:
        """Whatever is about the connection."""
        if payload.startswith(b"2"):
            self.send(b"3")
        elif payload.startswith(b"0{"):
            self.send(b"40")
        elif payload.startswith(b"40{"):
            self.send(self.opening())
        elif payload.startswith(b'42["ready",'):
            self.reactor.call_at(time.monotonic() + GOT_EVERY_S, self._tell_got)
            self.begin()
        elif payload.startswith(b'42["notice",') and b'"fatal":false' in payload:
            # It goes on, as the page does.
            self.trouble = self.trouble or payload[:200].decode()
        elif payload.startswith((b'42["notice",', b'42["ended",', b"44")):
            self.fail(payload[:200].decode())

    def hang_up(self) -> None:
        if not self.is_closed:
            self.send(b'42["stop",{}]')
        super().hang_up()

    def opening(self) -> bytes:
        return b'420["start",{}]'

    def count(self, number: int) -> None:
        """All that belongs to the conversation is numbered, without a hole."""
        if number != self.told + 1:
            self.trouble = self.trouble or f"event {number} came after {self.told}"
        self.told = number

    def _play(self, buffer: bytearray, at: int, end: int) -> None:
        comma = buffer.index(COMMA, at + 11, end)
        number = int(buffer[at + 11 : comma])
        self.count(number)
        if end - at < LOOK_WITHIN and buffer.endswith(b',""]', at, end):
            return
        self.down.see(buffer, at, end)
        item, now = bytes(buffer[comma + 2 : buffer.index(QUOTE, comma + 2, end)]), time.monotonic()
        if item != self.item:
            self.item, self.item_began, self.item_ms = item, now, 0
            self.reactor.call_at(now + HEARD_EVERY_S, lambda: self._tell_heard(item))
        self.item_ms += DELTA_MS
        self.unheard.append((number, self.item_began + self.item_ms / 1000))

    def _tell_heard(self, item: bytes) -> None:
        if item != self.item or self.is_closed:
            return
        now = time.monotonic()
        heard_ms = min(int((now - self.item_began) * 1000), self.item_ms)
        self.reports.append(b'42["heard",{"item":"%b","heard_ms":%d}]' % (item, heard_ms))
        if heard_ms < self.item_ms:
            self.reactor.call_at(now + HEARD_EVERY_S, lambda: self._tell_heard(item))

    def _tell_got(self) -> None:
        if self.is_closed:
            return
        now, unheard = time.monotonic(), self.unheard
        while unheard and unheard[0][1] <= now:
            unheard.popleft()
        got = unheard[0][0] - 1 if unheard else self.told
        if got > self.got:
            self.got = got
            self.reports.append(b'42["got",{"n":%d}]' % got)
        self.reactor.call_at(now + GOT_EVERY_S, self._tell_got)
