"""What a call uses that the upstream bills: told by it, or estimated where a response ends without a word of it.

Sources: `response.usage` and the transcription's `usage` of the Realtime protocol; the provider counts one token for
100 ms of the person's sound and one for 50 ms of the assistant's. Four bytes a token of text is near for English (four
letters) and for Japanese (a character and a third).
"""

from dataclasses import dataclass, field, replace

from .events import Transcribing, Usage
from .history import PICTURE_TOKENS
from .pcm16 import BYTES_PER_MS

USER_TOKEN_BYTES = 100 * BYTES_PER_MS
ASSISTANT_TOKEN_BYTES = 50 * BYTES_PER_MS
TEXT_TOKEN_BYTES = 4
# A server has one response at a time; of more, the end was not told.
MAX_OPEN = 8
# Of what was told so many are known, should a server say it once more.
MAX_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of the bill. A later one with the same `key` takes the place of an estimate."""

    key: str
    usage: Usage | Transcribing
    estimated: bool = False


@dataclass(slots=True)
class _Response:
    """One that goes on. Its sound is what arrived since `sound_from`, up to `sound_to` once another has begun."""

    key: str
    context: Usage
    sound_from: int
    sound_to: int | None = None
    text_bytes: int = 0


@dataclass(slots=True)
class Meter:
    """Follows what each response of the call reads and says. `sound_bytes`: all sound that came, heard or not."""

    sound_bytes: int = 0
    _session: int = 0
    _spoken_from: int | None = None
    # The latest of what the person said, until it is written down.
    _unwritten: str = ""
    _unnamed: int = 0
    # What the next response will read, as far as it is known.
    _context: Usage = field(default_factory=Usage)
    _open: dict[str, _Response] = field(default_factory=dict)
    _latest: _Response | None = None
    _told: dict[str, None] = field(default_factory=dict)

    # What a response will read

    def begin_session(self, *texts: str) -> list[Charge]:
        """Another session, which knows these texts alone. The charges are for what the last one left open."""
        left = self.close()
        self._open = {}
        self._session += 1
        self._context, self._spoken_from, self._unwritten = Usage(), None, ""
        for text in texts:
            self.read(text)
        return left

    def read(self, text: str) -> None:
        """A text joins what the model reads."""
        tokens = _text_tokens(len(text.encode(errors="replace")))
        known = self._context
        self._context = replace(
            known, input_tokens=known.input_tokens + tokens, input_text_tokens=known.input_text_tokens + tokens
        )

    def see(self) -> None:
        """A picture joins what the model sees."""
        known = self._context
        self._context = replace(
            known,
            input_tokens=known.input_tokens + PICTURE_TOKENS,
            input_image_tokens=known.input_image_tokens + PICTURE_TOKENS,
        )

    def speech_began(self, held_bytes: int) -> None:
        """The person speaks; `held_bytes` of their sound had been sent by then."""
        self._spoken_from = held_bytes

    def speech_committed(self, item: str, held_bytes: int) -> None:
        """What they said joins what the model hears."""
        began, self._spoken_from, self._unwritten = self._spoken_from, None, item
        if began is None or held_bytes <= began:
            return
        tokens = _tokens(held_bytes - began, USER_TOKEN_BYTES)
        known = self._context
        self._context = replace(
            known, input_tokens=known.input_tokens + tokens, input_audio_tokens=known.input_audio_tokens + tokens
        )

    # A response

    def began(self, response: str) -> Charge | None:
        """The charge is for the oldest that was never done, where there are too many."""
        if response in self._open:
            return None
        if self._latest is not None and self._latest.sound_to is None:
            self._latest.sound_to = self.sound_bytes
        self._latest = _Response(self._key(response), self._context, self.sound_bytes)
        self._open[response] = self._latest
        return self._estimate(self._open.pop(next(iter(self._open)))) if len(self._open) > MAX_OPEN else None

    def wrote(self, response: str, text: str) -> None:
        """The model wrote, or said, a text."""
        going = self._open.get(response)
        if going is not None:
            going.text_bytes += len(text.encode(errors="replace"))

    def done(self, response: str, usage: Usage | None, *, failed: bool = False) -> Charge | None:
        """It is over, and the server told what it used or did not; None where nothing is to be charged, or was."""
        going = self._open.pop(response, None)
        if usage == Usage() and going is not None and any(self._output(going)):
            # A server that does not count.
            usage = None
        if usage is None:
            return self._estimate(going, failed=failed) if going else None
        key = going.key if going else self._key(response)
        if key in self._told:
            return None
        self._keep_told(key)
        self._context = _read_next(usage)
        return Charge(key, usage)

    def transcribed(self, item: str, usage: Transcribing | None) -> Charge | None:
        """The person's words of `item` were written down: billed once, however often that is said."""
        key = f"{self._session}:item:{item}"
        if item == self._unwritten:
            self._unwritten = ""
        if usage is None or key in self._told:
            return None
        self._keep_told(key)
        return Charge(key, usage)

    def _keep_told(self, key: str) -> None:
        self._told[key] = None
        if len(self._told) > MAX_TOLD:
            del self._told[next(iter(self._told))]

    @property
    def writing(self) -> bool:
        """Whether something the person said is still to be written down."""
        return bool(self._unwritten)

    def close(self) -> list[Charge]:
        """The session is over, or nearly: what its responses used that go on, by what is known of them so far."""
        charges = [self._estimate(going) for going in self._open.values()]
        return [charge for charge in charges if charge is not None]

    def _estimate(self, going: _Response, *, failed: bool = False) -> Charge | None:
        if going.key in self._told:
            return None
        spoken, written = self._output(going)
        if failed and not spoken + written:
            return None
        usage = replace(
            going.context, output_tokens=spoken + written, output_audio_tokens=spoken, output_text_tokens=written
        )
        self._context = _read_next(usage)
        return Charge(going.key, usage, estimated=True)

    def _output(self, going: _Response) -> tuple[int, int]:
        """Tokens of sound and of text that came of it."""
        sound_to = self.sound_bytes if going.sound_to is None else going.sound_to
        return _tokens(sound_to - going.sound_from, ASSISTANT_TOKEN_BYTES), _text_tokens(going.text_bytes)

    def _key(self, response: str) -> str:
        """Another session may use the same ids again; a response without one is none that was heard of before."""
        self._unnamed += not response
        return f"{self._session}:response:{response or self._unnamed}"


def _read_next(usage: Usage) -> Usage:
    """What the response after one of this usage reads at least; of that the cache holds as much as before."""
    return replace(
        usage,
        input_tokens=usage.input_tokens + usage.output_tokens,
        input_text_tokens=usage.input_text_tokens + usage.output_text_tokens,
        input_audio_tokens=usage.input_audio_tokens + usage.output_audio_tokens,
        output_tokens=0,
        output_text_tokens=0,
        output_audio_tokens=0,
    )


def _text_tokens(size: int) -> int:
    return _tokens(size, TEXT_TOKEN_BYTES)


def _tokens(size: int, token_bytes: int) -> int:
    """Tokens of `size` bytes; one that was begun counts."""
    return -(-size // token_bytes)
