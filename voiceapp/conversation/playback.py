"""How much of the assistant's sound was sent to the page, and how much of it was heard."""

from dataclasses import dataclass

from .pcm16 import BYTES_PER_MS
from .segments import floor_word
from .speech_rate import speech_ms, spoken_in

# The page's last report may come before the sound device is quite empty.
END_TOLERANCE_MS = 50
# An item or two are played at a time: of more than so many the oldest is taken for heard, or for answered.
MAX_LIVE = 50
# Late sound of one that was cut is dropped as long as it is known.
MAX_KEPT = 1_000


@dataclass(slots=True)
class Sound:
    """One item's sound. `dropped`: more of it came than the page was sent. `reported`: the page answered the flush.

    `lost`: the page did not say in time that it was heard to its end. `truncated_ms`: as the model knows it.
    """

    sent_bytes: int = 0
    heard_ms: int = 0
    complete: bool = False
    cut: bool = False
    dropped: bool = False
    reported: bool = False
    lost: bool = False
    truncated_ms: int | None = None

    @property
    def sent_ms(self) -> int:
        return self.sent_bytes // BYTES_PER_MS

    @property
    def playing(self) -> bool:
        heard = self.complete and self.heard_ms >= self.sent_ms - END_TOLERANCE_MS
        unsent = self.dropped and not self.sent_bytes
        return not (self.cut or self.lost or heard or unsent)

    def would_end(self, heard_ms: int) -> bool:
        """Whether that is all of it."""
        return self.complete and heard_ms >= self.sent_ms - END_TOLERANCE_MS

    def hear(self, heard_ms: int) -> None:
        """Take the page's word, within what it can have heard."""
        heard_ms = min(heard_ms, self.sent_ms)
        if heard_ms > self.heard_ms:
            self.heard_ms, self.lost = heard_ms, False

    def heard_whole(self) -> bool:
        return self.complete and not self.dropped and self.heard_ms >= self.sent_ms - END_TOLERANCE_MS

    def heard_text(self, text: str) -> str:
        """The part of `text` that was heard, to the end of its last whole word."""
        return self.spoken_text(text, self.heard_ms)

    def spoken_text(self, text: str, ms: int) -> str:
        """The part of `text` that is spoken within its first `ms`, to the end of its last whole word."""
        text_ms = speech_ms(text)
        # Before its length is known, speech is taken to run at its usual pace.
        length_ms = self.sent_ms if self.complete and not self.dropped else max(self.sent_ms, text_ms)
        if length_ms == 0 or ms == 0:
            return ""
        return text[: floor_word(text, spoken_in(text, text_ms * ms / length_ms))].rstrip()


class Playback:
    """The latest items' sounds, by id; bounded, so that no number of items slows it down."""

    __slots__ = ("_live", "_sounds")

    def __init__(self) -> None:
        self._sounds: dict[str, Sound] = {}
        # Those that may be heard or wait for the page's answer: a long call has many that are over.
        self._live: dict[str, Sound] = {}

    def get(self, item: str) -> Sound | None:
        return self._sounds.get(item)

    def open(self, item: str) -> Sound:
        sound = self._sounds.get(item)
        if sound is None:
            sound = self._sounds[item] = Sound()
            self._watch(item, sound)
            self._forget_oldest()
        return sound

    def _watch(self, item: str, sound: Sound) -> None:
        self._live[item] = sound
        if len(self._live) > MAX_LIVE:
            oldest = self._live.pop(next(iter(self._live)))
            oldest.lost, oldest.reported = True, oldest.cut

    def _forget_oldest(self) -> None:
        if len(self._sounds) > MAX_KEPT:
            item = next(iter(self._sounds))
            sound = self._sounds.pop(item)
            if item in self._live:
                self._sounds[item] = sound

    def hear(self, item: str, heard_ms: int) -> None:
        sound = self._sounds.get(item)
        if sound is not None:
            sound.hear(heard_ms)
            self._watch(item, sound)

    def playing(self) -> list[str]:
        """Items of which something may still be heard, oldest first."""
        # Asked at every event, and mostly there is none, or one.
        if not self._live:
            return []
        over = [item for item, sound in self._live.items() if not sound.playing and (sound.reported or not sound.cut)]
        for item in over:
            del self._live[item]
        return [item for item, sound in self._live.items() if sound.playing]

    def unheard(self, item: str) -> bool:
        """Whether there was sound of it, and none reached the page."""
        sound = self._sounds.get(item)
        return sound is not None and sound.dropped and sound.sent_bytes == 0

    def unsettled(self) -> list[str]:
        """Items that were cut, of which the page has yet to say how much was heard."""
        return [item for item, sound in self._live.items() if sound.cut and not sound.reported]
