"""The tools that come with the app, by the names that `VOICEAPP_TOOLS` takes."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from .calculator import calculator
from .clock import clock
from .hang_up import hang_up
from .notes import Notes
from .open_link import open_link

# Makes them; it is given the file of the notes.
Make = Callable[[str], list[Callable[..., Any]]]

SHIPPED: Mapping[str, Make] = MappingProxyType(
    {
        "clock": lambda _: [clock],
        "calculator": lambda _: [calculator],
        "notes": lambda file: Notes(file).tools,
        "hang_up": lambda _: [hang_up],
        "open_link": lambda _: [open_link],
    }
)
