"""A session with its surroundings played by the test: loud is speech, and answers come when the test gives them."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from voiceapp.engine.brains.request import AudioPiece, Finished, Piece, Request, TextPiece
from voiceapp.engine.protocol.identifiers import Numbered
from voiceapp.engine.session.effects import (
    Answer,
    CancelTranscription,
    Close,
    Effect,
    JudgeEnd,
    PrepareLanguage,
    Send,
    StopAnswer,
    Transcribe,
    TranscribePartial,
)
from voiceapp.engine.session.session import Session
from voiceapp.engine.speech.transcript import Transcript

from .fake_models import LoudnessDetector

# A user's words as an item, and a function.
ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}
TOOL = {"type": "function", "name": "weather", "description": "Weather", "parameters": {"type": "object"}}


# Events of a spoken turn and of an answer, in the recorded order.
SPOKEN_TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
    "conversation.item.input_audio_transcription.delta",
    "conversation.item.input_audio_transcription.completed",
    "response.created",
]
ANSWER = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
    "rate_limits.updated",
]


@dataclass
class SessionDriver:
    """Sends and collects; `sent` holds every server event, the other lists what the session asked for."""

    now: float = 0.0
    lifetime: float = 3600
    sent: list[dict[str, Any]] = field(default_factory=list)
    transcriptions: list[Transcribe] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    partials: list[TranscribePartial] = field(default_factory=list)
    judgements: list[JudgeEnd] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    closed: Close | None = None

    def __post_init__(self) -> None:
        self.session = Session("m", LoudnessDetector(), self.now, 1000.0, self.lifetime, Numbered())
        self._perform(self.session.open())

    def send(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        return self.raw({"type": kind, **fields})

    def raw(self, event: Any) -> list[dict[str, Any]]:
        return self._perform(self.session.receive(event))

    def update(self, **session: Any) -> list[dict[str, Any]]:
        return self.send("session.update", session={"type": "realtime", **session})

    def listen(self, **detection: Any) -> list[dict[str, Any]]:
        """Transcription on, and this turn detection; none means manual turns."""
        given = {"type": "server_vad", **detection} if detection.pop("on", True) else None
        return self.update(audio={"input": {"transcription": {"model": "w"}, "turn_detection": given}})

    def append(self, pcm: bytes) -> list[dict[str, Any]]:
        return self.send("input_audio_buffer.append", audio=base64.b64encode(pcm).decode())

    def speak(self, ms: int = 1024) -> list[dict[str, Any]]:
        return self.append(np.full(24 * ms, 12000, "<i2").tobytes())

    def silence(self, ms: int = 1024) -> list[dict[str, Any]]:
        return self.append(bytes(48 * ms))

    def transcribe(self, text: str) -> list[dict[str, Any]]:
        """These are the words of the newest transcription asked for."""
        return self._perform(self.session.transcribed(self.transcriptions[-1].ticket, Transcript(text)))

    def judge(self, probability: float, of: int = -1) -> list[dict[str, Any]]:
        """The newest pause that was to be judged, or another, sounds so much like an end."""
        asked = self.judgements[of]
        return self._perform(self.session.end_judged(asked.item, asked.place, probability))

    def transcribe_partly(self, text: str) -> list[dict[str, Any]]:
        """These are the words so far of the running turn."""
        return self._perform(self.session.partially_transcribed(self.partials[-1].item, Transcript(text)))

    def turn(self, text: str) -> None:
        self.speak()
        self.silence()
        self.transcribe(text)

    def produce(self, *pieces: Piece, response: str | None = None) -> list[dict[str, Any]]:
        named = response or self.requests[-1].response_id
        return [event for piece in pieces for event in self._perform(self.session.produced(named, piece, self.now))]

    def answer(self, text: str = "Hello there.", ms: int = 1000) -> list[dict[str, Any]]:
        return self.produce(TextPiece(text), sound(ms), Finished())

    def wait(self, seconds: float) -> list[dict[str, Any]]:
        self.now += seconds
        return self._perform(self.session.tick(self.now))

    def _perform(self, effects: list[Effect]) -> list[dict[str, Any]]:
        sent = []
        for effect in effects:
            match effect:
                case Send(event):
                    sent.append(event)
                case Transcribe():
                    self.transcriptions.append(effect)
                case TranscribePartial():
                    self.partials.append(effect)
                case JudgeEnd():
                    self.judgements.append(effect)
                case CancelTranscription() | PrepareLanguage():
                    self._note(effect)
                case Answer(request):
                    self.requests.append(request)
                case StopAnswer(response):
                    self.stopped.append(response)
                case Close():
                    self.closed = effect
        self.sent += sent
        return sent

    def _note(self, effect: CancelTranscription | PrepareLanguage) -> None:
        if isinstance(effect, CancelTranscription):
            self.cancelled.append(effect.ticket)
        else:
            self.languages.append(effect.language)


def sound(ms: int) -> AudioPiece:
    return AudioPiece(np.zeros(24 * ms, np.int16))


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def error(events: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """Code and param of the only event, which is an error."""
    (event,) = events
    assert event["type"] == "error"
    return event["error"]["code"], event["error"]["param"]
