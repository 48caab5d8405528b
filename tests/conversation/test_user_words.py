"""The person's words, as the server writes them down: kept, failed, or none."""

from tests.conversation.call import Call, charges, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation.effects import EntryRemoved, LogError, TextAdded, TextFinished

USED = ev.Transcribing(seconds=2.0)


def asking() -> Call:
    call = Call().begin()
    call.ask("u1")
    return call


def test_they_grow_and_are_whole_at_last() -> None:
    call = asking()
    effects = call.hear(ev.UserTextDelta("u1", "Good "), ev.UserText("u1", " Good day. ", USED))
    assert shown(effects, TextAdded, TextFinished) == [TextAdded("u1", "Good "), TextFinished("u1", "Good day.")]
    assert [charge.usage for charge in charges(effects)] == [USED]


def test_of_noise_there_are_none_and_no_answer_need_come() -> None:
    effects = asking().hear(ev.UserText("u1", " "))
    assert shown(effects, EntryRemoved) == [EntryRemoved("u1")]
    assert turns(effects) == ["listening"]


def test_what_the_server_knows_no_longer_is_gone() -> None:
    assert shown(asking().hear(ev.ItemDeleted("u1")), EntryRemoved) == [EntryRemoved("u1")]


def test_what_was_written_down_before_it_was_deleted_is_still_waited_for() -> None:
    call = asking()
    effects = call.hear(ev.UserText("u1", "Good day."), ev.ItemDeleted("u1"))
    assert shown(effects, EntryRemoved) == [EntryRemoved("u1")]
    assert (turns(effects), call.conversation.thinking) == ([], True)


def test_what_cannot_be_written_down_is_still_answered() -> None:
    call = asking()
    effects = call.hear(ev.UserTextFailed("u1", "audio_unintelligible", USED))
    assert LogError("audio_unintelligible") in effects
    assert shown(effects, TextFinished) == [TextFinished("u1", "", failed=True)]
    assert turns(effects) == []
    # Only its sound tells what it was, until it is answered.
    assert call.conversation.input.keep_from is not None
    call.answer()
    assert call.conversation.input.keep_from is None
