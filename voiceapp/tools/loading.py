"""Finds the tools that `VOICEAPP_TOOLS` names; what is wrong with one stops the start, and names file and line."""

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from ..errors import SettingError
from .declaration import MARK
from .function import CannotDescribeError, Function
from .import_watch import place_in, watched
from .shipped import SHIPPED

# Servers take no more.
MAX_TOOLS = 128


def load(names: Iterable[str], notes: str = "") -> Mapping[str, Function]:
    """By the names that the model calls them. Raises `SettingError`.

    `names`: shipped tools, files, or modules. `notes`: the file of the shipped `notes`.
    """
    found: dict[str, Function] = {}
    for name in dict.fromkeys(names):
        for declared in _declared(name, notes):
            function = _described(declared)
            other = found.setdefault(function.name, function)
            # One module may have been imported under two names.
            if other is not function and place_of(other.function) != place_of(declared):
                raise SettingError(
                    f"{place_of(declared)} has the name of another one that VOICEAPP_TOOLS names; rename one of them."
                )
    if len(found) > MAX_TOOLS:
        raise SettingError(f"VOICEAPP_TOOLS has {len(found)} tools; servers take at most {MAX_TOOLS}.")
    return MappingProxyType(found)


def _declared(name: str, notes: str) -> list[Callable[..., Any]]:
    if name in SHIPPED:
        return SHIPPED[name](notes)
    module = _module(name)
    # Each once, however many names it has there.
    found = {id(each): each for each in vars(module).values() if MARK in getattr(each, "__dict__", {})}
    if not found:
        raise SettingError(f"VOICEAPP_TOOLS names {name}, in which no function is marked with @tool.")
    return list(found.values())


def _described(declared: Callable[..., Any]) -> Function:
    try:
        return Function(declared)
    except CannotDescribeError as wrong:
        raise SettingError(f"{place_of(declared)} {wrong}.") from None


def place_of(declared: Callable[..., Any]) -> str:
    """File, line and name of a function."""
    code = inspect.unwrap(declared).__code__
    return f"{code.co_filename}, line {code.co_firstlineno}: the tool {declared.__name__}"


def _module(name: str) -> ModuleType:
    if not name.endswith(".py") and ("/" in name or name.startswith(".")):
        raise SettingError(_nowhere(name))
    try:
        with watched(name):
            return _of_file(Path(name).expanduser()) if name.endswith(".py") else importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name == name or name.startswith(f"{missing.name}."):
            raise SettingError(_nowhere(name)) from None
        raise SettingError(_trouble(name, missing)) from None
    except BaseException as error:
        raise SettingError(_trouble(name, error)) from None


def _nowhere(name: str) -> str:
    known = ", ".join(SHIPPED)
    return (
        f"VOICEAPP_TOOLS names {name}, which is neither a shipped tool ({known}), nor a file ending in .py, "
        "nor a module that can be imported."
    )


def _of_file(file: Path) -> ModuleType:
    if not file.is_file():
        raise SettingError(f"VOICEAPP_TOOLS names {file}, which is no file.")
    # What lies beside it can be imported from it, as if it were run as a script; nothing of ours gives way.
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    name = f"voiceapp_tools_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise SettingError(f"VOICEAPP_TOOLS names {file}, which is no Python file.")
    module = importlib.util.module_from_spec(spec)
    # Types are looked up there by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _trouble(name: str, error: BaseException) -> str:
    """What stopped an import, and where in the operator's own files."""
    if isinstance(error, SettingError):
        return str(error)
    if isinstance(error, SyntaxError):
        place = f"{error.filename}, line {error.lineno}"
    else:
        place = place_in(traceback.extract_tb(error.__traceback__), name)
    return f"VOICEAPP_TOOLS names {name}, which cannot be imported. {place}: {type(error).__name__}: {error}"
