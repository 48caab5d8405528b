"""The command line: `python -m voiceapp run`, `check`, `engine` or `schema`."""

import argparse
import json
import os
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from .config.settings import Settings
from .errors import SettingError
from .ops import listening
from .ops.readiness import Readiness
from .tools.start import tool_runner
from .wire.schema import wire_schema

ROOT = Path(__file__).parents[1]
# Settings that name a folder or a file, perhaps as seen from where the command was given.
FOLDERS = (
    "VOICEAPP_PERSONAS",
    "VOICEAPP_NOTES",
    "VOICEAPP_MCP",
    "VOICEAPP_ENGINE_RECOGNISER_DIR",
    "PROMETHEUS_MULTIPROC_DIR",
)


def run() -> int:
    """Serve the app with gunicorn, as the Procfile does, if the settings are right."""
    for name in FOLDERS:
        if os.environ.get(name, "").strip():
            os.environ[name] = os.path.abspath(os.environ[name].strip())  # noqa: PTH100 - links stay as they are named
    if "VOICEAPP_TOOLS" in os.environ:
        os.environ["VOICEAPP_TOOLS"] = ",".join(map(_from_here, os.environ["VOICEAPP_TOOLS"].split(",")))
    os.chdir(ROOT)
    try:
        # Before gunicorn reads one of them itself, WEB_CONCURRENCY, and breaks off without its name.
        Settings.from_env(os.environ)
    except SettingError as error:
        sys.exit(f"VoiceApp cannot start: {error}")
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"])  # noqa: S606


def _from_here(tool: str) -> str:
    """A tool's file by its whole path; a name as it is."""
    return os.path.abspath(tool.strip()) if tool.strip().endswith(".py") else tool.strip()  # noqa: PTH100


def check() -> int:
    """Check the settings, and say which parts work with them; exit code 1 if one does not."""
    try:
        settings = Settings.from_env(os.environ)
        tools = tool_runner(settings.tools, settings.notes, settings.mcp)
    except SettingError as error:
        print(f"VoiceApp cannot start: {error}", file=sys.stderr)
        return 1
    print(f"The settings are right. VoiceApp would be at {settings.url}")
    if others := listening.others(settings):
        print(others)
    if tools is not None:
        print(f"Tools: {', '.join(each.name for each in tools.offers)}")
        tools.stop()
    readiness = Readiness(settings)
    for part, trouble in readiness.voices.items():
        print(f"{part}: {trouble or 'ready'}")
    return 0 if readiness.is_ready(readiness.voices) else 1


def engine() -> int:
    """Run the embedded engine alone; its options follow (--help lists them)."""
    runpy.run_module("voiceapp.engine", run_name="__main__")
    return 0


def schema() -> int:
    """Print the JSON Schema of the wire between page and server."""
    print(json.dumps(wire_schema(), indent=2, ensure_ascii=False))
    return 0


COMMANDS: Mapping[str, Callable[[], int]] = MappingProxyType({
    "run": run, "check": check, "engine": engine, "schema": schema,
})  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the command that is named. The engine's own options follow `engine`."""
    parser = argparse.ArgumentParser(prog="voiceapp", description="Talk to any Realtime model from a browser.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__, add_help=name != "engine")
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command != "engine":
        parser.error(f"{known.command} has no option {rest[0]}")
    sys.argv = [sys.argv[0], *rest]
    return COMMANDS[known.command]()
