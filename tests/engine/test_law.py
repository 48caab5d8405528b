"""The folder's law, read off its imports."""

import ast
from pathlib import Path

import pytest

from voiceapp.engine import __file__ as engine_file

FOLDER = Path(engine_file).parent
MODULES = {".".join(path.relative_to(FOLDER).with_suffix("").parts): path for path in sorted(FOLDER.rglob("*.py"))}
ROOMS = {"protocol", "session", "brains"}
PURE_SPEECH = {"detector", "gated_detector", "mel", "noise", "resampler", "samples", "transcript", "voices"}
IMPURE = {"brains.chat_completions"}
PURE = {name for name in MODULES if name.split(".")[0] in ROOMS} | {f"speech.{name}" for name in PURE_SPEECH}
PURE -= IMPURE
WORLD = {
    "asyncio",
    "socket",
    "ssl",
    "threading",
    "subprocess",
    "http",
    "os",
    "time",
    "logging",
    "concurrent",
    "pathlib",
}
HEAVY = {"ctranslate2", "onnxruntime", "hibari"}


def imports(name: str, everywhere: bool = True) -> set[str]:
    """What a module imports, in full (`voiceapp.engine.protocol.events`); `everywhere` also inside of functions."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else iter(tree.body)
    package = ["voiceapp", "engine", *name.split(".")[:-1]]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            base = base if node.level else str(node.module)
            found |= {base} | {f"{base}.{each.name}" for each in node.names}
    return found


def ours(name: str) -> set[str]:
    """The engine's modules that a module imports."""
    prefix = "voiceapp.engine."
    return {each.removeprefix(prefix) for each in imports(name) if each.startswith(prefix)} & set(MODULES)


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_pure_part_knows_nothing_of_the_world(name: str) -> None:
    assert ours(name) <= PURE
    assert not {each.split(".")[0] for each in imports(name)} & WORLD


@pytest.mark.parametrize("name", MODULES)
def test_models_are_imported_late_and_nothing_of_the_app(name: str) -> None:
    assert not {each.split(".")[0] for each in imports(name, everywhere=False)} & HEAVY
    app = {each for each in imports(name) if each.split(".")[0] == "voiceapp"}
    assert {each for each in app if not f"{each}.".startswith("voiceapp.engine.")} == set()


@pytest.mark.parametrize("name", MODULES)
def test_each_file_is_one_readable_thing(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert len(text.splitlines()) < 400
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert max((node.end_lineno or 0) - node.lineno + 1 for node in functions) <= 40 if functions else True
