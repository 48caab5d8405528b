"""What a session costs: its model's prices, the operator's, or the dearest."""

import pytest

from voiceapp.config.rules import Rules
from voiceapp.config.tariff import MILLIONTHS, Tariff, tariff
from voiceapp.conversation.events import Transcribing, Usage
from voiceapp.conversation.usage import Charge

MODEL, WORDS = "gpt-realtime-2.1", "gpt-realtime-whisper"
WRITTEN = Charge("r1", Usage(output_tokens=1000, output_text_tokens=1000))
HEARD = Charge("u1", Transcribing(seconds=60))


def made(model: str = MODEL, words: str | None = WORDS, profile: str = "openai", **own: float) -> Tariff:
    return tariff(Rules(prices=own), profile, model, words)


def test_a_known_model_has_its_price_and_is_whole() -> None:
    known = made()
    assert known.whole
    assert known.price(WRITTEN) == 24_000
    assert known.presumed(WRITTEN) >= 24_000


def test_a_model_that_nobody_knows_has_none_and_budgets_presume_the_dearest() -> None:
    unknown = made("somebody-elses")
    assert not unknown.whole
    assert unknown.price(WRITTEN) is None
    assert unknown.presumed(WRITTEN) >= made().presumed(WRITTEN) > 0
    assert unknown.price(HEARD) == made().price(HEARD)


def test_the_embedded_engine_is_free() -> None:
    free = made("companion", "whisper-tiny.en", "embedded")
    assert (free.price(WRITTEN), free.price(HEARD), free.whole) == (0, 0, True)


def test_the_operators_price_holds_for_a_model_that_nobody_knows() -> None:
    own = made("somebody-elses", output_text=100.0)
    assert own.price(WRITTEN) == 100_000
    assert own.own
    assert not made().own


def test_words_are_priced_by_the_minute_and_the_operator_may_set_it() -> None:
    assert made().price(HEARD) == round(0.017 * MILLIONTHS)
    assert made(transcription_minute=1.0).price(HEARD) == MILLIONTHS
    assert made(words="somebody-elses").price(HEARD) is None


@pytest.mark.parametrize("words", [None, WORDS])
def test_where_nothing_is_written_down_that_needs_no_price(words: str | None) -> None:
    assert made(words=words).whole


def test_no_sum_is_below_the_bill_whatever_kind_is_not_told() -> None:
    told = Charge("r1", Usage(input_tokens=100, input_text_tokens=100))
    untold = Charge("r1", Usage(input_tokens=100))
    assert (made().price(untold) or 0) > (made().price(told) or 0)
