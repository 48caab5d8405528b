"""A call from `start` to its end: its relay, its sessions and its observers, and what is given back when it is over."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any, Literal

from ..admission.access import Visitor
from ..conversation import effects, faults
from ..conversation import events as ev
from ..conversation.conversation import Conversation
from ..conversation.dialects import SessionConfig
from ..conversation.faults import Fault
from ..errors import (
    BROWSER_STALLED,
    CALL_ELSEWHERE,
    INTERNAL,
    RESUME_REFUSED,
    SERVER_STOPPING,
    TAKEN_OVER,
    BrowserError,
    ResumeError,
    VoiceError,
)
from ..ops import metrics
from ..store.backend import ASK_AGAIN_S
from ..store.record import Record, latest
from ..upstream.connector import Connector
from ..upstream.session_options import Plan
from ..wire import down
from .arrival import Arrival
from .call_metrics import CallMetrics
from .cost import CostObserver
from .drain import Drain
from .inspection import Inspector
from .interfaces import PageEnd
from .item_names import ItemNames
from .latency import LatencyObserver
from .limits import CallLimits
from .observers import Observers, Session
from .outbox import RING_BYTES, NotHeld
from .page_line import PageLine
from .record_observer import RecordObserver
from .relay import Relay
from .resume_token import ResumeTokens, whose
from .sessions import Sessions
from .upstream_log import UpstreamLog

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000


@dataclass(frozen=True, slots=True)
class Shared:
    """What all calls of this worker share. `version`: of the page's files; `ready_s`: how long a server may load.

    `grace_s`: how long a call waits for a page whose line was lost; 0: not at all, and there are no tokens. `changed`:
    told the id of a call whose record is another by now; `share`: what is said is part of it.
    """

    connector: Connector
    chunk_ms: int
    version: str
    ready_s: float
    tokens: ResumeTokens
    grace_s: int = 0
    changed: Callable[[str], None] = lambda _: None
    share: bool = False


class Call:
    """Every method runs on the bridge's thread. `ended` is told once, when it is over.

    `session_request`: the fields that its session was asked for with. `holder`: the id of the page that has it;
    `generation`: how many have had it before.
    """

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
        self.session_request = asked
        self.holder = holder
        self.generation = arrival.generation + 1 if arrival else 0
        # In seconds since 1970: with another worker the clock of a loop is another, too.
        self.began_at = arrival.record.began_at if arrival else time.time()
        # It was handed over: others may go on with it.
        self.moved = False
        # Until its page was told that it goes on here.
        self._arrival = arrival
        self.visitor = visitor
        self._shared = shared
        self._ended = ended
        self._bridge = shared.connector.bridge
        self._limits = limits
        self._conversation = Conversation(plan.config, plan.profile.capabilities, plan.talk)
        room = RING_BYTES if shared.grace_s else 0
        names = ItemNames(f"m{self.generation}_") if arrival else None
        number = (arrival.number or 0) if arrival else 0
        self._line = line = PageLine(page, room, self._conversation, self._outbox_full, names, number)
        self._relay = relay = Relay(self._bridge.loop, self._conversation, line, self)
        # As the page was told of it.
        self._session: effects.Ready | ev.SessionUpdated | None = None
        self._lost_at = 0.0
        self._grace: asyncio.TimerHandle | None = None
        self._sessions = Sessions(shared.connector, plan, self, relay, shared.ready_s)
        now, costs = self._bridge.loop.time(), CostObserver(limits.rules, plan, line.tell)
        self._costs, self.cost = costs, costs.cost
        if arrival and arrival.record.bill is not None:
            self.cost.carry(arrival.record.bill)
        self._observers = relay.observers = Observers(
            costs,
            LatencyObserver(plan.config.detection, lambda: relay.sent_bytes, line.tell),
            UpstreamLog(self.id, lambda: self._conversation.talk),
            Inspector(now, line.tell),
            CallMetrics(self.id, request, visitor.alias, now),
            RecordObserver(self._changed, share=shared.share),
            limits,
        )
        # What comes many times a second goes straight there.
        self.take_chunk = relay.take_chunk
        self._starting = self._bridge.spawn(self._start())

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

    def use_up(self, n: int) -> None:
        """What had this number was refused. Raises `BrowserError` as `take_number`."""
        self.take_number(n)

    def take_event(self, event: ev.BrowserEvent) -> None:
        """What the page sends beside sound. Raises `BrowserError`."""
        if isinstance(event, ev.Configured):
            self._sessions.note(event)
        elif isinstance(event, ev.Heard | ev.Flushed):
            item = self._line.own_item(event.item)
            if item is None:
                return
            event = event if item == event.item else replace(event, item=item)
        self._relay.take_event(event)
        if isinstance(event, ev.Heard):
            self._line.trim()

    def renew(self, plan: Plan) -> None:
        """Go on with another session at the next quiet moment. Raises `BrowserError`."""
        if self._relay.link is None:
            raise BrowserError("the call is not ready yet", "not_started")
        self._sessions.renew(plan)

    def remember(self, asked: Mapping[str, Any]) -> None:
        """With these fields its session would be asked for by now."""
        self.session_request = asked
        self._changed()

    def watch(self, on: bool) -> None:
        """Whether the page wants the `log` events."""
        self._relay.watched = on

    def received(self, n: int) -> None:
        """The page needs nothing up to this event again."""
        self._line.received(n)

    # The page is lost, and comes back

    def belongs_to(self, page: PageEnd) -> bool:
        """Whether it is the one that is there; another may have taken over."""
        return self._line.page is page

    @property
    def page_lost(self) -> bool:
        """Whether it waits for its page."""
        return self._line.page is None

    def lose_page(self, *, stalled: bool) -> None:
        """Its line was lost; `stalled`: since it read no more of what it was sent."""
        if self.over:
            return
        if self._shared.grace_s and self._session is not None:
            self._line.page = None
            self._lost_at = self._bridge.loop.time()
            self._grace = self._bridge.loop.call_later(self._shared.grace_s, self.leave)
            self._limits.page_lost()
            log.info("call %s: its page is lost", self.id)
            self._relay.handle(ev.PageLost())
        elif stalled:
            self.finish(BROWSER_STALLED)
        else:
            self.leave()

    def leave(self) -> None:
        """The page is gone, and nobody is left to tell."""
        self._line.page = None
        self._shut("browser gone")

    def give_back(self, page: PageEnd, holder: str, got: int | None) -> None:
        """A page comes back to it: the same one, or another that takes its place. Raises `ResumeError`."""
        if self._session is None:
            raise ResumeError(CALL_ELSEWHERE, ASK_AGAIN_S)
        missed = self._line.missed(got)
        if missed is NotHeld.NOT_YET:
            raise ResumeError(RESUME_REFUSED)
        self._take_leave()
        if not holder or holder != self.holder:
            self.holder, self.generation = holder, self.generation + 1
        if missed is NotHeld.FORGOTTEN:
            self._begin_again(page, got)
        else:
            self._relay.handle(ev.PageBack())
            self._line.resume(page, got or 0, self._resumed(got or 0))
        self._limits.show()
        metrics.resumed("back")
        self._changed()

    def _take_leave(self) -> None:
        """Of the page that is there: it is told that another takes over."""
        # Of a line that falls silent the page knows before we do.
        away_s = inf
        if self._grace is not None:
            self._grace.cancel()
            away_s = self._bridge.loop.time() - self._lost_at
        self._relay.inbox.expect_late(away_s)
        self._grace = None
        self._limits.page_back()
        self._dismiss_page()

    def _dismiss_page(self) -> None:
        if self._line.page is not None:
            self._line.tell(down.notice(TAKEN_OVER, fatal=True))
            self._line.tell(down.Ended(TAKEN_OVER.code))
            self._line.page = None

    def _begin_again(self, page: PageEnd, got: int | None) -> None:
        gone = self._line.gone(got)
        held = self._line.held()
        lost = tuple(each.item for each in self._conversation.sounding if each.item not in held)
        self._relay.handle(ev.PageBack(lost))
        heard = [down.Sounding(each.item, each.heard_ms) for each in self._conversation.sounding]
        resumed = self._resumed(self._line.number, again=True, missed=gone + len(lost), heard=heard)
        self._line.begin_again(page, held, resumed)
        self._costs.tell()

    def _resumed(
        self,
        number: int,
        *,
        why: Literal["back", "moved"] = "back",
        again: bool = False,
        missed: int = 0,
        heard: Sequence[down.Sounding] = (),
    ) -> down.Resumed:
        made = {} if self._session is None else _made(self._sessions.plan, self._session)
        return down.Resumed(
            conversation=self.id,
            sample_rate=SAMPLE_RATE,
            chunk_ms=self._shared.chunk_ms,
            version=self._shared.version,
            **made,
            token=self._token(),
            grace_s=self._shared.grace_s,
            why=why,
            taken=self._relay.inbox.number,
            number=number,
            again=again,
            missed=missed,
            heard=list(heard),
        )

    def _token(self) -> str:
        return self._shared.tokens.issue(self.id, self.generation, self.visitor)

    def _outbox_full(self) -> None:
        self._relay.handle(ev.OutboxFull())

    def stop_server(self) -> None:
        self.finish(SERVER_STOPPING)

    # Others go on with it

    @property
    def arriving(self) -> bool:
        """Another worker began it, and its page was not told yet that it goes on here."""
        return self._arrival is not None

    @property
    def answering(self) -> bool:
        """Whether the person waits for an answer, or for more of it."""
        return self._conversation.thinking

    def record(self) -> Record | None:
        """What another worker has to know to go on with it; None where no page could come back to it."""
        if self.over or not self._shared.grace_s or (self._session is None and not self.arriving):
            return None
        return Record(
            call=self.id,
            whose=whose(self.visitor),
            generation=self.generation,
            page=self.holder,
            request=dict(self.session_request),
            began_at=self.began_at,
            bill=self.cost.bill(),
            entries=latest(self._conversation.said()) if self._shared.share else None,
        )

    def shorten(self) -> None:
        """What was sent of a running answer is all of it."""
        self._relay.handle(ev.ServerLeaves())

    def hand_over(self, *, drained: bool) -> None:
        """It is not over, but here it ends. `drained`: there is time to learn what it used."""
        if not self.over:
            self.moved = True
            self._shut("moved", drained=drained)

    def be_taken(self) -> None:
        """Its page, or another with its token, is elsewhere by now."""
        self._dismiss_page()
        self.hand_over(drained=True)

    def _changed(self) -> None:
        if self._shared.grace_s:
            self._shared.changed(self.id)

    def _arrive(self, arrival: Arrival) -> None:
        """Its page goes on here. One that holds nothing is told what was said; of any other the sound goes on."""
        again = arrival.number is None
        self._line.tell(self._resumed(arrival.number or 0, why="moved", again=again))
        if again:
            for event in arrival.retold():
                self._line.tell(event)
            self._costs.tell()
        metrics.resumed("moved")

    # Its sessions

    async def _start(self) -> None:
        try:
            self._observers.began(self._bridge.loop.time())
            await self._limits.admit(self)
            await self._sessions.begin()
        except VoiceError as error:
            self.finish(error.fault)
        except Exception:
            self.fail()

    def opened(self, session: ev.SessionUpdated) -> None:
        self._relay.link = self._sessions.link
        owed = self._arrival is not None and self._arrival.owed
        self._relay.handle(session)
        if owed and not self.over:
            self._relay.handle(ev.AnswerOwed())

    def ready(self, effect: effects.Ready) -> None:
        plan, now = self._sessions.plan, self._bridge.loop.time()
        chunk_ms, version = self._shared.chunk_ms, self._shared.version
        self._observers.session(Session(plan, effect.model), now)
        self._session, grace_s = effect, self._shared.grace_s
        if self._arrival is not None:
            arrival, self._arrival = self._arrival, None
            self._arrive(arrival)
        else:
            made, token = _made(plan, effect), self._token() if grace_s else None
            self._line.tell(down.Ready(self.id, SAMPLE_RATE, chunk_ms, version, token=token, grace_s=grace_s, **made))
        self._observers.ready(now)

    def session_lost(self, fault: Fault) -> None:
        self._relay.lose_session(fault)

    def session_doubted(self, silent_s: float | None) -> None:
        self._relay.doubt_session(silent_s)

    @property
    def in_mid_answer(self) -> bool:
        talk = self._conversation
        return talk.answering and any(not each.complete for each in talk.sounding)

    def replace_session(self, fault: Fault) -> None:
        self._sessions.replace(fault)

    def session_waits(self) -> None:
        try:
            self.handled()
        except Exception:
            self.fail()

    def handled(self) -> None:
        self._relay.keep_recent()
        sessions, talk = self._sessions, self._conversation
        if self.over or not sessions.waiting:
            return
        if talk.quiet or (sessions.lost and (talk.settled or not sessions.patient)):
            self._take_over()
        elif sessions.urgent:
            self.session_lost(faults.EXPIRED)

    def _take_over(self) -> None:
        ready = self._sessions.take_over()
        if ready is None:
            return
        why, plan, link, session, _, changed = ready
        # What the last session left open costs what that one did.
        self._relay.go_on_with(link, plan.config, plan.profile.capabilities, asked=why == "asked")
        self._observers.session(Session(plan, session.model, why), self._bridge.loop.time())
        self._relay.handle(ev.SessionRenewed())
        for event in changed:
            self._relay.handle(event)
        self._session = session
        if not self.over:
            self._line.tell(down.Renewed(why, **_made(plan, session)))

    # What the page is told

    def warn(self, fault: Fault, progress: down.Progress | None = None) -> None:
        self._observers.noticed(fault, fatal=False)
        self._line.tell(down.notice(fault, fatal=False, progress=progress))

    def watch_message(self, direction: down.Direction, size: int, message: Mapping[str, Any]) -> None:
        self._relay.watch_message(direction, size, message)

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
        for give_back in (
            self._close_conversation,
            partial(self._let_upstream_go, drained=drained),
            self._starting.cancel,
            self._stop_waiting,
            self._sessions.stop,
            self._relay.stop_timer,
            self._limits.stop,
            partial(self._ended, self),
            partial(self._observers.ended, reason, self._bridge.loop.time()),
        ):
            # Whatever one of them meets, the others happen.
            try:
                give_back()
            except Exception:
                log.exception("call %s: a part of it could not be ended", self.id)

    def _stop_waiting(self) -> None:
        if self._grace is not None:
            self._grace.cancel()

    def _close_conversation(self) -> None:
        for effect in self._conversation.close():
            self._relay.perform(effect)

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
        self._relay.perform(effect)
        self._observers.amended()


def _made(plan: Plan, session: effects.Ready | ev.SessionUpdated) -> dict[str, Any]:
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
