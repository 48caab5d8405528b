"""Surroundings for a server under test: mounts that only it sees, in a namespace of its own."""

import functools
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest


def mounting(script: str) -> list[str]:
    """A command that runs the one behind it after these mounts. Skips the test where mounting is not allowed."""
    if not _is_allowed():
        pytest.skip("no mount namespace can be made here (needs root, or user namespaces)")
    return [*_unshare(), "sh", "-ec", f'{script}; exec "$@"', "sh"]


def small_disk(folder: Path) -> str:
    """A script: temporary files lie on disks of half a megabyte, for the server that has `folder` as TMPDIR."""
    return "; ".join(f"mount -t tmpfs -o size=512k none {each}" for each in ("/dev/shm", folder))


def fill(folder: Path, root: str = "") -> str:
    """A script: not a byte is left on the disks above, seen from the namespace or through its `root`."""
    return "; ".join(f"cat /dev/zero > {root}{each}/fill 2>/dev/null || true" for each in ("/dev/shm", folder))


READ_ONLY = "mount -o remount,ro,bind /"


def python_without(folder: Path, *modules: str) -> str:
    """An interpreter in an environment of its own that has all packages of this one but these, by links."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    here, there = (Path(sysconfig.get_path("purelib")), next(folder.glob("lib/python*/site-packages")))
    for each in here.iterdir():
        if not each.name.replace("-", "_").startswith(modules):
            (there / each.name).symlink_to(each)
    return str(folder / "bin" / "python")


def _unshare() -> list[str]:
    return ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]


@functools.cache
def _is_allowed() -> bool:
    try:
        command = [*_unshare(), "mount", "-t", "tmpfs", "none", "/dev/shm"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
