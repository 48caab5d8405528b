"""Watches one call for as long as it lasts: its length, its silence, its budget. Lives on the bridge's thread."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..admission.access import Visitor
from ..admission.account import Account
from ..admission.budgets import Budgets, Remaining
from ..admission.capacity import Capacity
from ..config import prices
from ..config.rules import Rules
from ..config.tariff import MILLIONTHS
from ..conversation.faults import Fault
from ..errors import BUDGET_LOW, BUDGET_SPENT, CALL_ENDING, CALL_TOO_LONG, IDLE, IDLE_SOON
from ..net.bridge import Bridge
from ..net.executor import prestarted_pool
from ..wire import down
from .cost import CallCost
from .observers import Observer, Session

log = logging.getLogger(__name__)

# How often a call is looked at, and how often it is charged and its places are renewed (their lease is 25 s).
LOOK_S, CHARGE_S = 5.0, 10.0
EXECUTOR_THREADS = 4
# So that a moment is past, however it was rounded.
TIMER_EPSILON_S = 0.001
# A warning comes when a sixth is left, and of long calls 5 minutes before the end.
WARN_AT, MAX_WARNING_S = 5 / 6, 300.0


class Limited(Protocol):
    """The call that is watched."""

    id: str
    cost: CallCost

    @property
    def silent_since(self) -> float | None:
        """The loop's time since which nobody speaks or is waited for; None while somebody is."""

    def warn(self, fault: Fault) -> None: ...

    def give_up(self, fault: Fault) -> None: ...

    def show_limits(self, limits: down.Limits) -> None: ...


@dataclass(slots=True)
class Limits:
    """What all calls of this worker share."""

    bridge: Bridge
    rules: Rules
    capacity: Capacity
    budgets: Budgets
    # Where the quota store may wait for Redis it is asked from threads. They begin with the bridge, not before a fork.
    executor: ThreadPoolExecutor | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.budgets.waits:
            self.bridge.at_start(self._start_executor)

    def _start_executor(self) -> None:
        self.executor = prestarted_pool(EXECUTOR_THREADS, "quota")

    async def ask(self, question: Callable[..., Remaining], *args: Any) -> Remaining:
        """A question to the budgets. Raises as that does."""
        if self.executor is None:
            return question(*args)
        return await self.bridge.loop.run_in_executor(self.executor, question, *args)

    def tell(self, told: Callable[..., None], *args: Any) -> None:
        """The same, where no answer is waited for."""
        if self.executor is None:
            told(*args)
        else:
            self.executor.submit(told, *args)

    def begin(self, visitor: Visitor, age_s: float = 0.0) -> "CallLimits":
        """The limits of a call that begins, or began elsewhere so long ago. Raises `LimitError` for want of room."""
        self.capacity.begin_call()
        return CallLimits(self, visitor, age_s)


