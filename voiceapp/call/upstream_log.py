"""Logs a call's upstream: its errors, and what it sends that cannot be read."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable

from ..conversation import effects
from ..conversation.event_reader import LeftOut
from ..net.rate_limit import TokenBucket
from ..upstream import error_redaction
from .observers import Observer

log = logging.getLogger(__name__)

# A line a second is logged; beside many errors at once nobody is to wait for their explanations.
EXPLAINED_A_SECOND, EXPLAINED_AT_ONCE = 2, 10


class UpstreamLog(Observer):
    """Of one call. `talk`: what was said last, which no line may quote."""

    __slots__ = ("_call", "_explained", "_left_out", "_talk")

    told_of = (effects.LogError,)

    def __init__(self, call: str, talk: Callable[[], Iterable[str]]) -> None:
        self._call = call
        self._talk = talk
        self._explained = TokenBucket(EXPLAINED_A_SECOND, EXPLAINED_AT_ONCE)
        self._left_out: Counter[LeftOut] = Counter()

    def effect(self, effect: effects.LogError, now: float) -> None:
        said = effect.message if self._explained.take(1) else ""
        why = error_redaction.explain(effect.code, said, effect.param, self._talk() if said else ())
        log.warning("call %s: upstream error: %s", self._call, why)

    def left_out(self, why: LeftOut) -> None:
        # Said once for each reason, and counted until the end.
        self._left_out[why] += 1
        if self._left_out[why] == 1:
            log.warning("call %s: ignored from the upstream: %s", self._call, why.value)

    def ended(self, reason: str, now: float) -> None:
        for why, times in self._left_out.items():
            log.info("call %s: ignored from the upstream %d times: %s", self._call, times, why.value)
