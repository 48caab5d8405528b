"""What is fetched comes from a package, is checked by its hash, and is never half written."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from voiceapp.ops import vendor


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    target = tmp_path / "vendor" / "socket.io.min.js"
    monkeypatch.setattr(vendor, "TARGET", target)
    return target


@pytest.mark.slow
def test_npms_package_holds_a_pinned_file() -> None:
    assert vendor.HASHES[vendor.integrity(vendor._in_folder(vendor.from_npm))] == "socket.io-client 4.8.4"


@pytest.mark.slow
def test_without_npm_the_wheel_serves(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None if name == "npm" else which(name))
    vendor.fetch()
    assert vendor.HASHES[vendor.integrity(target.read_bytes())] == "socket.io-client 4.8.1"


def test_a_file_that_is_there_is_not_fetched_again(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(Path(vendor.__file__).parents[1] / "static" / "vendor" / "socket.io.min.js", _made(target))
    monkeypatch.setattr(vendor, "from_npm", _must_not_run)
    monkeypatch.setattr(vendor, "from_wheel", _must_not_run)
    vendor.fetch()


def test_another_file_than_the_pinned_one_is_refused(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "from_npm", _tampered)
    monkeypatch.setattr(vendor, "from_wheel", _tampered)
    with pytest.raises(vendor.VendorError, match="not have the pinned hash"):
        vendor.fetch()
    assert not target.exists()


def test_where_it_cannot_be_written_nothing_is_fetched(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "from_npm", _must_not_run)
    monkeypatch.setattr(vendor.os, "access", lambda path, mode: False)
    with pytest.raises(vendor.VendorError, match="cannot be written to"):
        vendor.fetch()


def _made(target: Path) -> Path:
    target.parent.mkdir()
    return target


def _must_not_run(*_: object) -> bytes:
    raise AssertionError("it was fetched again")


def _tampered(_: Path) -> bytes:
    return b"alert('not the client')"


# The model that hears whether a turn is over


@pytest.fixture
def turn_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "engine" / "turn.onnx"
    monkeypatch.setattr(vendor, "TURN_MODEL", path)
    return path


def wheel_with(monkeypatch: pytest.MonkeyPatch, model: bytes, *, pinned: bool) -> None:
    """The registry's wheel carries this; `pinned`: and is the one that is expected."""

    def download(folder: Path, _: str) -> Path:
        path = folder / "pipecat.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for name, content in zip(vendor.TURN_FILES_IN_WHEEL, (model, b"BSD 2-Clause License"), strict=True):
                wheel.writestr(name, content)
        if pinned:
            monkeypatch.setattr(vendor, "TURN_WHEEL_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
        return path

    monkeypatch.setattr(vendor, "_wheel", download)


def pin(monkeypatch: pytest.MonkeyPatch, model: bytes) -> None:
    monkeypatch.setattr(vendor, "TURN_MODEL_SHA256", hashlib.sha256(model).hexdigest())
    monkeypatch.setattr(vendor, "TURN_MODEL_SIZE", len(model))


@pytest.mark.slow
def test_the_turn_model_comes_out_of_its_wheel_with_its_notice(turn_model: Path) -> None:
    vendor.fetch_turn_model()
    assert turn_model.stat().st_size == vendor.TURN_MODEL_SIZE
    assert hashlib.sha256(turn_model.read_bytes()).hexdigest() == vendor.TURN_MODEL_SHA256
    notice = turn_model.with_name(vendor.TURN_NOTICE).read_text(encoding="utf-8")
    assert "BSD 2-Clause" in notice
    assert "Daily" in notice


def test_the_turn_model_is_fetched_once(turn_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, b"model")
    wheel_with(monkeypatch, b"model", pinned=True)
    vendor.fetch_turn_model()
    assert turn_model.read_bytes() == b"model"
    monkeypatch.setattr(vendor, "_wheel", _must_not_run)
    vendor.fetch_turn_model()


def test_a_turn_model_that_was_changed_is_fetched_anew(turn_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, b"model")
    _made(turn_model).write_bytes(b"mODEL")
    wheel_with(monkeypatch, b"model", pinned=True)
    vendor.fetch_turn_model()
    assert turn_model.read_bytes() == b"model"


@pytest.mark.parametrize(("model", "pinned"), [(b"other", True), (b"model", False)])
def test_another_turn_model_or_wheel_is_refused(
    turn_model: Path, monkeypatch: pytest.MonkeyPatch, model: bytes, pinned: bool
) -> None:
    pin(monkeypatch, b"model")
    wheel_with(monkeypatch, model, pinned=pinned)
    with pytest.raises(vendor.VendorError, match="not have the pinned hash"):
        vendor.fetch_turn_model()
    assert not turn_model.exists()


def test_without_the_engine_there_is_no_need_of_its_model(turn_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "find_spec", lambda name: None)
    monkeypatch.setattr(vendor, "_wheel", _must_not_run)
    vendor.fetch_turn_model()


def test_without_its_model_the_app_goes_on_and_says_why_once(
    turn_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(vendor.os, "access", lambda path, mode: False)
    monkeypatch.setattr(vendor, "_wheel", _must_not_run)
    assert vendor.main(["--turn-model"]) == ""
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cannot be written to. Until it is there the embedded engine goes by words and silence alone" in told
    assert "python -m voiceapp.ops.vendor" in told


@pytest.mark.slow
def test_no_registry_for_the_turn_model_is_no_failure(tmp_path: Path) -> None:
    copy = tmp_path / "app"
    app = Path(vendor.__file__).parents[1]
    shutil.copytree(app, copy / "voiceapp", ignore=shutil.ignore_patterns("vendor", "__pycache__"))
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}
    env = {**os.environ, **nowhere, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", "voiceapp.ops.vendor", "--turn-model"]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "could not be fetched: pip failed: " in done.stderr
