"""A Realtime server that hears nothing and talks on a timetable: 40 % of the time, faster than real time."""

import time

from . import frames
from .line import ServerLine
from .marks import MAGIC, Track, call_of
from .reactor import Reactor

CYCLE_S = 10.0
DELTAS, DELTA_MS, DELTA_EVERY_S = 10, 400, 0.13  # 4 s of sound in 1.3 s
WORDS_PER_DELTA = 2
SPEECH_S = 0.5
TURN_S = SPEECH_S + DELTAS * DELTA_EVERY_S
BASE64_PER_MS = 64
EVENT_WITHIN = 100

CREATED = b'{"type":"session.created","event_id":"event_1","session":{"model":"mock","expires_at":4000000000}}'
UPDATED = (
    b'{"type":"session.updated","event_id":"event_1","session":{"model":"mock","audio":{"output":{"voice":"marin"}}}}'
)
# Of a turn with this number, and of the one before it.
HEARD = (
    b'{"type":"input_audio_buffer.speech_started","event_id":"event_1","audio_start_ms":0,"item_id":"user_%(turn)d"}',
)
ASKED = (
    b'{"type":"input_audio_buffer.speech_stopped","event_id":"event_1","audio_end_ms":500,"item_id":"user_%(turn)d"}',
    b'{"type":"input_audio_buffer.committed","event_id":"event_1","previous_item_id":%(last)b,"item_id":"user_%(turn)d"}',
    b'{"type":"conversation.item.added","event_id":"event_1","previous_item_id":%(last)b,"item":{"id":"user_%(turn)d",'
    b'"type":"message","role":"user","content":[{"type":"input_audio"}]}}',
    b'{"type":"conversation.item.input_audio_transcription.completed","event_id":"event_1","item_id":"user_%(turn)d",'
    b'"transcript":"What time is it?"}',
    b'{"type":"response.created","event_id":"event_1","response":{"id":"resp_%(turn)d","status":"in_progress"}}',
    b'{"type":"response.output_item.added","event_id":"event_1","response_id":"resp_%(turn)d","output_index":0,'
    b'"item":{"id":"assistant_%(turn)d","type":"message","role":"assistant","content":[]}}',
    b'{"type":"conversation.item.added","event_id":"event_1","previous_item_id":"user_%(turn)d",'
    b'"item":{"id":"assistant_%(turn)d","type":"message","role":"assistant","content":[]}}',
)
PLACE = (
    b'"event_id":"event_1","response_id":"resp_%(turn)d","item_id":"assistant_%(turn)d",'
    b'"output_index":0,"content_index":0'
)
WORD = b'{"type":"response.output_audio_transcript.delta",' + PLACE + b',"delta":" word"}'
SOUND = b'{"type":"response.output_audio.delta",' + PLACE + b',"delta":"'
DONE = (
    b'{"type":"response.output_audio.done",' + PLACE + b"}",
    b'{"type":"response.output_audio_transcript.done",'
    + PLACE
    + b',"transcript":"'
    + b" word" * DELTAS * WORDS_PER_DELTA
    + b'"}',
    b'{"type":"response.output_item.done","event_id":"event_1","response_id":"resp_%(turn)d","output_index":0,'
    b'"item":{"id":"assistant_%(turn)d","type":"message","role":"assistant","content":[]}}',
    b'{"type":"response.done","event_id":"event_1","response":{"id":"resp_%(turn)d","status":"completed",'
    b'"usage":{"total_tokens":300,"input_tokens":200,"output_tokens":100}}}',
)


class Board:
    """Every call's two tracks, known to the load at one end and to the mock at the other."""

    def __init__(self) -> None:
        self.up: dict[int, Track] = {}
        self.down: dict[int, Track] = {}
        self.sessions: set[Mock] = set()
        self.silent = False

    def add(self, chunk_ms: int) -> int:
        call = len(self.up) + 1
        self.up[call] = Track(call, chunk_ms * BASE64_PER_MS)
        self.down[call] = Track(call, DELTA_MS * BASE64_PER_MS)
        return call

    def silence(self) -> None:
        """No session begins another turn; what it is in the midst of takes up to `TURN_S`."""
        self.silent = True

    def resume(self) -> None:
        """Every session begins its next turn."""
        self.silent = False
        for session in self.sessions:
            session.begin_timetable()


class Mock(ServerLine):
    """One session; the first chunk says whose it is, and begins the timetable."""

    def __init__(self, reactor: Reactor, board: Board) -> None:
        super().__init__(reactor)
        self.board = board
        self.up: Track | None = None
        self.down: Track | None = None
        self.over = False
        self.turn = 0
        self.deltas = 0

    def opened(self) -> None:
        self.board.sessions.add(self)
        self.send(CREATED)

    def lost(self) -> None:
        self.over = True
        self.board.sessions.discard(self)

    def text(self, buffer: bytearray, at: int, end: int) -> None:
        # What stands behind a short message is another's.
        within = min(end, at + EVENT_WITHIN)
        if self.up and buffer.find(MAGIC, at, within) > 0:
            self.up.see(buffer, at, end)
        elif buffer.find(b"input_audio_buffer.append", at, within) > 0:
            self._begin(call_of(buffer, at, end))
            self.text(buffer, at, end)
        elif buffer.find(b"session.update", at, within) > 0:
            self.send(UPDATED)

    def _begin(self, call: int) -> None:
        self.up, self.down = self.board.up[call], self.board.down[call]
        self.begin_timetable()

    def begin_timetable(self) -> None:
        """Where it is known whose session it is, and somebody may speak."""
        if self.up and not self.board.silent:
            self.begin(time.monotonic() + CYCLE_S * (self.up.call * 0.618 % 1))

    def begin(self, when: float) -> None:
        """The timetable begins at this moment."""
        self.due = when
        self.reactor.call_at(when, self._listen)

    def _listen(self) -> None:
        """A turn begins: the person speaks."""
        if self.board.silent:
            return
        self.turn += 1
        last = b'"assistant_%d"' % (self.turn - 1) if self.turn > 1 else b"null"
        self.of_turn = {b"turn": self.turn, b"last": last}
        if self._say(HEARD):
            self.reactor.call_at(self.due + SPEECH_S, self._answer)

    def _answer(self) -> None:
        if self._say(ASKED):
            self.deltas = 0
            self.talk()

    def talk(self) -> None:
        """The next words and their sound, and so on to the end of the answer."""
        if self.deltas == DELTAS:
            self._finish()
            return
        if self._say((WORD,) * WORDS_PER_DELTA):
            self.play()
            self.deltas += 1
            self.reactor.call_at(self.due + SPEECH_S + self.deltas * DELTA_EVERY_S, self.talk)

    def play(self) -> None:
        track = self.down
        assert track is not None
        before = SOUND % self.of_turn + track.stamp()
        at = track.filling_at(track.sent)
        self.write(frames.sound_of_server(before, at, at + track.filling, b'"}'))

    def _finish(self) -> None:
        if self._say(DONE):
            self.due += CYCLE_S
            self.reactor.call_at(self.due, self._listen)

    def _say(self, events: tuple[bytes, ...]) -> bool:
        """Whether anybody is left to say it to."""
        if self.over:
            return False
        for event in events:
            self.send(event % self.of_turn)
        return True
