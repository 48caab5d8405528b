"""A call's places and charges, in whatever order threads come to them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest

from voiceapp.admission.access import Visitor
from voiceapp.admission.account import Account
from voiceapp.admission.budgets import Budgets
from voiceapp.admission.quota_store import QuotaStore
from voiceapp.config.rules import Rules
from voiceapp.errors import LimitError

ANN = Visitor("address:192.0.2.1", "192.0.2.1")


@pytest.fixture
def budgets() -> Budgets:
    return Budgets(Rules(calls_per_user=1), QuotaStore())


@pytest.mark.parametrize("order", list(permutations(["begin", "charge", "settle"])))
def test_nothing_is_held_once_it_was_settled(budgets: Budgets, order: tuple[str, ...]) -> None:
    account = Account(budgets, ANN, "first")
    steps = {"begin": account.begin, "charge": lambda: account.charge(1, 0), "settle": lambda: account.settle(1, 0)}
    for step in order:
        steps[step]()  # type: ignore[operator]
    Account(budgets, ANN, "second").begin()


def test_a_place_is_held_until_then(budgets: Budgets) -> None:
    first = Account(budgets, ANN, "first")
    first.begin()
    with pytest.raises(LimitError):
        Account(budgets, ANN, "second").begin()
    first.settle(1, 0)
    Account(budgets, ANN, "third").begin()


def test_a_call_that_ends_while_it_is_asked_for_holds_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of a slow store comes when the call is over."""
    budgets = Budgets(Rules(calls_per_user=1), QuotaStore())
    asked, answered = threading.Event(), threading.Event()
    begin = budgets.begin

    def slow(visitor: Visitor, call: str) -> object:
        asked.set()
        answered.wait(5)
        return begin(visitor, call)

    account = Account(budgets, ANN, "first")
    with ThreadPoolExecutor(2) as executor:
        monkeypatch.setattr(budgets, "begin", slow)
        executor.submit(account.begin)
        assert asked.wait(5)
        settled = executor.submit(account.settle, 1, 0)
        answered.set()
        settled.result(5)
    monkeypatch.undo()
    Account(budgets, ANN, "second").begin()


@pytest.mark.parametrize(("begun", "left"), [(True, 0.7), (False, 1.0)])
def test_what_is_known_last_is_charged_to_the_call_that_had_a_place(begun: bool, left: float) -> None:
    budgets = Budgets(Rules(user_day_money=1.0), QuotaStore())
    account = Account(budgets, ANN, "first")
    if begun:
        account.begin()
    account.settle(1, 500_000)
    account.amend(-200_000)
    assert budgets.left(ANN).money == left
