"""What a tool may do to its call."""

import pytest

from voiceapp.tools import ToolContext


def test_without_a_call_it_does_nothing() -> None:
    context = ToolContext()
    context.say_progress("Half of it")
    context.offer_link("https://a.example/", "A")
    context.end_call()


def test_what_it_says_reaches_the_call() -> None:
    said: list[object] = []
    context = ToolContext(
        progress=said.append, link=lambda url, title: said.append((url, title)), end=lambda: said.append("end")
    )
    context.say_progress("Half of it")
    context.offer_link("https://a.example/b?c#d", "A")
    context.end_call()
    assert said == ["Half of it", ("https://a.example/b?c#d", "A"), "end"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//a.example", "a.example", "https://", "https:// a", "ftp://a.b/"],
)
def test_a_link_leads_to_a_page_of_the_web(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        ToolContext().offer_link(url, "A")
