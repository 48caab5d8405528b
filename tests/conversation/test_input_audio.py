"""How the person is heard, by the server or by a key; and what they change of it in mid-call."""

from tests.conversation.call import CREATE, Call, named, sent, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.effects import Notify
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad


class TestTurnSettings:
    def test_changed_in_mid_speech_they_do_not_leave_the_turn_to_the_person(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"), ev.Configured(PushToTalk()))
        assert turns(call.hear(ev.SessionUpdated("", "", None))) == ["listening"]

    def test_where_the_server_does_not_say_that_they_were_changed_neither(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"), ev.Configured(PushToTalk()))
        assert turns(call.wait(SECONDS[Wait.CHANGE])) == ["listening"]

    def test_a_change_of_language_leaves_the_person_speaking(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"), ev.Configured(language="ja"))
        assert turns(call.hear(ev.SessionUpdated("", "", None))) == []

    def test_a_refused_one_is_not_sent_again_with_the_next(self) -> None:
        for cause in ("its own", ""):
            call = Call().begin()
            (update,) = named(call.hear(ev.Configured(SemanticVad("high"))))
            refused = ev.UpstreamError("invalid_value", "…", update["event_id"] if cause else "")
            assert Notify(faults.CHANGE_REFUSED) in call.hear(refused)
            (update,) = sent(call.hear(ev.Configured(language="ja")))
            assert update["session"]["audio"]["input"]["turn_detection"]["type"] == "server_vad"

    def test_of_two_changes_the_refused_one_is_taken_back(self) -> None:
        call = Call().begin()
        first, second = named(call.hear(ev.Configured(SemanticVad()), ev.Configured(language="ja")))
        assert first["event_id"] != second["event_id"]
        call.hear(ev.UpstreamError("invalid_value", "…", first["event_id"]), ev.SessionUpdated("", "", None))
        (update,) = sent(call.hear(ev.Configured(language="de")))
        hearing = update["session"]["audio"]["input"]
        assert hearing["turn_detection"]["type"] == "server_vad"

    def test_a_key_that_is_down_when_its_mode_is_refused_is_let_go(self) -> None:
        call = Call().begin()
        (update,) = named(call.hear(ev.Configured(PushToTalk())))
        call.hear(ev.Talked(down=True))
        assert turns(call.hear(ev.UpstreamError("invalid_value", "…", update["event_id"]))) == ["listening"]

    def test_with_a_key_what_the_server_hears_ends_no_turn(self) -> None:
        call = Call().begin()
        call.hear(ev.Configured(PushToTalk()), ev.SessionUpdated("", "", None), ev.Talked(down=True))
        assert turns(call.hear(ev.SpeechStarted("u1"), ev.SpeechStopped("u1"))) == []


class TestThePersonSpeaks:
    def test_not_for_ever(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"))
        assert call.wait(SECONDS[Wait.SPEECH] - 1) == []
        assert turns(call.wait(1)) == ["listening"]

    def test_nor_does_a_key_that_is_held_but_what_was_said_is_answered(self) -> None:
        call = Call().begin()
        call.hear(ev.Configured(PushToTalk()), ev.Talked(down=True))
        call.conversation.sound_sent(48_000)
        assert turns(call.wait(SECONDS[Wait.SPEECH])) == ["listening"]
        assert not call.conversation.quiet
        assert sent(call.hear(ev.Talked(down=False)))[-1] == CREATE
