"""What a server sends is read once, in whatever spelling; what cannot be read is left out."""

import base64
import json
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conversation.call import Call
from voiceapp.conversation import events as ev
from voiceapp.conversation.effects import Effect, Play
from voiceapp.conversation.event_reader import (
    FEW_BYTES,
    MAX_AROUND_BYTES,
    MAX_EVENT_BYTES,
    MAX_ODD_SOUND_BYTES,
    MAX_VALUES,
    EventReader,
    LeftOut,
    Reading,
    SoundDelta,
    parse,
)

PCM = bytes(range(240)) * 20
SOUND = base64.b64encode(PCM).decode()


def delta(sound: str = SOUND, **changes: Any) -> dict[str, Any]:
    ids = {"event_id": "e", "response_id": "r", "item_id": "a", "output_index": 0}
    return {"type": "response.output_audio.delta", **ids, "delta": sound, **changes}


def encoded(message: object) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


class TestSound:
    @pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
    @pytest.mark.parametrize("name", ["response.output_audio.delta", "response.audio.delta"])
    def test_it_finds_what_parsing_would(self, name: str, separators: tuple[str, str]) -> None:
        found = EventReader().sound(json.dumps(delta(type=name), separators=separators).encode())
        assert found == SoundDelta("r", "a", SOUND.encode(), 4800)

    def test_the_order_of_the_fields_is_free(self) -> None:
        fields = delta()
        shuffled = {"type": fields.pop("type"), "delta": fields.pop("delta"), **fields}
        assert EventReader().sound(encoded(shuffled)) == SoundDelta("r", "a", SOUND.encode(), 4800)

    def test_an_empty_one_holds_nothing(self) -> None:
        assert EventReader().sound(encoded(delta(""))) == SoundDelta("r", "a", b"", 0)

    @pytest.mark.parametrize(
        "payload",
        [
            encoded({"type": "response.output_audio_transcript.delta", "delta": "Hi", "item_id": "a"}),
            encoded(delta('"},{')),
            encoded(delta("AAA")),
            encoded(delta("A-_A")),
            encoded(delta()).replace(b"/", b"\\/"),
            encoded(delta())[:-1],
            encoded(delta(obfuscation="x" * MAX_AROUND_BYTES)),
            b'{"type":"response.output_audio.delta","delta":"AAAA',
            b'{"type":"response.output_audio.delta","delta":"AA\nA"}',
            b'{"type":"response.output_audio.delta","x":' + b"[" * 4000 + b',"delta":"AAAA"}',
            b'{"type":"response.output_audio.delta","x":{"delta":"AAAA"},"item_id":"a"}',
            encoded([delta()]),
            b"\xff",
            b"[]",
            b"",
        ],
    )
    def test_anything_odd_is_left_to_the_ordinary_way(self, payload: bytes) -> None:
        assert EventReader().sound(payload) is None


# A server's way to write base64 → as it stands in the JSON.
SPELLINGS: list[Callable[[bytes], str]] = [
    lambda piece: json.dumps(base64.b64encode(piece).decode()),
    lambda piece: json.dumps(base64.b64encode(piece).decode().rstrip("=")),
    lambda piece: json.dumps(base64.urlsafe_b64encode(piece).decode()),
    lambda piece: json.dumps(base64.urlsafe_b64encode(piece).decode().rstrip("=")),
    lambda piece: json.dumps("\r\n".join(textwrap.wrap(base64.b64encode(piece).decode(), 8)) + "\n"),
    lambda piece: json.dumps(base64.b64encode(piece).decode()).replace("/", "\\/"),
    lambda piece: json.dumps(f" {base64.b64encode(piece).decode()}"),
    lambda piece: '"' + "".join(f"\\u{ord(c):04x}" for c in base64.b64encode(piece).decode()) + '"',
]
CUTS = st.lists(st.tuples(st.binary(max_size=40), st.sampled_from(SPELLINGS), st.sampled_from("ab")), max_size=12)


