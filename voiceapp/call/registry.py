"""The calls of this worker by id. A page is attached to its call; one whose page is lost waits for it a while.

A call that is not here may be another worker's, which died or goes: then it is claimed, and goes on here.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..admission.access import Visitor
from ..errors import CALL_ELSEWHERE, CALL_OVER, RESUME_REFUSED, TALK_WANTED, ResumeError
from ..ops.garbage import Garbage
from ..store.backend import ASK_AGAIN_S, Asker, Claimed, Gone, Held
from ..store.call_store import CallStore
from ..store.record import Record
from ..upstream.session_options import Plan
from .arrival import Arrival
from .call import Call
from .interfaces import PageEnd
from .limits import Limits
from .resume_token import Ticket, whose
from .shared import Shared

log = logging.getLogger(__name__)

# How long an answer may go on once the server is to leave, and how often it is looked whether it still does.
SENTENCE_S, LOOK_S = 3.0, 0.05
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Registry:
    """Every method runs on the bridge's thread. `store`: None where no page may come back."""

    def __init__(self, shared: Shared, limits: Limits, store: CallStore | None = None) -> None:
        self._shared = replace(shared, changed=store.note, released=store.release) if store is not None else shared
        self._limits = limits
        self._store = store
        self._calls: dict[str, Call] = {}
        self._garbage = Garbage()
        # Of which the store is being asked.
        self._claiming: set[str] = set()
        if store is not None:
            store.attach(self)

    def begin(
        self,
        plan: Plan,
        page: PageEnd,
        visitor: Visitor,
        request: str,
        asked: Mapping[str, Any] = _NOTHING,
        holder: str = "",
        arrival: Arrival | None = None,
    ) -> Call:
        """A call to which `page` is attached. Raises `LimitError` where there is no room.

        `request`: the id of the request that the page came by; `asked`: the fields that `plan` was made of; `holder`:
        the id of the page itself; `arrival`: another worker began it.
        """
        self._make_room(visitor, holder)
        age_s = max(0.0, time.time() - arrival.record.began_at) if arrival else 0.0
        limits = self._limits.begin(visitor, age_s)
        call = Call(self._shared, page, plan, limits, visitor, request, self._forget, asked, holder, arrival)
        self._calls[call.id] = call
        return call

    def _make_room(self, visitor: Visitor, holder: str) -> None:
        """A page that begins anew has no other call; a person at their limit gives up one that waits for its page."""
        theirs = [call for call in self._calls.values() if call.attachment.visitor.user == visitor.user]
        maximum = self._limits.rules.calls_per_user
        for call in list(theirs):
            # Whose line is lost, the page knows first.
            own = bool(holder) and call.attachment.holder == holder
            if own or (call.attachment.lost and maximum and len(theirs) >= maximum):
                theirs.remove(call)
                call.leave()

    def get(self, call: str) -> Call | None:
        """The call of this id, while it goes on."""
        return self._calls.get(call)

    # A page comes back

    def ticket(self, token: str, visitor: Visitor) -> Ticket:
        """What the token says. Raises `ResumeError` where it is not this visitor's, or nobody may come back."""
        if not self._shared.grace_s:
            raise ResumeError(RESUME_REFUSED)
        return self._shared.tokens.read(token, visitor)

    def resume(self, token: str, page: PageEnd, visitor: Visitor, holder: str, got: int | None) -> Call:
        """The call that the token is for, now attached to `page`, which has all of its events up to `got`.

        None: the page has nothing. `holder`: the page's own id. Raises `ResumeError`.
        """
        ticket = self.ticket(token, visitor)
        call = self._calls.get(ticket.call)
        if call is None:
            raise ResumeError(CALL_OVER)
        # What was told to the page that has it now may not have reached it.
        told = ticket.generation == call.attachment.generation - 1 and holder and holder == call.attachment.holder
        if ticket.generation != call.attachment.generation and not told:
            raise ResumeError(RESUME_REFUSED)
        if self._limits.capacity.stopping:
            raise ResumeError(CALL_ELSEWHERE, ASK_AGAIN_S)
        if call.attachment.arrival is not None and holder != call.attachment.holder:
            # The page that it was to go on with was loaded again, and would not take what this one is to be told.
            call.attachment.dismiss()
            call.send_back()
            raise ResumeError(CALL_ELSEWHERE, ASK_AGAIN_S)
        call.give_back(page, holder, got, ticket.generation)
        return call

    async def claim(self, ticket: Ticket, visitor: Visitor, holder: str, *, talk: bool) -> Record:
        """A call that is not here, from whoever had it: now it is ours, to `begin` or to `put_back`.

        `talk`: the page tells what was said. Raises `ResumeError`.
        """
        if self._store is None or self._limits.capacity.stopping or ticket.call in self._claiming:
            raise ResumeError(CALL_ELSEWHERE, ASK_AGAIN_S)
        self._claiming.add(ticket.call)
        try:
            claim = await self._store.claim(ticket.call, Asker(whose(visitor), ticket.generation, holder))
        finally:
            self._claiming.discard(ticket.call)
        match claim:
            case Held(after_s):
                raise ResumeError(CALL_ELSEWHERE, after_s)
            case Gone():
                raise ResumeError(CALL_OVER)
            case Claimed(record) if record.entries is not None or talk:
                return record
            case Claimed(record):
                self.put_back(record)
                raise ResumeError(TALK_WANTED, 0)
        raise ResumeError(RESUME_REFUSED)

    def put_back(self, record: Record) -> None:
        """It was claimed, and cannot be gone on with here."""
        if self._store is not None:
            self._store.release(record)

    def detach(self, call: Call, page: PageEnd, *, stalled: bool) -> None:
        """The page is lost; `stalled`: since it read no more of what it was sent. Nothing where another took over."""
        if not call.attachment.belongs_to(page):
            return
        if call.attachment.arrival is not None:
            # It never knew that its call goes on here: wherever it asks next, it may.
            call.send_back()
        else:
            call.lose_page(stalled=stalled)

    # What the store asks

    def calls(self) -> Iterable[str]:
        return [call.id for call in self._calls.values() if not call.moved]

    def record(self, call: str) -> Record | None:
        known = self._calls.get(call)
        return known.record() if known is not None else None

    def let_go(self, call: str) -> None:
        record, known = self.record(call), self._calls.get(call)
        if self._store is None:
            return
        if record is None or known is None:
            self._store.over(call)
            return
        log.info("call %s: its page asks for it elsewhere", call)
        known.be_taken()
        self._store.release(record)

    def taken(self, call: str) -> None:
        known = self._calls.get(call)
        if known is not None:
            known.be_taken()

    # The end

    async def leave(self, leaving: Callable[[Sequence[Call]], None]) -> None:
        """The server goes. Each call is let go once the answer that is being given is whole, in `SENTENCE_S` at most.

        `leaving`: told the calls that are now free for others, while their pages can still be told; then they end here.
        """
        if self._store is None:
            return
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SENTENCE_S
        while self._calls:
            late = loop.time() >= deadline
            free = [call for call in self._calls.values() if late or not call.answering]
            if free:
                await self._hand_over(free, leaving)
            else:
                await asyncio.sleep(LOOK_S)
        await self._store.leave()

    async def _hand_over(self, calls: Sequence[Call], leaving: Callable[[Sequence[Call]], None]) -> None:
        for call in calls:
            if call.answering:
                call.shorten()
            record = call.let_go()
            if record is not None and self._store is not None:
                self._store.release(record)
        kept = self._store is not None and await self._store.written() and self._store.shared
        leaving(calls)
        for call in calls:
            if kept and call.moved:
                call.hand_over(drained=False)
            else:
                call.moved = False
                call.stop_server()

    def stop(self) -> None:
        """The server is going: every caller is told."""
        for call in list(self._calls.values()):
            call.stop_server()

    def _forget(self, call: Call) -> None:
        """It is over, or no longer here."""
        self._calls.pop(call.id, None)
        if self._store is not None and not call.moved:
            self._store.over(call.id)
        self._garbage.call_ended(len(self._calls))
