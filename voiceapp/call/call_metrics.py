"""Reports a call to the metrics and the log (ops/metrics.py)."""

from ..conversation.faults import Fault
from ..ops import metrics
from .observers import Observer, Session


class CallMetrics(Observer):
    """Of one call. `request`: the id of the request it came by; `who`: the visitor's alias."""

    __slots__ = ("_began", "_call", "_counted", "_request", "_who")

    def __init__(self, call: str, request: str, who: str, now: float) -> None:
        self._call = call
        self._request = request
        self._who = who
        self._began = now
        self._counted = False

    def began(self, now: float) -> None:
        self._counted = True
        metrics.call_started(self._call, request=self._request, who=self._who)

    def ready(self, now: float) -> None:
        metrics.ready(now - self._began)

    def session(self, session: Session, now: float) -> None:
        if session.why is not None:
            metrics.session_renewed(self._call, session.why)

    def noticed(self, fault: Fault, *, fatal: bool) -> None:
        metrics.noticed(self._call, fault.code, fatal=fatal)

    def ended(self, reason: str, now: float) -> None:
        if self._counted:
            metrics.call_ended(self._call, reason, now - self._began)
