"""What a conversation asks of the world, as frozen values; the relay performs them in order."""

from dataclasses import dataclass, field
from typing import Any

from .faults import Fault
from .usage import Charge


@dataclass(frozen=True, slots=True)
class Emit:
    """A numbered event for the page (docs/wire.md)."""

    n: int
    event: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Used:
    """Something was used that costs money; the page's `usage` event, numbered, is for whoever knows the prices."""

    n: int
    charge: Charge


@dataclass(frozen=True, slots=True)
class Play:
    """Sound for the page's playback queue."""

    n: int
    item: str
    audio: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SoundComplete:
    """There is no more sound of the item."""

    n: int
    item: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The call is live."""

    model: str
    voice: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Send:
    """A client event for the upstream, in the profile's dialect."""

    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notify:
    """Something the person should know; the call goes on."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the log: what the upstream says of an error. `message` may quote people; `param` names a field."""

    code: str
    message: str = field(default="", repr=False)
    param: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The call is over: asked for (`fault` is None), or because of `fault`."""

    fault: Fault | None


Effect = Emit | Used | Play | SoundComplete | Ready | Send | Notify | Note | End
