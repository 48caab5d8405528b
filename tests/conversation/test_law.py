"""The law of voiceapp/conversation (its README.md): pure, and without module-level state."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.python_source import tree

FOLDER = Path(__file__).parents[2] / "voiceapp" / "conversation"
MODULES = sorted(FOLDER.glob("*.py"))
ALLOWED = {
    "base64",
    "pybase64",
    "bisect",
    "collections.abc",
    "contextlib",
    "dataclasses",
    "enum",
    "json",
    "msgspec",
    "re",
    "types",
    "typing",
    "unicodedata",
}
IMMUTABLE_CALLS = {"MappingProxyType", "frozenset", "Fault", "compile", "tuple"}


@cache
def parse(module: Path) -> ast.Module:
    return tree(module)


def imports(tree: ast.Module) -> set[str]:
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}


def is_immutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return name in IMMUTABLE_CALLS
    return not isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_it_imports_nothing_that_acts(module: Path) -> None:
    assert imports(parse(module)) <= ALLOWED


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_it_reaches_for_nothing_outside_its_folder(module: Path) -> None:
    levels = {node.level for node in ast.walk(parse(module)) if isinstance(node, ast.ImportFrom)}
    assert max(levels, default=0) <= 1


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_it_keeps_no_state_in_the_module(module: Path) -> None:
    assigned = [node for node in parse(module).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    assert [ast.unparse(node) for node in assigned if not is_immutable(node.value)] == []


def test_no_two_know_each_other_not_even_round_about() -> None:
    known = {module.stem: neighbours(parse(module)) for module in MODULES}
    assert known["conversation"] > {"responses", "waiting"}
    TopologicalSorter(known).prepare()


def neighbours(tree: ast.Module) -> set[str]:
    """Modules of this folder that it imports, or imports from."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return {name for node in found for name in ([node.module] if node.module else [each.name for each in node.names])}


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) >= 8
