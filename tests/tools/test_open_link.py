"""A link is offered, and never opened."""

from voiceapp.tools import ToolContext
from voiceapp.tools.open_link import open_link


def test_it_is_shown() -> None:
    shown: list[tuple[str, str]] = []
    context = ToolContext(link=lambda url, title: shown.append((url, title)))
    assert "shown" in open_link(" https://a.example/b ", "A", context)
    assert "shown" in open_link("https://a.example/b", " ", context)
    assert shown == [("https://a.example/b", "A"), ("https://a.example/b", "https://a.example/b")]


def test_one_that_leads_nowhere_is_refused() -> None:
    assert open_link("javascript:alert(1)", "A", ToolContext()).startswith("Error: a link begins with")
