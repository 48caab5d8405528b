"""What the operator's log holds of a server's words: what is wrong and where, and nothing that people said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.upstream import error_redaction


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("Unknown parameter: 'session.audio.input.noise_reduction'.", None),
        ("Invalid type for 'session.tools[0].name': expected a string.", None),
        ("The server had an error while processing your request. Sorry about that!", None),
        ("You can't do that, it's too late", None),
        ("Invalid value: 'my secret diary'. Supported values are: 'alloy', 'ash'.", "Invalid value: (15 characters). "),
        ('Your request "tell me about X" was flagged.', "Your request (15 characters) was flagged."),
        ("Flagged: 'an unfinished quotation", "Flagged: (23 characters)"),
        ("Flagged: 「内緒の話」", "Flagged: (4 characters)"),
        ("Flagged: 内緒の話 なんです", "Flagged: (9 characters)"),
        (f"Bad image data:image/jpeg;base64,/9j/{'4AA+' * 200} here", "Bad image (827 characters) here"),
        (f"Bad base64 {'/9j/' * 100}==", "Bad base64 (402 characters)"),
    ],
)
def test_quotations_are_left_out_unless_they_name_a_field(said: str, logged: str | None) -> None:
    assert error_redaction.message(said).startswith(logged or said)


@pytest.mark.parametrize(
    "about",
    ["item.content[0].text", "item.arguments", "response.instructions", "session.instructions", "text", "input[3]"],
)
def test_the_message_about_what_people_said_is_left_out(about: str) -> None:
    assert error_redaction.message("Too long: my secret diary", about) == "(25 characters)"


@pytest.mark.parametrize(
    ("said", "logged"),
    [("rate_limit_exceeded", None), ("", None), ("my secret diary", "(15 characters)"), ("a" * 65, "a" * 64 + "…")],
)
def test_a_code_stays_where_it_is_one(said: str, logged: str | None) -> None:
    assert error_redaction.word(said) == (said if logged is None else logged)


TALK = ("Meet me at the station, at nine!", "Fine.", "")


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("Flagged: meet me at the station at nine.", "Flagged: (30 characters)."),
        ("Flagged: ME AT THE STATION and more", "Flagged: (17 characters) and more"),
        ("No <Fine> but (meet me at)", "No <(4 characters)> but ((10 characters))"),
        ("Nobody may meet me at work", "Nobody may (10 characters) work"),
        ("The server is at the limit of me", None),
        ("", None),
    ],
)
def test_what_was_said_is_left_out_without_quotation_marks_too(said: str, logged: str | None) -> None:
    assert error_redaction.message(said, talk=TALK) == (said if logged is None else logged)


@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=3))
def test_whatever_was_said_its_message_is_taken(said: str, talk: list[str]) -> None:
    assert len(error_redaction.message(said, talk=talk)) <= error_redaction.MAX_MESSAGE + 1


def test_the_message_about_a_setting_of_the_sound_stays() -> None:
    assert error_redaction.message("Not supported.", "session.audio.input.transcription.model") == "Not supported."


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("session.audio.input.noise_reduction", "session.audio.input.noise_reduction"),
        ("session.tools[0].name", "session.tools[0].name"),
        ("", ""),
        ("<b>x</b>", ""),
        ("my secret diary", ""),
        ("a" * 101, ""),
        ("session\n", ""),
    ],
)
def test_a_field_is_named_only_where_it_is_a_name(said: str, name: str) -> None:
    assert error_redaction.param(said) == name


def test_what_is_explained_is_one_short_line() -> None:
    line = error_redaction.explain("unknown_parameter", "Unknown parameter: 'session.voice'.", "session.voice")
    assert line == "unknown_parameter (session.voice): Unknown parameter: 'session.voice'."
    assert error_redaction.explain("", "") == "no code"


def test_a_code_of_8_mb_with_escape_characters_is_a_short_word() -> None:
    # What grew with the square of the length would take hours: the suite's own time limit tells.
    line = error_redaction.explain("\x1b[31m" + "x" * 8_000_000, "'\x1b" * 4_000_000, "y" * 8_000_000)
    assert len(line) < 800
    assert "\x1b[31m" not in line


@given(st.text(max_size=4000), st.text(max_size=200), st.text(max_size=4000))
def test_it_takes_anything(code: str, param: str, message: str) -> None:
    line = error_redaction.explain(code, message, param)
    assert len(line) < error_redaction.MAX_WORD + 100 + error_redaction.MAX_MESSAGE + 20


@given(st.text(st.characters(categories=["L", "N", "Zs"])).map(lambda said: f"I said {said}"))
def test_nothing_quoted_stays(said: str) -> None:
    logged = error_redaction.message(f'No: "{said}"! No: “{said}”!')
    assert logged == f"No: ({len(said)} characters)! No: ({len(said)} characters)!"
