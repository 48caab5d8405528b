"""A record is written where it would be another, and not at each word."""

from voiceapp.call.observers import Observers
from voiceapp.call.record_observer import RecordObserver
from voiceapp.conversation import effects
from voiceapp.conversation.events import Usage
from voiceapp.conversation.usage import Charge


def told(*happened: object, share: bool = True) -> int:
    changes: list[None] = []
    observer = RecordObserver(lambda: changes.append(None), share=share)
    observers = Observers(observer)
    for effect in happened:
        observers.effect(effect, 0.0)
    return len(changes)


def test_a_finished_entry_changes_it_and_a_word_does_not() -> None:
    assert told(effects.TextAdded("a", "wor"), effects.TurnChanged("listening")) == 0
    assert told(effects.TextFinished("a", "words"), effects.TextHeard("a", "wor"), effects.EntryRemoved("a")) == 3


def test_what_is_said_changes_nothing_where_it_is_not_shared() -> None:
    assert told(effects.TextFinished("a", "words"), share=False) == 0
    assert told(effects.Used(Charge("r", Usage())), share=False) == 1


def test_there_is_one_from_when_the_call_is_live() -> None:
    changes: list[None] = []
    RecordObserver(lambda: changes.append(None), share=False).ready(0.0)
    assert len(changes) == 1