def messages(pieces: list[tuple[bytes, Callable[[bytes], str], str]]) -> list[bytes]:
    """Deltas of two items, mixed."""
    return [
        encoded(delta("@", item_id=item)).replace(b'"@"', spelled(piece).encode()) for piece, spelled, item in pieces
    ]


def at_the_page(payloads: list[bytes], *, fast_path: bool) -> tuple[Call, list[Effect]]:
    """The sound that a page is sent, the way a relay passes it on."""
    call, reader = Call().begin(), EventReader()
    call.hear(ev.ResponseCreated("r"))
    came: list[Effect] = []
    for payload in payloads:
        found = reader.sound(payload) if fast_path else None
        if found is None:
            event = reader.read(payload).event
            came += call.hear(event) if event is not None else []
        elif not call.conversation.knows(found.item):
            came += call.hear(found.event())
        elif call.conversation.take_audio(found.response, found.item, found.size):
            came.append(Play(found.item, found.sound.decode()))
    return call, came


@given(CUTS)
def test_however_a_stream_is_cut_and_spelled_the_page_is_sent_the_same_sound(pieces: Any) -> None:
    for fast_path in (True, False):
        call, came = at_the_page(messages(pieces), fast_path=fast_path)
        for item in "ab":
            whole = b"".join(piece for piece, _, of in pieces if of == item)
            sent = [
                base64.b64decode(play.audio, validate=True)
                for play in came
                if isinstance(play, Play) and play.item == item
            ]
            assert b"".join(sent) == whole[: len(whole) & ~1]
            assert all(piece and len(piece) % 2 == 0 for piece in sent)
            sound = call.conversation._output._playback.get(item)
            assert (sound.sent_bytes if sound else 0) == len(whole) & ~1


@given(CUTS)
def test_both_ways_do_the_same(pieces: Any) -> None:
    payloads = messages(pieces)
    assert at_the_page(payloads, fast_path=True)[1] == at_the_page(payloads, fast_path=False)[1]


def test_whole_samples_in_standard_base64_go_through_untouched() -> None:
    reader = EventReader()
    found = [reader.sound(encoded(delta())) for _ in range(2)]
    assert [each.sound for each in found if each] == [SOUND.encode()] * 2


def test_a_byte_left_over_at_the_end_is_dropped() -> None:
    reader = EventReader()
    reader.sound(encoded(delta("AAAA")))
    reader.read(encoded({"type": "response.output_audio.done", "item_id": "a"}))
    assert reader.sound(encoded(delta("////"))) == SoundDelta("r", "a", b"//8=", 2)


def test_the_end_of_an_earlier_response_takes_no_byte_from_one_that_goes_on() -> None:
    reader = EventReader()
    reader.sound(encoded(delta("AAAA")))
    reader.read(encoded({"type": "response.done", "response": {"id": "earlier"}}))
    assert reader.sound(encoded(delta("////"))) == SoundDelta("r", "a", b"AP///w==", 4)


def test_whole_samples_go_through_untouched_beside_an_item_with_a_byte_left_over() -> None:
    reader = EventReader()
    reader.sound(encoded(delta("AA==", item_id="b")))
    found = reader.sound(encoded(delta()))
    assert found is not None
    assert found.sound == SOUND.encode()


def test_half_a_character_is_no_part_of_the_sound_behind_it() -> None:
    reader = EventReader()
    text = {"type": "response.output_audio_transcript.delta", "response_id": "r", "item_id": "a"}
    reader.read(encoded({**text, "delta": "\ud83d"}))
    assert reader.read(encoded(delta("AAA"))).event == ev.AudioDelta("r", "a", "AAA=")
    assert reader.read(encoded({**text, "delta": "\ude00"})).event == ev.AssistantTextDelta("r", "a", "😀")


def test_another_session_begins_with_nothing_left_over() -> None:
    reader = EventReader()
    reader.sound(encoded(delta("AAAA")))
    reader.begin_session()
    found = reader.sound(encoded(delta("////")))
    assert found is not None
    assert (found.sound, found.size) == (b"//8=", 2)


