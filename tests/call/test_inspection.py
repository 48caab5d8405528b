"""What the page's inspector is shown of an upstream event."""

import json
import sys

import pytest

from voiceapp.call.inspection import MAX_BODY, SUMMARY_CHARACTERS, body, summary


def test_sound_words_and_secrets_stay_out_and_say_how_long_they_were() -> None:
    shown = body({
        "type": "session.created",
        "session": {"instructions": "Be secret.", "voice": "marin", "client_secret": {"value": "ek_1"}},
        "item": {"content": [{"type": "input_audio", "audio": "QUJD" * 9, "transcript": "Hi."}]},
    })  # fmt: skip
    assert "secret." not in shown
    assert "ek_1" not in shown
    assert "QUJD" not in shown
    assert "Hi." not in shown
    read = json.loads(shown)
    assert read["session"] == {"instructions": "(10 characters)", "voice": "marin", "client_secret": "(left out)"}
    assert read["item"]["content"] == [
        {"type": "input_audio", "audio": "(36 characters)", "transcript": "(3 characters)"}
    ]


def test_pictures_stay_out() -> None:
    content = [{"type": "input_image", "image_url": "data:image/jpeg;base64,/9j/4AAQSkZJRg=="}]
    shown = body({"type": "conversation.item.create", "item": {"content": content}})
    assert json.loads(shown)["item"]["content"] == [{"type": "input_image", "image_url": "(39 characters)"}]


def test_how_a_server_of_tools_is_reached_stays_out() -> None:
    tool = {
        "type": "mcp",
        "server_label": "sky",
        "server_url": "https://sky.example/?key=sk-1",
        "headers": {"A": "sk-2"},
    }
    shown = body({"type": "session.update", "session": {"tools": [tool]}})
    assert "sk-" not in shown
    assert json.loads(shown)["session"]["tools"][0]["server_label"] == "sky"


def test_settings_of_sound_are_shown() -> None:
    message = {"session": {"audio": {"input": {"format": {"type": "audio/pcm"}}}}}
    assert json.loads(body(message)) == message


def test_long_texts_and_long_events_are_cut() -> None:
    assert json.loads(body({"note": "x" * 500}))["note"] == "x" * 400 + "… (500 characters)"
    assert len(body({"many": ["word"] * 9999})) == MAX_BODY + 1


def test_a_long_text_is_cut_between_what_people_see_as_characters() -> None:
    assert json.loads(body({"note": "x" + "か\u3099" * 300}))["note"].startswith("x" + "か\u3099" * 199 + "…")


def test_an_errors_words_may_hold_a_key_or_what_was_instructed() -> None:
    error = {"type": "error", "error": {"code": "invalid_api_key", "message": "Incorrect API key provided: sk-proj-1"}}
    shown = json.loads(body(error))["error"]
    assert (shown["code"], shown["message"]) == ("invalid_api_key", "(37 characters)")


def test_what_stands_in_a_list_is_left_out_by_its_lists_name() -> None:
    heard = {"type": "x", "logprobs": [{"token": "Hello", "logprob": -0.1}], "text": ["Hello"]}
    assert "Hello" not in body(heard)


def calls(action: object) -> int:
    """How many functions are called."""
    count = 0

    def see(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        action()  # type: ignore[operator]
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "huge",
    [
        {"type": "x", "item": [[]] * 100_000},
        {"type": "x", "item": {f"k{n}": [] for n in range(100_000)}},
        {"type": "x", **{f"k{n}": {"id": "i"} for n in range(100_000)}},
        {"type": "x", "item": {"id": "i" * 1_000_000, "i" * 1_000_000: 1}},
        {"type": "x", "item": [[[]] * 1000] * 1000},
    ],
    ids=["list", "fields", "parts", "texts", "lists"],
)
def test_of_a_huge_event_no_more_is_looked_at_than_is_shown(huge: dict[str, object]) -> None:
    assert calls(lambda: (body(huge), summary(huge))) < 50_000
    assert len(body(huge)) <= MAX_BODY + 1
    assert len(summary(huge)) <= SUMMARY_CHARACTERS


def test_lists_in_lists_are_shown_to_a_depth() -> None:
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    assert "left out" in body({"deep": deep})
