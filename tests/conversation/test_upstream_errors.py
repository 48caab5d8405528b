"""What the upstream says of an error: told to the person, kept for the log, or the end."""

import pytest

from tests.conversation.call import Call, named, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.effects import End, LogError, Notify
from voiceapp.conversation.turn_detection import PushToTalk


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "fault"),
        [
            ("invalid_api_key", faults.KEY_WRONG),
            ("insufficient_quota", faults.QUOTA),
            ("model_not_found", faults.MODEL_MISSING),
            ("beta_api_shape_disabled", faults.BETA_REFUSED),
        ],
    )
    def test_what_no_later_turn_can_mend_ends_the_call(self, code: str, fault: faults.Fault) -> None:
        assert Call().begin().hear(ev.UpstreamError(code, "…", "")) == [LogError(code, "…"), End(fault)]

    def test_a_race_is_for_the_log_alone(self) -> None:
        effects = Call().begin().hear(ev.UpstreamError("response_cancel_not_active", "…", ""))
        assert effects == [LogError("response_cancel_not_active", "…")]

    def test_anything_else_is_told_and_the_call_goes_on(self) -> None:
        effects = Call().begin().hear(ev.UpstreamError("server_error", "org-secret failed", ""))
        assert effects == [LogError("server_error", "org-secret failed"), Notify(faults.FAILED)]

    def test_a_failed_response_is_told_and_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        effects = call.hear(ev.ResponseDone("r1", "failed", None, "rate_limit_exceeded"))
        assert Notify(faults.RATE_LIMITED) in effects
        assert turns(effects) == ["listening"]


class TestARefusedChange:
    def test_it_is_told_and_the_call_goes_on(self) -> None:
        call = Call().begin()
        (update,) = named(call.hear(ev.Configured(PushToTalk())))
        effects = call.hear(ev.UpstreamError("invalid_value", "…", update["event_id"], "session.audio.input"))
        assert effects[0] == LogError("invalid_value", "…", "session.audio.input")
        (told,) = effects[1:]
        assert (told.fault.code, told.fault.param) == ("change_refused", "session.audio.input")

    @pytest.mark.parametrize("param", ["", "my secret diary", "a" * 101, "<b>"])
    def test_what_is_no_name_of_a_field_names_none(self, param: str) -> None:
        call = Call().begin()
        (update,) = named(call.hear(ev.Configured(PushToTalk())))
        (told,) = call.hear(ev.UpstreamError("invalid_value", "…", update["event_id"], param))[1:]
        assert told.fault == faults.CHANGE_REFUSED
