"""The process: what it says when it cannot start, and that it needs no models for scripts."""

from pathlib import Path

from .engine_process import last, run


def test_a_script_needs_none_of_the_models() -> None:
    ended = run("--mode", "scripted", absent=("numpy", "onnxruntime", "ctranslate2", "hibari"))
    assert (ended.returncode, last(ended)) == (0, {"event": "ready"})


def test_beyond_loopback_only_with_a_key() -> None:
    ended = run("--mode", "scripted", "--host", "0.0.0.0", VOICEAPP_ENGINE_KEY="")
    assert ended.returncode == 1
    assert "VOICEAPP_ENGINE_KEY is not set" in last(ended)["message"]


def test_a_wrong_scenario_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("odd = 1")
    ended = run("--mode", "scripted", "--scenario", str(path))
    assert last(ended)["message"].startswith("odd.toml: the scenario: odd unknown")
