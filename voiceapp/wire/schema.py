"""What others read the wire in, made from `up` and `down`: JSON Schema, the tables of docs/wire.md, the page's types.

`python -m voiceapp.wire.schema` writes them anew; `python -m voiceapp schema` prints the first.
"""

import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from . import down, tables, typescript, up

ROOT = Path(__file__).parents[2]
SCHEMA_FILE = ROOT / "docs" / "wire.schema.json"
PAGE_FILE = ROOT / "docs" / "wire.md"
# Beside what checks the page: it is no part of it.
TYPES_FILE = ROOT / "tests" / "js" / "wire.d.ts"
NUMBER: Mapping[str, Any] = MappingProxyType({"type": "integer", "minimum": 1})
# How an event's definition is named: `up.start`, `down.ready`.
UP, DOWN = "up.", "down."
Schema = dict[str, Any]


def wire_schema() -> Schema:
    """JSON Schema (draft 2020-12) of every event of either direction, as a Socket.IO packet holds it.

    An event is an array: its name, its number if it has one, and what it carries.
    """
    sent = {UP + name: _incoming(name, event) for name, event in up.UP.items()}
    sent[UP + "audio"] = _event("audio", _chunk(), "A chunk of the microphone's sound.")
    told = {DOWN + name: _outgoing(name, kinds) for name, kinds in told_by_name().items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The wire between VoiceApp's page and its server",
        "description": "A Socket.IO event as an array: its name, then what it carries. docs/wire.md says more.",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in (*sent, *told)],
        "$defs": {**sent, **told, "Turn": _turn(), "Said": _said(), **_components()},
    }


def told_by_name() -> dict[str, list[type[down.Event]]]:
    """The kinds of `down` by the name of their event."""
    found: dict[str, list[type[down.Event]]] = {}
    for kind in down.EVENTS:
        found.setdefault(kind.event, []).append(kind)
    return found


def _event(name: str, carries: Iterable[Schema], about: str, *, least: int | None = None) -> Schema:
    items = [{"const": name}, *carries]
    least = len(items) if least is None else least
    return {"description": about, "type": "array", "prefixItems": items, "minItems": least, "items": False}


# What comes up


def _incoming(name: str, event: up.Incoming) -> Schema:
    fields = _object(event.fields)
    # With nothing to say the object may be left out.
    return _event(name, [fields], event.about, least=2 if fields["required"] else 1)


def _object(fields: Mapping[str, up.Field]) -> Schema:
    return {
        "type": "object",
        "properties": {name: _field(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
    }


def _field(field: up.Field) -> Schema:
    return {**({"description": field.about} if field.about else {}), **field.kind.schema}


def _turn() -> Schema:
    modes = []
    for name, mode in up.TURN_MODES.items():
        known = _object(mode.fields)
        properties = {"mode": {"const": name}, **known["properties"]}
        modes.append({**known, "description": mode.about, "properties": properties, "required": ["mode"]})
    return {"description": "How turns end.", "oneOf": modes}


def _said() -> Schema:
    return {
        "description": "Something that was said before.",
        "type": "object",
        "properties": {"role": {"enum": ["user", "assistant"]}, "text": {"type": "string", "minLength": 1}},
        "required": ["role", "text"],
        "additionalProperties": False,
    }


def _chunk() -> list[Schema]:
    number = {
        "title": "n",
        **NUMBER,
        "description": "in one sequence with the events that carry `n`: from 1, without a hole",
    }
    sound = {
        "title": "sound",
        "type": "string",
        "description": f"base64 of PCM16, 1 to {up.MAX_CHUNK_MS:,} ms of it",
        "contentEncoding": "base64",
        "minLength": 4,
        "maxLength": up.MAX_CHUNK_CHARACTERS,
    }
    return [number, sound]


# What goes down


def _outgoing(name: str, kinds: list[type[down.Event]]) -> Schema:
    if kinds[0].__struct_config__.array_like:
        values = _components(kinds[0])[kinds[0].__name__]["prefixItems"]
        carries = [{"title": name, **value} for name, value in zip(kinds[0].__struct_fields__, values, strict=True)]
    else:
        refs = [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]
        carries = [refs[0] if len(refs) == 1 else {"oneOf": refs}]
    number = [{"title": "n", **NUMBER, "description": "the event's number in the talk"}] if kinds[0].numbered else []
    return _event(name, [*number, *carries], " / ".join(inspect.getdoc(kind) or "" for kind in kinds))


def _components(*kinds: type[down.Event]) -> dict[str, Schema]:
    """The definitions of what events hold. All of it is always sent, but what may be `UNSET`."""
    objects = [kind for kind in down.EVENTS if not kind.__struct_config__.array_like]
    _, components = msgspec.json.schema_components(kinds or (*objects, down.Answer), ref_template="#/$defs/{name}")
    for component in components.values():
        for name, field in component.get("properties", {}).items():
            # A default of ours is no word of the wire's.
            if "default" in field:
                del field["default"]
                component["required"].append(name)
        if component["type"] == "object":
            component["additionalProperties"] = False
        if about := component.get("description"):
            # Of a docstring Python keeps the indentation until 3.12.
            component["description"] = inspect.cleandoc(about)
    return components


# The files


def files() -> dict[Path, str]:
    """What each file made from the wire holds."""
    schema = wire_schema()
    return {
        SCHEMA_FILE: json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
        TYPES_FILE: typescript.declarations(schema, UP, DOWN),
        PAGE_FILE: _with_tables(PAGE_FILE.read_text(encoding="utf-8"), schema),
    }


def _with_tables(page: str, schema: Schema) -> str:
    """The page with its tables made anew."""
    answers = {name: event.answer for name, event in up.UP.items()} | {"audio": "`ack` now and then"}
    made = {
        "page to server": tables.sent(schema, UP, answers),
        "server to page": tables.told(schema, DOWN),
        "objects": tables.objects(schema),
    }
    for title, table in made.items():
        begin, end = f"<!-- made from voiceapp/wire: {title} -->\n", "\n<!-- made until here -->"
        before, rest = page.split(begin, 1)
        page = before + begin + table + end + rest.split(end, 1)[1]
    return page


def main() -> None:
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
