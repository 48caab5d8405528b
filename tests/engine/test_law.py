"""The folder's law, read off its imports."""

import ast
import re
from pathlib import Path

import pytest

from voiceapp.engine import __file__ as engine_file

FOLDER = Path(engine_file).parent
LAW = (FOLDER / "README.md").read_text(encoding="utf-8")
PURE = sorted(
    {"session"} | set(re.findall(r"`(\w+)`", LAW.partition("(")[2].partition(")")[0])),
)
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


def imports(path: Path, everywhere: bool = True) -> set[str]:
    """Top-level names of what a module imports; `everywhere` also inside of functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else iter(tree.body)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names} | {str(node.module)}
    return found


@pytest.mark.parametrize("name", PURE)
def test_the_pure_part_knows_nothing_of_the_world(name: str) -> None:
    ours = {each.split(".")[2] for each in imports(FOLDER / f"{name}.py") if each.startswith("voiceapp.engine.")}
    assert ours & {path.stem for path in FOLDER.glob("*.py")} <= set(PURE) | {"identifiers"}
    assert not {each.split(".")[0] for each in imports(FOLDER / f"{name}.py")} & WORLD


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_models_are_imported_late_and_nothing_of_the_app(path: Path) -> None:
    assert not {each.split(".")[0] for each in imports(path, everywhere=False)} & HEAVY
    ours = {each for each in imports(path) if each.split(".")[0] == "voiceapp"}
    assert {each for each in ours if not each.startswith("voiceapp.engine")} == set()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_each_file_is_one_readable_thing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert len(text.splitlines()) < 400
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert max((node.end_lineno or 0) - node.lineno + 1 for node in functions) <= 40 if functions else True
