"""The assistant speaks first; and another session takes over, told of what was said and heard."""

import pytest

from tests.conversation.call import CREATE, SECOND, Call, create_id, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import ItemPlaced

NEXT = SessionConfig("cedar", "Be brief.")


def opened() -> Call:
    call = Call()
    call.conversation = Conversation(SessionConfig("marin", "Be kind.", opening="Say hello."), Capabilities())
    return call


class TestOpening:
    def test_the_assistant_is_asked_to_speak_as_soon_as_the_call_is_live(self) -> None:
        effects = opened().hear(ev.SessionUpdated("gpt", "marin", None))
        assert sent(effects)[-1] == {**CREATE, "response": {"instructions": "Say hello."}}
        assert turns(effects) == ["listening", "thinking"]

    def test_text_typed_meanwhile_waits_for_it_and_cuts_it(self) -> None:
        call = opened().begin()
        assert not [m for m in sent(call.hear(ev.TextTyped("Hi"))) if m["type"] == "response.create"]
        assert {"type": "response.cancel", "response_id": "r1"} in sent(call.hear(ev.ResponseCreated("r1")))
        assert sent(call.hear(ev.ResponseDone("r1", "cancelled", None))) == [CREATE]

    def test_escape_before_it_began_silences_it(self) -> None:
        call = opened().begin()
        assert turns(call.hear(ev.Interrupted())) == ["listening"]
        assert {"type": "response.cancel", "response_id": "r1"} in sent(call.hear(ev.ResponseCreated("r1")))

    def test_whoever_speaks_before_the_call_is_live_is_not_greeted(self) -> None:
        call = opened()
        call.hear(ev.MayGreet(False))
        assert CREATE["type"] not in [m["type"] for m in sent(call.hear(ev.SessionUpdated("gpt", "marin", None)))]
        assert turns(call.ask() + call.answer()) == ["user", "thinking", "assistant"]
        assert sent(call.hear(ev.MayGreet(True))) == []

    def test_if_nothing_came_of_it_they_are_greeted_after_all_and_once(self) -> None:
        call = opened()
        call.hear(ev.MayGreet(False), ev.SessionUpdated("gpt", "marin", None))
        call.ask("u1")
        assert sent(call.hear(ev.MayGreet(True))) == []
        call.hear(ev.UserText("u1", " "), ev.MayGreet(False))
        assert sent(call.hear(ev.MayGreet(True)))[-1] == {**CREATE, "response": {"instructions": "Say hello."}}
        assert sent(call.hear(ev.MayGreet(True))) == []

    def test_a_greeting_that_may_be_is_not_given_twice(self) -> None:
        call = opened().begin()
        assert sent(call.hear(ev.MayGreet(True))) == []
        call.answer()
        call.hear(ev.Heard("a1", 1000))
        assert sent(call.hear(ev.MayGreet(True))) == []

    def refused(self) -> tuple[Call, str]:
        """The event_id it is refused by."""
        call = opened()
        return call, create_id(call.hear(ev.SessionUpdated("gpt", "marin", None)))

    def test_one_that_is_refused_does_not_stand_in_the_way(self) -> None:
        call, create = self.refused()
        effects = call.hear(ev.UpstreamError("rate_limit_exceeded", "…", create))
        assert turns(effects) == ["listening"]
        assert sent(call.hear(ev.TextTyped("Hi")))[-1] == CREATE

    def test_one_that_comes_too_soon_is_asked_for_again(self) -> None:
        call, create = self.refused()
        call.hear(ev.ResponseCreated("other"))
        call.hear(ev.UpstreamError("conversation_already_has_active_response", "…", create))
        assert sent(call.hear(ev.ResponseDone("other", "completed", None))) == [CREATE]


