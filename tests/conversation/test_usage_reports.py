"""What was used is read whatever of it a server tells, and not believed where it is no count."""

from typing import Any

import pytest

from voiceapp.conversation import events as ev
from voiceapp.conversation import usage_reports


def test_every_kind_of_token_is_read() -> None:
    cached = {"text_tokens": 1, "audio_tokens": 2, "image_tokens": 3}
    details = {"text_tokens": 10, "audio_tokens": 20, "image_tokens": 30}
    given = {"input_tokens": 60, "input_token_details": details | {"cached_tokens": 6, "cached_tokens_details": cached}}
    assert usage_reports.tokens(given) == ev.Usage(60, 0, 10, 20, 30, 6, 1, 2, 3)


@pytest.mark.parametrize("odd", ["100", -5, float("nan"), float("inf"), 10**15, 1.5, [], {}])
@pytest.mark.parametrize("name", ["input_tokens", "output_tokens"])
def test_a_usage_with_a_sum_that_is_no_count_is_not_believed(name: str, odd: Any) -> None:
    assert usage_reports.tokens({"input_tokens": 9, "output_tokens": 5, name: odd}) is None


def test_a_count_is_one_in_a_language_that_knows_no_whole_numbers() -> None:
    usage = {"input_tokens": 9.0, "output_tokens": 5.0, "input_token_details": {"audio_tokens": 7.0}}
    assert usage_reports.tokens(usage) == ev.Usage(input_tokens=9, output_tokens=5, input_audio_tokens=7)
