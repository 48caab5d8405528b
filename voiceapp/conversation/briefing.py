"""Tells a session of the talk before it, and corrects what it was told."""

from collections.abc import Callable

from . import dialects, faults
from .effect_list import EffectList
from .effects import Notify
from .history import Said, Seen
from .pictures import Pictures
from .tools import Tools
from .transcript_writer import TranscriptWriter
from .usage import Meter


class Briefing:
    """Of one call. `told`: whether the session that goes on was told anything. `shape`: what that one speaks."""

    __slots__ = ("_meter", "_out", "_pictures", "_said_shortened", "_tools", "_writer", "shape", "told")

    def __init__(
        self,
        out: EffectList,
        writer: TranscriptWriter,
        tools: Tools,
        pictures: Pictures,
        meter: Meter,
        shape: dialects.Shape,
    ) -> None:
        self.told = False
        self._out = out
        self._writer = writer
        self._tools = tools
        self._pictures = pictures
        self._meter = meter
        self.shape = shape
        self._said_shortened = False

    def begin_session(self, unheard: Callable[[str], bool]) -> None:
        """Tell one that knows nothing what was said, and of what the assistant said what was heard."""
        told, shortened = self._writer.replay_history(unheard, self._tools.used, self._pictures.picture)
        self.told = bool(told)
        for item, part in told:
            for text in part.words:
                self._meter.read(text)
            messages = dialects.told(item, part, self.shape)
            if isinstance(part, Seen):
                self._meter.see()
                messages = [self._pictures.named(part.item, message) for message in messages]
            for message in messages:
                self._out.send(message)
        if shortened and not self._said_shortened:
            self._said_shortened = True
            self._out.do(Notify(faults.TALK_SHORTENED))

    def correct(self, item: str, heard: str) -> bool:
        """Less was heard of an earlier session's item than this one was told; False where it was told nothing."""
        ids = self._writer.tell_again(item)
        if ids is None:
            return False
        told, corrected = ids
        if heard:
            for message in dialects.told(corrected, Said("assistant", heard), self.shape, told):
                self._out.send(message)
        self._out.send(dialects.delete(told))
        return True
