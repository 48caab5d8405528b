"""Turns the short words of a scenario (a reply, a turn, a call) into the events of a recording."""

import base64
from dataclasses import dataclass
from typing import Any

from ..protocol import events
from ..protocol.events import Event
from ..protocol.response import Response
from . import tone
from .scenario import Call, Hear, Say, Transcript


@dataclass
class ScriptedReply:
    """One `say` in three parts, so that the player can pause or stop between chunks."""

    say: Say
    response: Response
    item: str
    previous: str | None

    def opening(self) -> list[Event]:
        sent = self.response.created() + self.response.open_message(self.item, self.previous)
        for word in self._early():
            sent += self.response.text_delta(word)
        return sent

    def chunks(self) -> list[list[Event]]:
        """A list of events for each chunk of audio: the words due by then, and the chunk."""
        sound = self._sound()
        rest = words(self.say.text)[len(self._early()) :]
        due = [rest[place :: max(1, len(sound))] for place in range(max(1, len(sound)))]
        spread = in_order(rest, [len(each) for each in due])
        return [self._chunk(chunk, said) for chunk, said in zip(sound or [b""], spread, strict=True)]

    def closing(self) -> list[Event]:
        status = "completed" if self.say.status == "completed" else "incomplete"
        sent = self.response.close_message(status)
        details = dict(self.say.details) if self.say.details else None
        used = dict(self.say.usage) if self.say.usage else usage(self.say.text, self.say.ms)
        sent += self.response.done(self.say.status, details, used)
        return sent + ([events.rate_limits_updated(40000, 39000, 0.5)] if self.say.rate_limits else [])

    def _chunk(self, chunk: bytes, said: list[str]) -> list[Event]:
        sent = [event for word in said for event in self.response.text_delta(word)]
        return sent + (self.response.audio_delta(base64.b64encode(chunk).decode()) if chunk else [])

    def _early(self) -> list[str]:
        return words(self.say.text)[: self.say.early]

    def _sound(self) -> list[bytes]:
        if not self.response.spoken:
            return []
        ms = self.say.ms if self.say.cut_ms is None else min(self.say.cut_ms, self.say.ms)
        make = tone.babble if self.say.babble else tone.sine
        return tone.pieces(make(self.say.tone_hz, ms), self.say.chunk_ms)


def words(text: str) -> list[str]:
    """The text as deltas: each word after the first brings the space before it."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def in_order(values: list[str], sizes: list[int]) -> list[list[str]]:
    taken = iter(values)
    return [[next(taken) for _ in range(size)] for size in sizes]


def hear_events(hear: Hear, item: str, previous: str | None, start_ms: int) -> list[Event]:
    """The events of a user's turn. A negative start means a manual commit, which has no edges."""
    edges = [events.speech_started(item, start_ms), events.speech_stopped(item, start_ms + hear.ms)]
    said = Transcript(item, hear.transcript or "", hear.deltas, seconds=-(-hear.ms // 1000))
    told = transcript_events(said, item) if hear.transcript is not None else []
    early, last = told[:-1], told[-1:]
    shown = events.user_audio_item(item)
    taken = [
        events.committed(item, previous),
        events.item_added(shown, previous),
        events.item_done(shown, previous),
    ]
    return [edges[0], *early, edges[1], *taken, *last] if start_ms >= 0 else [*taken, *early, *last]


def transcript_events(said: Transcript, item: str) -> list[Event]:
    if said.failed is not None:
        message = f"Input transcription failed for item '{item}'."
        return [events.transcription_failed(item, said.failed, message)]
    deltas = [events.transcription_delta(item, word) for word in words(said.text)] if said.deltas else []
    return [*deltas, events.transcription_completed(item, said.text, said.seconds)]


def call_events(call: Call, response: Response, item: str, previous: str | None, call_id: str) -> list[Event]:
    sent = response.created() + response.function_call(item, previous, call_id, call.name, call.arguments)
    return sent + response.done(usage=usage(call.arguments, 0))


def usage(text: str, audio_ms: int) -> dict[str, Any]:
    """Plausible numbers: a text token has four characters, an audio token 50 ms."""
    spoken, written = audio_ms // 50, len(text) // 4 + 1
    zero = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": 100 + spoken + written,
        "input_tokens": 100,
        "output_tokens": spoken + written,
        "input_token_details": zero
        | {"text_tokens": 60, "audio_tokens": 40, "cached_tokens": 0}
        | {"cached_tokens_details": zero},
        "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
    }
