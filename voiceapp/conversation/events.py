"""What can happen in a call, from either side, as frozen values."""

from dataclasses import dataclass, field
from typing import Literal

from .faults import Fault
from .tool_events import Approved as Approved
from .tool_events import EndWanted as EndWanted
from .tool_events import Link as Link
from .tool_events import ToolFault as ToolFault
from .tool_events import ToolFinished as ToolFinished
from .tool_events import ToolKind as ToolKind
from .tool_events import ToolReported as ToolReported
from .tool_events import ToolsMissing as ToolsMissing
from .tool_events import ToolState as ToolState
from .tool_events import ToolTold as ToolTold
from .turn_detection import Detection

# Why an answer is not whole: it grew too long, a filter held the rest back, the server ended it for what was no
# interruption, or it has words of its own for it.
Incomplete = Literal["length", "filter", "interrupted", "other"]
# How far the microphone is, for whoever takes noise out of its sound.
Noise = Literal["near", "far", "off"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one response, or a sum of them (protocol: `response.usage`).

    The kinds of `cached_tokens` are 0 where the server does not tell them.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    input_text_tokens: int = 0
    input_audio_tokens: int = 0
    input_image_tokens: int = 0
    cached_tokens: int = 0
    cached_text_tokens: int = 0
    cached_audio_tokens: int = 0
    cached_image_tokens: int = 0
    output_text_tokens: int = 0
    output_audio_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Transcribing:
    """What transcribing the person's words used: seconds of sound, or tokens (the `usage` of its `completed`)."""

    seconds: float = 0.0
    input_tokens: int = 0
    input_text_tokens: int = 0
    input_audio_tokens: int = 0
    output_tokens: int = 0


# From the browser


@dataclass(frozen=True, slots=True)
class TextTyped:
    text: str


@dataclass(frozen=True, slots=True)
class PictureShown:
    """The person shows a picture: base64 of a JPEG, under an item's id that the page made up."""

    item: str
    jpeg: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The person pressed stop."""


@dataclass(frozen=True, slots=True)
class Flushed:
    """The playback queue dropped `item` after `heard_ms` of it were heard."""

    item: str
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Heard:
    """So far `heard_ms` of `item` were heard."""

    item: str
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Voiced:
    """Since the answer was held the page has heard the person for as long as it was told to wait for (`Hold`)."""


@dataclass(frozen=True, slots=True)
class Talked:
    """The push-to-talk key went down, or up."""

    down: bool


@dataclass(frozen=True, slots=True)
class MayGreet:
    """Whether the assistant may speak first: not while the person's first words are on their way."""

    on: bool


@dataclass(frozen=True, slots=True)
class Configured:
    """What the person chose of how they are heard, and when they interrupt; None leaves it as it is."""

    detection: Detection | None = None
    language: str | None = None
    noise: Noise | None = None
    confirms: bool | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person hung up."""


# From the page's connection


@dataclass(frozen=True, slots=True)
class PageLost:
    """Nobody is there to be told, for now."""


@dataclass(frozen=True, slots=True)
class PageBack:
    """Somebody is there again. Of the items in `lost` it has no sound, and none can be given."""

    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxFull:
    """Nobody is there, and there is no room for more sound."""


@dataclass(frozen=True, slots=True)
class ServerLeaves:
    """Nobody here can give the rest of an answer any more."""


@dataclass(frozen=True, slots=True)
class AnswerOwed:
    """The person said something to an earlier worker's session, which gave no answer."""


# From the clock


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """`Conversation.deadline` is reached; harmless at any other time."""


# From the upstream's sockets


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The session has ended, or has to, by `fault`; nothing more comes of it.

    `silent_s`: for so long nothing came already, so that nobody may have heard what was said meanwhile.
    """

    fault: Fault
    silent_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SessionRenewed:
    """Another one goes on, which was told of the talk (`Conversation.renew`) and sent the sound that it needs."""


# From the upstream's events, whatever dialect they came in


@dataclass(frozen=True, slots=True)
class SessionCreated:
    model: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    model: str
    voice: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """`item` is empty if the server has not named the item yet."""

    item: str


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Silence in the midst of a turn. `sure`: 0 to 1, that it is over; None: the server cannot tell.

    The turn ends after `ends_in_ms` more of it; None: the server does not say.
    """

    item: str
    sure: float | None
    ends_in_ms: int | None


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """They speak on, in the same turn."""

    item: str


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    item: str


@dataclass(frozen=True, slots=True)
class Committed:
    item: str
    after: str | None


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """An item took its place. `kind`: `audio`, `text` for messages, else the item's own type."""

    item: str
    after: str | None
    role: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemDeleted:
    item: str


@dataclass(frozen=True, slots=True)
class UserTextDelta:
    item: str
    delta: str


@dataclass(frozen=True, slots=True)
class UserText:
    item: str
    text: str
    usage: Transcribing | None = None


@dataclass(frozen=True, slots=True)
class UserTextFailed:
    """What the person said could not be transcribed; the turn goes on. `code`: the server's, for the log."""

    item: str
    code: str = ""
    usage: Transcribing | None = None


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    response: str


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """`code` and `message`: of the error, if `status` is `failed`; `incomplete`: why, if it is `incomplete`."""

    response: str
    status: str
    usage: Usage | None
    code: str = ""
    message: str = ""
    incomplete: Incomplete | None = None


@dataclass(frozen=True, slots=True)
class OutputItemAdded:
    response: str
    item: str
    role: str
    kind: str


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """`audio` is standard base64 of whole samples, and stays so; empty: nothing."""

    response: str
    item: str
    audio: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AudioDone:
    response: str
    item: str


@dataclass(frozen=True, slots=True)
class AssistantTextDelta:
    response: str
    item: str
    delta: str


@dataclass(frozen=True, slots=True)
class AssistantText:
    response: str
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class UpstreamError:
    """An `error` event. `cause` is the event_id of ours that it answers, `param` the field that is wrong, or empty."""

    code: str
    message: str = field(repr=False)
    cause: str
    param: str = ""


BrowserEvent = (
    TextTyped
    | PictureShown
    | Interrupted
    | Flushed
    | Heard
    | Voiced
    | Talked
    | MayGreet
    | Configured
    | Stopped
    | Approved
)
UpstreamEvent = (
    SessionCreated
    | SessionUpdated
    | SpeechStarted
    | SpeechPaused
    | SpeechResumed
    | SpeechStopped
    | Committed
    | ItemAdded
    | ItemDeleted
    | UserTextDelta
    | UserText
    | UserTextFailed
    | ResponseCreated
    | ResponseDone
    | OutputItemAdded
    | ToolReported
    | ToolsMissing
    | AudioDelta
    | AudioDone
    | AssistantTextDelta
    | AssistantText
    | UpstreamError
)
Event = (
    BrowserEvent
    | UpstreamEvent
    | SessionLost
    | SessionRenewed
    | PageLost
    | PageBack
    | OutboxFull
    | ServerLeaves
    | AnswerOwed
    | ToolTold
    | ToolFinished
    | EndWanted
    | DeadlinePassed
)
