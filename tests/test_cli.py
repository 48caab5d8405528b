"""`python -m voiceapp`: each command says what it does, and ends with a code that a script can read."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, environment
from voiceapp.wire.schema import SCHEMA_FILE

TOOL = 'from voiceapp.tools import tool\n\n@tool\ndef price() -> int:\n    """Tell it."""\n    return 1\n'


def voiceapp(*arguments: str, cwd: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voiceapp", *arguments]
    env = {**environment(settings), "PYTHONPATH": os.fspath(ROOT)}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_check_says_what_works_with_the_settings() -> None:
    done = voiceapp("check", OPENAI_API_KEY="sk-test-marked-key", PORT="5011", VOICEAPP_PUBLIC="yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "upstream: ready" in done.stdout
    assert "marked" not in done.stdout


def test_check_names_the_variable_that_is_wrong() -> None:
    done = voiceapp("check", OPENAI_API_KEY="sk-test", VOICEAPP_CHUNK_MS="soon")
    assert done.returncode == 1
    assert "VOICEAPP_CHUNK_MS" in done.stderr


def test_check_tells_what_is_missing() -> None:
    done = voiceapp("check", VOICEAPP_PROFILE="azure", VOICEAPP_UPSTREAM_KEY="k")
    assert done.returncode == 1


def test_check_names_the_tools_and_finds_a_file_from_where_one_is(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(TOOL, encoding="utf-8")
    settings = {"OPENAI_API_KEY": "sk-test", "VOICEAPP_TOOLS": "clock, ./shop.py"}
    assert "Tools: clock, price" in voiceapp("check", cwd=tmp_path, **settings).stdout
    (tmp_path / "shop.py").write_text(TOOL.replace("Tell it.", ""), encoding="utf-8")
    done = voiceapp("check", cwd=tmp_path, **settings)
    assert done.returncode == 1
    assert "shop.py, line 3: the tool price has no docstring" in done.stderr


@pytest.mark.parametrize(("arguments", "said"), [([], "COMMAND"), (["fly"], "fly"), (["check", "--fast"], "--fast")])
def test_what_it_does_not_know_is_named(arguments: list[str], said: str) -> None:
    done = voiceapp(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_the_engines_options_reach_the_engine() -> None:
    done = voiceapp("engine", "--help")
    assert done.returncode == 0
    assert "--mode" in done.stdout


def test_schema_prints_the_wire_as_it_is_published() -> None:
    done = voiceapp("schema")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SCHEMA_FILE.read_text(encoding="utf-8")


def test_run_serves_as_the_procfile_does() -> None:
    done = voiceapp("run", OPENAI_API_KEY="sk-test", VOICEAPP_CHUNK_MS="soon")
    assert done.returncode != 0
    assert "VOICEAPP_CHUNK_MS" in done.stderr
    assert "gunicorn -c gunicorn.conf.py wsgi:app" in (ROOT / "Procfile").read_text()
    assert os.fspath(ROOT) not in done.stdout
    done = voiceapp("run", WEB_CONCURRENCY="x")
    assert done.returncode == 1
    assert done.stderr.startswith("VoiceApp cannot start: WEB_CONCURRENCY is 'x'; it must be a whole number")


def test_a_folder_is_named_as_seen_from_where_the_command_was_given(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    shutil.copy(ROOT / "voiceapp" / "personas" / "friend.toml", tmp_path / "mine" / "pal.toml")
    own = {"VOICEAPP_PERSONAS": "mine", "VOICEAPP_PERSONA": "pal"}
    assert voiceapp("check", cwd=tmp_path, **own).returncode == 0
    # What comes after the personas stops it here, before it serves.
    done = voiceapp("run", cwd=tmp_path, **own, VOICEAPP_CHUNK_MS="soon")
    assert "VOICEAPP_CHUNK_MS" in done.stderr


def test_schema_prints_the_wire_as_the_docs_hold_it() -> None:
    done = voiceapp("schema")
    assert done.returncode == 0
    assert json.loads(done.stdout) == json.loads((ROOT / "docs" / "wire.schema.json").read_text(encoding="utf-8"))
