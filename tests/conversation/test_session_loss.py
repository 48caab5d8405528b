"""A session is lost in mid-call: what it owed is asked of the next one, once, and nothing that was said is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conversation.call import CREATE, SECOND, Call, Page, charges, named, sent, shown, turns
from tests.worlds import worlds
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import End, EntryRemoved, Flush, Notify, Play, Replace, Send, TextHeard, ToolChanged
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad

LOST = ev.SessionLost(faults.CLOSED)
COMMIT = {"type": "input_audio_buffer.commit"}
PREFIX_BYTES = 600 * 48


def talking(**config: Any) -> Call:
    call = Call()
    call.conversation = Conversation(SessionConfig("marin", "Be kind.", **config), Capabilities())
    return call.begin()


def lose(call: Call) -> list[Any]:
    effects = call.hear(LOST)
    assert not [effect for effect in effects if isinstance(effect, Send)]
    assert effects.count(Replace(faults.CLOSED)) == 1
    return effects


def renew(call: Call, sound: int = 0) -> list[Any]:
    """The next session is there, and so much sound is sent again."""
    effects = call.conversation.renew(call.conversation.config, Capabilities())
    if sound:
        call.conversation.input.sent_again(sound)
    return effects + call.hear(ev.SessionRenewed())


def kinds(effects: list[Any]) -> list[str]:
    return [message["type"] for message in sent(effects)]


def asked(effects: list[Any]) -> int:
    return kinds(effects).count("response.create")


def said(call: Call, item: str = "u1", text: str = "What is the time?") -> None:
    call.ask(item)
    call.hear(ev.UserText(item, text))


class TestAnAnswer:
    def test_one_that_plays_in_part_is_given_up_at_what_was_heard_and_asked_for_again(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2, done=False)
        assert shown(lose(call), Flush) == [Flush("a1")]
        assert not call.conversation.settled
        assert shown(call.hear(ev.Flushed("a1", 1000)), TextHeard) == [TextHeard("a1", "One two")]
        assert call.conversation.settled
        effects = renew(call)
        told = [message["item"]["content"][0]["text"] for message in sent(effects) if "item" in message]
        assert told == ["What is the time?", "One two"]
        assert sent(effects)[-1] == CREATE

    def test_what_the_page_does_not_say_in_time_is_as_it_said_last(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2, done=False)
        call.hear(ev.Heard("a1", 1000))
        lose(call)
        effects = renew(call)
        assert shown(effects, TextHeard) == [TextHeard("a1", "One two")]
        assert asked(effects) == 1

    def test_of_which_nothing_was_heard_is_gone_and_asked_for_again(self) -> None:
        call = talking()
        said(call)
        call.hear(ev.ResponseCreated("r1"), ev.AssistantTextDelta("r1", "a1", "One"))
        assert EntryRemoved("a1") in lose(call)
        assert asked(renew(call)) == 1

    def test_one_that_is_whole_plays_on_and_is_not_asked_for_again(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2)
        assert shown(lose(call), Flush) == []
        assert asked(renew(call)) == 0
        assert turns(call.hear(ev.Heard("a1", 2000))) == ["listening"]

    def test_all_of_whose_sound_has_come_is_whole(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2, done=False)
        call.hear(ev.AudioDone("r1", "a1"))
        assert shown(lose(call), Flush) == []
        assert asked(renew(call)) == 0

    @pytest.mark.parametrize("answered", [[], [ev.ResponseCreated("r1")]], ids=["asked for", "begun"])
    def test_to_typed_text_is_asked_for_again_once(self, answered: list[ev.Event]) -> None:
        call = talking()
        call.hear(ev.TextTyped("Hello"), *answered)
        assert turns(lose(call)) == []
        effects = renew(call)
        assert kinds(effects) == ["conversation.item.create", "response.create"]
        assert asked(call.hear(ev.ResponseCreated("r9"), ev.ResponseDone("r9", "completed", None))) == 0

    def test_one_that_was_interrupted_is_not_asked_for_again(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2, done=False)
        call.hear(ev.Interrupted(), ev.Flushed("a1", 500))
        lose(call)
        assert asked(renew(call)) == 0

    def test_nor_where_the_person_wants_none_any_more_in_the_pause(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2, done=False)
        lose(call)
        call.hear(ev.Interrupted())
        assert turns(call.hear(ev.Flushed("a1", 500))) == []
        assert asked(renew(call)) == 0

    def test_one_that_a_tool_is_needed_for_is_asked_for_again_and_the_tool_is_given_up(self) -> None:
        call = talking()
        said(call)
        call.hear(ev.ResponseCreated("r1"), ev.ToolReported("t1", "mcp", "r1", name="search"))
        (tool,) = shown(lose(call), ToolChanged)
        assert tool.state == "failed"
        assert asked(renew(call)) == 1

    def test_the_one_that_opens_the_call_is_asked_for_as_it_was(self) -> None:
        call = talking(opening="Say hello.")
        lose(call)
        assert sent(renew(call))[-1] == {**CREATE, "response": {"instructions": "Say hello."}}

    def test_what_the_lost_one_used_is_charged_as_estimated_once(self) -> None:
        call = talking()
        said(call)
        call.answer(seconds=2, done=False)
        effects = lose(call) + renew(call)
        (charge,) = charges(effects)
        assert (charge.key, charge.estimated) == ("1:response:r1", True)
        assert charges(call.conversation.close()) == []


class TestWhatWasSaid:
    def speak(self, call: Call, item: str, ms: int = 2000) -> None:
        call.hear(ev.SpeechStarted(item))
        call.conversation.sound_sent(ms * 48)

    @pytest.mark.parametrize("ended", [False, True], ids=["in mid-speech", "taken"])
    def test_without_a_word_of_it_is_heard_again_under_another_entry(self, ended: bool) -> None:
        call = talking()
        call.conversation.sound_sent(10 * 48_000)
        self.speak(call, "u1")
        if ended:
            call.hear(ev.SpeechStopped("u1"), ev.Committed("u1", None))
        lose(call)
        begin = 10 * 48_000 - PREFIX_BYTES
        assert call.conversation.input.keep_from == call.conversation.input.needed_from == begin
        effects = renew(call, 12 * 48_000 - begin)
        assert EntryRemoved("u1") in effects
        assert asked(effects) == 0
        # The session that hears it answers by itself.
        assert call.conversation._turn == ("thinking" if ended else "user")
        effects = call.ask("u9") + call.hear(ev.UserText("u9", "Hello there.")) + call.answer("a1", "r1")
        assert turns(effects + call.hear(ev.Heard("a1", 1000)))[-3:] == ["thinking", "assistant", "listening"]
        assert call.conversation.input.keep_from is None

    def test_that_is_written_down_is_told_and_not_heard_again(self) -> None:
        call = talking()
        self.speak(call, "u1")
        call.hear(ev.SpeechStopped("u1"), ev.Committed("u1", None), ev.UserText("u1", "Hello."))
        assert call.conversation.input.keep_from is None
        lose(call)
        # Only what came in the pause, and a little before, but behind what is known.
        assert call.conversation.input.needed_from == call.conversation.input.sent_bytes
        effects = renew(call)
        assert kinds(effects) == ["conversation.item.create", "response.create"]
        assert not shown(effects, EntryRemoved)

    def test_in_the_pause_is_heard_by_the_next_session(self) -> None:
        call = talking()
        call.conversation.sound_sent(48_000)
        lose(call)
        call.conversation.sound_sent(2 * 48_000)
        assert call.conversation.input.needed_from == 48_000 - PREFIX_BYTES
        assert call.conversation.input.sent_bytes == 3 * 48_000
        renew(call, 2 * 48_000 + PREFIX_BYTES)
        assert call.conversation.input.sent_bytes == 3 * 48_000

    def test_is_heard_again_also_where_that_session_is_lost_too(self) -> None:
        call = talking()
        self.speak(call, "u1")
        begin = call.conversation.input.needed_from
        for item in ("u2", "u3"):
            lose(call)
            renew(call, call.conversation.input.sent_bytes - begin)
            call.hear(ev.SpeechStarted(item), ev.SpeechStopped(item), ev.Committed(item, None))
            assert call.conversation.input.needed_from == begin

    def test_an_answer_to_it_that_the_person_did_not_want_is_cut_as_it_begins(self) -> None:
        call = talking()
        call.ask("u1")
        call.hear(ev.Interrupted())
        lose(call)
        renew(call)
        effects = call.hear(ev.ResponseCreated("r1"))
        assert {"type": "response.cancel", "response_id": "r1"} in sent(effects)

    def test_that_no_session_hears_in_it_is_waited_for_no_longer_than_an_answer(self) -> None:
        call = talking()
        call.ask("u1")
        lose(call)
        renew(call)
        effects = call.wait(SECONDS[Wait.RESPONSE])
        assert Notify(faults.OVERDUE) in effects
        assert turns(effects) == ["listening"]
        assert call.conversation.input.keep_from is None

    def test_whose_words_were_still_to_come_but_was_answered_says_that_there_are_none(self) -> None:
        call = talking()
        call.ask("u1")
        call.answer(seconds=1)
        lose(call)
        assert "u1" not in [effect.item for effect in shown(renew(call), EntryRemoved)]

    def test_typed_in_the_pause_is_told_and_answered(self) -> None:
        call = talking()
        lose(call)
        assert sent(call.hear(ev.TextTyped("Hello"))) == []
        effects = renew(call)
        assert sent(effects)[0]["item"]["content"][0]["text"] == "Hello"
        assert asked(effects) == 1


class TestPushToTalk:
    def down(self) -> Call:
        call = talking(detection=PushToTalk())
        call.conversation.sound_sent(48_000)
        call.hear(ev.Talked(down=True))
        call.conversation.sound_sent(48_000)
        return call

    def test_a_key_that_is_held_goes_on(self) -> None:
        call = self.down()
        lose(call)
        assert call.conversation.input.needed_from == 48_000
        assert kinds(renew(call, 48_000)) == []
        call.conversation.sound_sent(480)
        assert sent(call.hear(ev.Talked(down=False))) == [COMMIT, CREATE]

    def test_one_that_goes_up_in_the_pause_ends_the_turn_in_the_next_session(self) -> None:
        call = self.down()
        lose(call)
        call.conversation.sound_sent(48_000)
        effects = call.hear(ev.Talked(down=False))
        assert sent(effects) == []
        assert turns(effects) == ["thinking"]
        assert sent(renew(call, 2 * 48_000)) == [COMMIT, CREATE]

    def test_what_was_committed_without_a_word_of_it_is_committed_again(self) -> None:
        call = self.down()
        call.hear(ev.Talked(down=False), ev.Committed("u1", None))
        lose(call)
        assert call.conversation.input.needed_from == 48_000
        effects = renew(call, 48_000)
        assert EntryRemoved("u1") in effects
        assert sent(effects) == [COMMIT, CREATE]

    def test_a_press_that_is_too_short_for_a_word_is_nothing(self) -> None:
        call = talking(detection=PushToTalk())
        call.hear(ev.Talked(down=True))
        lose(call)
        call.hear(ev.Talked(down=False))
        assert sent(renew(call)) == []
        assert call.conversation.input.keep_from is None

    def test_two_turns_without_an_answer_are_both_heard(self) -> None:
        call = self.down()
        call.hear(ev.Talked(down=False), ev.Talked(down=True))
        call.conversation.sound_sent(48_000)
        call.hear(ev.Committed("u1", None))
        assert call.conversation.input.needed_from == 48_000


class TestSettings:
    def test_what_changes_in_the_pause_is_what_the_next_session_is_to_be(self) -> None:
        call = talking()
        lose(call)
        call.hear(ev.Configured(SemanticVad(), "ja"))
        config = call.conversation.config
        assert (config.detection, config.language) == (SemanticVad(), "ja")
        renew(call)
        assert call.conversation.config == config

    def test_a_change_that_nobody_has_confirmed_is_taken_as_made(self) -> None:
        call = talking()
        call.hear(ev.Configured(ServerVad(silence_ms=900)))
        lose(call)
        assert call.conversation.config.detection == ServerVad(silence_ms=900)
        assert call.conversation.deadline is None


class TestTheEnd:
    @pytest.mark.parametrize("code", ["session_expired"])
    def test_a_server_may_say_so_itself(self, code: str) -> None:
        effects = talking().hear(ev.UpstreamError(code, "…", ""))
        assert effects[-1] == Replace(faults.EXPIRED)

    def test_also_in_the_error_of_an_answer_that_failed(self) -> None:
        call = talking()
        call.hear(ev.ResponseCreated("r1"))
        assert Replace(faults.EXPIRED) in call.hear(ev.ResponseDone("r1", "failed", None, "session_expired"))

    def test_where_no_other_could_take_over_the_call_ends_with_its_reason(self) -> None:
        effects = talking().hear(ev.SessionLost(faults.MODEL_MISSING))
        assert effects == [End(faults.MODEL_MISSING)]

    def test_it_is_told_once(self) -> None:
        call = talking()
        lose(call)
        assert call.hear(LOST) == []

    def test_nothing_that_waits_for_it_is_told_as_overdue(self) -> None:
        call = talking()
        call.hear(ev.TextTyped("Hello"))
        call.wait(SECONDS[Wait.RESPONSE] - 1)
        lose(call)
        assert call.wait(SECONDS[Wait.RESPONSE]) == []

    def test_hanging_up_in_the_pause_says_nothing_to_anybody(self) -> None:
        call = talking()
        said(call)
        call.answer(done=False)
        lose(call)
        assert named(call.conversation.close()) == []


def answer(response: str, item: str, text: str) -> list[ev.Event]:
    sound = [ev.AudioDelta(response, item, SECOND), ev.AudioDone(response, item)]
    words = ev.AssistantText(response, item, text)
    end = ev.ResponseDone(response, "completed", None)
    return [ev.ResponseCreated(response), *sound, words, end, ev.Heard(item, 1000)]


# What is said and typed stays, once each and in its order, however often a session is lost in between.
HAPPENINGS = st.lists(st.sampled_from(["speak", "type", "answer", "lose", "renew", "flush", "wait"]), max_size=30)


@worlds(150)
@given(HAPPENINGS)
def test_however_often_it_is_lost_what_was_said_stays_in_its_order(happenings: list[str]) -> None:
    call, effects, spoken, lost = talking(), [], [], False
    for k, happening in enumerate(happenings):
        match happening:
            case "speak" if not lost:
                effects += call.ask(f"u{k}") + call.hear(ev.UserText(f"u{k}", f"Words {k}."))
                spoken.append(f"Words {k}.")
            case "type":
                effects += call.hear(ev.TextTyped(f"Text {k}."))
                spoken.append(f"Text {k}.")
            case "answer" if not lost:
                answered = call.hear(*answer(f"r{k}", f"a{k}", f"Answer {k}."))
                effects += answered
                # One that comes behind text which was typed meanwhile is cut as it begins.
                spoken += [f"Answer {k}."] if shown(answered, Play) else []
            case "lose" if not lost:
                effects += lose(call)
                lost = True
            case "renew" if lost:
                told = renew(call)
                words = [m["item"]["content"][0]["text"] for m in sent(told) if "item" in m]
                assert words == spoken
                assert asked(told) <= 1
                effects += told
                lost = False
            case "flush":
                effects += call.hear(*(ev.Flushed(each.item, 500) for each in shown(effects, Flush)))
            case "wait":
                effects += call.wait(1)
    page = Page(effects)
    assert [page.texts[item] for item in page.ids if page.texts.get(item) in spoken] == spoken
