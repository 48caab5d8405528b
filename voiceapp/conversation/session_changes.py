"""Changes of how the person is heard: they apply at once, and are undone if the server refuses."""

from dataclasses import replace

from .dialects import SessionConfig
from .events import Configured
from .turn_detection import Detection


class SessionChanges:
    """The session's settings, and the changes of which the server has said nothing yet, by their event_ids."""

    __slots__ = ("_confirmed", "_open")

    def __init__(self, config: SessionConfig) -> None:
        self._confirmed = config
        self._open: dict[str, Configured] = {}

    @property
    def config(self) -> SessionConfig:
        """With all changes that were not refused."""
        config = self._confirmed
        for change in self._open.values():
            config = changed(config, change)
        return config

    @property
    def confirmed(self) -> SessionConfig:
        """As the server has it."""
        return self._confirmed

    def by(self, kind: type[Detection]) -> bool:
        """Whether turns end in this way, both as the server has confirmed and as the person chose."""
        return isinstance(self._confirmed.detection, kind) and isinstance(self.config.detection, kind)

    @property
    def pending(self) -> bool:
        return bool(self._open)

    def ask(self, event_id: str, change: Configured) -> None:
        self._open[event_id] = change

    def confirm(self) -> Configured | None:
        """The server has made a change: it answers in order, and names none."""
        if not self._open:
            return None
        change = self._open.pop(next(iter(self._open)))
        self._confirmed = changed(self._confirmed, change)
        return change

    def refuse(self, cause: str) -> bool:
        """Whether it was a change that was refused: the one of this event_id, or, where none is named, the oldest."""
        return self._open.pop(cause or next(iter(self._open), ""), None) is not None


def changed(config: SessionConfig, change: Configured) -> SessionConfig:
    """`config` after `change`."""
    detection, language = change.detection or config.detection, change.language or config.language
    # Where a server cannot be told, it is not.
    noise = config.noise and (change.noise or config.noise)
    confirms = config.confirms if change.confirms is None else change.confirms
    return replace(config, detection=detection, language=language, noise=noise, confirms=confirms)
