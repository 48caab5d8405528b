"""The wire's schema as TypeScript, for the check of the page's types: its objects, and what each event carries."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

Schema = Mapping[str, Any]
PRIMITIVE: Mapping[str, str] = MappingProxyType({
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null",
})  # fmt: skip
HEAD = "// Made from voiceapp/wire by `python -m voiceapp.wire.schema`. Types only: no page loads this.\n"


def declarations(schema: Schema, up: str, down: str) -> str:
    """A namespace `Wire`: the objects by their names, `Sent` and `Told`: what each event carries, by its name.

    `up`, `down`: how the names of the events' definitions begin.
    """
    definitions = schema["$defs"]
    objects = {name: definition for name, definition in definitions.items() if "." not in name}
    lines = [HEAD, "declare namespace Wire {"]
    for name, definition in objects.items():
        lines += [*_comment(definition, "  "), f"  type {name} = {_type(definition, '  ')}", ""]
    for name, prefix in (("Sent", up), ("Told", down)):
        lines += [f"  type {name} = {{", *_events(definitions, prefix), "  }", ""]
    return "\n".join([*lines[:-1], "}", ""])


def _events(definitions: Schema, prefix: str) -> Iterator[str]:
    for name, event in definitions.items():
        if name.startswith(prefix):
            yield from _comment(event, "    ")
            yield f"    {name.removeprefix(prefix)}: {_carried(event)}"


def _carried(event: Schema) -> str:
    items = [_type(item, "    ") for item in event["prefixItems"][1:]]
    least = event["minItems"] - 1
    return f"[{', '.join(item if k < least else f'({item})?' for k, item in enumerate(items))}]"


def _type(schema: Schema, indent: str) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for word in ("const", "enum"):
        if word in schema:
            values = schema[word] if word == "enum" else [schema[word]]
            return " | ".join(json.dumps(value) for value in values)
    kind = schema.get("type", "")
    if kind in PRIMITIVE:
        return PRIMITIVE[kind]
    if kind == "object":
        return _object(schema, indent)
    if kind == "array":
        return f"({_type(schema['items'], indent)})[]"
    return " | ".join(_type(option, indent) for option in schema.get("anyOf") or schema["oneOf"])


def _object(schema: Schema, indent: str) -> str:
    if not schema["properties"]:
        return "Record<string, never>"
    lines = ["{"]
    for name, field in schema["properties"].items():
        optional = "" if name in schema["required"] else "?"
        lines += [*_comment(field, indent + "  "), f"{indent}  {name}{optional}: {_type(field, indent + '  ')}"]
    return "\n".join([*lines, indent + "}"])


def _comment(schema: Schema, indent: str) -> list[str]:
    text = " ".join(schema.get("description", "").split())
    return [f"{indent}/** {text} */"] if text else []
