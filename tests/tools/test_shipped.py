"""The shipped tools are offered by their names."""

from voiceapp.tools.loading import load
from voiceapp.tools.shipped import SHIPPED


def test_each_can_be_named() -> None:
    offered = load(SHIPPED)
    assert list(offered) == ["clock", "calculator", "remember", "recall", "forget", "hang_up", "open_link"]
    assert all("context" not in each.offer.parameters["properties"] for each in offered.values())
