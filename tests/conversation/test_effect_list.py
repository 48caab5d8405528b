"""What one event leads to, in order, and the names of what the server is sent."""

from voiceapp.conversation.effect_list import OWN, EffectList
from voiceapp.conversation.effects import Flush, Send, TurnChanged, Used
from voiceapp.conversation.events import Usage
from voiceapp.conversation.usage import Charge


def test_it_is_taken_once_and_in_order() -> None:
    out = EffectList()
    out.tell(Flush("a1"))
    out.do(TurnChanged("listening"))
    assert out.take() == [Flush("a1"), TurnChanged("listening")]
    assert out.take() == []


def test_each_message_has_a_name_of_its_own_unless_it_brings_one() -> None:
    out, message = EffectList(), {"type": "response.create"}
    out.send(message)
    out.send(message)
    out.send({"type": "session.update", "event_id": "mine"})
    first, second, named = out.take()
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert first.message["event_id"] != second.message["event_id"]
    assert first.message["event_id"].startswith(OWN)
    assert isinstance(named, Send)
    assert named.message["event_id"] == "mine"
    assert message == {"type": "response.create"}


def test_only_what_happens_in_the_talk_breaks_the_silence() -> None:
    out = EffectList()
    out.send({"type": "response.create"})
    assert not out.told
    out.charge(None, Charge("r1", Usage()))
    assert out.told
    assert [type(effect) for effect in out.take()] == [Send, Used]
    assert not out.told
