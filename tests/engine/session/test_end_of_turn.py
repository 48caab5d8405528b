"""When a turn is over: by its sound, its words and its silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.session.end_of_turn import (
    FINISHED,
    OVER,
    PATIENCE,
    READING_MS,
    UNFINISHED,
    Judgement,
    Words,
    ending,
    judge,
)

# The silence that ends a turn, in milliseconds: finished, going on, and going on by its words alone.
SILENCES = {
    "low": (1000, 3000, 8000),
    "medium": (600, 1600, 4000),
    "auto": (600, 1600, 4000),
    "high": (400, 1000, 2000),
}
HOME, TO_THE, GLAD = "I went home.", "I went to the", "よかったです"


@pytest.mark.parametrize("eagerness", SILENCES)
@pytest.mark.parametrize(
    ("probability", "text", "confidence", "silence"),
    [
        (0.9, HOME, 0.9, 0),
        (0.9, None, 0.9, 0),
        (0.2, HOME, 0.2, 1),
        (0.2, None, 0.2, 1),
        (0.5, HOME, 0.5, 1),
        # Words that cannot be the last outweigh the sound,
        (0.9, TO_THE, UNFINISHED, 1),
        (0.02, TO_THE, 0.02, 1),
        # and so do those that are.
        (0.02, GLAD, FINISHED, 0),
        (0.97, GLAD, 0.97, 0),
        # A question sounds less over than it is,
        (0.2, "What time is it now?", OVER, 0),
        (0.7, "What time is it now?", 0.7, 0),
        (0.02, "What time is it now?", 0.02, 1),
        # unless its last word may go on.
        (0.2, "Do you think that?", 0.2, 1),
        # Nothing is known of the sound.
        (None, "What time is it now?", None, 0),
        (None, TO_THE, UNFINISHED, 2),
        (None, HOME, None, 0),
        (None, GLAD, FINISHED, 0),
        (None, None, None, 0),
        # Nobody said anything.
        (0.2, "", 0.2, 1),
        (None, "", None, 0),
    ],
)
def test_sound_and_words_say_how_long_a_silence_ends_a_turn(
    eagerness: str, probability: float | None, text: str | None, confidence: float | None, silence: int
) -> None:
    # Words that are not known yet are waited for where the sound would not wait.
    reading_ms = READING_MS if text is None and silence == 0 else 0
    assert judge(eagerness, probability, text) == Judgement(confidence, SILENCES[eagerness][silence], reading_ms)


@given(st.sampled_from(sorted(PATIENCE)), st.none() | st.floats(0, 1), st.none() | st.text(max_size=40))
def test_whatever_is_heard_there_is_an_end(eagerness: str, probability: float | None, text: str | None) -> None:
    judgement, patience = judge(eagerness, probability, text), PATIENCE[eagerness]
    assert patience.finished <= judgement.silence_ms <= patience.by_words_alone
    assert judgement.confidence is None or 0 <= judgement.confidence <= 1
    if probability is not None:
        assert judgement.silence_ms <= patience.going_on


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("昨日は学校に行って", True),
        ("I went to the", True),
        ("I went home.", False),
        ("Well,", True),
        ("それから", True),
        ("元気です。", False),
        ("東京", False),
        ("I saw Zoë and", True),
        ("What is the?", True),
        ("9 and", True),
        ("", False),
        ("?", False),
    ],
)
def test_an_unfinished_sentence_is_waited_for(text: str, more: bool) -> None:
    assert (ending(text) is Words.OPEN) is more


@pytest.mark.parametrize(
    "text", ["What is 9 divided by 3?", "My guess is 60.", "It is 42", "Call me at 5:30", "By 2030"]
)
def test_a_number_is_a_last_word(text: str) -> None:
    assert ending(text) is not Words.OPEN


@pytest.mark.parametrize("text", ["Do you know where the station is?", "Where are you from?", "What is it like?"])
def test_a_question_may_end_with_a_word_that_a_statement_goes_on_after(text: str) -> None:
    assert ending(text) is Words.NEITHER
    assert ending(text.replace("?", ".")) is Words.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "四人で", "今日の天気は", "駅まで行きたいんですけど", "明日雨が降ったら", "もし時間があれば", "そっくりな",
        "えっと", "ええと。", "好きな色は、えっと", "あのー", "えー", "つまり",
        "実は。", "友達に会いたかったから", "探してほしいんですが",
    ],
)  # fmt: skip
def test_japanese_goes_on_after_particles_and_fillers(text: str) -> None:
    assert ending(text) is Words.OPEN


@pytest.mark.parametrize(
    "text",
    [
        "今日の天気はどうですか?", "そろそろ帰ろうと思います", "それはいいですね", "教えてください。",
        "今日は長い一日でした。", "行ったことがありません", "金曜日に会いませんか", "一緒に行きましょう",
        "手伝ってくれてありがとう。", "雨が降るかな", "だめだよ", "来週はどうでしょう。", "誰が書いたの？",
    ],
)  # fmt: skip
def test_japanese_is_complete_after_its_polite_and_final_forms(text: str) -> None:
    assert ending(text) is Words.CLOSED


@pytest.mark.parametrize(
    "text", ["はい", "うん", "東京", "海に行くか", "そうですね。", "ああ、そうですね", "まだ", "お店はある"]
)
def test_other_japanese_words_leave_it_to_the_sound(text: str) -> None:
    assert ending(text) is Words.NEITHER


@given(st.text(alphabet="あのえっとーですかねよ。、？? aA1.,-…\u3000", max_size=30))
def test_whatever_is_written_its_ending_is_known_soon(text: str) -> None:
    assert ending(text) in Words
