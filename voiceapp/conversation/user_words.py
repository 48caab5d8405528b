"""The person's words, as the server writes them down."""

from . import events as ev
from .barge_in import BargeIn
from .consent import asks
from .effect_list import EffectList
from .effects import LogError
from .open_turns import OpenTurns
from .tools import Tools
from .transcript_writer import TranscriptWriter
from .usage import Meter


class UserWords:
    """Of one call."""

    __slots__ = ("_barge_in", "_meter", "_out", "_tools", "_turns", "_writer")

    def __init__(
        self,
        out: EffectList,
        writer: TranscriptWriter,
        meter: Meter,
        turns: OpenTurns,
        barge_in: BargeIn,
        tools: Tools,
    ) -> None:
        self._out = out
        self._writer = writer
        self._meter = meter
        self._turns = turns
        self._barge_in = barge_in
        self._tools = tools

    def add(self, event: ev.UserTextDelta) -> None:
        self._writer.append(self._writer.user(event.item), event.delta)
        self._barge_in.wording(event.item, self._writer.text(event.item))

    def finish(self, event: ev.UserText) -> None:
        self._out.charge(self._meter.transcribed(event.item, event.usage))
        if event.text.strip():
            self._turns.close(event.item)
            self._writer.finish(self._writer.user(event.item), event.text.strip())
            self._barge_in.worded(event.item, event.text)
            self.answer(event.text)
        else:
            # Noise: the server heard no words, so no reply need come.
            self.forget(event.item)

    def answer(self, words: str) -> None:
        """They may be one to what the assistant has asked aloud: whether something may be done."""
        if self._tools.asks and asks(self._writer.assistant_said()):
            self._tools.answered_aloud(words)

    def deleted(self, item: str) -> None:
        """The server knows them no longer; what it has written down it may answer all the same."""
        written = self._writer.is_written(item)
        self._turns.close(item)
        self._writer.remove(item)
        if not written:
            self._barge_in.nothing_said(item)

    def forget(self, item: str) -> None:
        """There are none."""
        self._turns.close(item)
        self._writer.remove(item)
        self._barge_in.nothing_said(item)

    def fail(self, event: ev.UserTextFailed) -> None:
        """Nobody can write them down; who heard them may still answer."""
        self._out.charge(self._meter.transcribed(event.item, event.usage))
        self._out.do(LogError(event.code or "transcription_failed"))
        self._writer.fail(self._writer.user(event.item))
        self._barge_in.unclear(event.item)
