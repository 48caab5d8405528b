"""A schema as tables: each event with its shape, and a word on each field that needs one."""

from voiceapp.wire import tables

PLACE = {
    "type": "object",
    "description": "A place.",
    "properties": {"id": {"type": "string"}, "kind": {"enum": ["text", "audio"], "description": "what it holds"}},
    "required": ["id"],
}
SCHEMA = {
    "$defs": {
        "up.go": {
            "description": "Go on.",
            "prefixItems": [
                {"const": "go"},
                {
                    "type": "object",
                    "properties": {
                        "ms": {"type": "integer", "anyOf": [{"const": 0}, {"minimum": 10, "maximum": 2000}]},
                        "to": {"$ref": "#/$defs/Aim"},
                    },
                    "required": [],
                },
            ],
        },
        "down.put": {
            "description": "Never shown: its objects say more.",
            "prefixItems": [
                {"const": "put"},
                {"title": "n"},
                {"oneOf": [{"$ref": "#/$defs/Place"}, {"$ref": "#/$defs/Gone"}]},
            ],
        },
        "down.sound": {
            "description": "Sound.",
            "prefixItems": [{"const": "sound"}, {"title": "n", "description": "its number"}, {"title": "base64"}],
        },
        "Place": PLACE,
        "Gone": {
            "type": "object",
            "description": "It is\n\ngone.",
            "properties": {"gone": {"const": True}},
            "required": ["gone"],
        },
        "Aim": {
            "description": "unused",
            "oneOf": [{**PLACE, "description": "there"}, {**PLACE, "description": "here"}],
        },
    }
}


def test_what_a_page_sends_stands_with_its_answer() -> None:
    assert tables.sent(SCHEMA, "up.", {"go": "`gone`"}).splitlines()[2:] == [
        "| `go` | `{ms?, to?}`: Go on. `ms`: 0 or 10 to 2,000. `to`: `Aim`. | `gone` |",
    ]


def test_an_event_of_several_forms_shows_them_all() -> None:
    assert tables.told(SCHEMA, "down.").splitlines() == [
        "| event | carries |",
        "|---|---|",
        "| `put` | `(n, {id, kind?})`: A place. `kind`: `text`, `audio`; what it holds."
        "<br>or `(n, {gone: true})`: It is gone. |",
        "| `sound` | `(n, base64)`: Sound. `n`: its number. |",
    ]


def test_only_an_object_that_is_named_elsewhere_has_a_row_of_its_own() -> None:
    rows = tables.objects(SCHEMA).splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| `Aim`"]
    assert rows[0].count("`{id, kind?}`") == 2