class TestEscapeBeforeTheAnswer:
    def test_between_the_end_of_speech_and_its_commit_the_answer_is_cut_as_soon_as_it_begins(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"), ev.SpeechStopped("u1"))
        assert turns(call.hear(ev.Interrupted())) == ["listening"]
        effects = call.hear(ev.Committed("u1", None), ev.ResponseCreated("r1"))
        assert {"type": "response.cancel", "response_id": "r1"} in sent(effects)

    def test_where_no_answer_comes_the_next_one_is_not_cut(self) -> None:
        call = Call().begin()
        call.ask("u1")
        call.hear(ev.Interrupted(), ev.UserText("u1", " "))
        assert sent(call.ask("u2") + call.hear(ev.ResponseCreated("r2"))) == []


class TestQuiet:
    def test_a_call_that_waits_for_nothing_is(self) -> None:
        assert Call().begin().conversation.quiet

    def test_not_before_it_is_live(self) -> None:
        assert not Call().conversation.quiet

    def test_not_while_somebody_speaks_or_is_about_to(self) -> None:
        call = Call().begin()
        for events in (
            [ev.SpeechStarted("u1")],
            [ev.SpeechStopped("u1"), ev.Committed("u1", None)],
            [ev.ResponseCreated("r1")],
            [ev.AudioDelta("r1", "a1", SECOND), ev.AudioDone("r1", "a1"), ev.ResponseDone("r1", "completed", None)],
        ):
            call.hear(*events)
            assert not call.conversation.quiet
        call.hear(ev.Heard("a1", 1000))
        assert call.conversation.quiet

    def test_not_while_an_answer_is_to_be_cut_as_soon_as_it_comes(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"), ev.SpeechStopped("u1"), ev.Interrupted())
        assert not call.conversation.quiet

    def test_not_while_it_is_open_how_much_was_heard(self) -> None:
        call = Call().begin()
        call.answer(seconds=2)
        call.hear(ev.Interrupted())
        assert not call.conversation.quiet
        call.hear(ev.Flushed("a1", 700))
        assert call.conversation.quiet


class TestRenewing:
    def talked(self) -> Call:
        call = Call().begin()
        call.ask("u1")
        call.hear(ev.UserText("u1", "What is the time?"))
        call.answer("a1", "r1", seconds=2)
        call.hear(ev.AssistantText("r1", "a1", "One two three four five."), ev.Interrupted(), ev.Flushed("a1", 1000))
        return call

    def test_the_new_session_is_told_what_was_said_and_heard(self) -> None:
        told = [message["item"] for message in sent(self.talked().conversation.renew(NEXT, Capabilities()))]
        assert [(item["role"], item["content"][0]["type"], item["content"][0]["text"]) for item in told] == [
            ("user", "input_text", "What is the time?"),
            ("assistant", "output_text", "One two"),
        ]

    def test_an_older_server_is_told_in_its_own_words(self) -> None:
        told = sent(self.talked().conversation.renew(NEXT, Capabilities(shape="beta")))
        assert [message["item"]["content"][0]["type"] for message in told] == ["input_text", "text"]

    @pytest.mark.parametrize(
        ("text", "heard"),
        [
            ("はい、GPT とは言葉のつながりを学んだ仕組みです。", "はい、GPT とは言葉のつな"),
            ("نعم، ارتفاعه ثلاثة أمتار ونصف.", "نعم، ارتفاعه"),
        ],
    )
    def test_of_an_answer_that_was_cut_what_was_heard_is_told_in_any_script(self, text: str, heard: str) -> None:
        call = Call().begin()
        call.answer(seconds=2)
        call.hear(ev.AssistantText("r1", "a1", text), ev.Interrupted(), ev.Flushed("a1", 1000))
        (message,) = sent(call.conversation.renew(NEXT, Capabilities()))
        assert message["item"]["content"][0]["text"] == heard

    def test_what_nobody_heard_is_not_told(self) -> None:
        call = Call().begin()
        call.answer()
        call.hear(ev.Interrupted(), ev.Flushed("a1", 0))
        assert call.conversation.renew(NEXT, Capabilities()) == []

    def test_what_was_cut_before_its_first_sound_is_not_told(self) -> None:
        call = Call().begin()
        call.hear(ev.ResponseCreated("r1"), ev.AssistantTextDelta("r1", "a1", "One"), ev.Interrupted())
        call.hear(ev.AudioDelta("r1", "a1", SECOND), ev.ResponseDone("r1", "cancelled", None))
        assert call.conversation.renew(NEXT, Capabilities()) == []

    def test_however_often_it_is_told_the_transcript_does_not_grow(self) -> None:
        call = self.talked()
        sizes = set()
        for _ in range(5):
            call.conversation.renew(NEXT, Capabilities())
            sizes.add(len(list(call.conversation._writer._transcript)))
        assert sizes == {4}

    def test_what_it_echoes_of_that_does_not_show_and_what_follows_stands_behind(self) -> None:
        call = self.talked()
        told = [m["item"]["id"] for m in sent(call.conversation.renew(NEXT, Capabilities()))]
        echoes = [ev.ItemAdded(told[0], None, "user", "text", "What is the time?")]
        echoes += [ev.ItemAdded(told[1], told[0], "assistant", "text", "One two")]
        assert call.hear(*echoes) == []
        (item,) = shown(call.hear(ev.SpeechStarted("u2")), ItemPlaced)
        assert item.after == "a1"
        assert shown(call.hear(ev.Committed("u2", told[1])), ItemPlaced) == []

    def test_it_can_be_done_again(self) -> None:
        call = self.talked()
        first = {m["item"]["id"] for m in sent(call.conversation.renew(NEXT, Capabilities()))}
        second = [m["item"] for m in sent(call.conversation.renew(NEXT, Capabilities()))]
        assert len(second) == 2
        assert not first & {item["id"] for item in second}

    def test_turns_go_on(self) -> None:
        call = Call().begin()
        call.conversation.sound_sent(1920)
        call.conversation.renew(NEXT, Capabilities())
        call.conversation.sound_sent(1920)
        effects = call.ask("u2") + call.answer("a2", "r2") + call.hear(ev.Heard("a2", 1000))
        assert turns(effects) == ["user", "thinking", "assistant", "listening"]
