"""Limits while a call runs: told before they strike, and they strike, to the second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import AtOnce, StandingLoop
from tests.worlds import worlds
from voiceapp.admission.access import Visitor
from voiceapp.admission.budgets import Budgets
from voiceapp.admission.capacity import Capacity
from voiceapp.admission.quota_store import QuotaStore
from voiceapp.call.cost import CallCost
from voiceapp.call.limits import CHARGE_S, Limits
from voiceapp.config.rules import Rules
from voiceapp.config.tariff import tariff
from voiceapp.conversation.events import Usage
from voiceapp.conversation.faults import Fault
from voiceapp.conversation.usage import Charge
from voiceapp.errors import LimitError
from voiceapp.net.bridge import Bridge
from voiceapp.net.redis_connection import RedisConnection
from voiceapp.wire import down

VISITOR = Visitor("somebody", "192.0.2.1")


class Call:
    """A call under limits, on a loop whose time the test lets pass. `told`: faults it was told of, and when."""

    def __init__(self, loop: StandingLoop, rules: Rules, budgets: Budgets | None = None) -> None:
        self.id = "call"
        self.cost = CallCost(tariff(rules, "openai", "gpt-realtime-2.1", None))
        self.silent_since: float | None = loop.time()
        self.told: list[tuple[str, float]] = []
        self.shown: list[down.Limits] = []
        self.over_at: float | None = None
        self._loop = loop
        self._began = loop.time()
        bridge = Bridge()
        bridge.loop = loop
        self.capacity = Capacity(rules)
        limits = Limits(bridge, rules, self.capacity, budgets or Budgets(rules, QuotaStore()))
        limits.executor = AtOnce(1)
        self.limits = limits.begin(VISITOR)

    def admit(self) -> "Call":
        self._loop.run_until_complete(self.limits.admit(self))
        return self

    def warn(self, fault: Fault) -> None:
        self.told.append((fault.code, round(self._loop.time() - self._began)))

    def give_up(self, fault: Fault) -> None:
        self.warn(fault)
        self.over_at = self._loop.time()
        self.limits.stop()

    def show_limits(self, limits: down.Limits) -> None:
        self.shown.append(limits)

    # What happens in it

    def speak(self, seconds: float) -> None:
        """Somebody speaks, or is waited for; then it is silent."""
        self.silent_since = None
        self._loop.pass_time(seconds)
        self.silent_since = self._loop.time()

    def use(self, seconds: float = 0, tokens: int = 0) -> None:
        self.cost.add(Charge(f"r{self._loop.time()}", Usage(output_tokens=tokens, output_text_tokens=tokens)))
        self._loop.pass_time(seconds)


# Length


@pytest.mark.parametrize(("longest", "warned_at"), [(60, 50), (1200, 1000), (7200, 6900)])
def test_a_call_has_a_longest_time_and_is_warned_before(loop: StandingLoop, longest: int, warned_at: int) -> None:
    call = Call(loop, Rules(call_s=longest, idle_s=0)).admit()
    loop.pass_time(2 * longest)
    assert call.told == [("call_ending", warned_at), ("call_too_long", longest)]
    assert loop.timers == 0


def test_what_is_left_of_it_is_told_at_the_beginning_and_with_the_warning(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=60, idle_s=0)).admit()
    loop.pass_time(55)
    assert [(shown.call_s, shown.call_left_s) for shown in call.shown] == [(60, 60), (60, 10)]


def test_a_call_without_limits_goes_on(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=0, idle_s=0)).admit()
    loop.pass_time(6 * 3600)
    assert call.told == []
    call.limits.stop()
    assert loop.timers == 0


# Silence


def test_a_silent_call_is_warned_and_ended(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=0, idle_s=360)).admit()
    loop.pass_time(3600)
    assert call.told == [("idle_soon", 300), ("idle", 360)]


def test_whoever_speaks_or_is_spoken_to_is_not_idle(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=0, idle_s=60)).admit()
    for _ in range(20):
        call.speak(300)
        loop.pass_time(45)
    assert call.told == []
    call.limits.stop()


def test_a_silence_begins_when_the_last_word_was_heard(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=0, idle_s=60)).admit()
    call.speak(200)
    loop.pass_time(3600)
    assert call.told == [("idle_soon", 250), ("idle", 260)]


def test_what_is_left_of_a_silence_is_told_until_somebody_speaks(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=0, idle_s=60)).admit()
    loop.pass_time(55)
    assert [shown.idle_left_s for shown in call.shown] == [None, 10]
    call.speak(30)
    loop.pass_time(12)
    assert call.shown[-1].idle_left_s is None
    loop.pass_time(3600)
    assert call.told == [("idle_soon", 50), ("idle_soon", 135), ("idle", 145)]


@worlds(25)
@given(st.integers(6, 400), st.lists(st.tuples(st.floats(0.1, 60), st.floats(0.1, 60)), max_size=4))
def test_whatever_the_rhythm_of_a_talk_it_ends_after_one_silence_too_long_and_never_before(
    idle_s: int, talk: list[tuple[float, float]]
) -> None:
    loop = StandingLoop()
    call = Call(loop, Rules(call_s=0, idle_s=idle_s)).admit()
    silent_from = 0.0
    for speech, silence in talk:
        call.speak(speech)
        silent_from = loop.now
        loop.pass_time(min(silence, idle_s * 0.9))
        assert call.over_at is None
    loop.pass_time(idle_s + 1)
    assert [code for code, _ in call.told[-2:]] == ["idle_soon", "idle"]
    assert call.over_at == pytest.approx(silent_from + idle_s, abs=0.01)
    loop.close()


# The budget


def test_a_call_is_charged_by_the_second_and_ends_with_its_budget(loop: StandingLoop) -> None:
    call = Call(loop, Rules(call_s=0, idle_s=0, user_day_s=100)).admit()
    loop.pass_time(1000)
    (low, low_at), (spent, spent_at) = call.told
    assert (low, spent) == ("budget_low", "budget_spent")
    assert 80 <= low_at < spent_at
    assert 100 <= spent_at <= 100 + 2 * CHARGE_S
    assert [shown.left_s for shown in call.shown][:2] == [100, 90]


def test_a_call_is_charged_by_its_tokens_and_ends_with_its_budget(loop: StandingLoop) -> None:
    rules = Rules(call_s=0, idle_s=0, user_day_money=1.0, prices={"output_text": 100.0})
    call = Call(loop, rules).admit()
    call.use(2 * CHARGE_S, tokens=5000)
    assert (call.shown[-1].used_money, call.shown[-1].left_money) == (0.5, 0.5)
    call.use(2 * CHARGE_S, tokens=4500)
    call.use(2 * CHARGE_S, tokens=1000)
    assert [code for code, _ in call.told] == ["budget_low", "budget_spent"]


def test_what_was_begun_counts_although_the_call_ends_before_it_is_charged(loop: StandingLoop) -> None:
    rules = Rules(call_s=0, idle_s=0, user_day_s=1000, user_day_money=1.0, prices={"output_text": 100.0})
    budgets = Budgets(rules, QuotaStore())
    call = Call(loop, rules, budgets).admit()
    call.use(3, tokens=1000)
    call.limits.stop()
    call.limits.stop()
    left = budgets.left(VISITOR)
    assert (left.seconds, left.money) == (1000 - 3 - 1, 0.9)


def test_an_estimate_that_was_too_high_is_given_back(loop: StandingLoop) -> None:
    rules = Rules(call_s=0, idle_s=0, user_day_money=1.0, prices={"output_text": 100.0})
    budgets = Budgets(rules, QuotaStore())
    call = Call(loop, rules, budgets).admit()
    call.cost.add(Charge("r1", Usage(output_tokens=4000, output_text_tokens=4000), estimated=True))
    call.limits.stop()
    assert budgets.left(VISITOR).money == 0.6
    call.cost.add(Charge("r1", Usage(output_tokens=1000, output_text_tokens=1000)))
    call.limits.amended()
    assert budgets.left(VISITOR).money == 0.9


def test_whoever_has_nothing_left_is_not_let_in_and_keeps_no_place(loop: StandingLoop) -> None:
    rules = Rules(call_s=0, idle_s=0, user_day_s=10)
    budgets = Budgets(rules, QuotaStore())
    budgets.spend(VISITOR, 10, 0)
    call = Call(loop, rules, budgets)
    with pytest.raises(LimitError):
        call.admit()
    call.limits.stop()
    assert call.capacity.calls == 0
    assert loop.timers == 0


@pytest.mark.parametrize("redis", [None, RedisConnection("redis://localhost:1")], ids=["memory", "redis"])
def test_threads_ask_only_where_an_answer_may_be_waited_for(redis: RedisConnection | None) -> None:
    bridge, rules = Bridge(), Rules()
    limits = Limits(bridge, rules, Capacity(rules), Budgets(rules, QuotaStore(redis)))
    bridge.start()
    try:
        assert (limits.executor is not None) == (redis is not None)
    finally:
        bridge.stop()
        if limits.executor is not None:
            limits.executor.shutdown()
