"""Python's source as a tree."""

import ast
from pathlib import Path

TRIES = 5


def tree(path: Path) -> ast.Module:
    """Until 3.12, Python counts how deep a tree is for all threads at once, and gives up where another thread, which
    only tells of an error, makes one meanwhile (gh-106905)."""
    source = path.read_text(encoding="utf-8")
    for _ in range(TRIES):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)
