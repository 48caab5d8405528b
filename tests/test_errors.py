"""Errors are faults for people: a code, plain words, and whether to try again."""

import pytest

from voiceapp import errors
from voiceapp.conversation.faults import Fault
from voiceapp.errors import BrowserError, LimitError, SettingError, VoiceError

FAULTS = [value for value in vars(errors).values() if isinstance(value, Fault)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
def test_each_is_said_in_a_sentence(fault: Fault) -> None:
    assert fault.message[0].isupper()
    assert fault.message.endswith((".", "requirements-engine.txt"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingError("PORT is 'x'."), "bad_setting"),
        (BrowserError("there is no event 'x'"), "bad_event"),
        (BrowserError("there is no call", "not_started"), "not_started"),
        (LimitError(errors.BUDGET_SPENT), "budget_spent"),
    ],
)
def test_an_error_carries_its_fault_and_its_words(error: VoiceError, code: str) -> None:
    assert error.fault.code == code
    assert str(error) == error.fault.message
