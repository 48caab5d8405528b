"""A server's own explanation of an error, made fit for the operator's log: bounded, and without what people said.

What a message quotes may be what was typed, spoken or told to the model (servers quote wrong values, and moderation
quotes what it objects to), so a quotation stays only where it names a field of the protocol, and without quotation
marks three words in a row that were said are left out. The message of an error about an item's content is left out
altogether. Keys are the log's own business (metrics.py).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ..conversation import faults

MAX_WORD, MAX_MESSAGE = 64, 300
# So many words in a row that were said are no server's own.
RUN = 3
_WORD = re.compile(r"\w+")
# What no code has in it.
_NO_CODE = re.compile(r"[^A-Za-z0-9_.:/-]")
# Beyond it nobody looks for quotations.
_MAX_READ = 2000
_FIELD = re.compile(
    r"(session|item|response|conversation|input_audio_buffer|output_audio_buffer)(?!\w)[\w.\[\]-]{0,100}"
)
_QUOTED = re.compile(
    r"""(?<!\w)'(.*?)(?:'(?!\w)|$)|"(.*?)(?:"|$)|`(.*?)(?:`|$)|[“‘«「『](.*?)(?:[”’»」』]|$)""", re.DOTALL
)
# What people say in other scripts is in no server's own words.
_FOREIGN = re.compile(r"[^\x00-\x7f]+(?:\s+[^\x00-\x7f]+)*")
# Pictures and sound, with their head or without.
_DATA = re.compile(r"data:[\w.+-]+/[\w.+-]+[;,][^\s\"'<>]*|[A-Za-z0-9+/]{80,}={0,2}")
_CONTENT = re.compile(
    r"(?:^|[.\[\]])(?:content|text|transcript|arguments|output|instructions|input|messages|audio)(?:$|[.\[])"
)


def word(said: str) -> str:
    """A code or a state, at most `MAX_WORD` characters of it; its length alone where codes are not made of such."""
    if _NO_CODE.search(said):
        return _length(said)
    return said if len(said) <= MAX_WORD else said[:MAX_WORD] + "…"


def param(said: str) -> str:
    """The name of a field, as `session.audio.input.noise_reduction`; empty where it is anything but such a name."""
    return said if faults.FIELD.fullmatch(said) else ""


def message(said: str, about: str = "", talk: Iterable[str] = ()) -> str:
    """A message of an error about the field `about`; in place of what is left out stands how long it was.

    `talk`: what people said and typed, as far as it is known.
    """
    if not about.startswith("session.audio") and _CONTENT.search(about):
        return _length(said)
    text = _QUOTED.sub(_unquoted, _without(talk, said[:_MAX_READ]))
    for kind in (_DATA, _FOREIGN):
        text = kind.sub(lambda found: _length(found[0]), text)
    return text if len(said) <= _MAX_READ and len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…"


def explain(code: str, said: str, about: str = "", talk: Iterable[str] = ()) -> str:
    """All of it in one line."""
    field, text = param(about), message(said, about, talk) if said else ""
    return (word(code) or "no code") + (f" ({field})" if field else "") + (f": {text}" if text else "")


def _without(talk: Iterable[str], said: str) -> str:
    """Without what is also in the talk: three words in a row, or all of a shorter text."""
    known = {run for text in talk for run in _runs(_WORD.findall(text.casefold()))}
    if not known:
        return said
    found = [*_WORD.finditer(said)]
    words = [each[0].casefold() for each in found]
    text, end = "", 0
    for first, last in _together(words, known):
        start, stop = found[first].start(), found[last].end()
        text, end = f"{text}{said[end:start]}{_length(said[start:stop])}", stop
    return text + said[end:]


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    size = min(RUN, len(words))
    return (tuple(words[k : k + size]) for k in range(len(words) - size + 1) if size)


def _together(words: list[str], known: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """First and last of the words that stand in known runs; runs that touch are one."""
    runs = ((k, words[k : k + size]) for k in range(len(words)) for size in range(1, RUN + 1))
    found = sorted({k + n for k, run in runs if tuple(run) in known for n in range(len(run))})
    for _, group in groupby(enumerate(found), lambda pair: pair[1] - pair[0]):
        places = [place for _, place in group]
        yield places[0], places[-1]


def _unquoted(found: re.Match[str]) -> str:
    inner = next((group for group in found.groups() if group is not None), "")
    return found[0] if _FIELD.fullmatch(inner) else _length(inner)


def _length(said: str) -> str:
    return f"({len(said)} characters)"
