"""What a store of calls can do, in memory or in Redis: leases, records, and the claim of a call whose owner is gone."""

from dataclasses import dataclass, field
from typing import Protocol

from .record import Record

# A worker that was not heard of for so long is dead, and its calls are free.
LEASE_S, RENEW_S = 8.0, 2.0
# A record is kept so long after it was written or claimed; that of a call that goes on is written again in time.
KEPT_S, WRITE_AGAIN_S = 3600, 600.0
# How soon a page may ask again for a call that somebody has, and after how many times that owner is asked to let it go:
# workers behind one socket take turns, so the page often reaches the owner by itself.
ASK_AGAIN_S, ASKS = 0.5, 3


@dataclass(frozen=True, slots=True)
class Claimed:
    """The call is ours."""

    record: Record


@dataclass(frozen=True, slots=True)
class Held:
    """Another worker has it, or nobody can tell yet; worth asking again `after_s` seconds later.

    None: at once, over another line, which may lead to that worker; it was not asked yet to let the call go.
    """

    after_s: float | None


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such call any more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It is somebody else's, or the token has been replaced by another."""


Claim = Claimed | Held | Gone | Refused


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a call, by the token and the page that came with it."""

    whose: str
    generation: int
    page: str

    def may_have(self, record: Record) -> bool:
        """Also with the token before the last, if the last was given to this page: it may never have arrived."""
        if self.whose != record.whose:
            return False
        lost = self.generation == record.generation - 1 and bool(self.page) and self.page == record.page
        return self.generation >= record.generation or lost


@dataclass(frozen=True, slots=True)
class Renewed:
    """`lapsed`: the lease had run out, or is new; others may own our calls by now. `wanted`: calls to be let go."""

    lapsed: bool
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Writing:
    """Calls of ours: `records` to keep, those of `released` for anybody to claim, and `over`, to be forgotten."""

    records: list[Record] = field(default_factory=list)
    released: list[Record] = field(default_factory=list)
    over: list[str] = field(default_factory=list)


class Backend(Protocol):
    """Of one `worker`. Each method may wait for a second or two, and raises whatever its storage raises.

    `shared`: other processes see it.
    """

    worker: str
    shared: bool

    def renew(self) -> Renewed:
        """Be alive for `LEASE_S` more."""

    def put(self, writing: Writing) -> frozenset[str]:
        """Do all of it, in that order; calls among the records that another worker owns, which stay as they are."""

    def claim(self, call: str, asker: Asker) -> Claim:
        """Own a call whose owner let it go or died. Of several at once one gets it."""

    def leave(self) -> None:
        """The worker ends: whoever looks for it need not wait for its lease to run out."""
