"""What a relay and its sessions may ask of their call, and a call of its page. All of it on the bridge's thread."""

from typing import Protocol

from ..conversation import effects
from ..conversation import events as ev
from ..conversation.dialects import SessionConfig
from ..conversation.faults import Fault
from ..net.link import Reader
from ..wire import down, rendering


class PageEnd(Protocol):
    """The page's end of a call. Never raises."""

    def emit(self, event: down.Event) -> None:
        """Tell what carries no number."""

    def send(self, packet: rendering.Packet) -> None:
        """Tell what the outbox has numbered."""

    def read_by(self, reader: Reader | None) -> None:
        """Have what the page sends read by another (`Link.read_by`), if that can be."""

    def cork(self) -> None:
        """Write what is sent from now on together (`Link.cork`), if that can be."""

    def uncork(self) -> None: ...


class ToolPerformer(Protocol):
    """Runs what the model calls, and asks the person."""

    def perform(self, effect: effects.ToolEffect) -> None:
        """Begin it, and return at once; what comes of it is told as an event."""

    def stop(self) -> None:
        """The call is over."""


class CallOwner(Protocol):
    """A call, asked by its relay and its sessions."""

    id: str

    @property
    def over(self) -> bool: ...

    @property
    def config(self) -> SessionConfig:
        """What its session is to be, with all that was changed and not refused."""

    def opened(self, session: ev.SessionUpdated) -> None:
        """The first session has begun."""

    def not_opened(self, fault: Fault) -> None:
        """The first session could not be had."""

    def ready(self, effect: effects.Ready) -> None:
        """The conversation is live."""

    def session_waits(self) -> None:
        """Another session may be ready to take over, and need wait no longer."""

    def session_lost(self, fault: Fault) -> None:
        """Nothing more comes of the session that goes on."""

    def session_doubted(self, silent_s: float | None) -> None:
        """The session that goes on has been silent for so long, and may have stalled; None: it has not."""

    @property
    def session_waiting(self) -> bool:
        """Whether another session waits for the moment to take over, or is waited for."""

    @property
    def in_mid_answer(self) -> bool:
        """Whether the next sound of an answer is waited for."""

    def replace_session(self, fault: Fault) -> None:
        """The conversation has given up its session; another one is to take over."""

    def handled(self) -> None:
        """All was done about an event."""

    def warn(self, fault: Fault, progress: down.Progress | None = None) -> None:
        """The page is to be told; the call goes on."""

    def passed(self, direction: down.Direction, kind: str, payload: bytes) -> None:
        """An event of this type went to a server or came from it."""

    def finish(self, fault: Fault | None) -> None:
        """The call is over: asked for (`fault` is None), or because of `fault`."""

    def fail(self) -> None:
        """A fault of ours, just caught, ends this call alone."""
