"""What a call has used and cost so far: the one sum that the page is told and that the budgets count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from operator import add, attrgetter, sub
from types import MappingProxyType
from typing import Any, Literal

from ..config import prices
from ..config.rules import Rules
from ..config.tariff import MILLIONTHS, Tariff, tariff
from ..conversation import effects
from ..conversation.events import Transcribing, Usage
from ..conversation.usage import Charge
from ..store.record import Bill, Part
from ..upstream.session_options import Plan
from ..wire import down
from .observers import Observer, Session, Tell

# So many estimates wait for what a server may yet tell; of more the oldest stays what it is.
MAX_ESTIMATES = 1_000


@dataclass(frozen=True, slots=True)
class _Line:
    """`cost` in millionths, None where no price is known; `counted` is what budgets count."""

    usage: Usage | Transcribing
    cost: int | None
    counted: int


@dataclass(slots=True)
class _Part:
    """The lines of one kind, added up."""

    usage: Any
    cost: int = 0
    lines: int = 0
    unpriced: int = 0

    def add(self, line: _Line, sign: int = 1) -> None:
        self.usage = _sum(self.usage, line.usage, sign)
        self.cost += sign * (line.cost or 0)
        self.lines += sign
        self.unpriced += sign * (line.cost is None)


@dataclass(slots=True)
class CallCost:
    """Of one call. `counted`: millionths that the budgets count; it falls only where an estimate was too high."""

    tariff: Tariff
    counted: int = 0
    _talk: _Part = field(default_factory=lambda: _Part(Usage()))
    _transcription: _Part = field(default_factory=lambda: _Part(Transcribing()))
    # The latest answer.
    _turn: Usage = field(default_factory=Usage)
    _turn_cost: int | None = None
    _estimates: dict[str, _Line] = field(default_factory=dict)
    _free: bool = True

    @property
    def presumed(self) -> bool:
        """Whether budgets count something at the dearest known prices, for want of its own."""
        return not self.tariff.whole or bool(self._talk.unpriced or self._transcription.unpriced)

    def add(self, charge: Charge) -> None:
        """Another line, or one in place of the estimate that had its key."""
        before = self._estimates.pop(charge.key, None)
        if before is not None:
            self._take(before, -1)
        cost = self.tariff.price(charge)
        line = _Line(charge.usage, cost, self.tariff.presumed(charge) if cost is None else cost)
        self._free &= self.tariff.free
        self._take(line)
        if charge.estimated:
            self._estimates[charge.key] = line
            if len(self._estimates) > MAX_ESTIMATES:
                del self._estimates[next(iter(self._estimates))]
        if isinstance(charge.usage, Usage):
            self._turn, self._turn_cost = charge.usage, cost

    def _take(self, line: _Line, sign: int = 1) -> None:
        part = self._talk if isinstance(line.usage, Usage) else self._transcription
        part.add(line, sign)
        self.counted += sign * line.counted

    def bill(self) -> Bill:
        """For a worker that goes on with the call."""
        talk, heard = self._talk, self._transcription
        return Bill(
            Part(talk.usage, talk.cost, talk.lines, talk.unpriced),
            Part(heard.usage, heard.cost, heard.lines, heard.unpriced),
            self.counted,
            self._free,
        )

    def carry(self, bill: Bill) -> None:
        """What another worker counted before; an estimate in it stays what it is."""
        self._talk = _Part(bill.talk.usage, bill.talk.cost, bill.talk.lines, bill.talk.unpriced)
        heard = bill.transcription
        self._transcription = _Part(heard.usage, heard.cost, heard.lines, heard.unpriced)
        self.counted, self._free = bill.counted, bill.free

    def event(self) -> down.Used:
        """As the page is told."""
        heard = self._transcription
        return down.Used(
            turn=self._turn,
            total=self._talk.usage,
            transcription=heard.usage if heard.lines else None,
            estimated=bool(self._estimates),
            free=self._free,
            cost=self._cost(),
        )

    def _cost(self) -> down.Cost | None:
        parts: dict[Literal["talk", "transcription"], _Part] = {
            "talk": self._talk, "transcription": self._transcription,
        }  # fmt: skip
        if self._free or not any(part.lines > part.unpriced for part in parts.values()):
            return None
        installed, heard = prices.installed(), self._transcription
        return down.Cost(
            turn=None if self._turn_cost is None else self._turn_cost / MILLIONTHS,
            total=(self._talk.cost + heard.cost) / MILLIONTHS,
            transcription=heard.cost / MILLIONTHS if heard.lines > heard.unpriced else None,
            unpriced=[name for name, part in parts.items() if part.unpriced],
            currency=installed.currency,
            dated=None if self.tariff.own else installed.dated.isoformat(),
        )


class CostObserver(Observer):
    """Counts what a call uses, and tells the page."""

    __slots__ = ("_rules", "_tell", "cost")

    told_of = (effects.Used,)

    def __init__(self, rules: Rules, plan: Plan, tell: Tell) -> None:
        self._rules = rules
        self._tell = tell
        self.cost = CallCost(self._tariff(plan))

    def session(self, session: Session, now: float) -> None:
        self.cost.tariff = self._tariff(session.plan, session.model)

    def effect(self, effect: effects.Used, now: float) -> None:
        self.cost.add(effect.charge)
        self.tell()

    def tell(self) -> None:
        """The page, whatever it was told before."""
        self._tell(self.cost.event())

    def _tariff(self, plan: Plan, model: str = "") -> Tariff:
        """What a session costs. `model` is the server's word for it: a deployment has a name that says nothing."""
        profile = plan.profile
        return tariff(self._rules, profile.name, model or profile.model, plan.config.transcription_model)


def _sum(one: Any, other: Any, sign: int) -> Any:
    values = _VALUES[type(one)]
    return type(one)(*map(add if sign > 0 else sub, values(one), values(other)))


_VALUES: Mapping[type, Callable[[Any], tuple[float, ...]]] = MappingProxyType(
    {kind: attrgetter(*(each.name for each in fields(kind))) for kind in (Usage, Transcribing)}
)
