"""The calls of this worker by id. A page is attached to its call; a call whose page is lost is over."""

from ..admission.access import Visitor
from ..upstream.session_options import Plan
from .call import Call, Shared
from .interfaces import PageEnd
from .limits import Limits


class Registry:
    """Every method runs on the bridge's thread."""

    def __init__(self, shared: Shared, limits: Limits) -> None:
        self._shared = shared
        self._limits = limits
        self._calls: dict[str, Call] = {}

    def begin(self, plan: Plan, page: PageEnd, visitor: Visitor, request: str) -> Call:
        """A call to which `page` is attached. Raises `LimitError` where there is no room.

        `request`: the id of the request that the page came by.
        """
        call = Call(self._shared, page, plan, self._limits.begin(visitor), visitor, request, self._forget)
        self._calls[call.id] = call
        return call

    def get(self, call: str) -> Call | None:
        """The call of this id, while it goes on."""
        return self._calls.get(call)

    def detach(self, call: Call, *, stalled: bool) -> None:
        """Its page is lost; `stalled`: since it read no more of what it was sent."""
        if stalled:
            call.page_stalled()
        else:
            call.leave()

    def stop(self) -> None:
        """The server is going: every caller is told."""
        for call in list(self._calls.values()):
            call.stop_server()

    def _forget(self, call: Call) -> None:
        """It is over."""
        self._calls.pop(call.id, None)
