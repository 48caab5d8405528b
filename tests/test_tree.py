"""The order of the tests' own folder."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TREE = sorted(TESTS.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, or imports from, by its last name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(each.name for each in node.names)}
    return {name.rpartition(".")[2] for name in found}


@pytest.mark.parametrize("path", TREE, ids=lambda path: str(path.relative_to(TESTS)))
def test_nobody_takes_helpers_from_a_test(path: Path) -> None:
    assert sorted(imported(path) & {each.stem for each in TREE if each.name.startswith("test_")}) == []
