"""From Whisper's tokens to words, mostly without the model."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.turn_sounds import cough
from tests.engine.speech_samples import spoken
from voiceapp.conversation.backchannels import is_backchannel
from voiceapp.engine.speech.resampler import Resampler
from voiceapp.engine.speech.stt import (
    Vocabulary,
    WhisperStt,
    made_up,
    split,
    stutters,
    timed_runs,
    without_descriptions,
)

WORDS = ["Hello", "Ġthere", ".", "Ġagain", "Ã©", "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"]
TIMES = len(WORDS)
VOCABULARY = Vocabulary.of(WORDS + [f"<|{place / 50:.2f}|>" for place in range(1501)], "en")


def at(seconds: float) -> int:
    return TIMES + round(seconds * 50)


def test_tokens_of_an_english_model() -> None:
    assert (VOCABULARY.end, VOCABULARY.times, VOCABULARY.prompt) == (5, TIMES, (6,))


def test_text_between_times() -> None:
    tokens = [at(0), 0, 1, 2, at(1.2), at(1.2), 3, 2, at(2)]
    assert VOCABULARY.segments(tokens, 2.0) == ["Hello there.", "again."]


def test_what_starts_after_the_sound_is_made_up() -> None:
    assert VOCABULARY.segments([at(0), 0, at(1), at(3), 3, at(4)], 2.0) == ["Hello"]


def test_a_repetition_is_made_up() -> None:
    assert VOCABULARY.segments([at(0), 0, at(1), at(1), 0, at(2)], 2.0) == ["Hello"]


def test_bytes_beyond_ascii() -> None:
    assert VOCABULARY.text([4, VOCABULARY.end, at(1)]) == "é"


def test_text_without_any_time() -> None:
    assert timed_runs([0, 1], TIMES, 5) == [(0.0, [0, 1])]


def test_a_multilingual_model_is_told_the_language() -> None:
    words = ["x"] * 51865
    words[50257], words[50258], words[50261] = "<|endoftext|>", "<|startoftranscript|>", "<|de|>"
    words[50359], words[50363] = "<|transcribe|>", "<|notimestamps|>"
    assert Vocabulary.of(words, "de").prompt == (50258, 50261, 50359)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("[Music]", ""),
        ("(wind blowing)", ""),
        ("♪ la la ♪", ""),
        ("...", ""),
        ("Hello (coughs) there.", "Hello there."),
    ],
)
def test_sounds_are_no_words(text: str, spoken: str) -> None:
    assert without_descriptions(text) == spoken


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("co co co co co", True),
        ("Power, Power, Power", True),
        ("kakakak ka", False),
        ("Oh, oh, oh, oh.", True),
        ("Coo Coo Coo Coo Co", True),
        ("コンコンコン", True),
        ("No, no.", False),
        ("", False),
        ("Stop, stop it, stop.", False),
    ],
)
def test_one_syllable_over_and_over_is_no_words_where_it_is_hardly_speech(text: str, nothing: bool) -> None:
    assert stutters(text) is nothing


@pytest.mark.parametrize(
    ("text", "language", "score", "nothing"),
    [
        ("I can.", "en", -1.47, True),
        ("Per...", "en", -1.5, True),
        ("Why?", "en", -1.21, False),
        ("Stop...", "en", -1.88, False),
        ("天練", "ja", -1.51, True),
        ("もう一回", "ja", -1.2, False),
    ],
)
def test_a_word_of_which_it_is_hardly_sure_is_made_up(text: str, language: str, score: float, nothing: bool) -> None:
    assert made_up(text, language, score) is nothing


@pytest.mark.models
def test_hums_and_coughs_are_no_words_and_a_short_word_is_one(tmp_path: Path) -> None:
    stt = WhisperStt.installed()

    def heard(sound: np.ndarray) -> str:
        return stt.transcribe(Resampler(24000, 16000).feed(sound.astype(np.float32)).astype(np.int16)).text

    def said(text: str) -> str:
        return heard(np.frombuffer(spoken(text, "slt", tmp_path), "<i2")[6_000:-14_400])

    quiet = np.zeros(7_200)
    coughs = [
        heard(np.concatenate((quiet, cough(np.random.default_rng(seed), voiced=True), quiet))) for seed in (11, 21, 23)
    ]
    hums = [said("Hm."), said("Mm-hmm.")]
    assert [text for text in coughs + hums if not is_backchannel(text)] == []
    assert [said("Stop.").lower(), said("Why?").lower()] == ["stop.", "why?"]


def test_long_sound_is_cut_where_it_is_quiet() -> None:
    samples = np.full(40 * 16000, 1000, np.int16)
    samples[25 * 16000 : 25 * 16000 + 3200] = 0
    parts = split(samples)
    assert [len(part) for part in parts] == [25 * 16000 + 1600, 15 * 16000 - 1600]
    assert np.concatenate(parts).tolist() == samples.tolist()