@pytest.mark.parametrize("sound", ["AAAAA", "AA=A", "A!AA", "ｱｱｱｱ", "AA==AA=="])
def test_sound_that_cannot_be_read_is_left_out(sound: str) -> None:
    assert EventReader().sound(encoded(delta(sound))) is None
    assert EventReader().read(encoded(delta(sound))).left_out is LeftOut.NOT_BASE64


@pytest.mark.parametrize("sound", [None, 7, [], {}])
def test_a_delta_of_another_type_is_nothing(sound: Any) -> None:
    payload = encoded({**delta(), "delta": sound})
    assert EventReader().sound(payload) is None
    assert EventReader().read(payload).event == ev.AudioDelta("r", "a", "")


class TestEvents:
    def test_one_is_read_with_its_message(self) -> None:
        message = {"type": "input_audio_buffer.speech_started", "item_id": "u"}
        assert EventReader().read(encoded(message)) == Reading(message, ev.SpeechStarted("u"))

    @pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"7", b'{"type":5}', b"\xff", b"[" * 10_000, b'{"x":1}'])
    def test_what_is_no_event_is_left_out(self, payload: bytes) -> None:
        assert EventReader().read(payload) == Reading({"type": "?"}, left_out=LeftOut.UNREADABLE)

    def test_what_lacks_what_it_must_have_is_left_out(self) -> None:
        reading = EventReader().read(b'{"type":"conversation.item.deleted"}')
        assert (reading.message, reading.left_out) == ({"type": "conversation.item.deleted"}, LeftOut.UNREADABLE)

    @pytest.mark.parametrize(
        "head", [b'{"type":"rate_limits.updated"', b' { "event_id": "e",\n "type" : "localai.thing"']
    )
    def test_what_means_nothing_is_not_parsed(self, head: bytes) -> None:
        reading = EventReader().read(head + b',"this is no JSON' + b" " * FEW_BYTES)
        assert reading.left_out is None
        assert reading.event is None

    @pytest.mark.parametrize("rest", [b" " * FEW_BYTES, b',"x":[' + b"0," * MAX_VALUES + b"0]}"])
    def test_of_what_means_nothing_there_is_the_type(self, rest: bytes) -> None:
        reading = EventReader().read(b'{"type":"rate_limits.updated"' + rest)
        assert (reading, reading.type) == (Reading({"type": "rate_limits.updated"}), "rate_limits.updated")

    def test_a_type_that_stands_elsewhere_is_found_by_parsing(self) -> None:
        payload = b'{"item_id":"u","type":"input_audio_buffer.speech_started"}'
        assert EventReader().read(payload).event == ev.SpeechStarted("u")

    def test_what_is_too_long_is_left_out_unparsed(self) -> None:
        lists = b",".join([b"[]"] * (MAX_EVENT_BYTES // 3 + 1))
        for kind in (b"conversation.item.added", b"response.output_audio.delta", b"response.done"):
            payload = b'{"type":"%b","x":[%b],"delta":"AAAA"}' % (kind, lists)
            assert EventReader().sound(payload) is None
            assert EventReader().read(payload) == Reading({"type": kind.decode()}, left_out=LeftOut.TOO_LONG)

    def test_very_many_values_are_left_out_unparsed(self) -> None:
        for values in (b"[" + b"[]," * MAX_VALUES + b"0]", b"[" + b"1," * MAX_VALUES + b"0]", b"[[" * MAX_VALUES):
            reading = EventReader().read(b'{"type":"conversation.item.added","x":%b}' % values)
            assert reading.left_out is LeftOut.TOO_LONG

    def test_long_prose_is_read(self) -> None:
        text = "Well, then, {so} [it] is. " * (MAX_VALUES // 6)
        message = {"type": "response.output_audio_transcript.done", "response_id": "r", "item_id": "a"}
        assert EventReader().read(encoded({**message, "transcript": text})).event == ev.AssistantText("r", "a", text)

    def test_sound_in_another_event_does_not_make_it_too_long(self) -> None:
        part = {"type": "input_audio", "audio": base64.b64encode(bytes(MAX_EVENT_BYTES)).decode()}
        item = {"id": "u", "type": "message", "role": "user", "content": [part]}
        reading = EventReader().read(encoded({"type": "conversation.item.added", "item": item}))
        assert reading.event == ev.ItemAdded("u", None, "user", "audio", "")

    @pytest.mark.parametrize("spelled", [base64.b64encode, base64.urlsafe_b64encode])
    def test_a_delta_in_any_spelling_may_hold_a_minute(self, spelled: Callable[[bytes], bytes]) -> None:
        pcm = b"\xfb\xff" * (MAX_ODD_SOUND_BYTES // 3)
        reader, payload = EventReader(), encoded(delta(spelled(pcm).decode()))
        found = reader.sound(payload)
        event = found.event() if found else reader.read(payload).event
        assert event == ev.AudioDelta("r", "a", base64.b64encode(pcm).decode())


class TestHalvesOfCharacters:
    def texts(self, *deltas: str) -> str:
        reader = EventReader()
        message = {"type": "response.output_audio_transcript.delta", "response_id": "r"}
        events = [
            reader.read(encoded({**message, "item_id": item, "delta": delta})).event
            for delta in deltas
            for item in "ab"
        ]
        return "".join(e.delta for e in events if isinstance(e, ev.AssistantTextDelta) and e.item == "b")

    def test_one_cut_between_two_texts_is_whole_again(self) -> None:
        assert self.texts("Fine \ud83d", "\udc4d!", "👍") == "Fine 👍!👍"

    @pytest.mark.parametrize("deltas", [("a\ud83d", "b"), ("a", "\udc4db"), ("a\ud83d", "", "b")])
    def test_one_that_stays_alone_is_shown_as_such(self, deltas: tuple[str, ...]) -> None:
        assert self.texts(*deltas) == "a\ufffdb"

    def test_it_is_so_anywhere(self) -> None:
        error = {"type": "error", "error": {"code": "a\ud83d", "message": "\udc4d"}}
        assert EventReader().read(encoded(error)).event == ev.UpstreamError("a\ufffd", "\ufffd", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "item", "delta", "type"]), inner)
    ),
    max_leaves=8,
)
KINDS = [
    "response.output_audio.delta", "response.created", "response.done", "input_audio_buffer.committed", "error",
    "conversation.item.input_audio_transcription.completed", "conversation.item.added", "response.output_item.added",
    "session.updated", "response.output_audio_transcript.done", "response.mcp_call.failed",
]  # fmt: skip
NAMES = ["item_id", "response_id", "previous_item_id", "item", "response", "delta", "transcript", "error", "session"]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), JSON)), max_size=6))
def test_nothing_a_server_sends_raises_or_breaks_the_conversation(events: list[tuple[str, dict[str, Any]]]) -> None:
    call, reader = Call().begin(), EventReader()
    for kind, fields in events:
        payload = encoded({"type": kind, **fields})
        found = reader.sound(payload)
        event = found.event() if found else reader.read(payload).event
        for effect in call.hear(event) if event is not None else []:
            json.dumps(getattr(effect, "data", None), allow_nan=False)


@pytest.mark.parametrize(
    "value",
    [
        b"NaN", b"-Infinity", b"1e400", b"-0", b"1E5", b"18446744073709551616", b'"\\ud83d"', b'"\\ud83d\\ude00"',
        b'"\xed\xa0\xbd"', b'{"a":1,"a":2}', b'"\xe2\x80\xa8"', b" [ 1 , 2 ]\n",
    ],
)  # fmt: skip
def test_a_message_means_what_pythons_json_reads_in_it(value: bytes) -> None:
    payload = b'{"type":"odd","value":' + value + b"}"
    assert repr(parse(payload)) == repr(json.loads(payload))


@pytest.mark.parametrize("value", [b"01", b"[1,]", b'"\t"', b'"\xff"', b"1 2", b"[" * 800])
def test_and_what_that_does_not_read_is_left_out(value: bytes) -> None:
    reading = EventReader().read(b'{"type":"odd","value":' + value + b"}")
    assert reading.left_out in (LeftOut.UNREADABLE, LeftOut.TOO_LONG)
