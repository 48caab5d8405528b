"""A schema as types: what each event carries, and which of it may be left out."""

from voiceapp.wire.typescript import declarations

SCHEMA = {
    "$defs": {
        "up.say": {
            "description": "Say it.",
            "prefixItems": [{"const": "say"}, {"type": "object", "properties": {}, "required": []}],
            "minItems": 1,
        },
        "down.heard": {
            "prefixItems": [
                {"const": "heard"},
                {"type": "integer"},
                {"oneOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]},
            ],
            "minItems": 3,
        },
        "A": {
            "type": "object",
            "properties": {
                "state": {"enum": ["on", "off"], "description": "whether it is on"},
                "yes": {"const": True, "type": "boolean"},
                "parts": {"type": "array", "items": {"enum": ["x"]}},
                "size": {"type": "integer", "anyOf": [{"const": 0}, {"minimum": 5}]},
            },
            "required": ["state", "parts", "size"],
        },
    }
}


def test_every_shape_of_the_schema_has_its_type() -> None:
    assert declarations(SCHEMA, "up.", "down.").splitlines()[2:] == [
        "declare namespace Wire {",
        "  type A = {",
        "    /** whether it is on */",
        '    state: "on" | "off"',
        "    yes?: true",
        '    parts: ("x")[]',
        "    size: number",
        "  }",
        "",
        "  type Sent = {",
        "    /** Say it. */",
        "    say: [(Record<string, never>)?]",
        "  }",
        "",
        "  type Told = {",
        "    heard: [number, A | null]",
        "  }",
        "}",
    ]
