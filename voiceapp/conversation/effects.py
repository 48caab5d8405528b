"""What a conversation wants done, as frozen values; the relay performs them in order."""

from dataclasses import dataclass, field
from typing import Any

from .events import Incomplete
from .faults import Fault
from .functions import Sentence
from .tool_events import Link, ToolFault, ToolState
from .turns import Turn
from .usage import Charge

# What the page is told. Its form on the wire, and its number there, are no matter of the core's.


@dataclass(frozen=True, slots=True)
class TurnChanged:
    """Whose turn it is now."""

    state: Turn


@dataclass(frozen=True, slots=True)
class ItemPlaced:
    """A place in the transcript, before any text exists; `after`: the id it follows, None for the first."""

    id: str
    role: str
    after: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class TextAdded:
    """Text to append."""

    item: str
    delta: str


@dataclass(frozen=True, slots=True)
class TextFinished:
    """The whole text. `failed`: the person's words could not be transcribed; the text is what there was of them."""

    item: str
    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class TextHeard:
    """The item was cut; this part of its text was heard."""

    item: str
    heard: str


@dataclass(frozen=True, slots=True)
class TextIncomplete:
    """The server ended the answer before its end."""

    item: str
    incomplete: Incomplete


@dataclass(frozen=True, slots=True)
class EntryRemoved:
    """The item is gone from the transcript."""

    item: str


@dataclass(frozen=True, slots=True)
class Flush:
    """Stop playing the item now, and drop what still comes of it."""

    item: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Play nothing more for now, and drop nothing; or, not `on`, go on where it was held.

    `voice_ms`: once the page has heard the person for so long, it tells `Voiced`.
    """

    on: bool
    voice_ms: int = 0


@dataclass(frozen=True, slots=True)
class ToolChanged:
    """All that is known of a tool's call; `call` is the id of its item. `says` and `shows`: see `Function`."""

    call: str
    name: str
    arguments: str = field(repr=False)
    state: ToolState
    result: str = field(default="", repr=False)
    progress: str = field(default="", repr=False)
    link: Link | None = field(default=None, repr=False)
    says: tuple[Sentence, ...] = ()
    shows: bool = True
    fault: ToolFault | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """Something that may cost money was used; an observer that knows the prices computes the cost."""

    charge: Charge


@dataclass(frozen=True, slots=True)
class Play:
    """Sound for the page's playback queue."""

    item: str
    audio: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SoundComplete:
    """There is no more sound of the item."""

    item: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The call is live."""

    model: str
    voice: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Notify:
    """Something the person should know; the call goes on."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Paused:
    """The person is silent in the midst of a turn; `sure` and `ends_in_ms` as in `events.SpeechPaused`."""

    sure: float | None
    ends_in_ms: int | None


@dataclass(frozen=True, slots=True)
class Resumed:
    """They speak on."""


# What is for others.


@dataclass(frozen=True, slots=True)
class Send:
    """A client event for the upstream, in the profile's dialect."""

    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run a function of ours, and tell `ToolFinished`; `arguments` is what the model wrote."""

    item: str
    name: str
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A tool waits for leave to run: tell `Approved`, with no if the person says nothing in time."""

    item: str


@dataclass(frozen=True, slots=True)
class CancelTool:
    """Whatever of `RunTool` or `AskPerson` still goes on for this item is wanted no longer."""

    item: str


@dataclass(frozen=True, slots=True)
class LogError:
    """Something for the log: what the upstream says of an error. `message` may quote people; `param` names a field."""

    code: str
    message: str = field(default="", repr=False)
    param: str = ""


@dataclass(frozen=True, slots=True)
class Replace:
    """The session is over, by `fault`; another one is to take over."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class End:
    """The call is over: asked for (`fault` is None), or because of `fault`."""

    fault: Fault | None


# What happens in the talk itself, in the order in which the page has to know it.
TalkEffect = (
    TurnChanged
    | ItemPlaced
    | TextAdded
    | TextFinished
    | TextHeard
    | TextIncomplete
    | EntryRemoved
    | Flush
    | Hold
    | ToolChanged
    | Used
    | Play
    | SoundComplete
)
ToolEffect = RunTool | AskPerson | CancelTool
Effect = TalkEffect | ToolEffect | Paused | Resumed | Ready | Notify | Send | LogError | Replace | End
"""What one event leads to, collected in order."""
