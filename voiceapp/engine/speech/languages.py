"""The languages the engine understands and speaks. Each is loaded when a call first wants it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from ..speech.transcript import Transcript
from .missing import MissingError
from .openjtalk import OpenJTalkTts
from .samples import Samples
from .stt import WhisperStt
from .tts import HibariTts


class SpeechToText(Protocol):
    """Transcribes 16 kHz samples; `quick` is faster and less exact."""

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript: ...


class TextToSpeech(Protocol):
    """Speaks a text as 24 kHz samples."""

    def speak(self, text: str, voice: str, speed: float) -> Samples: ...


@dataclass(frozen=True)
class Language:
    """One language: its recogniser and its voices."""

    code: str
    stt: SpeechToText
    tts: TextToSpeech


# Called with the name of the part that is loaded next.
Tell = Callable[[str], None]


def english(tell: Tell) -> Language:
    tell("recogniser")
    stt = WhisperStt.installed()
    tell("voice")
    return Language("en", stt, HibariTts.installed())


def japanese(tell: Tell) -> Language:
    tell("recogniser")
    stt = WhisperStt.multilingual("ja")
    tell("voice")
    return Language("ja", stt, OpenJTalkTts())


LOADERS = MappingProxyType({"en": english, "ja": japanese})


@dataclass
class Languages:
    """The default language, which is always loaded, and the others."""

    default: Language
    _loaded: dict[str, Language] = field(default_factory=dict)
    # Why a language is unavailable, in words for the user.
    _unavailable: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._loaded[self.default.code] = self.default

    @classmethod
    def starting_with(cls, code: str, tell: Tell) -> "Languages":
        if code not in LOADERS:
            raise ValueError(f"VOICEAPP_ENGINE_LANGUAGE is {code}; the engine speaks {' and '.join(LOADERS)}.")
        return cls(LOADERS[code](tell))

    def get(self, language: str) -> Language:
        """The language asked for, or the default one if that is unavailable."""
        code = language[:2].lower() or self.default.code
        if code not in self._loaded and code not in self._unavailable:
            with self._lock:
                self._load(code)
        return self._loaded.get(code, self.default)

    def why_unavailable(self, language: str) -> str | None:
        """Why a language is unavailable, in words for the user; None if it is available."""
        self.get(language)
        return self._unavailable.get(language[:2].lower())

    def _load(self, code: str) -> None:
        if code in self._loaded or code in self._unavailable:
            return
        if code not in LOADERS:
            name = LANGUAGE_NAMES.get(code, f"“{code}”")
            self._unavailable[code] = f"I do not speak {name}. Please speak {LANGUAGE_NAMES[self.default.code]}."
            return
        try:
            self._loaded[code] = LOADERS[code](lambda part: None)
        except MissingError as missing:
            self._unavailable[code] = (
                f"{LANGUAGE_NAMES[code]} is not installed here. {missing} "
                f"Until then I listen and speak in {LANGUAGE_NAMES[self.default.code]}."
            )


# Those of the page's menu; any other is named by its code.
LANGUAGE_NAMES = MappingProxyType({
    "en": "English", "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "es": "Spanish", "fr": "French", "de": "German",
    "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "ru": "Russian", "uk": "Ukrainian",
    "tr": "Turkish", "ar": "Arabic", "hi": "Hindi", "id": "Indonesian", "vi": "Vietnamese", "th": "Thai",
    "sv": "Swedish",
})  # fmt: skip
