"""The engine's law (voiceapp/engine/README.md), read off its sources: order, purity, no state, tests."""

import ast
import graphlib
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.python_source import tree

FOLDER = Path(__file__).parents[2] / "voiceapp" / "engine"
TESTS = Path(__file__).parent
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): path
    for path in sorted(FOLDER.rglob("*.py"))
    if path.name != "__init__.py"
}
ROOMS = sorted({name.partition(".")[0] for name in MODULES if "." in name})

# What each room may import of the others.
ORDER = {
    "speech": set[str](),
    "protocol": {"speech"},
    "brains": {"speech"},
    "session": {"speech", "protocol", "brains"},
    "serving": {"speech", "protocol", "brains", "session"},
    "scripted": {"protocol", "serving"},
}
# Of `serving`, the scripted mode uses the sockets alone, so that it runs without numpy and models.
SCRIPTED_MAY_USE = {"serving.connection", "serving.server"}

IMPURE = {
    "brains.chat_completions",
    *(f"speech.{name}" for name in ("languages", "models", "openjtalk", "stt", "tts", "turn_end", "vad")),
}
PURE = sorted(
    name
    for name in MODULES
    if name.split(".")[0] in {"protocol", "session", "brains", "speech"} - {name} and name not in IMPURE
)
PURE_IMPORTS = {
    "abc",
    "base64",
    "binascii",
    "collections",
    "collections.abc",
    "dataclasses",
    "datetime",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "json",
    "math",
    "numpy",
    "numpy.typing",
    "operator",
    "random",
    "re",
    "types",
    "typing",
    "unicodedata",
}
HEAVY = {"ctranslate2", "onnxruntime", "hibari", "pyopenjtalk"}
# Calls whose results cannot be changed; of `client_events` the checks, which are functions.
IMMUTABLE_CALLS = {"Dismissal", "JSONDecoder", "MappingProxyType", "ModelFile", "ModelParts", "Refusal", "Voice"}
IMMUTABLE_CALLS |= {"auto", "compile", "frozenset", "getLogger", "log", "rule", "tuple"}
IMMUTABLE_CALLS |= {"choice", "either", "nullable", "record", "text_up_to", "variants"}
BUILTIN_TYPES = {"bytes", "str"}
# Tables that are computed when they are first wanted, and never change.
TABLES = {
    "speech.mel.hann",
    "speech.mel.filters",
    "protocol.audio_formats.g711_values",
    "protocol.audio_formats.g711_codes",
    "scripted.tone.sine",
    "scripted.tone.babble",
}
# Types and words alone.
WITHOUT_BEHAVIOUR = {"brains.request", "session.effects", "speech.detector", "speech.samples"}


@cache
def tree_of(name: str) -> ast.Module:
    return tree(MODULES[name])


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """What a module imports, and whether that is one of the engine's modules (then without `voiceapp.engine.`)."""
    package = name.split(".")[:-1]
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from ((each.name, False) for each in node.names)
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module), False
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *filter(None, str(node.module or "").split("."))]
            for each in node.names:
                named = ".".join([*base, each.name])
                yield (named if named in MODULES else ".".join(base)), True


def ours(name: str) -> set[str]:
    return {each for each, is_ours in imports(name) if is_ours}


def annotations(tree: ast.Module) -> set[ast.AST]:
    """All nodes that only say a type."""
    said = [node.annotation for node in ast.walk(tree) if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation]
    said += [node.returns for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.returns]
    return {inside for each in said for inside in ast.walk(each)}


def is_immutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return name in IMMUTABLE_CALLS
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        # Of types; of anything else it makes a new dictionary or set.
        names = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)} - BUILTIN_TYPES
        return bool(names) and all(name[0].isupper() and not name.isupper() for name in names)
    if isinstance(value, ast.Tuple):
        return all(is_immutable(each) for each in value.elts)
    return not isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


