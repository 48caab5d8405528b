"""What one call may still have: a place, minutes and money of the day."""

from dataclasses import dataclass

from ..config.rules import Rules
from ..config.tariff import MILLIONTHS
from ..errors import BUDGET_SPENT, TOO_MANY_CALLS, LimitError
from .access import Visitor
from .quota_store import QuotaStore

# The part of a day's budget at which people are warned.
LOW = 1 / 6


@dataclass(frozen=True, slots=True)
class Quota:
    """`maximum` of `what` a day for `whom`."""

    what: str
    whom: str
    maximum: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of the day and of how much, None where nothing limits it."""

    seconds: int | None = None
    of_seconds: int | None = None
    money: float | None = None
    of_money: float | None = None
    low: bool = False
    spent: bool = False


class Budgets:
    """The operator's rules over the quota store. Where that `waits`, none of this on the bridge's thread."""

    def __init__(self, rules: Rules, quota_store: QuotaStore) -> None:
        self._rules = rules
        self._quota_store = quota_store

    @property
    def counts_days(self) -> bool:
        rules = self._rules
        return any((rules.user_day_s, rules.day_s, rules.user_day_money, rules.day_money))

    @property
    def any(self) -> bool:
        """Whether anything is limited at all."""
        return self.counts_days or bool(self._rules.calls_per_user or self._rules.calls_per_address)

    @property
    def waits(self) -> bool:
        """Whether an answer may have to be waited for."""
        return self._quota_store.waits

    def check(self, visitor: Visitor) -> None:
        """Raises `LimitError` where nothing of the day is left."""
        if self.left(visitor).spent:
            raise LimitError(BUDGET_SPENT)

    def begin(self, visitor: Visitor, call: str) -> Remaining:
        """Take the call's places. Raises `LimitError`."""
        left = self.left(visitor)
        if left.spent:
            raise LimitError(BUDGET_SPENT)
        for key, maximum in self._places(visitor):
            if not self._quota_store.take(key, call, maximum):
                self.end(visitor, call)
                raise LimitError(TOO_MANY_CALLS)
        return left

    def charge(self, visitor: Visitor, call: str, seconds: int, millionths: int) -> Remaining:
        """Count what the call used since the last time, and keep its places."""
        self.spend(visitor, seconds, millionths)
        for key, _ in self._places(visitor):
            self._quota_store.renew(key, call)
        return self.left(visitor)

    def spend(self, visitor: Visitor, seconds: int, millionths: int) -> None:
        """Count what was used; less than 0 where an estimate was too high."""
        for quota in self._quotas(visitor):
            self._quota_store.spend(quota.what, quota.whom, seconds if quota.what == "seconds" else millionths)

    def end(self, visitor: Visitor, call: str) -> None:
        for key, _ in self._places(visitor):
            self._quota_store.release(key, call)

    def left(self, visitor: Visitor) -> Remaining:
        """The least that any of the day's budgets leaves."""
        minimum: dict[str, tuple[int, int]] = {}
        share = 1.0
        for quota in self._quotas(visitor):
            left = max(0, quota.maximum - self._quota_store.spent(quota.what, quota.whom))
            minimum[quota.what] = min((left, quota.maximum), minimum.get(quota.what, (left, quota.maximum)))
            share = min(share, left / quota.maximum)
        seconds, of_seconds = minimum.get("seconds", (None, None))
        money, of_money = minimum.get("money", (None, None))
        return Remaining(
            seconds,
            of_seconds,
            _in_currency(money),
            _in_currency(of_money),
            low=share <= LOW,
            spent=any(left == 0 for left, _ in minimum.values()),
        )

    def _quotas(self, visitor: Visitor) -> list[Quota]:
        rules = self._rules
        a_person = {"seconds": rules.user_day_s, "money": round(rules.user_day_money * MILLIONTHS)}
        together = {"seconds": rules.day_s, "money": round(rules.day_money * MILLIONTHS)}
        every = [(visitor.user, a_person), ("everyone", together)]
        if not visitor.lasting:
            # Who forgets their cookies is somebody new, at the same address.
            people = rules.people_per_address
            every.append((f"shared:{visitor.address}", {what: people * maximum for what, maximum in a_person.items()}))
        return [Quota(what, whom, maximum) for whom, limits in every for what, maximum in limits.items() if maximum]

    def _places(self, visitor: Visitor) -> list[tuple[str, int]]:
        rules = self._rules
        every = (
            (f"calls:{visitor.user}", rules.calls_per_user),
            (f"calls-from:{visitor.address}", rules.calls_per_address),
        )
        return [(key, maximum) for key, maximum in every if maximum]


def _in_currency(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLIONTHS
