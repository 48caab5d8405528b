"""The order of the rooms of voiceapp/, read off the imports (docs/architecture.md), and that no module keeps state."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.python_source import tree

FOLDER = Path(__file__).parents[1] / "voiceapp"
# A module imports from its own room and from those below. Rooms on one line do not know each other.
ORDER = (
    {"__init__", "__main__", "cli"},
    {"web", "page"},
    {"call"},
    {"upstream", "admission", "store", "tools"},
    {"ops"},
    {"net"},
    {"config"},
    {"wire"},
    {"errors", "secret"},
    {"conversation"},
)
# These import nothing but themselves: sockets that know nothing of voice, a core without a world, a server of its own.
ALONE = {"net", "conversation", "engine", "secret"}
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): path
    for path in sorted(FOLDER.rglob("*.py"))
    if "static" not in path.parts
}
OURS = [name for name in MODULES if not name.startswith("engine.")]
# prometheus-client's registry, and the pipe that tells children of this process's end, are the process's own.
OF_THE_PROCESS = {"ops.metrics", "ops.lifeline"}
# What they make cannot change, or only its own library changes it.
IMMUTABLE = frozenset({
    "MappingProxyType", "bytes", "compile", "frozenset", "getLogger", "int", "join", "len", "timedelta", "tuple",
})  # fmt: skip


def room(name: str) -> str:
    return name.split(".")[0]


@cache
def parse(name: str) -> ast.Module:
    return tree(MODULES[name])


def imported_rooms(name: str) -> set[str]:
    """Rooms and top modules that a module imports from, wherever in it."""
    package = ["voiceapp", *name.split(".")[:-1]]
    found: set[str] = set()
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Import):
            found |= {each.name.split(".")[1] for each in node.names if each.name.startswith("voiceapp.")}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            full = [*base, *(node.module or "").split(".")] if node.module else base
            found |= {(*full, each.name)[1] for each in node.names if full[0] == "voiceapp"}
    return found - {room(name)}


def below(name: str) -> set[str]:
    rank = next(k for k, rooms in enumerate(ORDER) if room(name) in rooms)
    return set().union(*ORDER[rank + 1 :]) | (ORDER[0] | {"engine"} if rank == 0 else set())


def test_every_room_has_its_place() -> None:
    assert {room(name) for name in OURS} | {"engine"} == set().union(*ORDER) | {"engine"}


def test_the_house_has_rooms_and_few_modules_beside_them() -> None:
    assert len([name for name in MODULES if "." not in name]) <= 6


@pytest.mark.parametrize("name", OURS)
def test_a_module_imports_only_from_rooms_below_its_own(name: str) -> None:
    assert imported_rooms(name) <= (set() if room(name) in ALONE else below(name))


@pytest.mark.parametrize("name", OURS)
def test_a_module_keeps_no_state(name: str) -> None:
    if name in OF_THE_PROCESS:
        return
    assigned = [node for node in parse(name).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    assert [ast.unparse(node) for node in assigned if _may_change(node.value)] == []
    assert not [node for node in ast.walk(parse(name)) if isinstance(node, ast.Global)]


def _may_change(value: ast.expr | None) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name not in IMMUTABLE and not name[0].isupper()
        case ast.BinOp(left=left, right=right):
            return _may_change(left) or _may_change(right)
        case ast.Tuple(elts=elements):
            return any(map(_may_change, elements))
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


@pytest.mark.parametrize("name", OURS)
def test_a_file_is_one_noun_that_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(parse(name))
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 400
