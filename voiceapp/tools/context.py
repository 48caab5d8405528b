"""What a tool may know of its call, and do to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_TITLE = 200
_URL = re.compile(r"https?://[^\s/?#]\S{0,1900}")


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Given to a parameter of this type; the model does not see it. Its methods may be called from any thread.

    `call`: the call's id, as in the log. `visitor`: the same for the same person, and tells nobody who they are.
    `language`: what the person speaks, as a BCP 47 tag; empty where nobody said.
    """

    call: str = ""
    visitor: str = ""
    language: str = ""
    progress: Callable[[str], None] = field(default=lambda _: None, repr=False)
    link: Callable[[str, str], None] = field(default=lambda *_: None, repr=False)
    end: Callable[[], None] = field(default=lambda: None, repr=False)

    def say_progress(self, text: str) -> None:
        """Show on the page how far it is, in place of what it said before. If it takes long the model says it, too."""
        self.progress(text)

    def offer_link(self, url: str, title: str) -> None:
        """Show a link on the page, which the person may follow. Raises `ValueError` for anything but http or https."""
        if not _URL.fullmatch(url):
            raise ValueError("a link begins with http:// or https://, and has no spaces")
        self.link(url, title[:MAX_TITLE])

    def end_call(self) -> None:
        """End the call, once the assistant has said what it says to the result; unless the person speaks into it."""
        self.end()
