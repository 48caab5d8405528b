"""The transcript as the page is told of it, and its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation import history
from voiceapp.conversation import transcript_writer as module
from voiceapp.conversation.effects import EntryRemoved, ItemPlaced, TalkEffect, TextAdded, TextFinished
from voiceapp.conversation.transcript_writer import TranscriptWriter


class Told:
    """Captions, and what a page that follows docs/wire.md has of them."""

    def __init__(self) -> None:
        self.full = 0
        self.order: list[str] = []
        self.texts: dict[str, str] = {}
        self.captions = TranscriptWriter(self._tell, self._be_full)

    def _be_full(self) -> None:
        self.full += 1

    def _tell(self, effect: TalkEffect) -> None:
        match effect:
            case ItemPlaced(item, _, after):
                self.order = [each for each in self.order if each != item]
                self.order.insert(self.order.index(after) + 1 if after else 0, item)
            case TextAdded(item, delta):
                self.texts[item] = self.texts.get(item, "") + delta
            case TextFinished(item, text):
                self.texts[item] = text
            case EntryRemoved(item):
                self.order.remove(item)


NAMES = st.sampled_from("abcdef")
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["user", "announce", "tool", "system", "remove"]), NAMES, st.none() | NAMES)
)


@given(HAPPENINGS)
def test_the_page_has_the_same_order(happenings: list[tuple[str, str, str | None]]) -> None:
    told = Told()
    for what, item, after in happenings:
        if what == "user":
            told.captions.user(item)
        elif what == "remove":
            told.captions.remove(item)
        elif what == "tool":
            told.captions.tool(item, after)
        else:
            told.captions.announce(item, after, "system" if what == "system" else "assistant", "audio")
    assert told.order == [entry.id for entry in told.captions._transcript if not entry.hidden]


def test_several_that_follow_one_are_told_from_top_to_bottom() -> None:
    told = Told()
    for item, after in (("a", None), ("c", None), ("a", "d"), ("b", "d"), ("d", "a")):
        told.captions.announce(item, after, "assistant", "audio")
    assert told.order == [entry.id for entry in told.captions._transcript] == ["d", "b", "a", "c"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    monkeypatch.setattr(module, "MAX_ENTRY_CHARACTERS", 10)
    monkeypatch.setattr(module, "MAX_CHARACTERS", 25)
    return Told()


def test_beyond_so_many_entries_no_more_are_placed_and_it_is_said_once(told: Told) -> None:
    for item in "abcde":
        told.captions.append(told.captions.assistant(item), "x")
        told.captions.follow(item, "a")
        told.captions.cut(item, "x")
    assert told.order == ["a", "c", "b"]
    assert set(told.texts) == set("abc")
    assert told.full == 1


def test_an_entry_ends_where_it_is_full_and_no_character_is_split(told: Told) -> None:
    entry = told.captions.assistant("a")
    for delta in ("123456789", "か\u3099", "x"):
        told.captions.append(entry, delta)
    assert told.texts == {"a": "123456789x"}
    told.captions.finish(entry, "0" * 20)
    assert told.texts == {"a": "0" * 10}
    assert told.full == 1


def test_all_entries_together_are_bounded(told: Told) -> None:
    for item in "abc":
        told.captions.append(told.captions.user(item), "x" * 10)
    assert [len(text) for text in told.texts.values()] == [10, 10, 5]


def test_words_in_place_of_others_take_their_room(told: Told) -> None:
    for item in "abc":
        told.captions.append(told.captions.user(item), "x" * 8)
        told.captions.finish(told.captions.user(item), "y" * 8)
    assert told.full == 0


def replayed(told: Told) -> list[tuple[str, history.Part]]:
    parts, shortened = told.captions.replay_history(lambda _: False, lambda _: None, lambda _: None)
    assert not shortened
    return parts


def test_a_session_is_told_the_latest_that_it_can_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ITEMS", 2)
    told = Told()
    for item, text in {"a": "first", "b": "second", "c": "third"}.items():
        told.captions.finish(told.captions.user(item), text)
    parts, shortened = told.captions.replay_history(lambda _: False, lambda _: None, lambda _: None)
    assert [part for _, part in parts] == [history.Said("user", "second"), history.Said("user", "third")]
    assert shortened


def test_a_talk_of_before_is_told_ahead_of_this_one_and_the_page_knows_nothing_of_it() -> None:
    told = Told()
    told.captions = TranscriptWriter(told._tell, told._be_full, (("user", "Hi."), ("assistant", "Hello.")))
    told.captions.finish(told.captions.user("a"), "Where were we?")
    assert [part.words for _, part in replayed(told)] == [("Hi.",), ("Hello.",), ("Where were we?",)]
    assert told.order == ["a"]


def test_a_tools_use_is_told_in_its_place() -> None:
    told = Told()
    told.captions.finish(told.captions.user("a"), "Is it raining?")
    told.captions.tool("t", "a")
    told.captions.tool("nothing", "t")
    told.captions.finish(told.captions.assistant("b"), "It is.")
    used = history.ToolUse("weather", "{}", "rain")
    parts, _ = told.captions.replay_history(lambda _: False, {"t": used}.get, lambda _: None)
    assert [part for _, part in parts] == [
        history.Said("user", "Is it raining?"),
        used,
        history.Said("assistant", "It is."),
    ]


def test_what_a_session_echoes_of_a_long_talk_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_COPIES", 2)
    told = Told()
    for k in range(5):
        told.captions.finish(told.captions.user(f"u{k}"), f"Word {k}.")
    for item, _ in replayed(told):
        told.captions.announce(item, None, "user", "text")
    assert told.order == [f"u{k}" for k in range(5)]


def test_what_the_next_session_was_told_too_much_of_is_told_anew_once() -> None:
    told = Told()
    told.captions.finish(told.captions.assistant("a"), "One two three.")
    ((before, _),) = replayed(told)
    assert told.captions.tell_again("a") == (before, "told_1_2")
    assert told.captions.tell_again("unknown") is None
    assert told.order == ["a"]


def test_what_was_never_written_down_failed(told: Told) -> None:
    told.captions.user("a")
    told.captions.finish(told.captions.user("b"), "Yes.")
    told.captions.assistant("c")
    told.captions.fail_unwritten()
    assert told.texts == {"a": "", "b": "Yes."}
    assert [told.captions.is_written(item) for item in ("a", "b", "unknown")] == [False, True, False]


def test_what_was_said_last_is_known_also_behind_what_another_session_was_told() -> None:
    told = Told()
    for k in range(module.MAX_QUOTED + 1):
        told.captions.finish(told.captions.user(f"u{k}"), f"Word {k}.")
    replayed(told)
    assert told.captions.latest() == [f"Word {k}." for k in range(module.MAX_QUOTED, 0, -1)]
