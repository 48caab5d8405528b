"""What a call has cost, by the prices of its session or of the operator; one sum for the page and for the budgets."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.usages import TURN
from voiceapp.call.cost import CallCost
from voiceapp.config.rules import Rules
from voiceapp.config.tariff import MILLIONTHS, tariff
from voiceapp.conversation.events import Transcribing, Usage
from voiceapp.conversation.usage import Charge
from voiceapp.store.record import Bill

WHISPER = "gpt-realtime-whisper"


def made_of(
    model: str = "gpt-realtime-2.1", words: str | None = WHISPER, profile: str = "openai", **own: float
) -> CallCost:
    return CallCost(tariff(Rules(prices=own), profile, model, words))


def cost_of(made: CallCost, *charges: Charge) -> Any:
    for charge in charges:
        made.add(charge)
    cost = made.event().cost
    return None if cost is None else msgspec.structs.asdict(cost)


def test_turns_add_up() -> None:
    made = made_of()
    first = cost_of(made, Charge("r1", TURN))
    # 400 × 4 + 600 × 32 + 100 × 24 + 200 × 64 millionths
    assert (first["turn"], first["total"], first["currency"], first["dated"]) == (0.036, 0.036, "USD", "2026-11-12")
    second = cost_of(made, Charge("r2", TURN))
    assert (second["turn"], second["total"]) == (0.036, 0.072)
    assert made.event().total.input_tokens == 2000
    assert made.counted == 72_000


def test_a_small_model_is_billed_as_such_and_so_are_the_budgets() -> None:
    made = made_of("gpt-realtime-2.1-mini")
    assert cost_of(made, Charge("r", TURN))["total"] == pytest.approx(0.01048)
    assert made.counted == 10_480


def test_a_model_without_a_price_is_said_to_have_none_and_budgets_count_the_dearest() -> None:
    made = made_of("somebody-elses", None)
    assert made.presumed
    assert cost_of(made, Charge("r", TURN)) is None
    assert made.counted == 36_000


@pytest.mark.parametrize("own", [{}, {"output_audio": 1000.0}])
def test_the_free_engine_costs_nothing_whatever_else_is_set(own: dict[str, float]) -> None:
    made = made_of("companion", "whisper-tiny.en", "embedded", **own)
    assert cost_of(made, Charge("r", TURN), Charge("u", Transcribing(seconds=60))) is None
    assert (made.event().free, made.counted, made.presumed) == (True, 0, False)


def test_the_operators_own_prices_hold_for_every_model_and_have_no_date() -> None:
    made = made_of("somebody-elses", None, output_audio=0.0)
    cost = cost_of(made, Charge("r", TURN))
    assert cost["total"] == pytest.approx(0.0232)
    assert cost["dated"] is None
    assert not made.presumed
    assert made.counted == 23_200


def test_the_operators_own_prices_count_even_where_they_are_the_usual_ones() -> None:
    default = dict(tariff(Rules(), "openai", "gpt-realtime-2.1", None).talk or {})
    assert cost_of(made_of("gpt-realtime-2.1-mini", None, **default), Charge("r", TURN))["total"] == 0.036


def test_what_the_operator_did_not_name_costs_as_the_model_does() -> None:
    own = tariff(Rules(prices={"output_audio": 1.0}), "openai", "gpt-realtime-2.1-mini", None).talk
    assert own
    assert (own["output_audio"], own["input_audio"]) == (1.0, 10.0)


@pytest.mark.parametrize(
    ("usage", "millionths"),
    [
        ({"input_text_tokens": 1_000_000}, 4_000_000),
        ({"input_text_tokens": 1_000_000, "cached_tokens": 1_000_000}, 400_000),
        ({"input_image_tokens": 1_000_000}, 5_000_000),
        ({"input_image_tokens": 100, "cached_tokens": 60, "cached_image_tokens": 60}, 40 * 5 + 60 * 0.5),
        # Of no told kind: those that save the least.
        ({"input_text_tokens": 10, "input_audio_tokens": 100, "cached_tokens": 60}, 60 * 0.4 + 50 * 32),
        # By kind, where it is told.
        (
            {"input_text_tokens": 10, "input_audio_tokens": 100, "cached_tokens": 60, "cached_audio_tokens": 60},
            60 * 0.4 + 10 * 4 + 40 * 32,
        ),
        ({"output_text_tokens": 1_000, "output_audio_tokens": 2_000}, 24_000 + 128_000),
        ({"output_tokens": 1_000}, 64_000),
        ({"input_tokens": 1_000}, 32_000),
        ({}, 0),
    ],
)
def test_a_turns_price(usage: dict[str, int], millionths: float) -> None:
    turn = Usage(**usage)
    read = turn.input_tokens or turn.input_text_tokens + turn.input_audio_tokens + turn.input_image_tokens
    made = made_of()
    made.add(Charge("r", replace(turn, input_tokens=read)))
    assert made.counted == round(millionths)


TOKENS = st.integers(0, 100_000)


@given(
    st.builds(
        Usage,
        **dict.fromkeys(("input_tokens", "output_tokens", "input_text_tokens", "input_audio_tokens"), TOKENS),
        **dict.fromkeys(("input_image_tokens", "cached_tokens", "cached_text_tokens", "cached_audio_tokens"), TOKENS),
    )
)
def test_no_numbers_make_a_price_below_nothing_or_above_the_uncached_one(usage: Usage) -> None:
    made, uncached = made_of(), made_of()
    made.add(Charge("r", usage))
    none = replace(usage, cached_tokens=0, cached_text_tokens=0, cached_audio_tokens=0, cached_image_tokens=0)
    uncached.add(Charge("r", none))
    assert 0 <= made.counted <= uncached.counted


# Transcription


def test_transcription_is_a_line_of_its_own_and_in_the_sum() -> None:
    made = made_of()
    cost = cost_of(made, Charge("r", TURN), Charge("u", Transcribing(seconds=600)))
    assert (cost["turn"], cost["transcription"], cost["total"]) == (0.036, 0.17, 0.206)
    assert made.event().transcription.seconds == 600
    assert made.counted == 206_000


def test_transcription_by_tokens_is_priced_by_its_model() -> None:
    used = Transcribing(input_tokens=1000, input_text_tokens=100, input_audio_tokens=900, output_tokens=50)
    cost = cost_of(made_of(words="gpt-4o-transcribe"), Charge("u", used))
    assert cost["transcription"] == pytest.approx((100 * 2.5 + 900 * 6 + 50 * 10) / MILLIONTHS)
    assert cost["turn"] is None


@pytest.mark.parametrize(
    ("words", "used", "counted"),
    [
        ("somebody-elses", Transcribing(seconds=60), 17_000),
        (WHISPER, Transcribing(input_tokens=1_000_000, input_audio_tokens=900_000, output_tokens=100_000), 7_000_000),
        ("gpt-4o-transcribe", Transcribing(seconds=60), 17_000),
    ],
)
def test_transcription_without_a_price_is_no_part_of_the_sum_and_said_so(
    words: str, used: Transcribing, counted: int
) -> None:
    made = made_of(words=words)
    cost = cost_of(made, Charge("r", TURN), Charge("u", used))
    assert (cost["total"], cost["transcription"], cost["unpriced"]) == (0.036, None, ["transcription"])
    assert made.presumed
    assert made.counted == 36_000 + counted


def test_the_operators_price_of_transcription() -> None:
    cost = cost_of(made_of(words="somebody-elses", transcription_minute=0.6), Charge("u", Transcribing(seconds=10)))
    assert cost["transcription"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("words", "own", "millionths"),
    [
        # What is not named costs as the model's, or else the dearest: 100 x 2.5 + 900 x 6 of all known.
        (WHISPER, {"transcription_output": 20.0}, 100 * 2.5 + 900 * 6 + 50 * 20),
        ("gpt-4o-mini-transcribe", {"transcription_output": 20.0}, 100 * 1.25 + 900 * 3 + 50 * 20),
        ("gpt-4o-mini-transcribe", {"transcription_minute": 0.6}, 100 * 1.25 + 900 * 3 + 50 * 5),
    ],
)
def test_one_price_of_transcription_alone_leaves_the_others_as_they_are(
    words: str, own: dict[str, float], millionths: float
) -> None:
    made = made_of(words=words, **own)
    made.add(Charge("u", Transcribing(input_tokens=1000, input_text_tokens=100, output_tokens=50)))
    assert made.counted == round(millionths)
    assert not made.presumed


# Estimates


def test_an_estimate_is_said_as_such_until_it_is_replaced() -> None:
    made = made_of()
    made.add(Charge("r1", TURN))
    made.add(Charge("r2", replace(TURN, output_tokens=200, output_audio_tokens=100), estimated=True))
    assert (made.event().estimated, made.counted) == (True, 36_000 + 29_600)
    made.add(Charge("r2", TURN))
    told = made.event()
    assert told.cost is not None
    assert (told.estimated, told.cost.total, told.total.output_tokens) == (False, 0.072, 600)


def test_of_very_many_estimates_the_oldest_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceapp.call.cost.MAX_ESTIMATES", 2)
    made = made_of()
    for key in ("r1", "r2", "r3"):
        made.add(Charge(key, TURN, estimated=True))
    assert len(made._estimates) == 2
    made.add(Charge("r3", replace(TURN, output_tokens=0, output_audio_tokens=0)))
    assert made.event().total.output_tokens == 2 * TURN.output_tokens


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1000), st.booleans()), max_size=20))
def test_a_cost_falls_only_where_an_estimate_is_replaced(lines: list[tuple[str, int, bool]]) -> None:
    made, told, sizes = made_of(), set[str](), dict[str, int]()
    for key, tokens, estimated in lines:
        if key in told:
            continue
        before, guessed = made.counted, key in sizes
        made.add(Charge(key, Usage(output_tokens=tokens), estimated))
        assert guessed or made.counted >= before
        sizes[key] = tokens
        if not estimated:
            told.add(key)
    assert made.counted == 64 * sum(sizes.values())
    assert made.event().total.output_tokens == sum(sizes.values())
    assert made.event().estimated == bool(set(sizes) - told)


def test_another_worker_goes_on_with_the_same_sum() -> None:
    whole, first, moved = made_of(), made_of(), made_of()
    charges = [Charge(f"r{n}", TURN) for n in range(4)] + [Charge("w", Transcribing(seconds=61.5))]
    for charge in charges:
        whole.add(charge)
    for charge in charges[:2]:
        first.add(charge)
    moved.carry(msgspec.json.decode(msgspec.json.encode(first.bill()), type=Bill))
    for charge in charges[2:]:
        moved.add(charge)
    assert moved.event() == whole.event()
    assert moved.counted == whole.counted
