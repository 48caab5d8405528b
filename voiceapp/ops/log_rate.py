"""Limits how many lines of a kind are logged in a second, so that no stranger can flood the log or fill the disk.

A kind is the place in the code that logs, and the class of the exception if there is one. Who knows better names it:
`log.info(…, extra={"kind": "notice busy", "a_second": 20})`. What is left out is counted, and the last of it is said
when the second is over: "… (12 more like this)".
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass

A_SECOND = 1
# Kinds come from our own code, so they are few; more than this would be a fault of ours, and they then share one.
MAX_KINDS = 500

Later = Callable[[float, Callable[[], None]], None]


@dataclass(slots=True)
class _Second:
    """What was said of a kind in the second that began at `began`, and what was not."""

    began: float
    said: int = 0
    left_out: int = 0
    last: logging.LogRecord | None = None


class LogRate(logging.Filter):
    """A handler's filter: false for what is too much; callable from any thread.

    `say` is the handler's `handle`, for what is told later; `later` calls an action after so many seconds.
    """

    def __init__(
        self,
        say: Callable[[logging.LogRecord], object],
        clock: Callable[[], float] = time.monotonic,
        later: Later | None = None,
    ) -> None:
        super().__init__()
        self._say = say
        self._clock = clock
        self._later = later or _on_a_thread
        self._lock = threading.Lock()
        self._seconds: dict[Hashable, _Second] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "told_late", False):
            return True
        kind, maximum = _kind(record), getattr(record, "a_second", A_SECOND)
        with self._lock:
            if kind not in self._seconds and len(self._seconds) >= MAX_KINDS:
                kind = "other"
            now = self._clock()
            second = self._seconds.get(kind)
            # Who should have told what was left out is a second late: it had no thread, so this record tells it.
            if second is None or now - second.began >= (2 if second.left_out else 1):
                _add_count(record, second.left_out if second else 0)
                second = self._seconds[kind] = _Second(now)
            if second.said < maximum and not second.left_out:
                second.said += 1
                return True
            second.left_out += 1
            second.last = record
            if second.left_out > 1:
                return False
            wait = max(0.0, second.began + 1 - now)
        self._later(wait, lambda: self._tell(kind))
        return False

    def _tell(self, kind: Hashable) -> None:
        """The second is over: the last of what was left out opens the next."""
        with self._lock:
            second = self._seconds[kind]
            if second.last is None:
                return
            self._seconds[kind] = _Second(self._clock(), said=1)
        record = copy(second.last)
        record.told_late = True
        _add_count(record, second.left_out - 1)
        self._say(record)


def _add_count(record: logging.LogRecord, left_out: int) -> None:
    if left_out:
        record.msg, record.args = f"{record.getMessage()} ({left_out} more like this)", None


def _kind(record: logging.LogRecord) -> Hashable:
    named = getattr(record, "kind", None)
    if named is not None:
        return str(named)
    failure = record.exc_info[0] if record.exc_info else None
    return record.pathname, record.lineno, failure


def _on_a_thread(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    # With no thread left the next record of the kind tells the count.
    with suppress(RuntimeError):
        timer.start()
