"""What is told of usage after a call is closed: charged; nothing else of it means anything."""

from tests.conversation.call import Call, charges, sent
from voiceapp.conversation import events as ev


def closed() -> Call:
    call = Call().begin()
    call.answer(done=False)
    call.conversation.close()
    return call


def test_it_waits_for_what_a_response_used() -> None:
    call = closed()
    assert call.conversation.usage_pending
    (told,) = charges(call.conversation.take_late(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
    assert told.usage == ev.Usage(10, 20)
    assert not call.conversation.usage_pending


def test_a_response_that_begins_late_is_to_end() -> None:
    call = closed()
    effects = call.conversation.take_late(ev.ResponseCreated("r2"))
    assert sent(effects) == [{"type": "response.cancel", "response_id": "r2"}]


def test_sound_that_comes_late_was_made() -> None:
    call = closed()
    before = call.conversation._meter.sound_bytes
    call.conversation.take_late_sound(480)
    assert call.conversation._meter.sound_bytes == before + 480


def test_anything_else_is_nothing() -> None:
    assert closed().conversation.take_late(ev.SpeechStarted("u9")) == []
    assert closed().conversation.take_late(None) == []
