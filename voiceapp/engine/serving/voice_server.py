"""Voice mode: the models, the pools, and for each connection a session with everything it wants done."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from ..brains.chat_completions import BrainError, ChatCompletions
from ..brains.companion import Companion
from ..brains.companion_ja import JapaneseCompanion
from ..brains.request import Failed, Finished, Piece, Request
from ..protocol.messages import in_slices, parse
from ..session.effects import (
    Answer,
    CancelTranscription,
    Close,
    Effect,
    PrepareLanguage,
    Send,
    StopAnswer,
    Transcribe,
    TranscribePartial,
)
from ..session.session import Session
from ..speech.gated_detector import GatedDetector
from ..speech.languages import Language, Languages, TextToSpeech
from ..speech.samples import Samples
from ..speech.stt import PARALLEL_RUNS, split
from ..speech.transcript import Transcript, merged
from ..speech.vad import SileroDetector, SileroNetwork
from . import memory
from .answering import Brain, WithNotice, pieces
from .connection import Closed, Connection, Upgrade
from .faults import described
from .jobs import BusyError, Pool
from .server import CLOSE_CODE, Refusal, dismissal, refusal

log = logging.getLogger(__name__)

LOADING_PARTS = 3
MAX_WAITING_JOBS, MAX_WAIT_S = 12, 2.0
"""Twelve take about as long on a slow core; behind a job that has waited longer, newcomers are refused as busy."""
MAX_ANSWERS = 4
"""Of one caller at a time; each has a thread."""
MAX_PARTIAL_S = 0.3
SILENCE: Samples = np.zeros(0, np.int16)
CLOSING_SECONDS = 2
BUSY = "The engine is busy with other callers."
FULL = Refusal(503, "server_full", "All lines are taken; try again later.")


@dataclass
class Models:
    """Everything that is loaded once and shared by all callers."""

    network: SileroNetwork
    languages: Languages


@dataclass
class VoiceServer:
    """Accepts calls; those that come while the models load wait for them."""

    key: str | None
    session_seconds: float
    max_calls: int = 16
    models: Models | None = None
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0

    def __post_init__(self) -> None:
        self.stt_pool = Pool("recogniser", PARALLEL_RUNS, MAX_WAITING_JOBS, MAX_WAIT_S)
        self.tts_pool = Pool("voice", 1, MAX_WAITING_JOBS, MAX_WAIT_S)
        self.answer_threads = ThreadPoolExecutor(self.max_calls * MAX_ANSWERS, "answer")

    async def load(self, tell: Callable[[str, int, int], None]) -> None:
        self.models = await asyncio.to_thread(load_models, tell)
        memory.give_back()
        # The voice's dictionaries are many objects that stay for good: the collector need not look at them again.
        gc.freeze()
        self.loaded.set()

    def close(self) -> None:
        self.answer_threads.shutdown(wait=False, cancel_futures=True)
        self.stt_pool.close()
        self.tts_pool.close()

    async def serve(self, connection: Connection, upgrade: Upgrade) -> None:
        refused = refusal(upgrade, self.key) or (FULL if self.calls >= self.max_calls else None)
        if refused is not None:
            await refused.tell(connection)
            return
        self.calls += 1
        try:
            await connection.accept("realtime" if "realtime" in upgrade.subprotocols else None)
            await self._open_call(connection, upgrade)
        finally:
            self.calls -= 1
            memory.give_back()

    async def _open_call(self, connection: Connection, upgrade: Upgrade) -> None:
        dismissed = dismissal(upgrade)
        if dismissed is not None:
            await connection.send(json.dumps({"event_id": "event_0", **dismissed.event}))
            await connection.close(CLOSE_CODE, dismissed.reason)
            await wait_for_close(connection)
            return
        await self.loaded.wait()
        if self.models is not None:
            await VoiceCall(self, self.models, connection, upgrade.query("model") or "").run()


def load_models(tell: Callable[[str, int, int], None]) -> Models:
    """In a thread; takes a second or two."""
    tell("detector", 0, LOADING_PARTS)
    network = SileroNetwork.installed()
    order = count(1)
    languages = Languages.starting_with(
        os.environ.get("VOICEAPP_ENGINE_LANGUAGE") or "en", lambda part: tell(part, next(order), LOADING_PARTS)
    )
    tell("voice", LOADING_PARTS, LOADING_PARTS)
    return Models(network, languages)


def new_brain(language: str) -> Brain:
    """A language model if one is configured, else the built-in companion of that language."""
    address = os.environ.get("VOICEAPP_BRAIN_URL")
    if not address:
        return JapaneseCompanion() if language == "ja" else Companion()
    return ChatCompletions(
        address, os.environ.get("VOICEAPP_BRAIN_KEY"), os.environ.get("VOICEAPP_BRAIN_MODEL") or "default"
    )


@dataclass
class PooledTts:
    """The voice for one answer. Its first words may be refused; who hears them has something to wait with."""

    caller: object
    pool: Pool
    tts: TextToSpeech
    stopped: threading.Event
    begun: bool = False

    def __call__(self, text: str, voice: str, speed: float) -> Samples:
        """In a thread that waits. Raises `BusyError`."""
        spoken: Samples = self.pool.submit(self.caller, partial(self._made, text, voice, speed), self.begun).result()
        self.begun = True
        return spoken

    def _made(self, text: str, voice: str, speed: float) -> Samples:
        # It may have waited for other callers, and nobody may want it any more.
        return SILENCE if self.stopped.is_set() else self.tts.speak(text, voice, speed)


@dataclass(eq=False)
class VoiceCall:
    """One connection. Two tasks of one loop touch the session, never while the other does: one takes what the client
    sends, at once, the other keeps the time and takes what threads post to its inbox."""

    server: VoiceServer
    models: Models
    connection: Connection
    model: str
    inbox: "asyncio.Queue[Callable[[], list[Effect]] | None]" = field(default_factory=asyncio.Queue)
    event_numbers: Iterator[int] = field(default_factory=lambda: count(1))
    transcriptions: "dict[int, Future[Transcript]]" = field(default_factory=dict)
    answers: dict[str, threading.Event] = field(default_factory=dict)
    brains: dict[str, Brain] = field(default_factory=dict)
    told_unavailable: set[str] = field(default_factory=set)
    """Of which languages the caller knows that they are not there."""
    partial_s: float = 0.0
    """How long the last look at unfinished speech took."""
    running_answers: int = 0
    """Answers that some thread is at, also those that nobody wants any more."""
    closing: bool = False

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        detector = GatedDetector(SileroDetector(self.models.network))
        self.session = Session(self.model, detector, time.monotonic(), time.time(), self.server.session_seconds)

    async def run(self) -> None:
        await self._perform(self.session.open())
        reading = asyncio.create_task(self._read())
        try:
            while not self.closing:
                await self._step()
        finally:
            reading.cancel()
            self._cancel_all()
        await wait_for_close(self.connection)

    async def _step(self) -> None:
        # Checked first: under a flood of events the inbox is never empty and no timeout ever strikes.
        if self.session.wake_at() <= time.monotonic():
            await self._perform(self.session.tick(time.monotonic()))
            return
        try:
            async with asyncio.timeout(max(0, self.session.wake_at() - time.monotonic())):
                action = await self.inbox.get()
        except TimeoutError:
            return
        if action is None:
            self.closing = True
        else:
            await self._perform(action())

    # In

    async def _read(self) -> None:
        try:
            while not isinstance(message := await self.connection.receive(), Closed):
                await self._take(in_slices(parse(message)))
        except Exception as failure:
            # Without the message, which may hold what was said.
            log.error("a call ended by an error of ours: %s", described(failure))  # noqa: TRY400
        finally:
            # However reading ends, the call does: it would be deaf.
            self.inbox.put_nowait(None)

    async def _take(self, events: list[Any]) -> None:
        for event in events:
            await self._perform(self.session.receive(event, time.monotonic()))
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
                self.connection.post(json.dumps({"event_id": f"event_{next(self.event_numbers)}", **event}))
            case PrepareLanguage(language):
                self.server.answer_threads.submit(self.models.languages.get, language)
            case Transcribe(ticket, samples, language):
                self._transcribe(ticket, samples, language)
            case TranscribePartial(item, samples, language):
                self._transcribe_partial(item, samples, language)
            case CancelTranscription(ticket):
                self._cancel_transcription(ticket)
            case Answer(request):
                self._answer(request)
            case StopAnswer(response):
                self.answers.pop(response, threading.Event()).set()

    def _end(self) -> None:
        self.closing = True
        self.inbox.put_nowait(None)

    # Hearing

    def _transcribe(self, ticket: int, samples: Samples, language: str) -> None:
        self._transcribe_parts(ticket, language, split(samples), [])

    def _transcribe_parts(
        self, ticket: int, language: str, parts: list[Samples], transcripts: list[Transcript]
    ) -> None:
        """The parts one after another, so that a long turn keeps nobody waiting for longer than one part takes."""
        part, *rest = parts
        work = partial(self._transcript_of, language, part)
        try:
            future = self.server.stt_pool.submit(self, work, patient=bool(transcripts))
        except BusyError:
            self._post(lambda: self.session.transcription_failed(ticket, "server_busy", BUSY, time.monotonic()))
            return
        self.transcriptions[ticket] = future
        future.add_done_callback(
            lambda done: self._post(lambda: self._transcribed(ticket, language, rest, transcripts, done))
        )

    def _transcript_of(self, language: str, samples: Samples) -> Transcript:
        return self.models.languages.get(language).stt.transcribe(samples)

    def _transcribe_partial(self, item: str, samples: Samples, language: str) -> None:
        """Only for a lone caller on a machine with time to spare: the end of a turn must not wait for it."""
        slow = self.partial_s > MAX_PARTIAL_S or os.getloadavg()[0] > (os.cpu_count() or 1)
        if slow or self.server.calls > 1 or not self.server.stt_pool.idle:
            return
        began, stt = time.monotonic(), self.models.languages.get(language).stt
        future = self.server.stt_pool.submit(self, lambda: stt.transcribe(samples, quick=True))
        future.add_done_callback(lambda done: self._post(lambda: self._partially_transcribed(item, done, began)))

    def _partially_transcribed(self, item: str, done: "Future[Transcript]", began: float) -> list[Effect]:
        now = time.monotonic()
        self.partial_s = now - began
        return (
            [] if done.cancelled() or done.exception() else self.session.partially_transcribed(item, done.result(), now)
        )

    def _transcribed(
        self, ticket: int, language: str, rest: list[Samples], transcripts: list[Transcript], done: "Future[Transcript]"
    ) -> list[Effect]:
        now = time.monotonic()
        if self.transcriptions.pop(ticket, None) is None or done.cancelled():
            return []
        failure = done.exception()
        if failure is None and rest:
            self._transcribe_parts(ticket, language, rest, [*transcripts, done.result()])
            return []
        if failure is None:
            return self.session.transcribed(ticket, merged([*transcripts, done.result()]), now)
        log.error("recognition failed: %s", described(failure))
        return self.session.transcription_failed(
            ticket, "recognition_failed", "The sound could not be recognised.", now
        )

    def _cancel_transcription(self, ticket: int) -> None:
        if ticket in self.transcriptions:
            self.transcriptions.pop(ticket).cancel()

    # Answering

    def _answer(self, request: Request) -> None:
        if self.running_answers >= MAX_ANSWERS:
            self._produced(request.response_id, Failed("server_busy", BUSY))
            return
        self.running_answers += 1
        stopped = self.answers[request.response_id] = threading.Event()
        future = self.server.answer_threads.submit(self._produce, request, stopped)
        future.add_done_callback(lambda _: self._post(lambda: self._answer_ended(request.response_id)))

    def _answer_ended(self, response: str) -> list[Effect]:
        self.running_answers -= 1
        self.answers.pop(response, None)
        return []

    def _produce(self, request: Request, stopped: threading.Event) -> None:
        """In a thread: each piece goes to the session as soon as it is there."""
        try:
            language = self.models.languages.get(request.language)
            speak = PooledTts(self, self.server.tts_pool, language.tts, stopped)
            for piece in pieces(request, self._brain(request.language, language), speak, stopped, language.code):
                self._produced(request.response_id, piece)
            self._produced(request.response_id, Finished())
        except BusyError:
            self._produced(request.response_id, Failed("server_busy", BUSY))
        except BrainError as failure:
            self._produced(request.response_id, Failed("brain_unavailable", str(failure)))
        except Exception as failure:
            # Without the message, which may hold what was said.
            log.error("answering failed: %s", described(failure))  # noqa: TRY400
            self._produced(request.response_id, Failed("internal", "The answer could not be made."))

    def _produced(self, response: str, piece: Piece) -> None:
        self._post(lambda: self.session.produced(response, piece, time.monotonic()))

    def _brain(self, wanted: str, language: Language) -> Brain:
        found = self.brains.setdefault(language.code, new_brain(language.code))
        why_unavailable = self.models.languages.why_unavailable(wanted)
        if why_unavailable is None or wanted in self.told_unavailable:
            return found
        self.told_unavailable.add(wanted)
        return WithNotice(why_unavailable, found)

    # The end

    def _post(self, action: Callable[[], list[Effect]]) -> None:
        # The loop may be closed by the time a thread has finished its work.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.inbox.put_nowait, action)

    def _cancel_all(self) -> None:
        for future in list(self.transcriptions.values()):
            future.cancel()
        for stopped in self.answers.values():
            stopped.set()


async def wait_for_close(connection: Connection) -> None:
    """Waits for the client's half of the close, but not for long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await connection.wait_closed()
