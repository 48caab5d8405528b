"""What the page may be told: every event has a name, and nobody tells anything else."""

import ast
from pathlib import Path

from tests.python_source import tree
from voiceapp.conversation.faults import Fault
from voiceapp.wire import down


def test_nobody_else_builds_an_event() -> None:
    """Whoever tells the page something gives a value of `down`, never a name."""
    folder = Path(down.__file__).parents[1]
    modules = {path: tree(path) for path in folder.rglob("*.py")}
    named = [
        f"{path.name}:{node.lineno}"
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("emit", "send")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]
    assert len(modules) > 100
    assert named == []


def test_every_kind_has_a_name_and_both_of_one_name_are_numbered_or_not() -> None:
    assert {kind.event for kind in down.EVENTS if kind.numbered} == {
        "turn", "item", "transcript", "audio", "flush", "hold", "tool", "usage",
    }  # fmt: skip
    assert not {kind.event for kind in down.EVENTS if kind.numbered} & {
        kind.event for kind in down.EVENTS if not kind.numbered
    }


def test_a_request_is_accepted_or_refused_with_its_reason() -> None:
    assert down.answer(None) == {"ok": True}
    assert down.answer(Fault("too_often", "Wait a little.", retry=True)) == {
        "ok": False, "error": {"code": "too_often", "message": "Wait a little.", "retry": True},
    }  # fmt: skip
