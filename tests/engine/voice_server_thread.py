"""The voice-mode server in a thread, with models that need nothing."""

import asyncio
import threading
from types import TracebackType
from typing import Any, Self, cast

from voiceapp.engine.serving.server import Server
from voiceapp.engine.serving.shared import Models, TurnEnd
from voiceapp.engine.serving.voice_server import VoiceServer
from voiceapp.engine.speech.languages import Language, Languages, SpeechToText, TextToSpeech
from voiceapp.engine.speech.missing import MissingError
from voiceapp.engine.speech.turn_end import SmartTurn
from voiceapp.engine.speech.vad import SileroNetwork

from .fake_models import FixedStt, LoudnessNetwork, ToneTts


class VoiceServerThread:
    """`with VoiceServerThread("What was said.") as server: …`; `ready=False` leaves the models loading."""

    def __init__(
        self,
        heard: str = "Hello.",
        key: str | None = None,
        ready: bool = True,
        tts: TextToSpeech | None = None,
        stt: SpeechToText | None = None,
        turn_end: TurnEnd | None = None,
        **options: Any,
    ) -> None:
        self._key, self._ready, self._stt, self._tts = key, ready, stt or FixedStt(heard), tts or ToneTts()
        self._turn_end = turn_end or TurnEnd(no_turn_end)
        self._options = {"session_seconds": 3600.0} | options
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/realtime?model=m"

    @property
    def calls(self) -> int:
        """How many lines are taken."""
        return self._voice_server.calls

    @property
    def waiting_to_speak(self) -> list[object]:
        """The callers whose sentences wait for the voice."""
        return list(self._voice_server.workers.tts_pool._waiting)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run(self._server.stop())
        self._voice_server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def load(self) -> None:
        self._run(self._load())

    async def _open(self) -> None:
        self._voice_server = VoiceServer(self._key, **self._options)
        self._server = Server(self._voice_server.serve)
        self.port = await self._server.start()
        if self._ready:
            await self._load()

    async def _load(self) -> None:
        languages = Languages(Language("en", self._stt, self._tts))
        self._voice_server.models = Models(cast(SileroNetwork, LoudnessNetwork()), languages, self._turn_end)
        self._voice_server.loaded.set()

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


def no_turn_end() -> SmartTurn:
    raise MissingError("the model of turns")
