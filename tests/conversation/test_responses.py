"""Responses as a server tells of them: their sound, and an end that is none."""

import pytest

from tests.conversation.call import SECOND, TEXTS, Call, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.effects import LogError, Notify, Play, SoundComplete, TextFinished, TextIncomplete


class TestSound:
    def test_a_delta_is_played(self) -> None:
        call = Call().begin()
        first = [effect for effect in call.answer() if isinstance(effect, Play)]
        assert first[0].audio == SECOND
        assert len(first) == 1

    def test_its_end_is_told_behind_it(self) -> None:
        assert shown(Call().begin().answer(), Play, SoundComplete) == [Play("a1", SECOND), SoundComplete("a1")]

    @pytest.mark.parametrize("at", range(3))
    def test_an_empty_delta_is_nothing_wherever_it_comes(self, at: int) -> None:
        call = Call().begin()
        deltas = [ev.AudioDelta("r1", "a1", SECOND), ev.AudioDelta("r1", "a1", SECOND)]
        deltas.insert(at, ev.AudioDelta("r1", "a1", ""))
        effects = call.hear(ev.ResponseCreated("r1"), *deltas, ev.AudioDone("r1", "a1"))
        assert [type(e) for e in effects if isinstance(e, Play | SoundComplete)] == [Play, Play, SoundComplete]

    def test_an_empty_delta_on_the_short_way_goes_no_further(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        assert [call.conversation.take_audio("r1", "a1", size) for size in (480, 0, 480)] == [True, False, True]

    def test_an_empty_delta_behind_a_cut_is_no_more_sound(self) -> None:
        call = Call().begin()
        call.answer()
        call.hear(ev.Interrupted())
        call.conversation.take_audio("r1", "a1", 0)
        assert sent(call.hear(ev.Flushed("a1", 1000))) == []

    def test_the_short_way_counts_like_the_long_one(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        assert call.conversation.knows("a1")
        assert call.conversation.take_audio("r1", "a1", 48_000)
        call.hear(ev.AudioDone("r1", "a1"), ev.ResponseDone("r1", "completed", None))
        assert turns(call.hear(ev.Heard("a1", 1500))) == []
        assert turns(call.hear(ev.Heard("a1", 2000))) == ["listening"]

    def test_an_item_never_heard_of_goes_the_long_way(self) -> None:
        assert not Call().begin().conversation.knows("a9")


class TestAnEarlyEnd:
    @pytest.mark.parametrize("why", ["length", "filter", "other"])
    @pytest.mark.parametrize("final", [False, True])
    def test_an_answer_that_was_not_ended_is_marked_and_logged(self, why: ev.Incomplete, final: bool) -> None:
        call = Call().begin()
        call.answer(done=False)
        if final:
            call.hear(ev.AssistantText("r1", "a1", "One two three four five."))
        effects = call.hear(ev.ResponseDone("r1", "incomplete", None, incomplete=why))
        *before, mark = shown(effects, *TEXTS)
        assert mark == TextIncomplete("a1", why)
        assert before == ([] if final else [TextFinished("a1", "One two three four five.")])
        assert LogError("response_incomplete", why) in effects

    def test_of_several_items_the_last_is_the_one_that_was_not_ended(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.OutputItemAdded("r1", "a2", "assistant", "audio"))
        effects = call.hear(ev.ResponseDone("r1", "incomplete", None, incomplete="length"))
        assert shown(effects, *TEXTS)[-1] == TextIncomplete("a2", "length")

    def test_an_answer_ended_before_its_first_word_is_told_and_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.answer()
        call.hear(ev.Heard("a1", 1000))
        call.ask("u2")
        effects = call.hear(ev.ResponseCreated("r2"), ev.ResponseDone("r2", "incomplete", None, incomplete="filter"))
        assert Notify(faults.NO_ANSWER) in effects
        assert shown(effects, *TEXTS) == []
        assert turns(effects) == ["listening"]

    def test_an_answer_that_is_gone_is_not_marked(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.Interrupted(), ev.Flushed("a1", 0))
        effects = call.hear(ev.ResponseDone("r1", "incomplete", None, incomplete="length"))
        assert shown(effects, *TEXTS) == []
