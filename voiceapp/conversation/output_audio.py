"""The assistant's sound: what was sent to the page, what was cut, and what was heard."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from . import dialects
from .effect_list import EffectList
from .effects import Flush, Hold, Play, SoundComplete
from .events import AudioDelta, Flushed, Heard
from .pcm16 import BYTES_PER_MS, base64_size
from .playback import Playback
from .transcript_writer import TranscriptWriter
from .usage import Meter

# More of an answer may come after so long a pause.
MAX_GAP_S = 50.0
# So much voice of the person's is no cough and no backchannel.
VOICE_MS = 600
# What is said into the last second of an answer is said to all of it.
TAIL_MS = 1000
# Of responses that are not over, and of the items of one, the oldest is forgotten: a server has one, of a few items.
MAX_RESPONSES, MAX_ITEMS = 20, 100


class Sounding(NamedTuple):
    """An item that plays, or is to. `complete`: no more of its sound comes."""

    item: str
    heard_ms: int
    complete: bool


class OutputAudio:
    """The items of every response. `sent_bytes`: all sound the page was sent. `truncates`: the server can.

    `correct` mends what a session was told of an item of an earlier one; False where it was told nothing.
    """

    __slots__ = (
        "_broken", "_correct", "_cut", "_items", "_later", "_meter", "_out", "_playback", "_writer", "held",
        "sent_bytes", "truncates",
    )  # fmt: skip

    def __init__(
        self,
        out: EffectList,
        captions: TranscriptWriter,
        meter: Meter,
        correct: Callable[[str, str], bool],
        *,
        truncates: bool,
    ) -> None:
        self.truncates = truncates
        self._correct = correct
        self.sent_bytes = 0
        self._out = out
        self._writer = captions
        self._meter = meter
        self._playback = Playback()
        # Of responses that are not over: their items, and whether they are dropped.
        self._items: dict[str, dict[str, None]] = {}
        self._cut: dict[str, None] = {}
        # The page plays nothing more for now.
        self.held = False
        # Responses that began since, to what the person said meanwhile, with their items; and the item at which the
        # server has ended the one that was held, empty where no sound of it had come.
        self._later: dict[str, set[str]] = {}
        self._broken: str | None = None

    # The hot path

    def take(self, response: str, item: str, size: int) -> bool:
        """Count `size` bytes of the assistant's sound; whether they go on to the page, or are to be dropped.

        An item not heard of before is announced first, through `Conversation.handle`; see `knows`.
        """
        if not size:
            return False
        self._meter.sound_bytes += size
        sound = self._playback.open(item)
        if sound.cut or response in self._cut:
            sound.dropped = True
            return False
        sound.sent_bytes += size
        self.sent_bytes += size
        return True

    def knows(self, item: str) -> bool:
        """Whether sound of `item` can go by `take` alone: its place is held and its sound has begun."""
        sound = self._playback.get(item)
        return sound is not None and (sound.cut or (sound.sent_bytes > 0 and not sound.complete))

    # It comes

    @property
    def playing(self) -> bool:
        """Whether something may still be heard."""
        return bool(self._playback.playing())

    def begin(self) -> None:
        """Another response begins: where responses have no ids, it is not the one that was cut."""
        self._cut.pop("", None)

    def belongs(self, item: str, response: str) -> None:
        """The item is one of this response's."""
        items = self._items.get(response, {})
        _put(self._items, response, items, MAX_RESPONSES)
        _put(items, item, None, MAX_ITEMS)
        if response in self._later:
            self._later[response].add(item)

    def sounded(self, response: str) -> bool:
        """Whether any sound of the response went to the page."""
        sounds = map(self._playback.get, self._items.get(response, ()))
        return any(sound is not None and sound.sent_bytes for sound in sounds)

    def has(self, item: str, response: str) -> bool:
        """Whether that is known."""
        return item in self._items.get(response, ())

    def latest(self, response: str) -> str:
        """The response's newest item, or the empty string."""
        return next(reversed(self._items.get(response) or self._items.get("") or {"": None}))

    def delta(self, event: AudioDelta) -> None:
        sound = self._playback.open(event.item)
        if sound.complete:
            # The page was told that there is no more.
            sound.dropped = True
            return
        if self.take(event.response, event.item, base64_size(event.audio.encode())):
            self._out.tell(Play(event.item, event.audio))

    def complete(self, item: str) -> None:
        """There is no more sound of the item."""
        sound = self._playback.open(item)
        if sound.complete:
            return
        sound.complete = True
        if not sound.cut:
            self._out.tell(SoundComplete(item))

    def over(self, response: str, *, whole: bool, cancelled: bool) -> None:
        """No more of the response comes; where the server cancelled it, what is queued must not be heard.

        Unless it is held: whether it will be heard is still open.
        """
        broken = cancelled and response not in self._cut
        flushed = broken and (not self.held or response in self._later)
        if broken and not flushed:
            self._broken = self.latest(response) if self.sounded(response) else ""
        for item in [*self._items.pop(response, ()), *self._items.pop("", ())]:
            if flushed:
                self._flush(item)
            if self._playback.get(item) is not None:
                self.complete(item)
            self._writer.settle(item, whole=whole)

    def forget(self, response: str) -> None:
        """The server has ended it, so that nothing is left to drop."""
        self._cut.pop(response, None)

    # It is cut

    def is_cut(self, response: str) -> bool:
        return response in self._cut

    def cut(self, response: str) -> bool:
        """What still comes of the response is dropped; False where it was already."""
        if response in self._cut:
            return False
        _put(self._cut, response, None, MAX_RESPONSES)
        return True

    def flush_all(self) -> None:
        for item in self._playback.playing():
            self._flush(item)

    def flush_earlier(self) -> None:
        """All but what began while it was held."""
        later = set().union(*self._later.values())
        for item in self._playback.playing():
            if item not in later:
                self._flush(item)

    def _flush(self, item: str) -> None:
        sound = self._playback.get(item)
        if sound is not None and sound.playing:
            sound.cut = True
            self._out.tell(Flush(item))

    def flushed(self, event: Flushed) -> None:
        sound = self._playback.get(event.item)
        if sound is None or not sound.cut or sound.reported:
            return
        sound.reported = True
        sound.hear(event.heard_ms)
        if sound.heard_whole():
            return
        self._keep_heard(event.item, sound.heard_ms, sound.heard_text(self._writer.text(event.item)))

    def _keep_heard(self, item: str, heard_ms: int, text: str) -> None:
        if not self._correct(item, text):
            if heard_ms == 0:
                self._out.send(dialects.delete(item))
            elif self.truncates:
                self._truncate(item, heard_ms)
        if heard_ms == 0:
            self._writer.remove(item)
        else:
            self._writer.cut(item, text)

    def _truncate(self, item: str, heard_ms: int) -> None:
        """What was shortened may be cut after that; if all of it was heard by then, the model knows."""
        sound = self._playback.open(item)
        if sound.truncated_ms != heard_ms:
            sound.truncated_ms = heard_ms
            self._out.send(dialects.truncate(item, heard_ms))

    def heard_on(self, event: Heard) -> bool:
        """As `heard`, of what plays and goes on playing; False: nothing was done."""
        sound = self._playback.get(event.item)
        if sound is None or not sound.playing or sound.would_end(event.heard_ms):
            return False
        sound.hear(event.heard_ms)
        return True

    def heard(self, event: Heard) -> None:
        self._playback.hear(event.item, event.heard_ms)

    # It is held

    def hold(self) -> None:
        """The page steps back; nothing is lost."""
        if not self.held:
            self.held = True
            self._out.tell(Hold(on=True, voice_ms=VOICE_MS))

    def retell(self) -> None:
        """To a page that knows nothing of it, or no longer."""
        if self.held:
            self._out.tell(Hold(on=True, voice_ms=VOICE_MS))

    def release(self) -> None:
        """Nothing is held any more."""
        self._later.clear()
        self._broken = None
        if self.held:
            self.held = False
            self._out.tell(Hold(on=False))

    def go_on(self) -> bool:
        """What was held plays on, without what began meanwhile. Whether it was ended before any sound of it came."""
        for item in set().union(*self._later.values()):
            self._flush(item)
        unheard = self.ended_unheard
        if self._broken:
            self._writer.break_off(self._broken, "interrupted")
        self.release()
        return unheard

    @property
    def ended_unheard(self) -> bool:
        """Whether the server has ended what is held before any sound of it came."""
        return self._broken == ""

    def defer(self, response: str) -> None:
        """It begins while another one is held."""
        self._later[response] = set()

    @property
    def later(self) -> list[str]:
        return [*self._later]

    def is_later(self, response: str) -> bool:
        return response in self._later

    @property
    def nearly_over(self) -> bool:
        """Whether all sound of what is held is known, and next to none is left of it."""
        sounds = [self._playback.open(item) for item in self._playback.playing()]
        left = sum(sound.sent_ms - sound.heard_ms for sound in sounds)
        return bool(sounds) and all(sound.complete for sound in sounds) and left <= TAIL_MS

    # It waits for the page

    @property
    def unsettled(self) -> bool:
        """Whether the page has yet to say how much was heard of something that was cut."""
        return bool(self._playback.unsettled())

    def unheard(self, item: str) -> bool:
        return self._playback.unheard(item)

    def is_given(self, response: str) -> bool:
        """Whether all sound of its newest item has come, so that nothing is lost with the rest."""
        sound = self._playback.get(self.latest(response))
        return sound is not None and sound.complete

    def session_lost(self) -> None:
        """Of what had not all come, what was heard stays; what is whole is heard to its end."""
        items = {item: None for items in self._items.values() for item in items}
        for item in [*items, *self._playback.playing()]:
            sound = self._playback.get(item)
            if sound is None or not (sound.sent_bytes or sound.complete):
                self._writer.remove(item)
            elif not (sound.complete or sound.cut):
                sound.dropped = True
                self._flush(item)
            self._writer.settle(item, whole=False)
        self._items.clear()
        self._cut.clear()
        self.release()

    def session_over(self, *, truncates: bool) -> None:
        """The next one knows nothing of these responses."""
        self.truncates = truncates

    @property
    def sounding(self) -> list[Sounding]:
        """What of the assistant's sound may still be heard, in its order."""
        playing = [(item, self._playback.open(item)) for item in self._playback.playing()]
        return [Sounding(item, sound.heard_ms, sound.complete) for item, sound in playing]

    def heard_bytes(self, item: str) -> int | None:
        """How much of it was heard; None where no more is to be."""
        sound = self._playback.get(item)
        return sound.heard_ms * BYTES_PER_MS if sound is not None and sound.playing else None

    def shorten(self) -> bool:
        """There is no room for more of what comes: that is its end. Whether anything of it was kept."""
        cut = [item for item in self._playback.playing() if not self._playback.open(item).complete]
        for item in cut:
            sound = self._playback.open(item)
            sound.dropped = True
            self._keep_heard(item, sound.sent_ms, sound.spoken_text(self._writer.text(item), sound.sent_ms))
            self.complete(item)
        return bool(cut)

    def lose(self, items: Iterable[str]) -> None:
        """The page has no sound of these, and gets none: what was heard of them stays."""
        for item in items:
            self._flush(item)
        self.settle()

    def settle(self) -> None:
        """The page does not say it: its last reports must do."""
        for item in self._playback.unsettled():
            self.flushed(Flushed(item, 0))

    def remaining_s(self) -> float:
        """How long what plays can take, if nothing keeps the page from playing it."""
        sounds = [self._playback.open(item) for item in self._playback.playing()]
        gap = 0.0 if all(sound.complete for sound in sounds) else MAX_GAP_S
        return sum(sound.sent_ms - sound.heard_ms for sound in sounds) / 1000 + gap

    def give_up(self) -> None:
        """Nothing more came of what plays, or the page does not say that it was heard."""
        for item in self._playback.playing():
            self.complete(item)
            self._playback.open(item).lost = True


def _put(kept: dict[str, Any], key: str, value: object, maximum: int) -> None:
    """Keep it; the oldest of more than `maximum` goes."""
    kept[key] = value
    if len(kept) > maximum:
        del kept[next(iter(kept))]
