"""Japanese: what is said without the optional packages, and with them synthesis and recognition together."""

import pytest

from voiceapp.engine.speech import languages
from voiceapp.engine.speech.languages import Language
from voiceapp.engine.speech.missing import INSTALL_JAPANESE, MissingError

from .client import LOUD, QUIET, Client
from .voice_server_thread import FixedStt, ToneTts, VoiceServerThread


def choosing(language: str) -> dict[str, object]:
    return {"type": "realtime", "audio": {"input": {"transcription": {"model": "w", "language": language}}}}


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
    assert ("requirements-japanese.txt. Until then" if language == "ja" else "do not speak German") in said[0]
    assert "English. Hello!" in said[0]
    assert said[1] == "Hello! I am well, thank you. What can I do for you?"
    assert "error" not in client.kinds


def test_the_companion_answers_in_japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese = Language("ja", FixedStt("二たす三は？"), ToneTts())
    monkeypatch.setattr(languages, "LOADERS", {**languages.LOADERS, "ja": lambda tell: japanese})
    with VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.send("session.update", session=choosing("ja-JP"))
        client.append(LOUD + QUIET)
        done = client.until("response.done")["response"]
    assert done["output"][0]["content"][0]["transcript"] == "答えは5だよ。"
