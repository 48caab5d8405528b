"""How the person is heard: when they speak, by the server or by the key, and the settings they change for that."""

from . import dialects
from .effect_list import EffectList
from .events import Configured
from .pcm16 import BYTES_PER_MS
from .session_changes import SessionChanges
from .turn_detection import PushToTalk

# A shorter commit is refused by the server (`input_audio_buffer_commit_empty`).
MIN_COMMIT_BYTES = 100 * BYTES_PER_MS


class InputAudio:
    """`key`: the push-to-talk key is down."""

    def __init__(self, out: EffectList, config: dialects.SessionConfig, shape: dialects.Shape) -> None:
        self.key = False
        self._out = out
        self._shape = shape
        self._changes = SessionChanges(config)
        # Of sound that was sent since the server's buffer was last known to be empty.
        self.held_bytes = 0
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
    def speaking(self) -> bool:
        return self._heard or (self.key and not self._held_long)

    @property
    def by_key(self) -> bool:
        """Whether a key alone says when the person speaks, as far as the server knows, too."""
        return self._changes.by(PushToTalk)

    def session_over(self, config: dialects.SessionConfig, shape: dialects.Shape) -> None:
        self._changes, self._shape = SessionChanges(config), shape
        self.held_bytes = 0

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
        self.held_bytes = 0

    def commit(self) -> bool:
        """What the server holds is the person's turn; False where it is too short for a word."""
        if self.held_bytes < MIN_COMMIT_BYTES:
            self._out.send(dialects.CLEAR_SOUND)
            return False
        self._out.send(dialects.COMMIT_SOUND)
        return True

    # Changes

    @property
    def changing(self) -> bool:
        """Whether the server has yet to say what becomes of a change."""
        return self._changes.pending

    def change(self, change: Configured) -> None:
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
