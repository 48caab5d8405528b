"""What only says that one listens, and what interrupts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.backchannels import is_backchannel, may_become_one

LISTENING = [
    "Mm-hmm.", "mm hmm", "Mmm.", "Mhm", "Uh-huh.", "uh huh, uh huh", "Yeah.", "Yeah, yeah, right.", "Right", "Okay.",
    "OK", "I see.", "Oh, I see!", "Wow!", "Yes.", "Hmm…", "Really?", "Makes sense.", "All right, got it.",
    "Oooh, nice!", "うん", "うん。", "うんうん", "うーん", "はい。", "はいはい", "ええ", "ええ、ええ。",
    "そうですね。", "へえ", "へぇ〜", "へー！", "なるほど", "なるほどね。", "ああ、そうなんですね", "ウン",
    "はい、なるほど、そうですか。", "ふーん", "ほんとに？", "すごいですね！", "確かに。", "[coughing]", "(laughs)",
    "*sigh*", "♪♪", "（咳）", "", " . ", "Mm, mm.", "うむ。", "あら、まあ", "なるほどなあ", "ふううん",
    "へえ？", "ええ？", "Sí.", "Sí, sí.", "Ajá.", "Claro.", "¡Claro que sí!", "Vale, vale.", "Ya veo.",
    "¿En serio?", "¡Genial!", "Ah, entiendo.", "Exacto, exacto.", "Jajaja.", "Muy bien.",
    "Mm-mm.", "M-H-M-M", "N-M-H-N-N", "H.M.", "HNN", "H&M",
]  # fmt: skip
INTERRUPTING = [
    "Stop.", "No.", "No, no.", "Wait.", "Wait a second", "Yeah, but what about Tuesday?", "Okay, stop.",
    "Right now?", "Thank you.", "What?", "Why?", "Yes, please go to the next one", "I see a dog", "Oklahoma",
    "Hello?", "Enough", "[music] Stop", "違う", "違います。", "待って", "ちょっと待って", "ストップ",
    "うん、でも明日は？", "はい、次は何ですか", "いいえ", "もういい", "やめて", "わかった、もういいよ",
    "そうですね、でも違う", "なんで？", "え、どうして", "ううん", "ううん。", "うん、ううん", "Uh-uh.", "Nuh-uh!",
    "Huh?", "え？", "えっ？", "ん？", "はあ？", "Para.", "Espera.", "Un momento.", "¿Qué?",
    "¿Cómo?", "Gracias.", "Ya basta.", "Sí, pero ¿y mañana?", "Vale, para.", "Claramente no.", "No.", "Bienvenido.",
    "Siéntate", "¿Eh?",
]  # fmt: skip


@pytest.mark.parametrize("text", LISTENING)
def test_whoever_only_listens_interrupts_nothing(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", INTERRUPTING)
def test_whoever_says_more_interrupts(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize("text", LISTENING)
def test_no_part_of_a_transcription_that_grows_interrupts_too_early(text: str) -> None:
    assert all(may_become_one(text[:end]) for end in range(len(text) + 1))


@pytest.mark.parametrize(("text", "words"), [
    ("No", True), ("Stop", True), ("What", True), ("Yeah but", True), ("違う", True), ("待って", True),
    ("うんでも", True), ("Y", False), ("Ok", False), ("Qué", True), ("Clar", False), ("Espera", True),
    ("i", False), ("な", False), ("[noi", False),
])  # fmt: skip
def test_the_first_word_of_another_kind_is_enough(text: str, words: bool) -> None:
    assert may_become_one(text) is not words


@given(st.lists(st.sampled_from(["yeah", "mm-hmm", "I see", "okay", "right"]), min_size=1, max_size=6))
def test_any_number_of_them_in_any_order_is_one(phrases: list[str]) -> None:
    assert is_backchannel(", ".join(phrases))


@given(st.text(max_size=60))
def test_of_any_text_what_is_one_could_have_become_one(text: str) -> None:
    assert may_become_one(text) or not is_backchannel(text)
