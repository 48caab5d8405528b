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
        self._forget_ended()
        call = Call(self._shared, page, plan, self._limits.begin(visitor), visitor, request)
        self._calls[call.id] = call
        return call

    def get(self, call: str) -> Call | None:
        """The call of this id, while it goes on."""
        found = self._calls.get(call)
        return None if found is None or found.over else found

    def detach(self, call: Call, *, stalled: bool) -> None:
        """Its page is lost; `stalled`: since it read no more of what it was sent."""
        self._calls.pop(call.id, None)
        if stalled:
            call.page_stalled()
        else:
            call.leave()

    def stop(self) -> None:
        """The server is going: every caller is told."""
        for call in list(self._calls.values()):
            call.stop_server()
        self._calls.clear()

    def _forget_ended(self) -> None:
        # A page may start many calls, one after the other, before it leaves.
        for ended in [key for key, call in self._calls.items() if call.over]:
            del self._calls[ended]
