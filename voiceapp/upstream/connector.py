"""Links to upstream servers: the operator's, or the embedded engine, which is started when it is needed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..net import websocket
from ..net.bridge import Bridge
from ..net.link import Link
from ..net.masking import masking_keys
from ..secret import Secret
from .connect import connect
from .engine_process import Engine
from .profiles import Profile
from .trust import Trust

# What an upstream has not read yet.
MAX_OUT = 4 * 1024 * 1024

# Called while the embedded engine gets ready: with nothing, or with a part that is loaded, how much of it, of how much.
Loading = Callable[[tuple[str, int, int] | None], None]


@dataclass(frozen=True, slots=True)
class Connector:
    """One for all calls of this worker. `max_message`: bytes of the longest message that a server may send."""

    bridge: Bridge
    key: Secret
    engine: Engine | None
    max_message: int
    trust: Trust = field(default_factory=Trust)
    keys: Iterator[bytes] = field(default_factory=masking_keys)

    async def link(self, profile: Profile, loading: Loading) -> Link:
        """A link to the profile's server, its handshake done, not yet open. Raises `VoiceError`."""
        sock = await connect(self.bridge, *await self._where(profile, loading), self.trust)
        endpoint = websocket.Endpoint(websocket.Role.CLIENT, max_message=self.max_message, keys=self.keys)
        return self.bridge.link(sock, endpoint, side="upstream", max_out=MAX_OUT)

    async def _where(self, profile: Profile, loading: Loading) -> tuple[Profile, Secret]:
        if self.engine is None or profile.name != "embedded":
            return profile, self.key
        if not await self.engine.warm():
            loading(None)
        address = await self.engine.address(lambda part, done, of: loading((part, done, of)))
        return replace(profile, url=address), self.engine.key
