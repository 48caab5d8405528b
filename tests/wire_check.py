"""Whether what the server says is in the schema of the wire, as it is published."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from voiceapp.wire.schema import DOWN, SCHEMA_FILE, Schema


@cache
def published() -> Schema:
    schema: Schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema


@cache
def validator(definition: str) -> Draft202012Validator:
    """Of one event, `up.start` or `down.ready`, or of an object in it."""
    assert definition in published()["$defs"], f"the schema has no {definition}"
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": published()["$defs"]})


def check_told(events: Iterable[tuple[str, Any]]) -> None:
    """Name and arguments of what the page was told."""
    for name, args in events:
        validator(DOWN + name).validate([name, *args])
