"""Model files: there, whole, and unchanged."""

import hashlib
from pathlib import Path

import pytest

from voiceapp.engine.speech import models
from voiceapp.engine.speech.missing import MissingError


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(MissingError, match="the package no-such-package"):
        models.folder_of("no_such_package")
    with pytest.raises(MissingError, match=r"no\.onnx of the package json, which is not there"):
        models.ModelFile("json", "no.onnx", "").checked()


def test_a_model_that_was_changed() -> None:
    with pytest.raises(MissingError, match="was changed"):
        models.ModelFile("json", "decoder.py", "0" * 64).checked()


def test_a_recogniser_of_ones_own_must_be_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(models.STT_FOLDER_SETTING, str(tmp_path))
    with pytest.raises(MissingError, match=r"model\.bin in .*VOICEAPP_ENGINE_RECOGNISER_DIR"):
        models.stt_folder()


def test_a_model_in_parts_is_checked_as_a_whole() -> None:
    whole = hashlib.sha256((models.folder_of("json") / "decoder.py").read_bytes() * 2).hexdigest()
    twice = (("json", "decoder.py"), ("json", "decoder.py"))
    files = models.ModelParts(twice, whole, ("scanner.py",), "the extra").checked()
    assert len(files["model.bin"]) == 2 * (models.folder_of("json") / "decoder.py").stat().st_size
    assert list(files) == ["model.bin", "scanner.py"]
    with pytest.raises(MissingError, match=r"were changed.* the extra"):
        models.ModelParts(twice, "0" * 64, (), "the extra").checked()
    with pytest.raises(MissingError, match=r"no\.txt, which is not there.* the extra"):
        models.ModelParts(twice, whole, ("no.txt",), "the extra").checked()