class CallLimits(Observer):
    """From `admit` to `stop`."""

    __slots__ = (
        "_account", "_active", "_began", "_call", "_charged", "_charging", "_left", "_limits", "_lost", "_now", "_over",
        "_paid", "_timer", "_visitor", "_warned", "rules",
    )  # fmt: skip

    def __init__(self, limits: Limits, visitor: Visitor, age_s: float = 0.0) -> None:
        self._limits = limits
        self.rules = limits.rules
        self._visitor = visitor
        self._call: Limited | None = None
        self._now = limits.bridge.loop.time
        self._charged = self._active = self._now()
        self._began = self._charged - age_s
        self._warned: list[str] = []
        self._paid = 0  # millionths that were charged
        self._left = Remaining()
        self._timer: asyncio.TimerHandle | None = None
        self._account: Account | None = None
        self._charging = self._over = self._lost = False

    async def admit(self, call: Limited) -> None:
        """Take the call's places and start watching. Raises `LimitError`."""
        self._call = call
        # Of a call that began elsewhere all that was used there is charged there.
        self._paid = call.cost.counted
        if self._limits.budgets.any:
            self._account = Account(self._limits.budgets, self._visitor, call.id)
            self._left = await self._limits.ask(self._account.begin)
        self._look_later()
        self.show()

    def session(self, session: Session, now: float) -> None:
        """Another session has other prices."""
        if self._call is None or not (self.rules.day_money or self.rules.user_day_money):
            return
        if self._call.cost.presumed:
            log.warning(
                "call %s: it uses something without a known price; the budgets count the highest known price",
                self._call.id,
            )
        self.show()

    def ready(self, now: float) -> None:
        """What is left may be over before it is looked at again."""
        self._warn_if(self._left.low, BUDGET_LOW)

    def page_lost(self) -> None:
        """The call waits for its page."""
        self._lost = True
        self._limits.capacity.lost += 1

    def page_back(self) -> None:
        """It waits no more; harmless if said twice."""
        if self._lost:
            self._lost = False
            self._limits.capacity.lost -= 1

    def stop(self) -> None:
        """The call is over; harmless if said twice."""
        if self._over:
            return
        self._over = True
        self.page_back()
        self._limits.capacity.end_call()
        if self._timer is not None:
            self._timer.cancel()
        if self._account is not None:
            self._settle(self._account)

    def amended(self) -> None:
        """An estimate has given way to what was told."""
        owed = self._owed()
        if self._account is not None and owed:
            self._limits.tell(self._account.amend, owed)

    def _settle(self, account: Account) -> None:
        seconds, owed = self._used()
        # The second that was begun counts: many short calls are not for nothing.
        self._limits.tell(account.settle, seconds + 1, owed)

    # Looking

    def _look_later(self) -> None:
        if self._over:
            return
        # The page counts down to the second, so a limit and its warning come at their times and not at the next look.
        now, waits = self._now(), [LOOK_S]
        for since, maximum in ((self._began, self.rules.call_s), (self._active, self.rules.idle_s)):
            if maximum:
                moments = (since + maximum - min(MAX_WARNING_S, maximum * (1 - WARN_AT)), since + maximum)
                waits += [maximum / 6, *(moment - now + TIMER_EPSILON_S for moment in moments if moment >= now)]
        self._timer = self._limits.bridge.loop.call_later(min(waits), self._look)

    def _look(self) -> None:
        try:
            self._look_now(self._now())
        finally:
            # Whatever this one met, there is another.
            self._look_later()

    def _look_now(self, now: float) -> None:
        fault = self._look_at_length(now) or self._look_at_silence(now)
        if fault is not None and self._call is not None:
            self._call.give_up(fault)
            return
        if self._account is not None and now - self._charged >= CHARGE_S and not self._charging:
            self._limits.bridge.spawn(self._charge())

    def _look_at_length(self, now: float) -> Fault | None:
        maximum = self.rules.call_s
        if not maximum:
            return None
        left = self._began + maximum - now
        self._warn_if(left <= min(MAX_WARNING_S, maximum * (1 - WARN_AT)), CALL_ENDING)
        return CALL_TOO_LONG if left <= 0 else None

    def _look_at_silence(self, now: float) -> Fault | None:
        since = self._call.silent_since if self._call is not None else None
        since = now if since is None else since
        if since > self._active:
            self._active = since
            if IDLE_SOON.code in self._warned:
                self._warned.remove(IDLE_SOON.code)
                self.show()
        silent, maximum = now - self._active, self.rules.idle_s
        if not maximum:
            return None
        self._warn_if(silent >= maximum * WARN_AT, IDLE_SOON)
        return IDLE if silent >= maximum else None

    def _warn_if(self, due: bool, fault: Fault) -> None:
        if due and fault.code not in self._warned and self._call is not None:
            self._warned.append(fault.code)
            self.show()
            self._call.warn(fault)

    # The budget

    async def _charge(self) -> None:
        if self._call is None or self._account is None:
            return
        self._charging = True
        try:
            left = self._left = await self._limits.ask(self._account.charge, *self._used())
        finally:
            self._charging = False
        if self._over:
            return
        if left.spent:
            self._call.give_up(BUDGET_SPENT)
            return
        self.show()
        self._warn_if(left.low, BUDGET_LOW)

    def _used(self) -> tuple[int, int]:
        """Whole seconds and millionths since the last charge; the rest of a second stays for the next."""
        seconds = int(self._now() - self._charged)
        self._charged += seconds
        return seconds, self._owed()

    def _owed(self) -> int:
        """Millionths that the bill has grown by since the last charge."""
        owed = (self._call.cost.counted if self._call is not None else 0) - self._paid
        self._paid += owed
        return owed

    def show(self) -> None:
        rules, left = self.rules, self._left
        if self._call is not None:
            shown = down.Limits(
                call_s=rules.call_s or None,
                call_left_s=max(0, round(self._began + rules.call_s - self._now())) if rules.call_s else None,
                idle_s=rules.idle_s or None,
                idle_left_s=self._idle_left(),
                left_s=left.seconds,
                budget_s=left.of_seconds,
                used_s=int(self._charged - self._began),
                left_money=left.money,
                budget_money=left.of_money,
                used_money=self._paid / MILLIONTHS,
                presumed=left.money is not None and self._call.cost.presumed,
                currency=prices.installed().currency,
            )
            self._call.show_limits(shown)

    def _idle_left(self) -> int | None:
        """Seconds, once the silence was warned of."""
        if IDLE_SOON.code not in self._warned or self._call is None or self._call.silent_since != self._active:
            return None
        return max(0, round(self._active + self.rules.idle_s - self._now()))
