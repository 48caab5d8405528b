"""What a call has cost so far, turn by turn, as the page is told."""

from collections.abc import Mapping
from typing import Any

from . import prices
from .budgets import MILLIONTHS, cost
from .rules import Rules


class Bill:
    """Nothing where the model has no price: then the page shows tokens alone."""

    def __init__(self, rules: Rules, model: str) -> None:
        installed = prices.installed()
        self._rules = rules
        self._about = {"currency": installed.currency, "dated": installed.dated.isoformat()}
        self._total = 0
        self.follow(model)

    def follow(self, model: str) -> None:
        """From now on this model's prices count."""
        installed, rules = prices.installed(), self._rules
        # What the operator set holds for every model.
        self._prices = installed.of(model) if rules.prices == installed.dearest else rules.prices

    def add(self, turn: Mapping[str, int]) -> dict[str, Any] | None:
        """The page's `cost` after this turn: the turn's and the call's."""
        if self._prices is None:
            return None
        now = cost(turn, self._prices)
        self._total += now
        return {"turn": now / MILLIONTHS, "total": self._total / MILLIONTHS, **self._about}
