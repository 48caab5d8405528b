"""The length of base64, and whether it is base64, without decoding it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.pcm16 import MAX_LEFT, NotBase64Error, Samples, base64_size, standard_base64


@given(st.binary(max_size=300))
def test_it_knows_how_much_any_base64_holds(content: bytes) -> None:
    assert base64_size(base64.b64encode(content)) == len(content)


@given(st.binary(max_size=60))
def test_what_it_takes_decodes(text: bytes) -> None:
    try:
        size = base64_size(text)
    except NotBase64Error:
        return
    assert len(base64.b64decode(text, validate=True)) == size


@pytest.mark.parametrize(
    "text", [b"AAA", b"AA=A", b"=AAA", b"AAA\n", b'AA"A', b"A===", b"AA-_", b"AA==AA==", b"\xff\xff\xff\xff"]
)
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(NotBase64Error):
        base64_size(text)


@given(st.binary(max_size=60), st.sampled_from(["", "="]), st.sampled_from(["", " ", "\r\n"]))
def test_any_spelling_of_base64_has_a_standard_one(content: bytes, padding: str, gap: str) -> None:
    for spelled in (base64.b64encode(content), base64.urlsafe_b64encode(content)):
        text = gap.join(spelled.decode().rstrip("=")) + gap + padding * (-len(spelled.rstrip(b"=")) % 4)
        assert standard_base64(text) == base64.b64encode(content)


@pytest.mark.parametrize("text", ["AAAAA", "AA=A", "A!", "\u3042", "\ud800"])
def test_what_is_no_base64_in_any_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotBase64Error):
        standard_base64(text)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.binary(max_size=9)), max_size=12))
def test_pieces_cut_anywhere_are_joined_to_whole_samples(pieces: list[tuple[str, bytes]]) -> None:
    samples = Samples()
    joined = {"a": b"", "b": b""}
    for item, piece in pieces:
        sound, size = samples.join(item, base64.b64encode(piece))
        joined[item] += base64.b64decode(sound)
        assert size == base64_size(sound)
        assert size % 2 == 0
    for item, whole in joined.items():
        sent = b"".join(piece for of, piece in pieces if of == item)
        assert whole == sent[: len(sent) & ~1]
        samples.end(item)
        assert item not in samples


def test_of_very_many_items_with_a_byte_left_over_the_latest_are_known() -> None:
    samples = Samples()
    for k in range(MAX_LEFT + 1):
        samples.join(f"a{k}", b"AA==")
    assert "a0" not in samples
    assert samples.join(f"a{MAX_LEFT}", b"AQ==") == (b"AAE=", 2)
