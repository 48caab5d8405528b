"""What a session wants done; the voice server does it."""

from dataclasses import dataclass, field

from ..brains.request import Request
from ..protocol.events import Event
from ..speech.samples import Samples


@dataclass(frozen=True)
class Send:
    """An event for the client; `event_id` is added on the way."""

    event: Event


@dataclass(frozen=True)
class Transcribe:
    """Tell `Session.transcribed` what is said here; `ticket` names the question."""

    ticket: int
    samples: Samples = field(compare=False)
    language: str = ""


@dataclass(frozen=True)
class TranscribePartial:
    """If it can be done in passing, tell `Session.partially_transcribed` what a running turn seems to say so far."""

    item: str
    samples: Samples = field(compare=False)
    language: str = ""


@dataclass(frozen=True)
class CancelTranscription:
    """The answer to this question is not wanted any more."""

    ticket: int


@dataclass(frozen=True)
class PrepareLanguage:
    """This language is about to be spoken."""

    language: str


@dataclass(frozen=True)
class Answer:
    """Tell `Session.produced` the pieces of the answer."""

    request: Request


@dataclass(frozen=True)
class StopAnswer:
    """No further pieces of this response are wanted."""

    response: str


@dataclass(frozen=True)
class Close:
    """Close the WebSocket."""

    code: int
    reason: str


Effect = Send | PrepareLanguage | Transcribe | TranscribePartial | CancelTranscription | Answer | StopAnswer | Close
