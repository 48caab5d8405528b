"""A server's own explanation of an error, made fit for the operator's log: bounded, and without what people said.

What a message quotes may be what was typed, spoken or told to the model (servers quote wrong values, and moderation
quotes what it objects to), so a quotation stays only where it names a field of the protocol. The message of an error
about an item's content is left out altogether. Keys are the log's own business (telemetry.py).
"""

import re

from .conversation import faults

MOST_WORD, MOST_MESSAGE = 64, 300
# Beyond it nobody looks for quotations.
_MOST_READ = 2000
_FIELD = re.compile(
    r"(session|item|response|conversation|input_audio_buffer|output_audio_buffer)(?!\w)[\w.\[\]-]{0,100}"
)
_QUOTED = re.compile(
    r"""(?<!\w)'(.*?)(?:'(?!\w)|$)|"(.*?)(?:"|$)|`(.*?)(?:`|$)|[“‘«「『](.*?)(?:[”’»」』]|$)""", re.DOTALL
)
# What people say in other scripts is in no server's own words.
_FOREIGN = re.compile(r"[^\x00-\x7f]+(?:\s+[^\x00-\x7f]+)*")
_CONTENT = re.compile(
    r"(?:^|[.\[\]])(?:content|text|transcript|arguments|output|instructions|input|messages|audio)(?:$|[.\[])"
)


def word(said: str) -> str:
    """A code or a state: at most `MOST_WORD` characters, of those that such words are made of."""
    return re.sub(r"[^A-Za-z0-9_.:-]", "?", said[:MOST_WORD]) + ("…" if len(said) > MOST_WORD else "")


def param(said: str) -> str:
    """The name of a field, as `session.audio.input.noise_reduction`; empty where it is anything but such a name."""
    return said if faults.FIELD.fullmatch(said) else ""


def message(said: str, about: str = "") -> str:
    """A message of an error about the field `about`; in place of what is left out stands how long it was."""
    if not about.startswith("session.audio") and _CONTENT.search(about):
        return _length(said)
    text = _FOREIGN.sub(lambda found: _length(found[0]), _QUOTED.sub(_unquoted, said[:_MOST_READ]))
    return text if len(said) <= _MOST_READ and len(text) <= MOST_MESSAGE else text[:MOST_MESSAGE] + "…"


def explain(code: str, said: str, about: str = "") -> str:
    """All of it in one line."""
    field, text = param(about), message(said, about) if said else ""
    return (word(code) or "no code") + (f" ({field})" if field else "") + (f": {text}" if text else "")


def _unquoted(found: re.Match[str]) -> str:
    inner = next((group for group in found.groups() if group is not None), "")
    return found[0] if _FIELD.fullmatch(inner) else _length(inner)


def _length(said: str) -> str:
    return f"({len(said)} characters)"
