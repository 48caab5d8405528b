"""What was sent of the assistant's sound, and what was heard of it."""

import pytest

from tests.conversation.scripts import ANSWERS
from voiceapp.conversation.playback import MAX_KEPT, MAX_LIVE, Playback, Sound


def test_a_sound_plays_until_it_is_complete_and_heard() -> None:
    sound = Sound(sent_bytes=48_000)
    sound.hear(1000)
    assert sound.playing
    sound.complete = True
    assert not sound.playing


def test_a_sound_of_which_nothing_was_sent_does_not_play() -> None:
    assert not Sound(dropped=True).playing
    assert Sound(dropped=True, sent_bytes=48_000).playing


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


# Cut at half of the sound, and what of it counts as heard.
HALVES = {
    "English": "Well, it is 3.5 metres high. Don't",
    "Japanese": "はい、高さは3.5メートルです。心配しないで、",
    "Chinese": "好的，高度是3.5米。别担心",
    "Korean": "네, 높이는 3.5미터입니다. 걱정하지",
    "Thai": "ค่ะ สูง 3.5 เมตร ไม่ต้องกัง",
    "Hindi": "जी, इसकी ऊँचाई 3.5 मीटर है। चिंता",
    "Arabic": "نعم، ارتفاعه 3.5 أمتار. لا تقلق،",
    "Hebrew": "כן, הגובה הוא 3.5 מטר.",
    "emoji": "Great 👩‍👩‍👧‍👦! Japan 🇯🇵",
    "mixed": "GPTは「hello」、مرحبا、",
}


@pytest.mark.parametrize("script", ANSWERS)
def test_of_half_the_sound_half_the_text_was_heard(script: str) -> None:
    assert Sound(sent_bytes=480_000, heard_ms=5000, complete=True).heard_text(ANSWERS[script]) == HALVES[script]


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("complete", [False, True])
def test_what_was_heard_grows_from_nothing_to_all_and_is_a_beginning(text: str, complete: bool) -> None:
    heard = [
        Sound(sent_bytes=1_440_000, heard_ms=ms, complete=complete).heard_text(text) for ms in range(0, 30_001, 50)
    ]
    assert (heard[0], heard[-1]) == ("", text)
    assert [len(each) for each in heard] == sorted(len(each) for each in heard)
    assert all(text.startswith(each) for each in heard)


def test_of_a_japanese_answer_with_one_space_more_than_its_first_word_was_heard() -> None:
    text = "GPT とは、大量の文章から言葉のつながりを学んだ仕組みで、質問に答えたり、文章を書いたりできます。"
    heard = Sound(sent_bytes=288_000, heard_ms=4500, complete=True).heard_text(text)
    assert 30 <= len(heard) <= 40


def test_of_a_japanese_text_ahead_of_its_sound_its_own_pace_decides() -> None:
    text = (
        "むかしむかし、あるところに、おじいさんとおばあさんがいました。おじいさんはやまへ、そしておばあさんはかわへ。"
    )
    assert len(Sound(sent_bytes=192_000, heard_ms=2000).heard_text(text)) == 13


def test_what_plays_is_named_oldest_first() -> None:
    playback = Playback()
    for item in ("a1", "a2", "a3"):
        playback.open(item)
    playback.open("a2").cut = True
    assert playback.playing() == ["a1", "a3"]


def test_of_too_many_that_play_the_oldest_is_taken_for_heard() -> None:
    playback = Playback()
    for n in range(MAX_LIVE + 2):
        playback.open(f"a{n}")
    assert playback.playing()[0] == "a2"
    playback.open("a0").sent_bytes = 48_000
    playback.hear("a0", 500)
    assert playback.playing()[-1] == "a0"


def test_of_too_many_that_were_cut_the_oldest_is_taken_for_answered() -> None:
    playback = Playback()
    for n in range(MAX_LIVE + 2):
        playback.open(f"a{n}").cut = True
    assert len(playback.unsettled()) == MAX_LIVE


def test_only_the_latest_are_known() -> None:
    playback = Playback()
    for n in range(MAX_KEPT + 10):
        playback.open(f"a{n}").cut = True
        playback.open(f"a{n}").reported = True
        playback.playing()
    assert playback.get("a0") is None
    assert playback.get(f"a{MAX_KEPT}") is not None
    assert len(playback._sounds) <= MAX_KEPT + 1
