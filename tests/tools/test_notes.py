"""Notes: of the call alone, or in a file and of the person."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from voiceapp.tools import ToolContext
from voiceapp.tools import notes as shipped
from voiceapp.tools.notes import MAX_CHARACTERS, MAX_TOLD, Notes

ANNA, BEN = ToolContext("call1", "anna"), ToolContext("call2", "ben")


@pytest.fixture
def notes() -> Iterator[Notes]:
    notes = Notes()
    yield notes
    notes.close()


def told(notes: Notes, context: ToolContext, about: str = "") -> list[str]:
    return [each["note"] for each in notes.recall(context, about)]


def test_what_was_remembered_is_recalled_the_latest_first(notes: Notes) -> None:
    for note in ("The hat is red.", "The key is under the mat."):
        assert notes.remember(note, ANNA) == "Noted."
    assert told(notes, ANNA) == ["The key is under the mat.", "The hat is red."]


def test_words_find_what_fits_most(notes: Notes) -> None:
    for note in ("The hat is red.", "The red key.", "Milk and bread."):
        notes.remember(note, ANNA)
    assert told(notes, ANNA, "the RED hat") == ["The hat is red.", "The red key."]
    assert told(notes, ANNA, "bicycle") == []


def test_in_memory_they_are_the_calls_own(notes: Notes) -> None:
    notes.remember("The hat is red.", ANNA)
    assert told(notes, BEN) == told(notes, ToolContext("call3", "anna")) == []


def test_in_a_file_they_are_the_persons_another_day(tmp_path: Path) -> None:
    first, second = Notes(str(tmp_path / "notes.db")), Notes(str(tmp_path / "notes.db"))
    first.remember("The hat is red.", ANNA)
    assert told(second, ToolContext("call9", "anna")) == ["The hat is red."]
    assert told(second, BEN) == []
    first.close()
    second.close()
    with sqlite3.connect(tmp_path / "notes.db") as database:
        assert database.execute("select owner, note from notes").fetchall() == [("anna", "The hat is red.")]
    database.close()


def test_one_can_be_forgotten_but_not_by_others(notes: Notes) -> None:
    notes.remember("The hat is red.", ANNA)
    (note,) = notes.recall(ANNA)
    assert notes.forget(note["number"], BEN).startswith("Error")
    assert notes.forget(note["number"], ANNA) == "Forgotten."
    assert told(notes, ANNA) == []


@pytest.mark.parametrize("note", ["", "  ", "a" * (MAX_CHARACTERS + 1)])
def test_a_note_has_its_bounds(notes: Notes, note: str) -> None:
    assert notes.remember(note, ANNA).startswith("Error")


def test_the_oldest_give_way(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "MAX_NOTES", 3)
    monkeypatch.setattr(shipped, "MAX_IN_MEMORY", 4)
    for n in range(5):
        notes.remember(f"Anna's note {n}.", ANNA)
    assert told(notes, ANNA) == ["Anna's note 4.", "Anna's note 3.", "Anna's note 2."]
    for n in range(2):
        notes.remember(f"Ben's note {n}.", BEN)
    assert told(notes, ANNA) == ["Anna's note 4.", "Anna's note 3."]


def test_not_all_are_told_at_once(notes: Notes) -> None:
    for n in range(MAX_TOLD + 5):
        notes.remember(f"Note {n}.", ANNA)
    assert len(told(notes, ANNA)) == MAX_TOLD


def test_many_threads_may_write_at_once(tmp_path: Path) -> None:
    notes = Notes(str(tmp_path / "notes.db"))
    threads = [Thread(target=notes.remember, args=(f"Note {n}.", ANNA)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(told(notes, ANNA)) == 8
    notes.close()
