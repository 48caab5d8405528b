"""How the person is heard: when they speak, by the server or by the key, and the settings they change for that."""

from collections.abc import Mapping
from types import MappingProxyType

from . import dialects
from .effect_list import EffectList
from .events import Configured
from .open_turns import OpenTurns
from .pcm16 import BYTES_PER_MS
from .session_changes import SessionChanges, changed
from .turn_detection import Eagerness, PushToTalk, SemanticVad, ServerVad

# A shorter commit is refused by the server (`input_audio_buffer_commit_empty`).
MIN_COMMIT_BYTES = 100 * BYTES_PER_MS
# A server notices a speech, and we hear of it, so long after it began; and so much of before it is worth to be kept.
NOTICED_MS, PREFIX_MS = 300, 300
# What the provider's server waits at most for the rest of a sentence, where it judges by the meaning.
PATIENCE_S: Mapping[Eagerness, float] = MappingProxyType({"low": 8.0, "medium": 4.0, "auto": 4.0, "high": 2.0})


class InputAudio:
    """`key`: the push-to-talk key is down. `turns`: what was said that only its sound tells yet."""

    __slots__ = (
        "_before", "_changes", "_heard", "_held_long", "_out", "_shape", "_unheard_from", "held_bytes", "key", "turns",
    )  # fmt: skip

    def __init__(self, out: EffectList, config: dialects.SessionConfig, shape: dialects.Shape) -> None:
        self.key = False
        self.turns = OpenTurns()
        self._out = out
        self._shape = shape
        self._changes = SessionChanges(config)
        # From where on nobody has heard them, once the session is lost; None while there is one.
        self._unheard_from: int | None = None
        # Of sound that was sent since the server's buffer was last known to be empty; and before that.
        self.held_bytes = self._before = 0
        # The server hears them; and the key is held so long that nobody is taken to speak any more.
        self._heard = self._held_long = False

    def sent(self, size: int) -> None:
        """So many bytes of sound went to the server."""
        self.held_bytes += size

    @property
    def config(self) -> dialects.SessionConfig:
        """What the session is to be, with all that was changed and not refused."""
        return self._changes.config

    @property
    def sent_bytes(self) -> int:
        """Of all sound of the call; what another session is sent again counts once."""
        return self._before + self.held_bytes

    def sent_again(self, size: int) -> None:
        """So many bytes of what was sent before went to another server."""
        self.held_bytes += size
        self._before -= size

    @property
    def keep_from(self) -> int | None:
        """From where on sound may be needed again, in bytes of all of it; None: only the latest."""
        return self.needed_from if self.turns or not self._out.has_session else None

    @property
    def needed_from(self) -> int:
        """From where on a session that took over now would need it: nobody wrote down what was said since."""
        if self.turns.begin is not None:
            return self.turns.begin
        if self._unheard_from is not None:
            return self._unheard_from
        return self.turns.behind_last(self.sent_bytes, self._lead_bytes)

    @property
    def _lead_bytes(self) -> int:
        """How much sound before the moment in which a speech is noticed may be part of it."""
        match self.config.detection:
            case PushToTalk():
                return 0
            case ServerVad(prefix_ms=prefix_ms):
                return (min(prefix_ms, PREFIX_MS) + NOTICED_MS) * BYTES_PER_MS
            case _:
                return (PREFIX_MS + NOTICED_MS) * BYTES_PER_MS

    def turn_began(self, item: str) -> bool:
        """The server hears a turn begin; whether an earlier session had heard it."""
        return self.turns.began(item, self.sent_bytes, self._lead_bytes)

    def turn_taken(self, item: str) -> None:
        self.turns.taken(item, self.sent_bytes, self._lead_bytes)

    @property
    def speaking(self) -> bool:
        return self._heard or (self.key and not self._held_long)

    @property
    def by_key(self) -> bool:
        """Whether a key alone says when the person speaks, as far as the server knows, too."""
        return self._changes.by(PushToTalk)

    @property
    def decides(self) -> bool:
        """Whether we ask for the answer to what is said, as far as the server knows, too."""
        return self._changes.confirmed.decides

    @property
    def silence_s(self) -> float:
        """How long the server may listen for more before it says that somebody has stopped."""
        match self.config.detection:
            case ServerVad(silence_ms=silence_ms):
                return silence_ms / 1000
            case SemanticVad(eagerness):
                return PATIENCE_S[eagerness]
            case _:
                return 0.0

    def session_lost(self, silent_s: float) -> None:
        """Nobody is left to hear them, or has been for so long, or to refuse a change."""
        silent = 0 if self.by_key else int(silent_s * 1000) * BYTES_PER_MS
        self._unheard_from = self.turns.behind_last(self.sent_bytes, silent + self._lead_bytes)
        self._changes = SessionChanges(self.config)

    def session_over(self, config: dialects.SessionConfig, shape: dialects.Shape) -> None:
        """Another server hears them, and knows of no sound yet. Whoever speaks goes on."""
        self._changes, self._shape = SessionChanges(config), shape
        self._unheard_from = None
        self._empty()

    def _empty(self) -> None:
        self._before, self.held_bytes = self.sent_bytes, 0

    def began(self) -> bool:
        """The server hears somebody speak; False where that decides nothing."""
        self._heard = not self.by_key
        return self._heard

    def ended(self) -> bool:
        """It took the turn; False where that decides nothing."""
        self._heard = False
        return not self.by_key

    def give_up(self) -> None:
        """Nobody speaks for so long."""
        self._heard, self._held_long = False, self.key
        if not self.key:
            self.turns.give_up()

    # The key

    def press(self, *, down: bool) -> bool:
        """False where the key is not in use, or is where it was."""
        if not isinstance(self.config.detection, PushToTalk) or down == self.key:
            return False
        self._move(down=down)
        return True

    def _move(self, *, down: bool) -> None:
        self.key, self._heard, self._held_long = down, False, False

    def clear(self) -> None:
        """What the server holds is not for it."""
        self._out.send(dialects.CLEAR_SOUND)
        self._empty()
        self.turns.began("", self.sent_bytes, 0)

    def commit(self) -> bool:
        """What the server holds is the person's turn; False where it is too short for a word."""
        if self.held_bytes < MIN_COMMIT_BYTES:
            self._out.send(dialects.CLEAR_SOUND)
            self.turns.give_up()
            return False
        self._out.send(dialects.COMMIT_SOUND)
        self.turns.taken("", self.sent_bytes, 0)
        return True

    def commit_again(self) -> None:
        """Another server holds it; where a key says when the person has ended, we do."""
        if self.by_key and not self.key:
            self._out.send(dialects.COMMIT_SOUND)

    # Changes

    @property
    def changing(self) -> bool:
        """Whether the server has yet to say what becomes of a change."""
        return self._changes.pending

    def change(self, change: Configured) -> None:
        if not self._out.has_session:
            self._changes = SessionChanges(changed(self.config, change))
            return
        event_id = self._out.new_id()
        self._changes.ask(event_id, change)
        self._out.send(dialects.input_settings_update(self.config, self._shape, event_id))

    def changed(self) -> None:
        """The oldest change was made."""
        change = self._changes.confirm()
        if change is not None and change.detection is not None:
            # The server listens anew, and will not say that a speech which it heard begin has ended.
            self._heard = False

    def refused(self, cause: str) -> bool:
        """Whether it was a change that was refused; `cause` as in `SessionChanges.refuse`."""
        if not self._changes.refuse(cause):
            return False
        if self.key and not isinstance(self.config.detection, PushToTalk):
            self._move(down=False)
        return True
