"""The wire's schema as the tables of docs/wire.md: what each event carries, and what the objects in it hold."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

Schema = Mapping[str, Any]


def sent(schema: Schema, prefix: str, answers: Mapping[str, str]) -> str:
    """The events of the page, whose definitions are named with `prefix`, and what answers them."""
    rows = [(name, text, answers.get(name, "")) for name, text in _events(schema, prefix)]
    return _table(("event", "carries", "answer"), ((f"`{name}`", *rest) for name, *rest in rows))


def told(schema: Schema, prefix: str) -> str:
    """The events of the server."""
    return _table(("event", "carries"), ((f"`{name}`", text) for name, text in _events(schema, prefix)))


def objects(schema: Schema) -> str:
    """What events refer to by name."""
    definitions = schema["$defs"]
    events = [definition for name, definition in definitions.items() if "." in name]
    # An event's own object stands in its row.
    own = {_referred(option) for event in events for item in event["prefixItems"] for option in _options(item)}
    named = [name for name in definitions if "." not in name and name not in own]
    return _table(("object", "holds"), ((f"`{name}`", _say(_options(definitions[name]))) for name in named))


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    first, *rest = (f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in (titles, *rows))
    return "\n".join([first, "|---" * len(titles) + "|", *rest])


def _events(schema: Schema, prefix: str) -> Iterable[tuple[str, str]]:
    definitions = schema["$defs"]
    for name, event in definitions.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), _carried(event, definitions)


def _carried(event: Schema, definitions: Schema) -> str:
    *values, last = event["prefixItems"][1:]
    forms = [{**event, **definitions.get(_referred(option), option)} for option in _options(last)]
    if forms[0].get("type") == "object":
        return _say(forms, [value["title"] for value in values])
    values = [*values, last]
    notes = [_note(value["title"], value) for value in values if value["title"] != "n" or len(values) == 2]
    return " ".join(
        [f"`({', '.join(value['title'] for value in values)})`:", event["description"], *filter(None, notes)]
    )


def _say(forms: Iterable[Schema], before: Iterable[str] = ()) -> str:
    """Each form of an object, what it means, and its fields where there is something to say of them."""
    said = []
    for form in forms:
        shape = ", ".join([*before, _shape(form)])
        notes = (_note(name, field) for name, field in form["properties"].items())
        about = form["description"].rstrip(".") + "."
        said.append(" ".join([f"`({shape})`:" if before else f"`{shape}`:", about, *filter(None, notes)]))
    return "<br>or ".join(" ".join(each.split()) for each in said)


def _shape(form: Schema) -> str:
    return "{" + ", ".join(_named(name, field, form["required"]) for name, field in form["properties"].items()) + "}"


def _named(name: str, field: Schema, required: list[str]) -> str:
    optional = "" if name in required else "?"
    return name + optional + (f": {json.dumps(field['const'])}" if "const" in field else "")


def _note(name: str, field: Schema) -> str:
    parts = [part for part in (_values(field), field.get("description", "")) if part]
    return f"`{name}`: {'; '.join(parts)}." if parts else ""


def _values(field: Schema) -> str:
    """What it may be, where its name does not say it."""
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    referred = [_referred(option) for option in _options(field)]
    if referred[0]:
        return " or ".join(f"`{name}`" if name else "null" for name in referred)
    ranges = [option for option in (field, *field.get("anyOf", ())) if "maximum" in option]
    if ranges:
        zero = "0 or " if {"const": 0} in field.get("anyOf", ()) else ""
        return f"{zero}{ranges[0]['minimum']:,} to {ranges[0]['maximum']:,}"
    return ""


def _options(schema: Schema) -> list[Schema]:
    return list(schema.get("oneOf") or schema.get("anyOf") or [schema])


def _referred(schema: Schema) -> str:
    return str(schema.get("$ref", "").rpartition("/")[2])
