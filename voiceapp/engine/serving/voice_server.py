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

from ..brains.chat_completions import BrainError, Chat
from ..brains.companion import Companion
from ..brains.companion_ja import Friend
from ..brains.request import Failed, Finished, Piece, Request
from ..protocol.audio_formats import Samples
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
from ..session.turn import Transcript, merged
from ..speech.gated_detector import GatedDetector
from ..speech.languages import Language, Languages, TextToSpeech
from ..speech.stt import PARALLEL_RUNS, split
from ..speech.vad import SileroDetector, SileroNetwork
from . import memory
from .answering import Brain, Preceded, pieces
from .connection import Closed, Endpoint, Upgrade
from .faults import described
from .jobs import BusyError, Pool
from .server import REFUSED, Refusal, dismissal, refusal

log = logging.getLogger(__name__)

PARTS = 3
WAITING_JOBS, LONGEST_WAIT_S = 12, 2.0
"""Twelve take about as long on a slow core; behind a job that has waited longer, newcomers are refused as busy."""
MOST_ANSWERS = 4
"""Of one caller at a time; each has a thread."""
LONGEST_GLIMPSE_S = 0.3
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
class Exchange:
    """Accepts calls; those that come while the models load wait for them."""

    key: str | None
    session_seconds: float
    most_calls: int = 16
    models: Models | None = None
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0

    def __post_init__(self) -> None:
        self.hearing = Pool("recogniser", PARALLEL_RUNS, WAITING_JOBS, LONGEST_WAIT_S)
        self.speaking = Pool("voice", 1, WAITING_JOBS, LONGEST_WAIT_S)
        self.answering = ThreadPoolExecutor(self.most_calls * MOST_ANSWERS, "answer")

    async def load(self, tell: Callable[[str, int, int], None]) -> None:
        self.models = await asyncio.to_thread(load, tell)
        memory.give_back()
        # The voice's dictionaries are many objects that stay for good: the collector need not look at them again.
        gc.freeze()
        self.loaded.set()

    def close(self) -> None:
        self.answering.shutdown(wait=False, cancel_futures=True)
        self.hearing.close()
        self.speaking.close()

    async def serve(self, endpoint: Endpoint, upgrade: Upgrade) -> None:
        refused = refusal(upgrade, self.key) or (FULL if self.calls >= self.most_calls else None)
        if refused is not None:
            await refused.tell(endpoint)
            return
        self.calls += 1
        try:
            await endpoint.accept("realtime" if "realtime" in upgrade.subprotocols else None)
            await self._welcome(endpoint, upgrade)
        finally:
            self.calls -= 1
            memory.give_back()

    async def _welcome(self, endpoint: Endpoint, upgrade: Upgrade) -> None:
        dismissed = dismissal(upgrade)
        if dismissed is not None:
            await endpoint.send(json.dumps({"event_id": "event_0", **dismissed.event}))
            await endpoint.close(REFUSED, dismissed.reason)
            await let_go(endpoint)
            return
        await self.loaded.wait()
        if self.models is not None:
            await Call(self, self.models, endpoint, upgrade.query("model") or "").run()


def load(tell: Callable[[str, int, int], None]) -> Models:
    """In a thread; takes a second or two."""
    tell("detector", 0, PARTS)
    network = SileroNetwork.installed()
    order = count(1)
    languages = Languages.starting_with(
        os.environ.get("VOICEAPP_ENGINE_LANGUAGE") or "en", lambda part: tell(part, next(order), PARTS)
    )
    tell("voice", PARTS, PARTS)
    return Models(network, languages)


def brain(language: str) -> Brain:
    """A language model if one is configured, else the built-in companion of that language."""
    address = os.environ.get("VOICEAPP_BRAIN_URL")
    if not address:
        return Friend() if language == "ja" else Companion()
    return Chat(address, os.environ.get("VOICEAPP_BRAIN_KEY"), os.environ.get("VOICEAPP_BRAIN_MODEL") or "default")


