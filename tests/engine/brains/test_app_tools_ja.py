"""The Japanese companion asks the app's own tools, and tells what came of it."""

import json

import pytest

from voiceapp.engine.brains.app_tools_ja import told, wanted
from voiceapp.engine.brains.request import ToolCall

ALL = {"clock", "calculator", "remember", "recall", "forget", "hang_up", "open_link"}


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("東京は今何時?", "clock", {"timezone": "Asia/Tokyo"}),
        ("ニューヨークの時間は何時", "clock", {"timezone": "America/New_York"}),
        ("12かける7は?", "calculator", {"expression": "12 * 7"}),
        ("鍵はマットの下って覚えておいて", "remember", {"note": "鍵はマットの下"}),
        ("牛乳とパンをメモして", "remember", {"note": "牛乳とパン"}),
        ("何を覚えてる?", "recall", {}),
        ("メモを読んで", "recall", {}),
        ("電話を切って", "hang_up", {}),
    ],
)
def test_what_is_wanted(said: str, name: str, arguments: dict[str, str]) -> None:
    assert wanted(said, ALL) == ToolCall(name, json.dumps(arguments, ensure_ascii=False))
    assert wanted(said, ALL - {name}) is None


@pytest.mark.parametrize("said", ["今何時?", "こんにちは", "私の名前は健太と覚えてね", "火星は今何時?", ""])
def test_what_is_not(said: str) -> None:
    assert wanted(said, ALL) is None


@pytest.mark.parametrize(
    ("name", "output", "said"),
    [
        ("clock", '{"timezone": "Asia/Tokyo", "time": "23:05:00"}', "東京は今、午後11時5分だよ。"),
        ("clock", '{"timezone": "Asia/Kolkata", "time": "03:05:00"}', "そこは今、午前3時5分だよ。"),
        ("clock", '{"error": "x"}', "そこの時間はわからないよ。"),
        ("calculator", "84", "答えは84だよ。"),
        ("calculator", "Error: no.", "それは計算できないよ。"),
        ("remember", "Noted.", "うん、覚えておくね。"),
        ("remember", "Error", "うまくいかなかったよ。"),
        ("recall", '[{"note": "帽子は赤い。"}, {"note": "牛乳"}]', "覚えているのは、帽子は赤い、牛乳、だよ。"),
        ("recall", "[]", "まだ何も覚えていないよ。"),
        ("hang_up", "…", "またね。話せて楽しかったよ。"),
        ("weather", "晴れ", None),
    ],
)
def test_what_is_told(name: str, output: str, said: str | None) -> None:
    assert told(name, output) == said
