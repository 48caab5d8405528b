"""What a session is told of the talk before it, and what it is told anew."""

import pytest

from tests.conversation.call import SECOND, Call, sent
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults, history
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import ItemPlaced, Notify
from voiceapp.conversation.tools import NO_SUCH_TOOL

NEXT = SessionConfig("cedar", "Be brief.")
TALK = (("user", "Tell me a story."), ("assistant", "Once upon a time"))


def told(effects: list[object]) -> list[tuple[str, str]]:
    items = [message["item"] for message in sent(effects) if message["type"] == "conversation.item.create"]
    return [(item["role"], item["content"][0]["text"]) for item in items]


def going_on() -> Call:
    call = Call()
    call.conversation = Conversation(SessionConfig("marin", "", opening="Say hello."), Capabilities(), TALK)
    return call


class TestATalkOfBefore:
    def test_the_first_session_is_told_and_nobody_is_greeted(self) -> None:
        effects = going_on().hear(ev.SessionUpdated("gpt", "marin", None))
        assert told(effects) == list(TALK)
        assert "response.create" not in [message["type"] for message in sent(effects)]

    def test_the_page_is_told_nothing_of_it_not_even_by_an_echo(self) -> None:
        call = going_on()
        items = [message["item"]["id"] for message in sent(call.hear(ev.SessionUpdated("gpt", "marin", None)))]
        echoes = [ev.ItemAdded(item, None, "user", "text", "Tell me a story.") for item in items]
        assert call.hear(*echoes) == []

    def test_the_next_session_is_told_it_too(self) -> None:
        call = going_on().begin()
        call.hear(ev.TextTyped("Go on."), ev.ResponseCreated("r1"), ev.ResponseDone("r1", "completed", None))
        assert told(call.conversation.renew(NEXT, Capabilities())) == [*TALK, ("user", "Go on.")]

    def test_what_is_told_counts_as_read(self) -> None:
        plain, call = Call().begin(), going_on().begin()
        for each in (plain, call):
            each.hear(ev.ResponseCreated("r1"))
        read = [each.conversation.close()[-1].charge.usage.input_tokens for each in (plain, call)]  # type: ignore[union-attr]
        assert read[1] > read[0]


def test_it_is_said_once_that_not_all_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ITEMS", 1)
    call = going_on()
    effects = call.hear(ev.SessionUpdated("gpt", "marin", None))
    assert told(effects) == [TALK[1]]
    assert Notify(faults.TALK_SHORTENED) in effects
    assert Notify(faults.TALK_SHORTENED) not in call.conversation.renew(NEXT, Capabilities())


@pytest.mark.parametrize("shape", ["ga", "beta"])
def test_a_tools_call_is_told_with_its_result(shape: str) -> None:
    call = Call().begin()
    call.hear(
        ev.ResponseCreated("r1"),
        ev.ToolReported("t1", "function", "r1", name="weather now", call="c1", arguments='{"of": 1}', state="done"),
        ev.ResponseDone("r1", "completed", None),
        ev.ResponseCreated("r2"),
        ev.ResponseDone("r2", "completed", None),
    )
    effects = call.conversation.renew(NEXT, Capabilities(shape=shape))  # type: ignore[arg-type]
    use, result = [message["item"] for message in sent(effects)]
    assert (use["type"], use["name"], use["call_id"], use["arguments"]) == (
        "function_call", "weather_now", f"call_{use['id']}", '{"of": 1}',
    )  # fmt: skip
    assert result == {"type": "function_call_output", "call_id": use["call_id"], "output": NO_SUCH_TOOL}


class TestLessWasHeardThanASessionWasTold:
    def playing(self) -> Call:
        """An answer is whole and plays when its session is lost."""
        call = Call().begin()
        call.answer(seconds=2)
        call.hear(ev.AssistantText("r1", "a1", "One two three four five."), ev.SessionLost(faults.CLOSED))
        assert told(call.conversation.renew(NEXT, Capabilities())) == [("assistant", "One two three four five.")]
        call.hear(ev.SessionRenewed())
        return call

    def test_it_is_told_what_was_heard_in_its_place(self) -> None:
        call = self.playing()
        call.hear(ev.Interrupted())
        create, delete = sent(call.hear(ev.Flushed("a1", 1000)))
        assert create["item"]["content"] == [{"type": "output_text", "text": "One two"}]
        assert (create["previous_item_id"], delete) == (
            "told_2_1", {"type": "conversation.item.delete", "item_id": "told_2_1"},
        )  # fmt: skip

    def test_or_nothing_where_nothing_was(self) -> None:
        call = self.playing()
        call.hear(ev.Interrupted())
        assert sent(call.hear(ev.Flushed("a1", 0))) == [{"type": "conversation.item.delete", "item_id": "told_2_1"}]

    def test_and_what_follows_stands_behind_it(self) -> None:
        call = self.playing()
        call.hear(ev.Interrupted(), ev.Flushed("a1", 1000), ev.SpeechStarted("u2"))
        assert [e for e in call.hear(ev.Committed("u2", "told_2_2")) if isinstance(e, ItemPlaced)] == []

    def test_of_its_own_items_a_session_is_told_as_ever(self) -> None:
        call = self.playing()
        call.hear(ev.ResponseCreated("r2"), ev.AudioDelta("r2", "a2", SECOND), ev.Interrupted())
        assert [message["type"] for message in sent(call.hear(ev.Flushed("a2", 500)))] == ["conversation.item.truncate"]
