"""Which page a call belongs to: it is told of the session, lost, waited for, comes back, or another takes its place."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ..admission.access import Visitor
from ..conversation import effects
from ..conversation import events as ev
from ..conversation.conversation import Conversation
from ..errors import CALL_ELSEWHERE, RESUME_REFUSED, TAKEN_OVER, ResumeError
from ..store.backend import ASK_AGAIN_S
from ..store.record import Entry, latest
from ..upstream.session_options import Plan
from ..wire import down
from .arrival import Arrival
from .interfaces import PageEnd
from .item_names import ItemNames
from .outbox import RING_BYTES, NotHeld
from .page_line import PageLine
from .relay import Relay
from .shared import Shared

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
# A session as the server made it, at first or later.
Made = effects.Ready | ev.SessionUpdated
# Whether the call went on here while its page was away, or had gone on with another worker before.
Why = Literal["back", "moved"]


class Attachment:
    """Of one call. Every method runs on the bridge's thread.

    `line`: to the page. `holder`: the id of the page that has the call; `generation`: how many have had it before.
    `arrival`: another worker began the call, and its page was not told yet that it goes on here.
    """

    __slots__ = (
        "_arrived", "_call", "_conversation", "_grace", "_session", "_shared", "arrival", "generation", "holder",
        "line", "visitor",
    )  # fmt: skip

    def __init__(
        self,
        shared: Shared,
        call: str,
        visitor: Visitor,
        page: PageEnd,
        holder: str,
        conversation: Conversation,
        full: Callable[[], None],
        arrival: Arrival | None,
    ) -> None:
        self.visitor, self.holder, self.arrival = visitor, holder, arrival
        # Until its page is told.
        self.generation = arrival.generation if arrival else 0
        # As it was, once its page was told.
        self._arrived: Arrival | None = None
        self._shared, self._call, self._conversation = shared, call, conversation
        room = RING_BYTES if shared.grace_s else 0
        names, number = (ItemNames(f"m{arrival.generation + 1}_"), arrival.number or 0) if arrival else (None, 0)
        self.line = PageLine(page, room, conversation, full, names, number)
        self._session: tuple[Plan, Made] | None = None
        self._grace: asyncio.TimerHandle | None = None

    @property
    def live(self) -> bool:
        """Whether a page could come back to it: it was told of the session, or is on its way."""
        return bool(self._shared.grace_s) and (self._session is not None or self.arrival is not None)

    # What it is told of the session

    def ready(self, plan: Plan, session: Made, tell_costs: Callable[[], None]) -> None:
        """The call's first session here has begun."""
        self._session = plan, session
        if self.arrival is not None:
            arrival, self.arrival = self.arrival, None
            self._arrived, self.generation = arrival, arrival.generation + 1
            self._arrive(arrival, tell_costs)
            return
        shared, grace_s = self._shared, self._shared.grace_s
        token, made = self._token() if grace_s else None, _made(plan, session)
        told = down.Ready(
            self._call, SAMPLE_RATE, shared.chunk_ms, shared.version, token=token, grace_s=grace_s, **made
        )
        self.line.tell(told)

    def renewed(self, plan: Plan, session: Made, why: Literal["asked", "expiring", "lost"] | None) -> None:
        """Another session has taken over; `why` is None where nobody is to be told."""
        self._session = plan, session
        if why is not None:
            self.line.tell(down.Renewed(why, **_made(plan, session)))

    def _arrive(self, arrival: Arrival, tell_costs: Callable[[], None]) -> None:
        """A page that holds nothing is told what was said; of any other the sound goes on."""
        again = arrival.number is None
        self.line.tell(self._resumed(0, arrival.number or 0, why="moved", again=again))
        if again:
            for event in arrival.retold():
                self.line.tell(event)
            tell_costs()

    def said(self) -> tuple[Entry, ...]:
        """What was said in the call, also elsewhere, and before it."""
        said = latest(self._conversation.said())
        came = self.arrival or self._arrived
        return came.behind(said) if came else said

    # It is lost, and comes back

    def belongs_to(self, page: PageEnd) -> bool:
        """Whether it is the one that is there; another may have taken over."""
        return self.line.page is page

    @property
    def lost(self) -> bool:
        """Whether the call waits for its page."""
        return self.line.page is None

    def lose(self, over: Callable[[], None]) -> bool:
        """Its line was lost: whether the call waits for it; `over` is told when it has waited long enough."""
        if not self._shared.grace_s or self._session is None:
            return False
        log.info("call %s: its page is lost", self._call)
        self.line.page = None
        self._grace = self._shared.connector.bridge.loop.call_later(self._shared.grace_s, over)
        return True

    def give_back(
        self,
        page: PageEnd,
        holder: str,
        got: int | None,
        generation: int,
        relay: Relay,
        tell_costs: Callable[[], None],
    ) -> None:
        """A page comes back: the same one, or another that takes its place. Raises `ResumeError`.

        `generation`: of its token.
        """
        if self._session is None:
            raise ResumeError(CALL_ELSEWHERE, ASK_AGAIN_S)
        missed = self.line.missed(got)
        if missed is NotHeld.NOT_YET:
            raise ResumeError(RESUME_REFUSED)
        self.stop_waiting()
        self.dismiss()
        # With the other worker's token it was not told yet, and counts what it sends as it did there.
        untold = self._arrived is not None and generation <= self._arrived.generation
        why: Why = "moved" if untold else "back"
        # Whether its line was missed here or not.
        relay.inbox.expect_late()
        if not holder or holder != self.holder:
            self.holder, self.generation = holder, self.generation + 1
        if not isinstance(missed, NotHeld):
            relay.handle(ev.PageBack())
            # What that told may have taken the place of what was kept.
            missed = self.line.missed(got)
        if isinstance(missed, NotHeld):
            self._begin_again(page, got, relay, why)
            tell_costs()
        else:
            self.line.resume(page, missed, self._resumed(relay.inbox.number, got or 0, why=why))

    def dismiss(self) -> None:
        """The page that is there, if any: it is told that another takes over."""
        if self.line.page is not None:
            self.line.tell(down.notice(TAKEN_OVER, fatal=True))
            self.line.tell(down.Ended(TAKEN_OVER.code))
            self.line.page = None

    def stop_waiting(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
        self._grace = None

    def _begin_again(self, page: PageEnd, got: int | None, relay: Relay, why: Why) -> None:
        talk = self._conversation
        gone, held = self.line.gone(got), self.line.held()
        lost = tuple(each.item for each in talk.sounding if each.item not in held)
        relay.handle(ev.PageBack(lost))
        heard = [down.Sounding(each.item, each.heard_ms) for each in talk.sounding]
        taken, missed = relay.inbox.number, gone + len(lost)
        resumed = self._resumed(taken, self.line.number, why=why, again=True, missed=missed, heard=heard)
        self.line.begin_again(page, held, resumed, self._arrived.retold() if self._arrived else ())

    def _resumed(
        self,
        taken: int,
        number: int,
        *,
        why: Why,
        again: bool = False,
        missed: int = 0,
        heard: Sequence[down.Sounding] = (),
    ) -> down.Resumed:
        made = {} if self._session is None else _made(*self._session)
        return down.Resumed(
            conversation=self._call,
            sample_rate=SAMPLE_RATE,
            chunk_ms=self._shared.chunk_ms,
            version=self._shared.version,
            **made,
            token=self._token(),
            grace_s=self._shared.grace_s,
            why=why,
            taken=taken,
            number=number,
            again=again,
            missed=missed,
            heard=list(heard),
        )

    def _token(self) -> str:
        return self._shared.tokens.issue(self._call, self.generation, self.visitor)


def _made(plan: Plan, session: Made) -> dict[str, Any]:
    """What the page is told of a session."""
    ends = session.expires_at
    return {
        "persona": plan.persona,
        "profile": plan.profile.name,
        "model": session.model or plan.profile.model,
        "voice": session.voice or plan.config.voice,
        "expires_at": ends,
        # A browser's clock may be wrong.
        "expires_in_s": None if ends is None else max(0, round(ends - time.time())),
    }
