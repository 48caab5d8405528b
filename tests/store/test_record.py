"""What of a talk a record holds."""

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.store.record import Entry, latest
from voiceapp.wire.up import MAX_TOLD, MAX_TOLD_BYTES, check_fields

SAID = st.lists(
    st.tuples(st.text(max_size=4), st.sampled_from(["user", "assistant"]), st.text(min_size=1, max_size=40)),
    max_size=MAX_TOLD + 20,
)


def test_it_is_in_the_order_in_which_it_was_said() -> None:
    newest_first = [("b", "assistant", "Hello."), ("a", "user", "Hi.")]
    assert latest(newest_first) == (Entry("a", "user", "Hi."), Entry("b", "assistant", "Hello."))


def test_of_a_long_talk_it_is_the_latest() -> None:
    newest_first = [(str(n), "user", "x" * 1000) for n in range(MAX_TOLD, 0, -1)]
    kept = latest(newest_first)
    assert kept[-1].item == str(MAX_TOLD)
    assert len(kept) == MAX_TOLD_BYTES // 1000
    assert len(latest([("", "user", "y")] * 150)) == MAX_TOLD


@given(SAID)
def test_a_page_might_have_told_it_likewise(said: list[tuple[str, str, str]]) -> None:
    talk = [{"role": entry.role, "text": entry.text} for entry in latest(said) if entry.text.strip()]
    check_fields("start", ({"talk": talk},))
