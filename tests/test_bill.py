"""What a call has cost, by the prices of its model or of the operator."""

from dataclasses import asdict, replace

import pytest

from voiceapp.bill import Bill
from voiceapp.conversation.events import Usage
from voiceapp.rules import Rules

TURN = asdict(
    Usage(
        input_tokens=1000,
        output_tokens=300,
        input_text_tokens=400,
        input_audio_tokens=600,
        cached_tokens=0,
        output_text_tokens=100,
        output_audio_tokens=200,
    )
)


def test_turns_add_up() -> None:
    bill = Bill(Rules(), "gpt-realtime-2.1")
    first = bill.add(TURN)
    # 400 × 4 + 600 × 32 + 100 × 24 + 200 × 64 millionths
    assert first is not None
    assert (first["turn"], first["total"], first["currency"]) == (0.036, 0.036, "USD")
    second = bill.add(TURN)
    assert second is not None
    assert (second["turn"], second["total"]) == (0.036, 0.072)


def test_a_small_model_is_billed_as_such() -> None:
    billed = Bill(Rules(), "gpt-realtime-2.1-mini").add(TURN)
    assert billed is not None
    assert billed["total"] == pytest.approx(0.01048)


def test_an_unknown_model_has_no_cost() -> None:
    assert Bill(Rules(), "somebody-elses").add(TURN) is None


def test_the_operators_own_prices_hold_for_every_model() -> None:
    rules = Rules()
    own = replace(rules, prices={**rules.prices, "output_audio": 0.0})
    billed = Bill(own, "somebody-elses").add(TURN)
    assert billed is not None
    assert billed["total"] == pytest.approx(0.0232)
