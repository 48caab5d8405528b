"""Since when a call is silent: judged from who speaks, what plays and what is waited for."""

from tests.conversation.call import Call
from voiceapp.conversation import events as ev
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.silence import MAX_UNANSWERED
from voiceapp.conversation.turn_detection import ServerVad

PATIENCE = SECONDS[Wait.RESPONSE]


class TestSilence:
    def test_it_begins_when_the_call_is_live(self) -> None:
        call = Call()
        assert call.conversation.silent_since is None
        call.begin()
        assert call.conversation.silent_since == call.now

    def test_there_is_none_while_an_answer_plays_and_it_begins_with_its_end(self) -> None:
        call = Call().begin()
        call.answer(seconds=20)
        for _ in range(20):
            call.wait(1)
            assert call.conversation.silent_since is None
        call.hear(ev.Heard("a1", 20_000))
        assert call.conversation.silent_since == call.now

    def test_there_is_none_while_the_person_speaks_or_waits(self) -> None:
        for events in (
            [ev.SpeechStarted("u1")],
            [ev.SpeechStopped("u1")],
            [ev.ToolReported("t1", "mcp", name="search")],
            [ev.ResponseCreated("r1")],
        ):
            call = Call().begin()
            call.hear(*events)
            call.wait(30)
            assert call.conversation.silent_since is None

    def test_what_hangs_is_silence_once_it_was_given_up(self) -> None:
        call = Call().begin()
        call.ask()
        call.wait(1000)
        assert call.conversation.silent_since == 100.0 + PATIENCE

    def test_what_the_person_does_begins_it_anew(self) -> None:
        call = Call().begin()
        call.wait(50)
        call.hear(ev.UserText("u1", "Mm."))
        assert call.conversation.silent_since == call.now

    def test_an_assistant_that_talks_to_nobody_is_silence(self) -> None:
        call = Call().begin()
        call.ask()
        for n in range(MAX_UNANSWERED + 3):
            call.answer(f"a{n}", f"r{n}")
            call.wait(1)
            call.hear(ev.Heard(f"a{n}", 1000))
        assert call.conversation.silent_since == 100.0 + MAX_UNANSWERED - 1
        call.hear(ev.SpeechStarted("u2"))
        assert call.conversation.silent_since is None

    def test_a_change_that_nobody_hears_is_no_speech(self) -> None:
        call = Call().begin()
        call.hear(ev.Configured(ServerVad()))
        call.wait(50)
        assert call.conversation.silent_since == 100.0
