"""A call from `start` to its end: its relay, its sessions and its observers, and what is given back when it is over."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ..admission.access import Visitor
from ..conversation import effects, faults
from ..conversation import events as ev
from ..conversation.conversation import Conversation
from ..conversation.dialects import SessionConfig
from ..conversation.faults import Fault
from ..errors import BROWSER_STALLED, CALL_ELSEWHERE, INTERNAL, SERVER_STOPPING, BrowserError, UpstreamError, VoiceError
from ..ops import metrics
from ..store.record import Record
from ..upstream.session_options import Plan
from ..wire import down
from .arrival import Arrival
from .attachment import Attachment
from .call_metrics import CallMetrics
from .cost import CostObserver
from .drain import Drain
from .interfaces import PageEnd
from .latency import LatencyObserver
from .limits import CallLimits
from .observers import Observers, Session
from .recent_input import RecentInput
from .record_observer import RecordObserver
from .relay import Relay
from .resume_token import whose
from .sessions import Sessions
from .shared import Shared
from .take_over import TakeOver
from .tool_runs import ToolRuns
from .upstream_log import UpstreamLog

log = logging.getLogger(__name__)

# How soon a page may ask again for a call from elsewhere that no session can be had for, and how late at most.
TRY_AGAIN_S, LATEST_S = 2.0, 10.0


class Call:
    """Every method runs on the bridge's thread. `ended` is told once, when it is over.

    `session_request`: the fields that its session was asked for with. `attachment`: to the page that has it.
    """

    __slots__ = (
        "_bridge", "_conversation", "_costs", "_ended", "_limits", "_line", "_observers", "_relay", "_sessions",
        "_shared", "_starting", "_take_over", "attachment", "began_at", "cost", "id", "moved", "passed",
        "session_request", "take_chunk", "take_part", "watch",
    )  # fmt: skip

    def __init__(
        self,
        shared: Shared,
        page: PageEnd,
        plan: Plan,
        limits: CallLimits,
        visitor: Visitor,
        request: str,
        ended: Callable[["Call"], None],
        asked: Mapping[str, Any],
        holder: str,
        arrival: Arrival | None = None,
    ) -> None:
        self.id = arrival.record.call if arrival else secrets.token_hex(4)
        # In seconds since 1970: with another worker the clock of a loop is another, too.
        self.began_at = arrival.record.began_at if arrival else time.time()
        # It was let go: others may go on with it, and what becomes of it here is not for them.
        self.moved = False
        self.session_request, self._shared, self._ended = asked, shared, ended
        self._bridge, self._limits = shared.connector.bridge, limits
        self._conversation = talk = Conversation(plan.config, plan.profile.capabilities, plan.talk)
        self.attachment = Attachment(shared, self.id, visitor, page, holder, talk, self._outbox_full, arrival)
        self._line, recent = self.attachment.line, RecentInput()
        now, age_s = self._bridge.loop.time(), max(0.0, time.time() - self.began_at) if arrival else 0.0
        self._relay = relay = Relay(self._bridge.loop, talk, self._line, recent, self, now - age_s)
        relay.tools = ToolRuns(self._bridge, shared.tools, self.id, visitor.alias, talk, relay.handle)
        self._take_over = TakeOver(talk, relay, recent, self)
        self._sessions = Sessions(shared.connector, plan, self, relay, shared.ready_s)
        costs = CostObserver(limits.rules, plan, self._line.tell)
        self._costs, self.cost = costs, costs.cost
        if arrival and arrival.record.bill is not None:
            self.cost.carry(arrival.record.bill)
        self._observers = relay.observers = Observers(
            costs,
            LatencyObserver(plan.config.detection, lambda: relay.sent_bytes, self._line.tell),
            UpstreamLog(self.id, lambda: self._conversation.talk),
            CallMetrics(self.id, request, visitor.alias, now),
            RecordObserver(self._changed, share=shared.share),
            limits,
        )
        self.take_chunk, self.take_part = relay.take_chunk, relay.inbox.pictures.take
        self.passed, self.watch = relay.inspector.take, relay.inspector.watch
        self._starting: asyncio.Task[None] | None = self._bridge.spawn(self._start())

    @property
    def over(self) -> bool:
        return self._relay.over

    @property
    def config(self) -> SessionConfig:
        """What its session is made to, with the changes that were not refused."""
        return self._conversation.config

    @property
    def silent_since(self) -> float | None:
        """Since when nobody speaks or is waited for; sound of the microphone alone is no speech."""
        return self._conversation.silent_since

    # From the page

    def take_number(self, n: int) -> bool:
        """Whether what has this number is new. Raises `BrowserError` where one before it is missing."""
        new = self._relay.inbox.take_event(n)
        self._relay.confirm()
        return new

    def leave_out(self) -> None:
        """An event came too fast and was not read: those behind it are not out of order."""
        self._relay.inbox.leave_out()

    def take_event(self, event: ev.BrowserEvent) -> None:
        """What the page sends beside sound. Raises `BrowserError`."""
        if isinstance(event, ev.Configured):
            self._sessions.note(event)
        elif isinstance(event, ev.Heard | ev.Flushed | ev.Approved):
            item = self._line.own_item(event.item)
            if item is None:
                return
            event = event if item == event.item else replace(event, item=item)
        self._relay.take_event(event)

    def renew(self, plan: Plan) -> None:
        """Go on with another session at the next quiet moment. Raises `BrowserError`."""
        if self._relay.link is None:
            raise BrowserError("the call is not ready yet", "not_started")
        self._sessions.renew(plan)

    def remember(self, asked: Mapping[str, Any]) -> None:
        """With these fields its session would be asked for by now."""
        self.session_request = asked
        self._changed()

    def received(self, n: int) -> None:
        """The page needs nothing up to this event again."""
        self._line.received(n)

    # The page is lost, and comes back

    def lose_page(self, *, stalled: bool) -> None:
        """Its line was lost; `stalled`: since it read no more of what it was sent."""
        if self.over:
            return
        if self.attachment.lose(self.leave):
            self.watch(False)
            self._limits.page_lost()
            self._relay.handle(ev.PageLost())
        elif stalled:
            self.finish(BROWSER_STALLED)
        else:
            self.leave()

    def leave(self) -> None:
        """The page is gone, and nobody is left to tell."""
        self._line.page = None
        self.watch(False)
        self._shut("browser gone")

    def give_back(self, page: PageEnd, holder: str, got: int | None, generation: int) -> None:
        """A page comes back to it: the same one, or another that takes its place. Raises `ResumeError`."""
        self.attachment.give_back(page, holder, got, generation, self._relay, self._costs.tell)
        self._limits.page_back()
        self._limits.show()
        metrics.resumed("back")
        self._changed()

    def _outbox_full(self) -> None:
        self._relay.handle(ev.OutboxFull())

    def stop_server(self) -> None:
        self.finish(SERVER_STOPPING)

    # Others go on with it

    @property
    def answering(self) -> bool:
        """Whether the person waits for an answer, or for more of it."""
        return self._conversation.thinking

    def record(self) -> Record | None:
        """What another worker has to know to go on with it; None where no page could come back to it."""
        if self.over or self.moved or not self.attachment.live:
            return None
        return Record(
            call=self.id,
            whose=whose(self.attachment.visitor),
            generation=self.attachment.generation,
            page=self.attachment.holder,
            request=dict(self.session_request),
            began_at=self.began_at,
            bill=self.cost.bill(),
            entries=self.attachment.said() if self._shared.share else None,
        )

    def let_go(self) -> Record | None:
        """Its record, for whoever is asked for it next; None as in `record`."""
        record = self.record()
        self.moved = record is not None
        return record

    def shorten(self) -> None:
        """What was sent of a running answer is all of it."""
        self._relay.handle(ev.ServerLeaves())

    def hand_over(self, *, drained: bool) -> None:
        """It is not over, but here it ends. `drained`: there is time to learn what it used."""
        if not self.over:
            self.moved = True
            self.watch(False)
            self._shut("moved", drained=drained)

    def send_back(self) -> None:
        """It began elsewhere, and could not go on here: whoever is asked for it next may try."""
        record = self.let_go()
        self.hand_over(drained=True)
        if record is not None:
            self._shared.released(record)

    def be_taken(self) -> None:
        """Its page, or another with its token, is elsewhere by now."""
        self.attachment.dismiss()
        self.hand_over(drained=True)

    def _changed(self) -> None:
        if self._shared.grace_s and not self.moved:
            self._shared.changed(self.id)

    # Its sessions

    async def _start(self) -> None:
        try:
            self._observers.began(self._bridge.loop.time())
            await self._limits.admit(self)
            await self._sessions.begin()
            self._starting = None
        except VoiceError as error:
            self.not_opened(error.fault, error.after_s if isinstance(error, UpstreamError) else 0.0)
        except Exception:
            self.fail()

    def not_opened(self, fault: Fault, after_s: float = 0.0) -> None:
        if self.attachment.arrival is None or not fault.retry or after_s > LATEST_S:
            self.finish(fault)
        elif not self.over:
            log.warning("call %s: a session to go on with could not be opened: %s", self.id, fault.code)
            self._line.tell(down.not_resumed(CALL_ELSEWHERE, max(TRY_AGAIN_S, after_s)))
            self.send_back()

    def opened(self, session: ev.SessionUpdated) -> None:
        if self._sessions.link is not None:
            self._relay.begin_session(self._sessions.link)
        owed = self.attachment.arrival is not None and self.attachment.arrival.owed
        self._relay.handle(session)
        if owed and not self.over:
            self._relay.handle(ev.AnswerOwed())

    def ready(self, effect: effects.Ready) -> None:
        plan, now = self._sessions.plan, self._bridge.loop.time()
        self._observers.session(Session(plan, effect.model), now)
        moved = self.attachment.arrival is not None
        self.attachment.ready(plan, effect, self._costs.tell)
        self._relay.inbox.expect_first()
        if moved:
            metrics.resumed("moved")
        self._observers.ready(now)

    def session_lost(self, fault: Fault) -> None:
        self._take_over.lose_session(fault, self._bridge.loop.time())

    def session_doubted(self, silent_s: float | None) -> None:
        self._take_over.doubt_session(silent_s)

    @property
    def session_waiting(self) -> bool:
        return self._sessions.waiting

    @property
    def in_mid_answer(self) -> bool:
        return self._conversation.answering and any(not each.complete for each in self._conversation.sounding)

    def replace_session(self, fault: Fault) -> None:
        self._sessions.replace(fault)

    def session_waits(self) -> None:
        try:
            self.handled()
        except Exception:
            self.fail()

    def handled(self) -> None:
        self._take_over.keep_recent()
        sessions, talk = self._sessions, self._conversation
        if self.over or not sessions.waiting:
            return
        if talk.quiet or (sessions.lost and (talk.settled or not sessions.patient)):
            self._go_on()
        elif sessions.urgent:
            self.session_lost(faults.EXPIRED)

    def _go_on(self) -> None:
        ready = self._sessions.take_over()
        if ready is None:
            return
        why, plan, link, session, _, changed = ready
        # What the last session left open costs what that one did.
        self._take_over.go_on_with(link, plan.config, plan.profile.capabilities, asked=why == "asked")
        self._observers.session(Session(plan, session.model, why), self._bridge.loop.time())
        self._relay.handle(ev.SessionRenewed())
        for event in changed:
            self._relay.handle(event)
        self.attachment.renewed(plan, session, None if self.over else why)

    # What the page is told

    def warn(self, fault: Fault, progress: down.Progress | None = None) -> None:
        self._observers.noticed(fault, fatal=False)
        self._line.tell(down.notice(fault, fatal=False, progress=progress))

    def show_limits(self, limits: down.Limits) -> None:
        self._line.tell(limits)

    def give_up(self, fault: Fault) -> None:
        self.finish(fault)

    # The end

    def fail(self) -> None:
        log.exception("call %s: internal error", self.id)
        self.finish(INTERNAL)

    def finish(self, fault: Fault | None) -> None:
        if self.over:
            return
        reason = fault.code if fault else "stopped"
        # First it is over, then the page is told.
        self._shut(reason, drained=fault is not SERVER_STOPPING)
        if fault:
            self._observers.noticed(fault, fatal=True)
            self._line.tell(down.notice(fault, fatal=True))
        self._line.tell(down.Ended(reason))

    def _shut(self, reason: str, *, drained: bool = True) -> None:
        if self.over:
            return
        self._relay.over = True
        ends: tuple[Callable[[], object], ...] = (
            self._close_conversation,
            partial(self._let_upstream_go, drained=drained),
            *([self._starting.cancel] if self._starting else ()),
            self.attachment.stop_waiting,
            self._sessions.stop,
            self._relay.stop,
            self._line.end,
            self._limits.stop,
            partial(self._ended, self),
            partial(self._observers.ended, reason, self._bridge.loop.time()),
        )
        for give_back in ends:
            # Whatever one of them meets, the others happen.
            try:
                give_back()
            except Exception:
                log.exception("call %s: a part of it could not be ended", self.id)

    def _close_conversation(self) -> None:
        self._relay.fast.settle()
        for effect in self._conversation.close():
            self._relay.perform(effect, self._relay.now())

    def _let_upstream_go(self, *, drained: bool) -> None:
        link = self._relay.link
        if link is None:
            return
        if drained and self._conversation.usage_pending and link.ending is None and not self.cost.tariff.free:
            Drain(self._bridge.loop, link, self._relay.reader, self._conversation, self._settle)
        else:
            link.close(1000)

    def _settle(self, effect: effects.Effect) -> None:
        """The upstream told after the end what was used."""
        self._relay.perform(effect, self._relay.now())
        self._observers.amended()