@dataclass
class Speech:
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
class Call:
    """One connection. Two tasks of one loop touch the session, never while the other does: one takes what the client
    sends, at once, the other keeps the time and takes what threads post to its inbox."""

    exchange: Exchange
    models: Models
    endpoint: Endpoint
    model: str
    inbox: "asyncio.Queue[Callable[[], list[Effect]] | None]" = field(default_factory=asyncio.Queue)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    asked: "dict[int, Future[Transcript]]" = field(default_factory=dict)
    answers: dict[str, threading.Event] = field(default_factory=dict)
    brains: dict[str, Brain] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """Of which languages the caller knows that they are not there."""
    glimpse_s: float = 0.0
    """How long the last look at unfinished speech took."""
    producing: int = 0
    """Answers that some thread is at, also those that nobody wants any more."""
    closing: bool = False

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        detector = GatedDetector(SileroDetector(self.models.network))
        self.session = Session(self.model, detector, time.monotonic(), time.time(), self.exchange.session_seconds)

    async def run(self) -> None:
        await self._perform(self.session.open())
        reading = asyncio.create_task(self._read())
        try:
            while not self.closing:
                await self._step()
        finally:
            reading.cancel()
            self._abandon()
        await let_go(self.endpoint)

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
            while not isinstance(message := await self.endpoint.receive(), Closed):
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
                await self.endpoint.close(effect.code, effect.reason)
                self._end()
            else:
                self._do(effect)
        if effects:
            await self.endpoint.flush()

    def _do(self, effect: Effect) -> None:
        match effect:
            case Send(event):
                self.endpoint.post(json.dumps({"event_id": f"event_{next(self.numbers)}", **event}))
            case PrepareLanguage(language):
                self.exchange.answering.submit(self.models.languages.get, language)
            case Transcribe(ticket, samples, language):
                self._recognise(ticket, samples, language)
            case TranscribePartial(item, samples, language):
                self._glimpse(item, samples, language)
            case CancelTranscription(ticket):
                self._forget(ticket)
            case Answer(request):
                self._answer(request)
            case StopAnswer(response):
                self.answers.pop(response, threading.Event()).set()

    def _end(self) -> None:
        self.closing = True
        self.inbox.put_nowait(None)

    # Hearing

    def _recognise(self, ticket: int, samples: Samples, language: str) -> None:
        self._hear(ticket, language, split(samples), [])

    def _hear(self, ticket: int, language: str, parts: list[Samples], heard: list[Transcript]) -> None:
        """The parts one after another, so that a long turn keeps nobody waiting for longer than one part takes."""
        part, *rest = parts
        hear = partial(self._heard_by, language, part)
        try:
            future = self.exchange.hearing.submit(self, hear, patient=bool(heard))
        except BusyError:
            self._post(lambda: self.session.transcription_failed(ticket, "server_busy", BUSY, time.monotonic()))
            return
        self.asked[ticket] = future
        future.add_done_callback(lambda done: self._post(lambda: self._recognised(ticket, language, rest, heard, done)))

    def _heard_by(self, language: str, samples: Samples) -> Transcript:
        return self.models.languages.get(language).stt.transcribe(samples)

    def _glimpse(self, item: str, samples: Samples, language: str) -> None:
        """Only for a lone caller on a machine with time to spare: the end of a turn must not wait for it."""
        slow = self.glimpse_s > LONGEST_GLIMPSE_S or os.getloadavg()[0] > (os.cpu_count() or 1)
        if slow or self.exchange.calls > 1 or not self.exchange.hearing.idle:
            return
        began, stt = time.monotonic(), self.models.languages.get(language).stt
        future = self.exchange.hearing.submit(self, lambda: stt.transcribe(samples, quick=True))
        future.add_done_callback(lambda done: self._post(lambda: self._glimpsed(item, done, began)))

    def _glimpsed(self, item: str, done: "Future[Transcript]", began: float) -> list[Effect]:
        now = time.monotonic()
        self.glimpse_s = now - began
        return (
            [] if done.cancelled() or done.exception() else self.session.partially_transcribed(item, done.result(), now)
        )

    def _recognised(
        self, ticket: int, language: str, rest: list[Samples], heard: list[Transcript], done: "Future[Transcript]"
    ) -> list[Effect]:
        now = time.monotonic()
        if self.asked.pop(ticket, None) is None or done.cancelled():
            return []
        failure = done.exception()
        if failure is None and rest:
            self._hear(ticket, language, rest, [*heard, done.result()])
            return []
        if failure is None:
            return self.session.transcribed(ticket, merged([*heard, done.result()]), now)
        log.error("recognition failed: %s", described(failure))
        return self.session.transcription_failed(
            ticket, "recognition_failed", "The sound could not be recognised.", now
        )

    def _forget(self, ticket: int) -> None:
        if ticket in self.asked:
            self.asked.pop(ticket).cancel()

    # Answering

    def _answer(self, request: Request) -> None:
        if self.producing >= MOST_ANSWERS:
            self._produced(request.response, Failed("server_busy", BUSY))
            return
        self.producing += 1
        stopped = self.answers[request.response] = threading.Event()
        future = self.exchange.answering.submit(self._produce, request, stopped)
        future.add_done_callback(lambda _: self._post(lambda: self._produced_all(request.response)))

    def _produced_all(self, response: str) -> list[Effect]:
        self.producing -= 1
        self.answers.pop(response, None)
        return []

    def _produce(self, request: Request, stopped: threading.Event) -> None:
        """In a thread: each piece goes to the session as soon as it is there."""
        try:
            language = self.models.languages.get(request.language)
            speech = Speech(self, self.exchange.speaking, language.tts, stopped)
            for piece in pieces(request, self._brain(request.language, language), speech, stopped, language.code):
                self._produced(request.response, piece)
            self._produced(request.response, Finished())
        except BusyError:
            self._produced(request.response, Failed("server_busy", BUSY))
        except BrainError as failure:
            self._produced(request.response, Failed("brain_unavailable", str(failure)))
        except Exception as failure:
            # Without the message, which may hold what was said.
            log.error("answering failed: %s", described(failure))  # noqa: TRY400
            self._produced(request.response, Failed("internal", "The answer could not be made."))

    def _produced(self, response: str, piece: Piece) -> None:
        self._post(lambda: self.session.produced(response, piece, time.monotonic()))

    def _brain(self, wanted: str, language: Language) -> Brain:
        found = self.brains.setdefault(language.code, brain(language.code))
        why_unavailable = self.models.languages.why_unavailable(wanted)
        if why_unavailable is None or wanted in self.told:
            return found
        self.told.add(wanted)
        return Preceded(why_unavailable, found)

    # The end

    def _post(self, action: Callable[[], list[Effect]]) -> None:
        # The loop may be closed by the time a thread has finished its work.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.inbox.put_nowait, action)

    def _abandon(self) -> None:
        for future in list(self.asked.values()):
            future.cancel()
        for stopped in self.answers.values():
            stopped.set()


async def let_go(endpoint: Endpoint) -> None:
    """Waits for the client's half of the close, but not for long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await endpoint.wait_closed()
