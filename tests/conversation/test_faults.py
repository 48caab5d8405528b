"""What went wrong upstream, in our codes."""

import pytest

from voiceapp.conversation import faults


@pytest.mark.parametrize(
    ("code", "reason", "fault"),
    [
        (3000, "invalid_request_error.invalid_api_key", faults.KEY_WRONG),
        (3000, "", faults.KEY_WRONG),
        (4000, "invalid_request_error.beta_api_shape_disabled", faults.BETA_REFUSED),
        (4000, "invalid_request_error.missing_model", faults.MODEL_MISSING),
        (1001, "Your session hit the maximum duration of 60 minutes.", faults.EXPIRED),
        (1001, "", faults.CLOSED),
        (1000, "", faults.CLOSED),
        (1006, "", faults.CLOSED),
    ],
)
def test_a_close_frame_says_why(code: int, reason: str, fault: faults.Fault) -> None:
    assert faults.of_close(code, reason) == fault


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, faults.KEY_WRONG),
        (403, faults.NO_ACCESS),
        (404, faults.MODEL_MISSING),
        (429, faults.RATE_LIMITED),
        (503, faults.UNREACHABLE),
        (418, faults.FAILED),
    ],
)
def test_a_refused_upgrade_says_why(status: int, fault: faults.Fault) -> None:
    assert faults.of_status(status) == fault


def test_a_refusal_that_names_a_field_guesses_at_no_setting() -> None:
    refused = faults.of_refusal("unknown_parameter", "session.voice")
    assert refused.message == "The voice server refused the session's settings: the field it names is session.voice."
    assert (refused.code, refused.param) == ("settings_refused", "session.voice")
    assert faults.of_refusal("unknown_parameter", "") == faults.SETTINGS_REFUSED
    assert faults.of_refusal("server_error", "") == faults.FAILED
