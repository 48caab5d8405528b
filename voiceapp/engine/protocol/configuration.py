"""The session's configuration. An update is taken as a whole or refused as a whole."""

from dataclasses import dataclass
from typing import Any

from . import client_events, session_object
from .audio_formats import Format, format_of
from .checks import RefusedError


@dataclass
class Configuration:
    """The session object as clients see it, with names for the parts the engine uses."""

    session: dict[str, Any]

    def update(self, changes: dict[str, Any], voice_is_fixed: bool) -> None:
        """Applies changes that passed the checks. Raises `RefusedError` for what cannot be changed."""
        self._refuse(changes, voice_is_fixed)
        fresh = session_object.merged(self.session, changes)
        audio = changes.get("audio", {})
        for side in ("input", "output"):
            if "format" in audio.get(side, {}):
                # Merging would leave the rate of PCM on a G.711 format.
                fresh["audio"][side]["format"] = shown_format(audio[side]["format"]["type"])
        detection = audio.get("input", {}).get("turn_detection")
        if detection is not None:
            fresh["audio"]["input"]["turn_detection"] = self._detection(detection)
        self.session = fresh

    def _refuse(self, changes: dict[str, Any], voice_is_fixed: bool) -> None:
        if changes.get("model", self.session["model"]) != self.session["model"]:
            message = "The model of a session cannot be changed: the address sets it."
            raise RefusedError("invalid_value", message, "session.model")
        voice = changes.get("audio", {}).get("output", {}).get("voice", self.voice)
        if voice_is_fixed and voice != self.voice:
            message = "Cannot update a conversation's voice if assistant audio is present."
            raise RefusedError("cannot_update_voice", message, "session.audio.output.voice")

    def _detection(self, changes: dict[str, Any]) -> dict[str, Any]:
        """An update of the same kind keeps what it does not name; another kind starts from its defaults."""
        old = self.turn_detection
        base = old if old and old["type"] == changes["type"] else client_events.detection_defaults(changes["type"])
        return base | changes

    # What the engine looks at

    @property
    def turn_detection(self) -> dict[str, Any] | None:
        detection: dict[str, Any] | None = self.session["audio"]["input"]["turn_detection"]
        return detection

    @property
    def transcribes(self) -> bool:
        return self.session["audio"]["input"]["transcription"] is not None

    @property
    def language(self) -> str:
        """The language of the user's speech and of the answers, as the client named it."""
        return str((self.session["audio"]["input"]["transcription"] or {}).get("language") or "")

    @property
    def input_format(self) -> Format:
        return format_of(self.session["audio"]["input"]["format"])

    @property
    def output(self) -> dict[str, Any]:
        output: dict[str, Any] = self.session["audio"]["output"]
        return output

    @property
    def voice(self) -> str:
        return str(self.output["voice"])


def shown_format(kind: str) -> dict[str, Any]:
    return {"type": kind, "rate": 24000} if kind == "audio/pcm" else {"type": kind}
