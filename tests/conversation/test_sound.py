"""The length of base64, and whether it is base64, without decoding it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.sound import NotBase64Error, base64_size


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
