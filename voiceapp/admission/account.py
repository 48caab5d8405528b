"""What one call takes from the budgets: its places and its charges. Several threads use it at once."""

import threading

from .access import Visitor
from .budgets import Budgets, Remaining


class Account:
    """From `begin` to `settle`, whichever thread comes first: after `settle` nothing is held any more.

    Where the budgets wait for Redis, none of its methods is called on the bridge's thread.
    """

    def __init__(self, budgets: Budgets, visitor: Visitor, call: str) -> None:
        self._budgets = budgets
        self._visitor = visitor
        self._call = call
        self._lock = threading.Lock()
        self._begun = self._open = self._settled = False

    def begin(self) -> Remaining:
        """Take the call's places, unless it is over by now. Raises `LimitError`."""
        with self._lock:
            if self._settled:
                return Remaining()
            left = self._budgets.begin(self._visitor, self._call)
            self._begun = self._open = True
            return left

    def charge(self, seconds: int, millionths: int) -> Remaining:
        """Count what the call used since the last time, and keep its places."""
        with self._lock:
            if not self._open:
                return Remaining()
            return self._budgets.charge(self._visitor, self._call, seconds, millionths)

    def settle(self, seconds: int, millionths: int) -> None:
        """The last charge; the places are free."""
        with self._lock:
            self._settled = True
            if self._open:
                self._open = False
                self._budgets.charge(self._visitor, self._call, seconds, millionths)
                self._budgets.end(self._visitor, self._call)

    def amend(self, millionths: int) -> None:
        """More than was charged, or less, is known of a call that is over."""
        with self._lock:
            if self._begun:
                self._budgets.spend(self._visitor, 0, millionths)
