"""Edges of speech from probabilities alone."""

from voiceapp.engine.session.endpointer import Edge, Endpointer
from voiceapp.engine.speech.detector import FRAME_MS


def edges(endpointer: Endpointer, likely: list[float]) -> list[tuple[int, Edge]]:
    fed = [(place, endpointer.feed(each)) for place, each in enumerate(likely)]
    return [(place, edge) for place, edge in fed if edge is not None]


def test_speech_starts_with_the_third_frame_and_stops_after_the_silence() -> None:
    found = edges(Endpointer(silence_ms=500), [0.0] * 5 + [0.9] * 10 + [0.0] * 20)
    assert found == [(7, Edge.STARTED), (20, Edge.PAUSED), (30, Edge.STOPPED)]
    assert (30 - 14) * FRAME_MS >= 500


def test_two_frames_are_a_click() -> None:
    assert edges(Endpointer(), [0.9, 0.9, 0.0] * 10) == []


def test_a_pause_is_not_the_end() -> None:
    found = edges(Endpointer(), [0.9] * 3 + [0.0] * 8 + [0.9] * 3 + [0.0] * 16)
    assert [edge for _, edge in found] == [Edge.STARTED, Edge.PAUSED, Edge.RESUMED, Edge.PAUSED, Edge.STOPPED]


def test_running_speech_may_be_a_little_less_likely() -> None:
    assert edges(Endpointer(threshold=0.5), [0.4] * 30) == []
    assert edges(Endpointer(threshold=0.5), [0.9] * 3 + [0.4] * 30) == [(2, Edge.STARTED)]


def test_a_short_silence_ends_without_a_pause_before() -> None:
    found = edges(Endpointer(silence_ms=100), [0.9] * 3 + [0.0] * 10)
    assert [edge for _, edge in found] == [Edge.STARTED, Edge.STOPPED]


def test_more_patience_while_speech_goes_on() -> None:
    endpointer = Endpointer(silence_ms=400)
    edges(endpointer, [0.9] * 3 + [0.0] * 8)
    endpointer.silence_ms = 2000
    assert edges(endpointer, [0.0] * 54) == []
    assert edges(endpointer, [0.0]) == [(0, Edge.STOPPED)]
