"""What a session asks its surroundings to do."""

from dataclasses import dataclass, field

from ..brains.request import Request
from ..protocol.events import Event
from ..speech.samples import Samples


@dataclass(frozen=True)
class Send:
    """Send this event to the client; the sender adds `event_id`."""

    event: Event


@dataclass(frozen=True)
class Transcribe:
    """Transcribe these 16 kHz samples and call `Session.transcribed` with the ticket."""

    ticket: int
    samples: Samples = field(compare=False)
    language: str = ""


@dataclass(frozen=True)
class TranscribePartial:
    """If there is time, transcribe what a running turn holds so far and call `Session.partially_transcribed`."""

    item: str
    samples: Samples = field(compare=False)
    language: str = ""


@dataclass(frozen=True)
class JudgeEnd:
    """If there is a model for it, tell `Session.end_judged` how likely the turn is over, by its sound."""

    item: str
    place: int
    samples: Samples = field(compare=False)


@dataclass(frozen=True)
class CancelTranscription:
    """The session no longer wants this transcript."""

    ticket: int


@dataclass(frozen=True)
class PrepareLanguage:
    """The session will soon speak this language."""

    language: str


@dataclass(frozen=True)
class Answer:
    """Find the answer and call `Session.produced` with each of its pieces."""

    request: Request


@dataclass(frozen=True)
class StopAnswer:
    """The session wants no further pieces of this response."""

    response: str


@dataclass(frozen=True)
class Close:
    """Close the WebSocket with this code and reason."""

    code: int
    reason: str


Effect = (
    Send
    | PrepareLanguage
    | Transcribe
    | TranscribePartial
    | JudgeEnd
    | CancelTranscription
    | Answer
    | StopAnswer
    | Close
)
