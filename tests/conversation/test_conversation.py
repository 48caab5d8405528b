"""One call: what happened goes in, effects come out."""

from itertools import permutations

import pytest

from tests.conversation.call import TEXTS, Call, Page, charges, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation.effects import (
    End,
    EntryRemoved,
    ItemPlaced,
    LogError,
    Ready,
    TextFinished,
    TurnChanged,
)


class TestBeginning:
    def test_the_call_is_ready_when_its_session_is_as_asked(self) -> None:
        effects = Call().hear(ev.SessionUpdated("gpt", "marin", 99))
        assert effects == [Ready("gpt", "marin", 99), TurnChanged("listening")]

    def test_a_later_update_does_not_make_it_ready_again(self) -> None:
        assert Call().begin().hear(ev.SessionUpdated("gpt", "marin", None)) == []


class TestTurns:
    def test_a_spoken_turn_goes_through_every_state(self) -> None:
        call = Call().begin()
        effects = call.ask() + call.answer() + call.hear(ev.Heard("a1", 1000))
        assert turns(effects) == ["user", "thinking", "assistant", "listening"]

    def test_it_is_the_assistants_until_the_last_sound_was_heard(self) -> None:
        call = Call().begin()
        call.answer(seconds=3)
        assert turns(call.hear(ev.Heard("a1", 2900))) == []
        assert turns(call.hear(ev.Heard("a1", 2960))) == ["listening"]

    def test_noise_without_words_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.ask()
        effects = call.hear(ev.UserText("u1", " "))
        assert turns(effects) == ["listening"]
        assert shown(effects, *TEXTS) == [EntryRemoved("u1")]

    def test_a_reply_without_sound_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.ask()
        effects = call.hear(ev.ResponseCreated("r1"), ev.ResponseDone("r1", "completed", None))
        assert turns(effects) == ["listening"]


class TestTranscript:
    def test_a_place_is_held_before_any_text(self) -> None:
        effects = Call().begin().hear(ev.SpeechStarted("u1"))
        assert shown(effects, ItemPlaced) == [ItemPlaced("u1", "user", None, "audio")]

    def test_words_of_the_person_may_come_before_anything_else(self) -> None:
        effects = (
            Call()
            .begin()
            .hear(ev.UserTextDelta("u1", "Hel"), ev.UserTextDelta("u1", "lo"), ev.UserText("u1", "Hello."))
        )
        assert [place.id for place in shown(effects, ItemPlaced)] == ["u1"]
        assert shown(effects, *TEXTS)[-1] == TextFinished("u1", "Hello.")

    @pytest.mark.parametrize("known", ["", "What is"])
    def test_a_failed_transcription_settles_the_entry_and_is_logged(self, known: str) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.UserTextDelta("u1", known))
        effects = call.hear(ev.UserTextFailed("u1", "DeploymentNotFound"))
        assert shown(effects, *TEXTS) == [TextFinished("u1", known, failed=True)]
        assert LogError("DeploymentNotFound") in effects
        assert turns(effects) == []

    def test_a_failed_transcription_of_what_is_gone_is_for_the_log_alone(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ItemDeleted("u1"))
        assert call.hear(ev.UserTextFailed("u1", "x")) == [LogError("x")]

    def test_system_items_keep_their_place_but_are_not_shown(self) -> None:
        call = Call().begin()
        call.ask("u1")
        hidden = call.hear(ev.ItemAdded("s1", "u1", "system", "text", "The user is silent."))
        assert hidden == []
        effects = call.hear(ev.ItemAdded("a1", "s1", "assistant", "audio", ""))
        assert shown(effects, ItemPlaced)[0].after == "u1"

    def test_a_deleted_item_vanishes(self) -> None:
        call = Call().begin()
        call.ask("u1")
        assert shown(call.hear(ev.ItemDeleted("u1")), *TEXTS) == [EntryRemoved("u1")]

    STORY = (
        ev.ItemAdded("u1", None, "user", "audio", ""),
        ev.ItemAdded("a1", "u1", "assistant", "audio", ""),
        ev.ItemAdded("u2", "a1", "user", "audio", ""),
        ev.UserText("u1", "first"),
        ev.UserText("u2", "third"),
    )

    @pytest.mark.parametrize("order", list(permutations(range(5))))
    def test_every_order_of_arrival_gives_the_same(self, order: tuple[int, ...]) -> None:
        page = Page(Call().begin().hear(*(self.STORY[i] for i in order)))
        assert page.ids == ["u1", "a1", "u2"]
        assert (page.texts["u1"], page.texts["u2"]) == ("first", "third")


