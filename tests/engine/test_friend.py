"""The Japanese friend's answers: one line for each thing that is said to it."""

import random
from datetime import datetime

import pytest

from voiceapp.engine.friend import IDLE, JOKES, MODELLESS, SKILLS, Friend
from voiceapp.engine.japanese_numbers import digits
from voiceapp.engine.request import Message, Request

AFTERNOON = datetime(2026, 3, 1, 14, 5)


@pytest.fixture
def friend() -> Friend:
    return Friend(clock=lambda: AFTERNOON, chance=random.Random(1))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("今何時ですか？", "今は午後2時5分だよ。"),
        ("今日は何日ですか？", "今日は2026年3月1日、日曜日だよ。"),
        ("今日は何曜日？", "今日は2026年3月1日、日曜日だよ。"),
        ("12足す30は？", "答えは42だよ。"),
        ("二十三たす十九は何ですか？", "答えは42だよ。"),
        ("100から58を引くと？", "答えは42だよ。"),
        ("六かける七はいくつ？", "答えは42だよ。"),
        ("８４÷２", "答えは42だよ。"),
        ("84を2で割ると？", "答えは42だよ。"),
        ("1割る0は？", "その計算には答えがないよ。"),
        ("繰り返して、空は青い。", "空は青い。"),
        ("「おはよう」と言ってください。", "おはよう。"),
        ("ありがとうございます。", "どういたしまして。"),
        ("何ができますか？", SKILLS),
        ("聞こえますか？", "うん、よく聞こえるよ。"),
        ("さようなら。", "またね。話せて楽しかったよ。"),
        ("こんにちは。", "こんにちは。何をしようか？"),
        ("元気ですか？", "元気だよ、ありがとう。あなたは？"),
        ("フランスの首都はどこですか？", f"「フランスの首都はどこですか？」って聞こえたよ。{MODELLESS}"),
    ],
)
def test_it_answers(friend: Friend, said: str, answer: str) -> None:
    assert friend.answer(said) == answer


def test_it_remembers_the_name(friend: Friend) -> None:
    assert friend.answer("私の名前は何ですか？") == "まだ名前を聞いていないよ。"
    assert "花子さん" in friend.answer("私の名前は花子です。")
    assert friend.answer("わたしの名前を覚えてる？") == "あなたの名前は花子さんだよ。"
    assert friend.answer("こんばんは。") == "こんばんは、花子さん。何をしようか？"


def test_it_plays(friend: Friend) -> None:
    assert "1から100まで" in friend.answer("数当てゲームをしよう。")
    friend.number = 42
    assert friend.answer("五十！") == "50は大きすぎるよ。"
    assert friend.answer("３０かな") == "30は小さすぎるよ。"
    assert friend.answer("42です。") == "当たり！答えは42だよ。"
    friend.answer("ゲームしよう")
    assert friend.answer("もうやめる。").startswith("わかった。答えは")


def test_jokes_and_once_more(friend: Friend) -> None:
    told = {next(iter(friend.reply(Request("r", (Message("user", "ジョークを言って。"),))))) for _ in JOKES}
    assert told == set(JOKES)
    last = friend.said
    assert friend.answer("もう一度言ってください。") == last
    assert list(friend.reply(Request("r", (), idle=True))) == [IDLE]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("二十", "20"),
        ("千二百三十四", "1234"),
        ("三万五千", "35000"),
        ("２０", "20"),
        ("百", "100"),
        ("一緒に", "一緒に"),
    ],
)
def test_numerals(text: str, wanted: str) -> None:
    assert digits(text) == wanted


def test_a_session_that_goes_on_with_an_earlier_talk_knows_the_name(friend: Friend) -> None:
    earlier = (Message("user", "私の名前は花子です。"), Message("assistant", "花子さんだね。"))
    request = Request("r", (*earlier, Message("user", "私の名前は何？")))
    assert list(friend.reply(request)) == ["あなたの名前は花子さんだよ。"]
