"""Nobody is there: what runs is kept, what nobody asked for is not, and a page that holds nothing is told all."""

from tests.conversation.call import TEXTS, Call, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.effects import (
    EntryRemoved,
    Flush,
    ItemPlaced,
    Notify,
    Play,
    SoundComplete,
    TextFinished,
    TextHeard,
    ToolChanged,
    TurnChanged,
)
from voiceapp.conversation.faults import ANSWER_SHORTENED


def turn(call: Call) -> str:
    """Whose turn it is, as a page is told that holds nothing."""
    return str(turns(call.conversation.retell())[-1])


def begun() -> Call:
    """A call in which the person has asked something, so that an answer is awaited."""
    call = Call().begin()
    call.ask()
    return call


class TestAway:
    def test_the_answer_that_runs_goes_on(self) -> None:
        call = begun()
        call.hear(ev.PageLost())
        assert shown(call.answer(seconds=2), Play, Flush) != []
        assert Flush("a1") not in call.hear(ev.PageBack())

    def test_a_response_that_nobody_asked_for_is_ended_at_once(self) -> None:
        call = Call().begin()
        call.hear(ev.PageLost())
        effects = call.hear(ev.ResponseCreated("r1"))
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]

    def test_one_that_the_person_waits_for_is_not(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"), ev.PageLost())
        assert sent(call.hear(ev.ResponseCreated("r1"))) == []

    def test_what_waits_for_the_page_waits_until_it_is_back(self) -> None:
        call = Call().begin()
        call.answer(seconds=1)
        call.hear(ev.PageLost())
        call.wait(SECONDS[Wait.PLAYBACK] + 60)
        assert turn(call) == "assistant"
        call.hear(ev.PageBack())
        call.wait(SECONDS[Wait.PLAYBACK] + 60)
        assert turn(call) == "listening"


class TestFull:
    def test_the_answer_ends_where_there_is_no_more_room(self) -> None:
        call = begun()
        call.hear(ev.PageLost())
        call.answer(seconds=2, done=False)
        effects = call.hear(ev.OutboxFull())
        assert sent(effects) == [
            {"type": "response.cancel", "response_id": "r1"},
            {"type": "conversation.item.truncate", "item_id": "a1", "content_index": 0, "audio_end_ms": 2000},
        ]
        assert SoundComplete("a1") in effects
        assert Notify(ANSWER_SHORTENED) in effects
        assert shown(call.answer(seconds=1, done=False), Play) == []

    def test_what_was_kept_of_it_is_heard_to_its_end(self) -> None:
        call = begun()
        call.hear(ev.PageLost())
        call.answer(seconds=2, done=False)
        call.hear(ev.OutboxFull(), ev.ResponseDone("r1", "cancelled", None), ev.PageBack())
        assert turn(call) == "assistant"
        call.hear(ev.Heard("a1", 2000))
        assert turn(call) == "listening"


class TestBack:
    def test_a_page_that_holds_nothing_is_told_every_entry_in_order(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"))
        call.answer(seconds=1)
        told = call.conversation.retell()
        assert [effect.id for effect in told if isinstance(effect, ItemPlaced)] == ["typed_1", "a1"]
        assert [effect.after for effect in told if isinstance(effect, ItemPlaced)] == [None, "typed_1"]
        assert TextFinished("typed_1", "Hello") in told
        assert told[-1] == TurnChanged("assistant")

    def test_what_was_cut_is_told_as_cut(self) -> None:
        call = Call().begin()
        call.answer(seconds=2)
        cut = shown(call.hear(ev.Interrupted(), ev.Flushed("a1", 1000)), TextHeard)
        assert shown(call.conversation.retell(), TextHeard) == cut != []

    def test_sound_that_cannot_be_given_is_cut_where_it_was_heard_to(self) -> None:
        call = Call().begin()
        call.answer(seconds=2)
        call.hear(ev.Heard("a1", 1000), ev.PageLost())
        effects = call.hear(ev.PageBack(lost=("a1",)))
        assert TextHeard("a1", "One two") in effects
        assert turn(call) == "listening"
        assert call.conversation.sounding == []

    def test_of_which_nothing_was_heard_nothing_stays(self) -> None:
        call = Call().begin()
        call.answer(seconds=2)
        call.hear(ev.PageLost())
        assert EntryRemoved("a1") in shown(call.hear(ev.PageBack(lost=("a1",))), *TEXTS)

    def test_a_tool_is_told_as_it_was(self) -> None:
        call = Call().begin()
        told = shown(call.hear(ev.ToolReported("t1", "mcp", "r1", name="search", state="running")), ToolChanged)
        assert shown(call.conversation.retell(), ToolChanged) == told != []
