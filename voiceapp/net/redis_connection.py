"""One Redis for all that is shared: its time-outs, and that one which fails is left alone for a moment."""

import logging
import threading
import time
from typing import Any

log = logging.getLogger(__name__)

WAIT_S = 1.0
# After a failure Redis is left alone so long; a frozen one would cost every request the whole wait.
PAUSE_S = 5.0
# Written to learn whether it takes anything; a full Redis answers a ping.
_PROBE, _PROBE_S = "voiceapp:probe", 60


class RedisConnection:
    """Its users ask `present`, try, and tell how it went. Whatever is asked of `client` may wait for a second.

    `client` is redis-py's, for any thread but the bridge's; `url` and `waits` are for libraries with a client of their
    own.
    """

    def __init__(self, url: str) -> None:
        # An optional package: only those who share something need it.
        import redis

        self.url = url
        self.waits = {"socket_timeout": WAIT_S, "socket_connect_timeout": WAIT_S}
        self.client: Any = redis.Redis.from_url(url, decode_responses=True, **self.waits)
        self._lock = threading.Lock()
        self._trouble = ""
        self._away_until = 0.0

    @property
    def present(self) -> bool:
        """False for a moment after each failure."""
        return time.monotonic() >= self._away_until

    @property
    def trouble(self) -> str:
        """What was wrong with it last, for people; empty once it worked again."""
        return self._trouble

    def failed(self, error: Exception) -> None:
        """It did not do what it was asked for."""
        self._away_until = time.monotonic() + PAUSE_S
        self._note(_trouble(error))

    def worked(self) -> None:
        """It has just taken something that is written: nobody need wait any longer."""
        self._away_until = 0.0
        self._note("")

    def _note(self, trouble: str) -> None:
        with self._lock:
            before, self._trouble = self._trouble, trouble
        if trouble and trouble != before:
            log.warning("redis: %s; until that is over, each worker counts limits and keeps calls by itself", trouble)
        elif before and not trouble:
            log.warning("redis works again")

    def look(self) -> str:
        """Write something; what is wrong with Redis, or nothing."""
        try:
            self.client.set(_PROBE, "1", ex=_PROBE_S)
        except Exception as error:
            self.failed(error)
            return _trouble(error)
        self.worked()
        return ""


def _trouble(error: Exception) -> str:
    """For people: no address, and no words of Redis's."""
    from redis import exceptions

    match error:
        case exceptions.OutOfMemoryError():
            return "it is full"
        case exceptions.ReadOnlyError():
            return "it is read-only"
        case exceptions.AuthenticationError() | exceptions.NoPermissionError():
            return "it does not let us in"
        case exceptions.ResponseError():
            return "it refuses what it is asked for"
    return "it does not answer"
