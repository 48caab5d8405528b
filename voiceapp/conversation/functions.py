"""Functions that are offered to the model, as a session is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# So that the model may ask, too, or say what it waits for.
ASKED = "(The person is asked on the page before it runs; if you ask them too, a plain yes or no of theirs counts.)"


class Sentence(NamedTuple):
    """What a call does, in words for the person: `language` is a tag, empty for any; `{argument}` stands for one."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Function:
    """`parameters`: the JSON Schema of its arguments, an object. `confirm`: the person is asked before it runs.

    `says`: what the page says of a call, of each language the better sentences first. `shows`: the result is for the
    person, too.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] = field(hash=False)
    confirm: bool = False
    says: tuple[Sentence, ...] = ()
    shows: bool = True

    def shown(self) -> dict[str, Any]:
        """As the protocol lists a tool."""
        return {
            "type": "function",
            "name": self.name,
            "description": f"{self.description} {ASKED}" if self.confirm else self.description,
            "parameters": dict(self.parameters),
        }
