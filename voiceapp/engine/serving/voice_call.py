"""One call by voice: performs what its session asks for, and brings the threads' results back to it."""

import asyncio
import contextlib
import json
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from ..brains.brain import Brain, WithNotice
from ..brains.chat_completions import BrainError
from ..brains.request import Failed, Finished, Piece, Request
from ..protocol.identifiers import Identifiers
from ..protocol.messages import in_slices, parse
from ..session.effects import (
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
from ..session.session import Session
from ..speech.gated_detector import GatedDetector
from ..speech.languages import Language
from ..speech.samples import Samples
from ..speech.stt import split
from ..speech.transcript import Transcript, merged
from ..speech.vad import SileroDetector
from .answering import PooledTts, answer_pieces
from .connection import Closed, Connection
from .failures import describe_failure
from .jobs import BusyError
from .shared import MAX_ANSWERS, Models, Workers, new_brain

log = logging.getLogger(__name__)

MAX_PARTIAL_S = 0.3
BUSY = "The engine is busy with other callers."


@dataclass(eq=False)
class VoiceCall:
    """One connection and its session. Two tasks of one loop use the session, never both at once: one takes what the
    client sends; the other keeps the time and takes from the inbox what threads post."""

    workers: Workers
    models: Models
    connection: Connection
    model: str
    session_seconds: float
    is_alone: Callable[[], bool]
    _inbox: "asyncio.Queue[Callable[[], list[Effect]] | None]" = field(default_factory=asyncio.Queue)
    _event_numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _transcriptions: "dict[int, Future[Transcript]]" = field(default_factory=dict)
    _answers: dict[str, threading.Event] = field(default_factory=dict)
    _brains: dict[str, Brain] = field(default_factory=dict)
    # The languages of which the caller knows that they are unavailable.
    _told_unavailable: set[str] = field(default_factory=set)
    # How long the last transcription of unfinished speech took, in seconds.
    _partial_s: float = 0.0
    # The answers that threads work on, also those that nobody wants any more.
    _running_answers: int = 0
    _closing: bool = False

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        detector = GatedDetector(SileroDetector(self.models.network))
        ids = Identifiers(random.SystemRandom())
        self._session = Session(self.model, detector, time.monotonic(), time.time(), self.session_seconds, ids)

    async def run(self) -> None:
        await self._perform(self._session.open())
        reading = asyncio.create_task(self._read())
        try:
            while not self._closing:
                await self._step()
        finally:
            reading.cancel()
            self._cancel_all()
        await self.connection.wait_closed_briefly()

    async def _step(self) -> None:
        # Checked first: under a flood of events the inbox is never empty and no timeout ever strikes.
        if self._session.wake_at() <= time.monotonic():
            await self._perform(self._session.tick(time.monotonic()))
            return
        try:
            async with asyncio.timeout(max(0, self._session.wake_at() - time.monotonic())):
                action = await self._inbox.get()
        except TimeoutError:
            return
        if action is None:
            self._closing = True
        else:
            await self._perform(action())

    # In

    async def _read(self) -> None:
        try:
            while not isinstance(message := await self.connection.receive(), Closed):
                await self._take(in_slices(parse(message)))
        except Exception as failure:
            # Without the message, which may hold what was said.
            log.error("a call ended because the engine failed: %s", describe_failure(failure))  # noqa: TRY400
        finally:
            # However reading ends, the call ends with it: it could hear nothing more.
            self._inbox.put_nowait(None)

    async def _take(self, events: list[Any]) -> None:
        for event in events:
            await self._perform(self._session.receive(event))
            if len(events) > 1:
                await asyncio.sleep(0)

    # Out

    async def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Close):
                await self.connection.close(effect.code, effect.reason)
                self._end()
            else:
                self._do(effect)
        if effects:
            await self.connection.flush()

    def _do(self, effect: Effect) -> None:
        match effect:
            case Send(event):
                self.connection.post(json.dumps({"event_id": f"event_{next(self._event_numbers)}", **event}))
            case PrepareLanguage(language):
                self.workers.answer_threads.submit(self.models.languages.get, language)
            case Transcribe(ticket, samples, language):
                self._transcribe(ticket, samples, language)
            case TranscribePartial(item, samples, language):
                self._transcribe_partial(item, samples, language)
            case JudgeEnd(item, place, samples):
                self._judge_end(item, place, samples)
            case CancelTranscription(ticket):
                self._cancel_transcription(ticket)
            case Answer(request):
                self._answer(request)
            case StopAnswer(response):
                self._answers.pop(response, threading.Event()).set()

    def _end(self) -> None:
        self._closing = True
        self._inbox.put_nowait(None)

    # Hearing

    def _transcribe(self, ticket: int, samples: Samples, language: str) -> None:
        self._transcribe_parts(ticket, language, split(samples), [])

    def _transcribe_parts(
        self, ticket: int, language: str, parts: list[Samples], transcripts: list[Transcript]
    ) -> None:
        """Transcribes one part after another, so that a long turn keeps others waiting for one part at most."""
        part, *rest = parts
        work = partial(self._transcript_of, language, part)
        try:
            future = self.workers.stt_pool.submit(self, work, patient=bool(transcripts))
        except BusyError:
            self._post(lambda: self._session.transcription_failed(ticket, "server_busy", BUSY))
            return
        self._transcriptions[ticket] = future
        future.add_done_callback(
            lambda done: self._post(lambda: self._transcribed(ticket, language, rest, transcripts, done))
        )

    def _transcript_of(self, language: str, samples: Samples) -> Transcript:
        return self.models.languages.get(language).stt.transcribe(samples)

    def _transcribe_partial(self, item: str, samples: Samples, language: str) -> None:
        """Only for a lone caller on a machine with time to spare: the end of a turn must not wait for it."""
        slow = self._partial_s > MAX_PARTIAL_S or os.getloadavg()[0] > (os.cpu_count() or 1)
        if slow or not self.is_alone() or not self.workers.stt_pool.idle:
            return
        began, stt = time.monotonic(), self.models.languages.get(language).stt
        future = self.workers.stt_pool.submit(self, lambda: stt.transcribe(samples, quick=True))
        future.add_done_callback(lambda done: self._post(lambda: self._partially_transcribed(item, done, began)))

    def _partially_transcribed(self, item: str, done: "Future[Transcript]", began: float) -> list[Effect]:
        self._partial_s = time.monotonic() - began
        return [] if done.cancelled() or done.exception() else self._session.partially_transcribed(item, done.result())

    def _judge_end(self, item: str, place: int, samples: Samples) -> None:
        model = self.models.turn_end.model
        if model is None:
            return
        try:
            future = self.workers.turn_pool.submit(self, partial(model.probability, samples))
        except BusyError:
            # The words and the silence will do.
            return
        future.add_done_callback(lambda done: self._post(lambda: self._end_judged(item, place, done)))

    def _end_judged(self, item: str, place: int, done: "Future[float]") -> list[Effect]:
        if done.cancelled():
            return []
        failure = done.exception()
        if failure is not None:
            log.error("the engine could not judge the end of a turn: %s", describe_failure(failure))
            return []
        return self._session.end_judged(item, place, done.result())

    def _transcribed(
        self, ticket: int, language: str, rest: list[Samples], transcripts: list[Transcript], done: "Future[Transcript]"
    ) -> list[Effect]:
        if self._transcriptions.pop(ticket, None) is None or done.cancelled():
            return []
        failure = done.exception()
        if failure is None and rest:
            self._transcribe_parts(ticket, language, rest, [*transcripts, done.result()])
            return []
        if failure is None:
            return self._session.transcribed(ticket, merged([*transcripts, done.result()]))
        log.error("the engine could not transcribe a turn: %s", describe_failure(failure))
        return self._session.transcription_failed(ticket, "recognition_failed", "The sound could not be recognised.")

    def _cancel_transcription(self, ticket: int) -> None:
        if ticket in self._transcriptions:
            self._transcriptions.pop(ticket).cancel()

    # Answering

    def _answer(self, request: Request) -> None:
        if self._running_answers >= MAX_ANSWERS:
            self._produced(request.response_id, Failed("server_busy", BUSY))
            return
        self._running_answers += 1
        stopped = self._answers[request.response_id] = threading.Event()
        future = self.workers.answer_threads.submit(self._produce, request, stopped)
        future.add_done_callback(lambda _: self._post(lambda: self._answer_ended(request.response_id)))

    def _answer_ended(self, response: str) -> list[Effect]:
        self._running_answers -= 1
        self._answers.pop(response, None)
        return []

    def _produce(self, request: Request, stopped: threading.Event) -> None:
        """Runs in a thread; hands each piece to the session as soon as it is made."""
        try:
            language = self.models.languages.get(request.language)
            speak = PooledTts(self, self.workers.tts_pool, language.tts, stopped)
            for piece in answer_pieces(request, self._brain(request.language, language), speak, stopped, language.code):
                self._produced(request.response_id, piece)
            self._produced(request.response_id, Finished())
        except BusyError:
            self._produced(request.response_id, Failed("server_busy", BUSY))
        except BrainError as failure:
            self._produced(request.response_id, Failed("brain_unavailable", str(failure)))
        except Exception as failure:
            # Without the message, which may hold what was said.
            log.error("the engine could not answer: %s", describe_failure(failure))  # noqa: TRY400
            self._produced(request.response_id, Failed("internal", "The answer could not be made."))

    def _produced(self, response: str, piece: Piece) -> None:
        self._post(lambda: self._session.produced(response, piece, time.monotonic()))

    def _brain(self, wanted: str, language: Language) -> Brain:
        if language.code not in self._brains:
            self._brains[language.code] = new_brain(language.code)
        found = self._brains[language.code]
        why_unavailable = self.models.languages.why_unavailable(wanted)
        if why_unavailable is None or wanted in self._told_unavailable:
            return found
        self._told_unavailable.add(wanted)
        return WithNotice(why_unavailable, found)

    # The end

    def _post(self, action: Callable[[], list[Effect]]) -> None:
        # The loop may be closed by the time a thread has finished its work.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._inbox.put_nowait, action)

    def _cancel_all(self) -> None:
        for future in list(self._transcriptions.values()):
            future.cancel()
        for stopped in self._answers.values():
            stopped.set()
