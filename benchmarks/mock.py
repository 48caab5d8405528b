"""A Realtime server that hears nothing and talks on a timetable: 40 % of the time, faster than real time."""

import asyncio
import json
from typing import Any

from .line import ServerLine
from .marks import Track, call_of

CYCLE_S = 10.0
DELTAS, DELTA_MS, DELTA_EVERY_S = 10, 400, 0.13  # 4 s of sound in 1.3 s
WORDS_PER_DELTA = 2
BASE64_PER_MS = 64


class Board:
    """Every call's two tracks, known to the load at one end and to the mock at the other."""

    def __init__(self) -> None:
        self.up: dict[int, Track] = {}
        self.down: dict[int, Track] = {}
        self.sessions: set[Mock] = set()

    def add(self, chunk_ms: int) -> int:
        call = len(self.up) + 1
        self.up[call] = Track(call, chunk_ms * BASE64_PER_MS)
        self.down[call] = Track(call, DELTA_MS * BASE64_PER_MS)
        return call

    def silence(self) -> None:
        """No session says anything from now on."""
        for session in self.sessions:
            session.fall_silent()


class Mock(ServerLine):
    """One session; the first chunk says whose it is, and begins the timetable."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board
        self.call = 0
        self.timetable: asyncio.Task[None] | None = None

    def opened(self) -> None:
        self.board.sessions.add(self)
        self.say("session.created", session={"model": "mock", "expires_at": 4_000_000_000})

    def lost(self) -> None:
        self.fall_silent()
        self.board.sessions.discard(self)

    def fall_silent(self) -> None:
        if self.timetable:
            self.timetable.cancel()

    def text(self, payload: bytes) -> None:
        if b"input_audio_buffer.append" in payload[:60]:
            self._hear(payload)
        elif b"session.update" in payload[:60]:
            self.say("session.updated", session={"model": "mock", "audio": {"output": {"voice": "marin"}}})

    def say(self, kind: str, **fields: Any) -> None:
        self.send(json.dumps({"type": kind, "event_id": "event_1", **fields}, separators=(",", ":")).encode())

    def _hear(self, payload: bytes) -> None:
        if not self.call:
            self.call = call_of(payload)
            self.timetable = asyncio.create_task(self._keep_time())
        self.board.up[self.call].see(payload)

    async def _keep_time(self) -> None:
        await asyncio.sleep(CYCLE_S * (self.call * 0.618 % 1))
        for turn in range(1, 1_000_000):
            end = asyncio.get_running_loop().time() + CYCLE_S
            await self._listen(f"user_{turn}", f"assistant_{turn - 1}" if turn > 1 else None)
            await self._answer(f"resp_{turn}", f"assistant_{turn}", f"user_{turn}")
            await asyncio.sleep(end - asyncio.get_running_loop().time())

    async def _listen(self, item: str, after: str | None) -> None:
        self.say("input_audio_buffer.speech_started", audio_start_ms=0, item_id=item)
        await asyncio.sleep(0.5)
        self.say("input_audio_buffer.speech_stopped", audio_end_ms=500, item_id=item)
        self.say("input_audio_buffer.committed", previous_item_id=after, item_id=item)
        message = {"id": item, "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
        self.say("conversation.item.added", previous_item_id=after, item=message)
        self.say("conversation.item.input_audio_transcription.completed", item_id=item, transcript="What time is it?")

    async def _answer(self, response: str, item: str, after: str) -> None:
        place = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        message = {"id": item, "type": "message", "role": "assistant", "content": []}
        self.say("response.created", response={"id": response, "status": "in_progress"})
        self.say("response.output_item.added", response_id=response, output_index=0, item=message)
        self.say("conversation.item.added", previous_item_id=after, item=message)
        for _ in range(DELTAS):
            for _ in range(WORDS_PER_DELTA):
                self.say("response.output_audio_transcript.delta", **place, delta=" word")
            self._play(response, item)
            await asyncio.sleep(DELTA_EVERY_S)
        self.say("response.output_audio.done", **place)
        self.say("response.output_audio_transcript.done", **place, transcript=" word" * DELTAS * WORDS_PER_DELTA)
        self.say("response.output_item.done", response_id=response, output_index=0, item=message)
        usage = {"total_tokens": 300, "input_tokens": 200, "output_tokens": 100}
        self.say("response.done", response={"id": response, "status": "completed", "usage": usage})

    def _play(self, response: str, item: str) -> None:
        self.send(
            b'{"type":"response.output_audio.delta","event_id":"event_1","response_id":"%b","item_id":"%b",'
            b'"output_index":0,"content_index":0,"delta":"' % (response.encode(), item.encode()),
            self.board.down[self.call].stamp(),
            b'"}',
        )
