"""The shipped tools are offered by their names."""

from voiceapp.tools.function import PLACE
from voiceapp.tools.loading import load
from voiceapp.tools.shipped import SHIPPED


def test_each_can_be_named() -> None:
    offered = load(SHIPPED)
    assert list(offered) == ["clock", "calculator", "remember", "recall", "forget", "hang_up", "open_link"]
    assert all("context" not in each.offer.parameters["properties"] for each in offered.values())


# A language that is added may do without: then the tool's name is shown, and its arguments.
LANGUAGES = ("en", "ja", "es")


def test_each_says_what_it_does_in_the_languages_of_the_page() -> None:
    for name, each in load(SHIPPED).items():
        assert {sentence.language for sentence in each.offer.says} >= set(LANGUAGES), name
        for language in LANGUAGES:
            # The last needs nothing that the model may leave out.
            last = [sentence.text for sentence in each.offer.says if sentence.language == language][-1]
            assert set(PLACE.findall(last)) <= set(each.offer.parameters.get("required", ())), (name, language)