class TestHangingUp:
    def test_it_is_no_fault(self) -> None:
        assert Call().begin().hear(ev.Stopped()) == [End(None)]


class TestUsage:
    def test_an_answer_that_is_done_is_charged_by_its_usage(self) -> None:
        call = Call().begin()
        effects = call.hear(ev.ResponseCreated("r1"), ev.ResponseDone("r1", "completed", ev.Usage(10, 20)))
        assert [(c.usage, c.estimated) for c in charges(effects)] == [(ev.Usage(10, 20), False)]

    def test_an_answer_nobody_asked_for_is_charged_too(self) -> None:
        """A greeting, or the question whether anybody is there."""
        call = Call().begin()
        assert len(charges(call.hear(ev.ResponseDone("idle", "completed", ev.Usage(10, 20))))) == 1

    def test_a_cancelled_answer_is_charged_by_its_usage(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.Interrupted())
        (charge,) = charges(call.hear(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
        assert (charge.usage, charge.estimated) == (ev.Usage(10, 20), False)

    def test_the_words_of_the_person_are_charged_once_an_item(self) -> None:
        call = Call().begin()
        call.ask("u1")
        said = ev.UserText("u1", "Hi.", ev.Transcribing(seconds=2))
        (charge,) = charges(call.hear(said, said))
        assert charge.usage == ev.Transcribing(seconds=2)

    def test_noise_that_was_written_down_as_nothing_is_charged_too(self) -> None:
        call = Call().begin()
        call.ask("u1")
        assert len(charges(call.hear(ev.UserText("u1", "", ev.Transcribing(seconds=2))))) == 1

    def test_a_call_that_ends_in_mid_answer_is_charged_an_estimate_and_cancels(self) -> None:
        call = Call().begin()
        call.ask()
        call.answer(seconds=3, done=False)
        effects = call.conversation.close()
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]
        (charge,) = charges(effects)
        assert charge.estimated
        assert isinstance(charge.usage, ev.Usage)
        # One for 50 ms of sound, and four letters of what was said.
        assert (charge.usage.output_audio_tokens, charge.usage.output_text_tokens) == (60, 6)

    def test_what_is_told_after_the_end_takes_the_place_of_the_estimate(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        (estimate,) = charges(call.conversation.close())
        assert call.conversation.usage_pending
        (told,) = charges(call.conversation.take_late(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
        assert (told.key, told.usage, told.estimated) == (estimate.key, ev.Usage(10, 20), False)
        assert not call.conversation.usage_pending

    @pytest.mark.parametrize("events", [[ev.TextTyped("Hello")], [ev.SpeechStopped("u1"), ev.Committed("u1", None)]])
    def test_an_answer_that_begins_only_after_the_end_is_cancelled_and_charged(self, events: list[ev.Event]) -> None:
        call = Call().begin()
        call.hear(*events)
        assert charges(call.conversation.close()) == []
        assert call.conversation.usage_pending
        effects = call.conversation.take_late(ev.ResponseCreated("r1"))
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]
        # Nothing is told of it in time: what it read is known.
        (estimate,) = charges(call.conversation.close())
        assert estimate.estimated
        assert estimate.usage.input_text_tokens > 0
        (told,) = charges(call.conversation.take_late(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
        assert (told.key, told.usage, told.estimated) == (estimate.key, ev.Usage(10, 20), False)
        assert not call.conversation.usage_pending

    def test_a_quiet_end_costs_nothing_more(self) -> None:
        call = Call().begin()
        call.answer()
        assert [charge.estimated for charge in charges(call.conversation.close())] == []
