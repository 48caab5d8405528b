"""Languages: which is there, which is not, and why."""

import pytest

from voiceapp.engine.speech import languages, models
from voiceapp.engine.speech.languages import Language, Languages
from voiceapp.engine.speech.missing import INSTALL_JAPANESE, MissingError

from ..fake_models import FixedStt, ToneTts


def test_a_language_nobody_knows_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="VOICEAPP_ENGINE_LANGUAGE is xx; the engine speaks en and ja"):
        Languages.starting_with("xx", lambda part: None)


def test_a_missing_language_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = models.ModelParts((("no_such_package", "model.bin"),), "", (), INSTALL_JAPANESE)
    monkeypatch.setattr(models, "STT_MULTILINGUAL", absent)
    with pytest.raises(MissingError, match=r"no-such-package.*pip install -r requirements-japanese\.txt"):
        Languages.starting_with("ja", lambda part: None)


ENGLISH = Language("en", FixedStt("Hello."), ToneTts())


def test_a_language_is_loaded_once_and_when_it_is_first_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese, loads = Language("ja", FixedStt("はい。"), ToneTts()), []

    def load(tell: languages.Tell) -> Language:
        loads.append("ja")
        return japanese

    monkeypatch.setattr(languages, "LOADERS", {"en": languages.english, "ja": load})
    known = Languages(ENGLISH)
    assert known.get("") is known.get("en-GB") is ENGLISH
    assert loads == []
    assert known.get("ja-JP") is known.get("JA") is japanese
    assert loads == ["ja"]
    assert known.why_unavailable("ja") is None


def test_the_first_language_stands_in_for_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(tell: languages.Tell) -> Language:
        raise MissingError("the package pyopenjtalk-plus", INSTALL_JAPANESE)

    monkeypatch.setattr(languages, "LOADERS", {"en": languages.english, "ja": load})
    known = Languages(ENGLISH)
    assert known.get("ja") is ENGLISH
    assert "Japanese is not installed here." in str(known.why_unavailable("ja"))
    assert known.why_unavailable("de") == "I do not speak German. Please speak English."
    assert "“eo”" in str(known.why_unavailable("eo"))
