"""The person shows pictures: each joins the talk, interrupts nothing, and is known to the session that goes on."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conversation.call import CREATE, Call, named, sent, shown
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.capabilities import Capabilities
from voiceapp.conversation.effects import EntryRemoved, Flush, ItemPlaced, Notify, Used
from voiceapp.conversation.history import PICTURE_GONE, PICTURE_TOKENS
from voiceapp.conversation.pictures import MAX_KEPT

JPEG = "/9j/4AAQSkZJRg=="


def picture(number: int = 1) -> ev.PictureShown:
    return ev.PictureShown(f"picture_{number:08}", JPEG)


def item(number: int = 1, **named: str) -> dict[str, Any]:
    content = [{"type": "input_image", "image_url": f"data:image/jpeg;base64,{JPEG}"}]
    message = {"id": f"picture_{number:08}", "type": "message", "role": "user", "content": content}
    return {"type": "conversation.item.create", "item": message | named}


def told(effects: list[Any]) -> list[Any]:
    """What a session is told, without ids."""
    return [message["item"]["content"][0] for message in sent(effects) if "item" in message]


def renewed(call: Call, **capabilities: Any) -> list[Any]:
    return call.conversation.renew(call.conversation.config, Capabilities(**capabilities))


class TestAPicture:
    def test_stands_in_the_talk_and_goes_to_the_model(self) -> None:
        effects = Call(sees=True).begin().hear(picture())
        assert sent(effects) == [item()]
        assert shown(effects, ItemPlaced) == [ItemPlaced("picture_00000001", "user", None, "picture")]

    def test_interrupts_nothing_and_asks_for_nothing(self) -> None:
        call = Call(sees=True).begin()
        call.ask()
        call.answer(done=False)
        effects = call.hear(picture())
        assert (sent(effects), shown(effects, Flush)) == ([item()], [])

    def test_is_answered_with_what_is_asked_next(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        assert sent(call.hear(ev.TextTyped("What is this?")))[-1] == CREATE

    def test_is_shown_once(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        assert call.hear(picture()) == []

    def test_for_a_model_that_sees_none_is_refused_in_words(self) -> None:
        effects = Call().begin().hear(picture())
        assert (sent(effects), shown(effects, ItemPlaced)) == ([], [])
        assert shown(effects, Notify) == [Notify(faults.PICTURES_UNSEEN)]

    def test_that_the_server_refuses_does_not_stay(self) -> None:
        call = Call(sees=True).begin()
        cause = next(effect.message["event_id"] for effect in call.hear(picture()) if hasattr(effect, "message"))
        effects = call.hear(ev.UpstreamError("invalid_value", "no image", cause))
        assert shown(effects, Notify, EntryRemoved) == [
            EntryRemoved("picture_00000001"),
            Notify(faults.PICTURE_REFUSED),
        ]
        assert told(renewed(call, sees=True)) == []

    def test_counts_where_the_server_does_not(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        call.ask()
        charge = shown(call.answer(), Used)[-1].charge
        assert (charge.estimated, charge.usage.input_image_tokens) == (True, PICTURE_TOKENS)


class TestAnotherSession:
    def test_sees_the_latest_and_is_told_that_there_were_others(self) -> None:
        call = Call(sees=True).begin()
        for number in range(1, MAX_KEPT + 2):
            call.hear(picture(number))
        seen = {"type": "input_image", "image_url": f"data:image/jpeg;base64,{JPEG}"}
        assert told(renewed(call, sees=True)) == [{"type": "input_text", "text": PICTURE_GONE}, *[seen] * MAX_KEPT]

    def test_that_sees_none_is_told_of_it(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        assert told(renewed(call)) == [{"type": "input_text", "text": PICTURE_GONE}]
        assert shown(call.hear(picture(2)), Notify) == [Notify(faults.PICTURES_UNSEEN)]

    def test_is_shown_what_came_while_there_was_none(self) -> None:
        call = Call(sees=True).begin()
        call.hear(ev.SessionLost(faults.CLOSED))
        assert sent(call.hear(picture())) == []
        assert [part["type"] for part in told(renewed(call, sees=True))] == ["input_image"]


def lost(call: Call) -> list[Any]:
    """The session ends, and another one goes on."""
    return call.hear(ev.SessionLost(faults.CLOSED)) + renewed(call, sees=True)


def is_shown(effects: list[Any]) -> bool:
    return any(part.get("type") == "input_image" for part in told(effects))


class TestAPictureThatSessionsEndWith:
    GIVEN_UP = (EntryRemoved("picture_00000001"), Notify(faults.PICTURE_REFUSED))

    def test_is_shown_to_one_more_and_then_to_none(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        first = lost(call)
        assert (is_shown(first), shown(first, Notify, EntryRemoved)) == (True, [])
        second = lost(call)
        assert (is_shown(second), shown(second, Notify, EntryRemoved)) == (False, [*self.GIVEN_UP])
        assert not is_shown(lost(call))

    def test_of_whose_answer_nothing_came(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        for n in (1, 2):
            call.hear(ev.TextTyped("What is this?"), ev.ResponseCreated(f"r{n}"))
            effects = lost(call)
        assert shown(effects, Notify, EntryRemoved) == [*self.GIVEN_UP]

    def test_is_none_once_an_answer_came_to_it(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        call.ask()
        call.answer()
        for _ in range(3):
            assert is_shown(lost(call))

    def test_is_not_known_by_an_answer_that_began_before(self) -> None:
        call = Call(sees=True).begin()
        call.ask()
        call.answer(done=False)
        call.hear(picture(), ev.ResponseDone("r1", "completed", None))
        lost(call)
        assert not is_shown(lost(call))

    def test_is_none_where_another_session_was_asked_for(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        for _ in range(3):
            assert is_shown(renewed(call, sees=True))


class TestAPictureThatAnswersFailWith:
    """A model may take it, and fail over it whenever it is to answer."""

    @staticmethod
    def fail(call: Call, n: int, code: str = "server_error", status: str = "failed") -> list[Any]:
        call.hear(ev.TextTyped("What is this?"), ev.ResponseCreated(f"r{n}"))
        return call.hear(ev.ResponseDone(f"r{n}", status, None, code))

    def test_is_taken_out_of_the_talk_after_two(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        assert shown(self.fail(call, 1), EntryRemoved) == []
        effects = self.fail(call, 2)
        assert [*TestAPictureThatSessionsEndWith.GIVEN_UP] == [
            each for each in shown(effects, EntryRemoved, Notify) if each != Notify(faults.FAILED)
        ]
        assert sent(effects) == [{"type": "conversation.item.delete", "item_id": "picture_00000001"}]
        assert shown(self.fail(call, 3), EntryRemoved) == []

    def test_is_taken_out_under_the_id_that_the_session_knows(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        (message,) = [message for message in sent(renewed(call, sees=True)) if "item" in message]
        self.fail(call, 1)
        assert sent(self.fail(call, 2)) == [{"type": "conversation.item.delete", "item_id": message["item"]["id"]}]

    @pytest.mark.parametrize(("code", "status"), [("rate_limit_exceeded", "failed"), ("", "cancelled")])
    def test_is_not_to_blame_for_what_else_happens(self, code: str, status: str) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        for n in range(1, 4):
            assert shown(self.fail(call, n, code, status), EntryRemoved) == []

    def test_is_not_to_blame_once_something_was_answered_to_it(self) -> None:
        call = Call(sees=True).begin()
        call.hear(picture())
        call.ask()
        call.answer(response="r9")
        for n in range(1, 4):
            assert shown(self.fail(call, n), EntryRemoved) == []


def test_one_that_another_session_refuses_does_not_stay_either() -> None:
    call = Call(sees=True).begin()
    call.hear(picture())
    (cause,) = [message["event_id"] for message in named(renewed(call, sees=True))]
    effects = call.hear(ev.UpstreamError("invalid_value", "no image", cause))
    assert shown(effects, Notify, EntryRemoved) == [*TestAPictureThatSessionsEndWith.GIVEN_UP]
    assert told(renewed(call, sees=True)) == []


class World:
    """A call whose sessions come and go; what the one that goes on has seen."""

    def __init__(self) -> None:
        self.call, self.number, self.seen = Call(sees=True).begin(), 0, set[str]()

    def step(self, step: str) -> list[Any]:
        match step:
            case "show":
                self.number += 1
                return self.call.hear(picture(self.number))
            case "speak":
                return self.call.ask(f"u{self.number}")
            case "answer":
                return self.call.answer(f"a{self.number}", f"r{self.number}")
            case "refuse":
                return self.call.hear(ev.UpstreamError("invalid_value", "", "voiceapp_1"))
            case "fail":
                failed = ev.ResponseDone(f"r{self.number}", "failed", None, "server_error")
                return self.call.hear(ev.ResponseCreated(f"r{self.number}"), failed)
            case "lose":
                return self.call.hear(ev.SessionLost(faults.CLOSED))
        self.seen.clear()
        return renewed(self.call, sees=step == "renew")


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["show", "speak", "answer", "fail", "lose", "renew", "blind", "refuse"]), max_size=20))
def test_in_any_order_each_session_sees_each_picture_at_most_once(steps: list[str]) -> None:
    world, gone = World(), set[str]()
    for step in steps:
        effects = world.step(step)
        taken_out = [each.item for each in shown(effects, EntryRemoved) if each.item.startswith("picture_")]
        # Each is taken out once, and that is said.
        assert shown(effects, Notify).count(Notify(faults.PICTURE_REFUSED)) == len(taken_out)
        assert not gone & set(taken_out)
        gone |= set(taken_out)
        standing = world.number - len(gone)
        for message in sent(effects):
            content = message.get("item", {}).get("content", [{}])
            if content[0].get("type") == "input_image":
                assert step in ("show", "renew")
                assert message["item"]["id"] not in gone
                assert standing > 0
                assert message["item"]["id"] not in world.seen
                world.seen.add(message["item"]["id"])
