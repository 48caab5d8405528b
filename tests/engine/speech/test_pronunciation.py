"""What is pronounced of a text, and by which voice."""

import pytest

from voiceapp.engine.speech.pronunciation import can_pronounce, spoken_text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Very** `good`.", "Very good."),
        ("See [the page](https://example.com) now.", "See the page now."),
        ("Look at https://example.com/x?y=1 there.", "Look at there."),
        ("It costs €5 🙂.", "It costs €5 ."),
        ("—", ""),
        ("Café naïve", "Café naïve"),
    ],
)
def test_marks_are_not_pronounced(text: str, said: str) -> None:
    assert spoken_text(text) == said


def test_what_the_voice_can_say() -> None:
    assert can_pronounce("今日はCDを聴いた、ｱｲｳ。", "ja")
    assert not can_pronounce("Привет", "ja")
    assert not can_pronounce("こんにちは", "en")
