"""The calls of this worker by id. A page is attached to its call; one whose page is lost waits for it a while."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..admission.access import Visitor
from ..errors import CALL_OVER, RESUME_REFUSED, ResumeError
from ..upstream.session_options import Plan
from .call import Call, Shared
from .interfaces import PageEnd
from .limits import Limits

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Registry:
    """Every method runs on the bridge's thread."""

    def __init__(self, shared: Shared, limits: Limits) -> None:
        self._shared = shared
        self._limits = limits
        self._calls: dict[str, Call] = {}

    def begin(
        self,
        plan: Plan,
        page: PageEnd,
        visitor: Visitor,
        request: str,
        asked: Mapping[str, Any] = _NOTHING,
        holder: str = "",
    ) -> Call:
        """A call to which `page` is attached. Raises `LimitError` where there is no room.

        `request`: the id of the request that the page came by; `asked`: the fields that `plan` was made of; `holder`:
        the id of the page itself.
        """
        limits = self._limits.begin(visitor)
        call = Call(self._shared, page, plan, limits, visitor, request, self._forget, asked, holder)
        self._calls[call.id] = call
        return call

    def get(self, call: str) -> Call | None:
        """The call of this id, while it goes on."""
        return self._calls.get(call)

    def resume(self, token: str, page: PageEnd, visitor: Visitor, holder: str, got: int | None) -> Call:
        """The call that the token is for, now attached to `page`, which has all of its events up to `got`.

        None: the page has nothing. `holder`: the page's own id. Raises `ResumeError`.
        """
        if not self._shared.grace_s:
            raise ResumeError(RESUME_REFUSED)
        ticket = self._shared.tokens.read(token, visitor)
        call = self._calls.get(ticket.call)
        if call is None:
            raise ResumeError(CALL_OVER)
        # What was told to the page that has it now may not have reached it.
        told = ticket.generation == call.generation - 1 and holder and holder == call.holder
        if ticket.generation != call.generation and not told:
            raise ResumeError(RESUME_REFUSED)
        call.give_back(page, holder, got)
        return call

    def detach(self, call: Call, page: PageEnd, *, stalled: bool) -> None:
        """The page is lost; `stalled`: since it read no more of what it was sent. Nothing where another took over."""
        if call.belongs_to(page):
            call.lose_page(stalled=stalled)

    def stop(self) -> None:
        """The server is going: every caller is told."""
        for call in list(self._calls.values()):
            call.stop_server()

    def _forget(self, call: Call) -> None:
        """It is over."""
        self._calls.pop(call.id, None)
