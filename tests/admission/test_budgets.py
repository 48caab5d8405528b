"""The budgets of a day: what is left of them, and whose they are."""

from voiceapp.admission.access import Visitor
from voiceapp.admission.budgets import Budgets, Remaining
from voiceapp.admission.quota_store import QuotaStore
from voiceapp.config.rules import Rules


def test_the_budget_that_is_short_first_is_told_with_its_whole() -> None:
    visitor = Visitor("one", "192.0.2.1")
    budgets = Budgets(Rules(user_day_s=600, day_s=1000, user_day_money=2.0), QuotaStore())
    assert budgets.charge(visitor, "call", 100, 500_000) == Remaining(500, 600, 1.5, 2.0)
    budgets.charge(Visitor("other", "192.0.2.2"), "other", 450, 0)
    assert budgets.left(visitor) == Remaining(450, 1000, 1.5, 2.0)
    assert budgets.charge(visitor, "call", 360, 0) == Remaining(90, 1000, 1.5, 2.0, low=True)


def test_a_changed_limit_goes_on_with_the_same_count() -> None:
    visitor, quota_store = Visitor("one", "192.0.2.1"), QuotaStore()
    Budgets(Rules(user_day_money=2.0, day_s=100), quota_store).charge(visitor, "call", 60, 500_000)
    lowered = Budgets(Rules(user_day_money=0.75, day_s=60), quota_store).left(visitor)
    assert (lowered.money, lowered.seconds, lowered.spent) == (0.25, 0, True)
    assert Budgets(Rules(user_day_money=4.0), quota_store).left(visitor).money == 3.5


def test_whoever_forgets_their_cookies_shares_the_address_with_who_they_were() -> None:
    budgets = Budgets(Rules(user_day_money=1.0, people_per_address=2), QuotaStore())

    def login(name: str, address: str = "192.0.2.1") -> Visitor:
        return Visitor(f"login:{name}", address, lasting=False)

    budgets.charge(login("one"), "call", 0, 900_000)
    assert budgets.left(login("two")).money == 1.0
    budgets.charge(login("two"), "call", 0, 900_000)
    assert budgets.left(login("three")) == Remaining(money=0.2, of_money=2.0, low=True)
    assert budgets.left(login("three", "192.0.2.9")).money == 1.0
    # Who has a name is counted by it alone.
    assert budgets.left(Visitor("proxy:ann", "192.0.2.1")).money == 1.0


def test_an_address_is_not_counted_where_the_operator_says_so() -> None:
    budgets = Budgets(Rules(user_day_money=1.0, people_per_address=0), QuotaStore())
    budgets.charge(Visitor("login:one", "192.0.2.1", lasting=False), "call", 0, 1_000_000)
    assert budgets.left(Visitor("login:two", "192.0.2.1", lasting=False)).money == 1.0
