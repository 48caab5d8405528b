"""The files by which several workers sum up their numbers, made so that a full disk cannot kill a worker.

prometheus-client maps them into memory and writes there. Where a page of the file has no place on the disk yet and the
disk is full, that is SIGBUS, which ends the process with every call on it. So each worker's files are made whole before
it opens them; where that fails the worker keeps its numbers to itself. One worker alone needs no files.
"""

import logging
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("gunicorn.error")

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "voiceapp-metrics-"
# A file for each kind of metric in metrics.py, as prometheus-client names them.
KINDS = ("counter", "histogram", "gauge_livesum", "gauge_livemax")
# What prometheus-client would begin with; our metrics with all their labels fill half of it, so that it never grows.
BYTES = 1 << 16
# Where a container's file system is read-only there is still this one, in memory.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own there


def temporary_folder() -> str | None:
    """Where small files may lie, in memory if possible: a slow or full disk then holds nothing up. None: nowhere."""
    if os.access(SHARED_MEMORY, os.W_OK):
        return str(SHARED_MEMORY)
    with suppress(OSError):
        return tempfile.gettempdir()
    return None


def share(workers: int) -> None:
    """Before any worker starts, and at a reload: have several put their numbers into files, if these have a place."""
    there = os.environ.pop(FOLDER, "")
    if workers == 1:
        return
    try:
        ours = Path(there).name.startswith(PREFIX) and Path(there).is_dir()
        os.environ[FOLDER] = there if ours else tempfile.mkdtemp(prefix=PREFIX, dir=temporary_folder())
    except OSError as error:
        _say_alone(error)


def reserve(pid: int) -> None:
    """In a new worker, before it loads prometheus-client: make its files whole, or keep its numbers to itself."""
    if FOLDER not in os.environ:
        return
    try:
        for path in _of(pid):
            path.write_bytes(bytes(BYTES))
    except OSError as error:
        for path in _of(pid):
            path.unlink(missing_ok=True)
        del os.environ[FOLDER]
        _say_alone(error)


def forget(pid: int) -> None:
    """A worker died: its part of what is going on now leaves the sum, what it counted stays."""
    for path in _of(pid):
        if path.name.startswith("gauge_live"):
            path.unlink(missing_ok=True)


def remove() -> None:
    """The server is gone."""
    if FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def _of(pid: int) -> list[Path]:
    return [Path(os.environ[FOLDER]) / f"{kind}_{pid}.db" for kind in KINDS] if FOLDER in os.environ else []


def _say_alone(error: OSError) -> None:
    log.warning("no room for the files of /metrics (%s), so each worker reports only its own numbers", error.strerror)
