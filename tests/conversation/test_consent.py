"""A yes or a no is taken for one only where it can be nothing else."""

import pytest

from voiceapp.conversation.consent import asks, consent


@pytest.mark.parametrize(
    "text",
    ["Yes.", "Yes, please!", "Okay, go ahead.", "Um, sure, thanks", "YES", "はい。", "はい、お願いします。",
     "うん、いいよ", "Sí, por favor.", "¡Claro que sí!", "Vale, hazlo"],
)  # fmt: skip
def test_a_yes(text: str) -> None:
    assert consent(text) is True


@pytest.mark.parametrize(
    "text",
    ["No.", "No, thank you.", "Don’t do it!", "Stop. Cancel it.", "いいえ。", "いや、やめてください", "結構です",
     "No, gracias.", "Mejor no"],
)  # fmt: skip
def test_a_no(text: str) -> None:
    assert consent(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "…", "Thank you.", "Yes, but make it two.", "Yes. No. Yes.", "No problem", "Yes, what does it cost?", "Wait.",
     "Yesterday.", "大丈夫です。", "いいです", "はい、でも二つにして", "Sí, pero dos", "Sure thing, not",
     "okay then wait"],
)  # fmt: skip
def test_neither(text: str) -> None:
    assert consent(text) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Shall I order it?", True),
        ("Two hats. Shall I? ", True),
        ("注文してもよろしいですか。", True),
        ("注文していいですか", True),
        ("「注文しますか？」", True),
        ("¿Lo pido?", True),
        ("I have ordered it.", False),
        ("Shall I? Just say yes.", False),
        ("注文しました。", False),
        ("", False),
    ],
)
def test_only_a_question_is_answered(text: str, asked: bool) -> None:
    assert asks(text) is asked
