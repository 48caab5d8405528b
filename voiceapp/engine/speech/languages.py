"""The languages the engine hears and speaks, each loaded when a call first wants it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ..protocol.audio_formats import Samples
from ..session.turn import Heard
from .missing import MissingError
from .openjtalk import Mei
from .stt import Recogniser
from .tts import Voice


class Ear(Protocol):
    """Speech to text; `quick` is less exact."""

    def hear(self, samples: Samples, quick: bool = False) -> Heard: ...


class Mouth(Protocol):
    """Text to speech: text, voice, speed."""

    def speak(self, text: str, voice: str, speed: float) -> Samples: ...


@dataclass(frozen=True)
class Tongue:
    """One language, both ways."""

    code: str
    ear: Ear
    mouth: Mouth


Tell = Callable[[str], None]
"""Takes the name of the part that is loaded next."""


def english(tell: Tell) -> Tongue:
    tell("recogniser")
    ear = Recogniser.installed()
    tell("voice")
    return Tongue("en", ear, Voice.installed())


def japanese(tell: Tell) -> Tongue:
    tell("recogniser")
    ear = Recogniser.multilingual("ja")
    tell("voice")
    return Tongue("ja", ear, Mei())


LOADERS = {"en": english, "ja": japanese}


@dataclass
class Tongues:
    """The one that was asked for at the start, which is there, and the others."""

    first: Tongue
    loaded: dict[str, Tongue] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    """Why a language is not there, in words for the user."""
    loading: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.loaded[self.first.code] = self.first

    @classmethod
    def beginning_with(cls, code: str, tell: Tell) -> "Tongues":
        if code not in LOADERS:
            raise ValueError(f"VOICEAPP_ENGINE_LANGUAGE is {code}; the engine knows {' and '.join(LOADERS)}.")
        return cls(LOADERS[code](tell))

    def of(self, language: str) -> Tongue:
        """The language that is wanted, or the first where it is not there."""
        code = language[:2].lower() or self.first.code
        if code not in self.loaded and code not in self.absent:
            with self.loading:
                self._load(code)
        return self.loaded.get(code, self.first)

    def why_not(self, language: str) -> str | None:
        """What to tell the user of a language that is not there."""
        self.of(language)
        return self.absent.get(language[:2].lower())

    def _load(self, code: str) -> None:
        if code in self.loaded or code in self.absent:
            return
        if code not in LOADERS:
            self.absent[code] = f"This engine knows no “{code}”: it speaks {NAMES[self.first.code]}."
            return
        try:
            self.loaded[code] = LOADERS[code](lambda part: None)
        except MissingError as missing:
            self.absent[code] = (
                f"{NAMES[code]} is not installed here. {missing} "
                f"Until then I listen and speak in {NAMES[self.first.code]}."
            )


NAMES = {"en": "English", "ja": "Japanese"}
