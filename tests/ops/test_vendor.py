"""The Socket.IO client comes from a package, is checked by its hash, and is never half written."""

import shutil
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


@pytest.mark.slow
def test_when_nothing_brings_it_every_reason_is_told(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "NPM_PACKAGE", "./no-such-folder-here")
    monkeypatch.setattr(vendor, "WHEEL", "./no-such-wheel.whl")
    with pytest.raises(vendor.VendorError, match=r"npm failed: .*; .*failed: "):
        vendor.fetch()


def _made(target: Path) -> Path:
    target.parent.mkdir()
    return target


def _must_not_run(_: Path) -> bytes:
    raise AssertionError("it was fetched again")


def _tampered(_: Path) -> bytes:
    return b"alert('not the client')"
