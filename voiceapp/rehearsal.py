"""A second session, made ready beside the one that a call goes on with."""

import asyncio
import json
from dataclasses import replace

from .conversation import dialects, faults
from .conversation import events as ev
from .conversation.conversation import SESSION_EVENT_ID, Abilities
from .conversation.reader import Reader
from .errors import UpstreamError
from .link import Ending, Link
from .pulse import READY_S


class Rehearsal:
    """Owns the new link until its session is what it was asked to be. Lives on the bridge's thread."""

    def __init__(self, link: Link, config: dialects.SessionConfig, abilities: Abilities) -> None:
        self._link = link
        self._config = config
        self._abilities = abilities
        self._model = ""
        self._reader = Reader()
        self._ready: asyncio.Future[ev.SessionUpdated] = asyncio.get_running_loop().create_future()

    async def ready(self) -> ev.SessionUpdated:
        """The session as it was made. Raises `UpstreamError`; then the link is closed."""
        self._link.open(self)
        try:
            session = await asyncio.wait_for(self._ready, READY_S)
        except TimeoutError:
            self._link.close(1000)
            raise UpstreamError(faults.STALLED) from None
        except BaseException:
            self._link.close(1000)
            raise
        return replace(session, model=session.model or self._model)

    def link_text(self, payload: bytes) -> None:
        self._take(self._reader.read(payload).event)

    def _take(self, event: ev.UpstreamEvent | None) -> None:
        match event:
            case ev.SessionCreated(model):
                self._model = model
                update = dialects.session_update(self._config, self._abilities.shape, SESSION_EVENT_ID)
                self._link.send(json.dumps(update, separators=(",", ":")).encode())
            case ev.SessionUpdated() if not self._ready.done():
                self._ready.set_result(event)
            case ev.UpstreamError() if not self._ready.done():
                refused = faults.SETTINGS_REFUSED if event.cause == SESSION_EVENT_ID else faults.of_code(event.code)
                self._ready.set_exception(UpstreamError(refused))

    def link_binary(self, _: bytes) -> None: ...

    def link_closed(self, end: Ending) -> None:
        if not self._ready.done():
            self._ready.set_exception(UpstreamError(faults.of_close(end.code, end.reason)))