# The order of the rooms


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_rooms_below_its_own(name: str) -> None:
    room = name.split(".")[0] if "." in name else ""
    for each in ours(name):
        assert each in MODULES, f"{each} is no module"
        other = each.split(".")[0] if "." in each else ""
        assert not room or other == room or other in ORDER[room], f"{name} imports {each}"


def test_every_room_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == ROOMS
    assert list(graphlib.TopologicalSorter(ORDER).static_order())


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert list(graphlib.TopologicalSorter({name: ours(name) for name in MODULES}).static_order())


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("scripted.")])
def test_the_scripted_mode_uses_sockets_and_no_voice(name: str) -> None:
    assert {each for each in ours(name) if each.startswith("serving.")} <= SCRIPTED_MAY_USE


@pytest.mark.parametrize("name", MODULES)
def test_the_engine_imports_only_itself(name: str) -> None:
    assert not [each for each, is_ours in imports(name) if not is_ours and each.split(".")[0] == "voiceapp"]


@pytest.mark.parametrize("name", MODULES)
def test_models_are_imported_where_they_are_loaded(name: str) -> None:
    top = [node for node in tree_of(name).body if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {each.name for node in top if isinstance(node, ast.Import) for each in node.names}
    named |= {str(node.module) for node in top if isinstance(node, ast.ImportFrom) and not node.level}
    assert not {each.split(".")[0] for each in named} & HEAVY


# What is pure


@pytest.mark.parametrize("name", PURE)
def test_the_pure_part_does_no_io(name: str) -> None:
    assert {each for each, is_ours in imports(name) if not is_ours} <= PURE_IMPORTS
    assert ours(name) <= set(PURE)


@pytest.mark.parametrize("name", PURE)
def test_time_and_chance_are_handed_in(name: str) -> None:
    """Their names say types, and nothing is asked of them."""
    tree = tree_of(name)
    types = annotations(tree)
    used = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in ("random", "datetime"))
        or (isinstance(node, ast.Attribute) and node.attr == "random")
    ]
    assert [ast.unparse(node) for node in used if node not in types] == []


# No state


@pytest.mark.parametrize("name", MODULES)
def test_a_module_keeps_no_state(name: str) -> None:
    tree = tree_of(name)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bodies = [tree.body, *(each.body for each in classes)]
    assigned = [node for body in bodies for node in body if isinstance(node, ast.Assign | ast.AnnAssign)]
    kept = [node for node in assigned if node.value is not None and not is_immutable(node.value)]
    assert [ast.unparse(node) for node in kept if node not in fields_of(classes)] == []
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]


def fields_of(classes: list[ast.ClassDef]) -> set[ast.stmt]:
    """A dataclass's `field(…)` makes a value for each object."""
    return {
        node
        for each in classes
        for node in each.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "field"
    }


@pytest.mark.parametrize("name", MODULES)
def test_only_tables_are_cached(name: str) -> None:
    functions = [node for node in ast.walk(tree_of(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    cached = {
        f"{name}.{each.name}" for each in functions if any("cache" in ast.unparse(d) for d in each.decorator_list)
    }
    assert cached <= TABLES


# Size, and tests


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_each_file_is_one_readable_thing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    module = tree(path)
    assert ast.get_docstring(module)
    assert len(text.splitlines()) <= 350
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert max(((node.end_lineno or 0) - node.lineno + 1 for node in functions), default=0) <= 40


@pytest.mark.parametrize("name", sorted(MODULES.keys() - WITHOUT_BEHAVIOUR))
def test_every_module_has_its_tests(name: str) -> None:
    *rooms, module = name.split(".")
    assert TESTS.joinpath(*rooms, f"test_{module.strip('_')}.py").is_file()


def test_a_table_cannot_be_changed() -> None:
    """What is kept from call to call is read-only: arrays are locked, bytes always are."""
    for name in TABLES:
        room, module, function = name.split(".")
        table = getattr(importlib.import_module(f"voiceapp.engine.{room}.{module}"), function)
        given = {"protocol": ("audio/pcmu",), "scripted": (440, 10)}.get(room, ())
        assert memoryview(table(*given)).readonly, name
