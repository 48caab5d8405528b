"""The tests mirror the app: a module's tests stand in the same room under its name, and helpers stand beside them."""

import ast
from pathlib import Path

from tests.python_source import tree

TESTS = Path(__file__).parent
APP = TESTS.parent / "voiceapp"
MODULES = sorted(
    path.relative_to(APP).as_posix()
    for path in APP.rglob("*.py")
    # tests/engine/test_law.py asks the same of the engine.
    if path.name not in ("__init__.py", "__main__.py") and path.relative_to(APP).parts[0] not in ("engine", "static")
)
# They say what others do, and do nothing.
WITHOUT_BEHAVIOUR = {
    "call/interfaces.py", "call/shared.py", "conversation/capabilities.py", "conversation/effects.py",
    "conversation/events.py", "conversation/tool_events.py", "conversation/turn_detection.py", "tools/interfaces.py",
    "web/services.py", "wire/event.py",
}  # fmt: skip
# The parts of a server which nobody meets but over its socket; and what is tested beside its like.
ELSEWHERE = {
    "store/memory_backend.py": "store/test_backend.py",
    "wire/talk.py": "wire/test_down.py", "tools/start.py": "tools/test_loading.py",
    "tools/mcp_servers.py": "tools/test_mcp_server.py", "tools/import_watch.py": "tools/test_loading.py",
    "net/http_connection.py": "net/test_http_server.py", "net/wsgi_call.py": "net/test_http_server.py",
}  # fmt: skip
TREE = sorted(TESTS.rglob("*.py"))


def test_every_module_has_its_tests() -> None:
    def tested(module: str) -> bool:
        room, _, name = module.rpartition("/")
        return TESTS.joinpath(ELSEWHERE.get(module, f"{room}/test_{name}".lstrip("/"))).is_file()

    assert [each for each in MODULES if not tested(each) and each not in WITHOUT_BEHAVIOUR] == []


def test_every_exception_is_one() -> None:
    excepted = {*WITHOUT_BEHAVIOUR, *ELSEWHERE}
    assert excepted <= set(MODULES)
    assert [each for each in excepted if TESTS.joinpath(Path(each).parent, f"test_{Path(each).name}").is_file()] == []


def imported(path: Path) -> set[str]:
    """Every module that a file imports, or imports from, by its last name."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(each.name for each in node.names)}
    return {name.rpartition(".")[2] for name in found}


def test_nobody_takes_helpers_from_a_test() -> None:
    tests = {each.stem for each in TREE if each.name.startswith("test_")}
    assert {path: taken for path in TREE if (taken := imported(path) & tests)} == {}
