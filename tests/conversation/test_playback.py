"""What was sent of the assistant's sound, and what was heard of it."""

import pytest

from voiceapp.conversation.playback import Playback, Sound, whole_words


def test_a_sound_plays_until_it_is_complete_and_heard() -> None:
    sound = Sound(sent_bytes=48_000)
    sound.hear(1000)
    assert sound.playing
    sound.complete = True
    assert not sound.playing


def test_the_page_cannot_have_heard_more_than_it_was_sent() -> None:
    sound = Sound(sent_bytes=48_000)
    sound.hear(5000)
    assert sound.heard_ms == 1000


def test_an_older_report_does_not_take_back_what_was_heard() -> None:
    sound = Sound(sent_bytes=48_000)
    sound.hear(800)
    sound.hear(300)
    assert sound.heard_ms == 800


def test_a_sound_of_which_more_came_than_was_sent_was_not_heard_whole() -> None:
    assert not Sound(sent_bytes=48_000, heard_ms=1000, complete=True, dropped=True).heard_whole()


def test_of_a_finished_item_the_share_of_its_length_was_heard() -> None:
    sound = Sound(sent_bytes=96_000, heard_ms=1000, complete=True)
    assert sound.heard_text("one two three four") == "one two"


def test_of_an_unfinished_item_the_pace_of_speech_decides() -> None:
    text = "word " * 40
    heard = Sound(sent_bytes=96_000, heard_ms=1200).heard_text(text)
    assert 10 <= len(heard) <= 25
    assert text.startswith(heard)


def test_nothing_sent_is_nothing_heard() -> None:
    assert Sound().heard_text("") == ""


@pytest.mark.parametrize(
    ("text", "characters", "kept"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 7, "one two"),
        ("one two three", 6, "one"),
        ("one two three", 2, ""),
        ("こんにちは、元気ですか", 5, "こんにちは"),
        ("one two", 99, "one two"),
    ],
)
def test_a_cut_falls_between_words_where_there_are_spaces(text: str, characters: int, kept: str) -> None:
    assert whole_words(text, characters) == kept


def test_what_plays_is_named_oldest_first() -> None:
    playback = Playback()
    for item in ("a1", "a2", "a3"):
        playback.open(item)
    playback.open("a2").cut = True
    assert playback.playing() == ["a1", "a3"]
