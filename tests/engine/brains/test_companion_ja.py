"""The Japanese companion's answers: one line for each thing that is said to it."""

import random
from datetime import datetime

import pytest

from voiceapp.engine.brains.companion_ja import IDLE_CHECK, JOKES, NO_MODEL, SKILLS, JapaneseCompanion
from voiceapp.engine.brains.request import Message, Request

AFTERNOON = datetime(2026, 3, 1, 14, 5)


@pytest.fixture
def companion() -> JapaneseCompanion:
    return JapaneseCompanion(clock=lambda: AFTERNOON, rng=random.Random(1))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("今何時ですか？", "今は午後2時5分だよ。"),
        ("ニューヨークは今何時ですか？", "ここの時間しかわからないんだ。今は午後2時5分だよ。"),
        ("今日は何日ですか？", "今日は2026年3月1日、日曜日だよ。"),
        ("今日は何曜日？", "今日は2026年3月1日、日曜日だよ。"),
        ("12足す30は？", "答えは42だよ。"),
        ("二十三たす十九は何ですか？", "答えは42だよ。"),
        ("100から58を引くと？", "答えは42だよ。"),
        ("六かける七はいくつ？", "答えは42だよ。"),
        ("８４÷２", "答えは42だよ。"),
        ("84を2で割ると？", "答えは42だよ。"),
        ("1割る0は？", "ゼロで割ることはできないから、その計算には答えがないよ。"),
        ("1割る3は？", "答えは約0.3333だよ。"),
        ("－５＋３は？", "答えはマイナス2だよ。"),
        ("マイナス五たす三", "答えはマイナス2だよ。"),
        ("2-1+5", "答えは6だよ。"),
        ("100-20*2", "答えは60だよ。"),
        ("（３＋４）×２", "答えは14だよ。"),
        ("5ー3は？", "答えは2だよ。"),
        ("二の三乗は？", "答えは8だよ。"),
        ("2の百万乗は？", "その数は大きすぎて、わたしには計算できないよ。"),
        ("200の15パーセントは？", "答えは30だよ。"),
        ("16の平方根は？", "答えは4だよ。"),
        ("1,234足す1", "答えは1235だよ。"),
        ("私は元気です。", "それはよかった。"),
        ("私は眠いです。", "お疲れさま。少し休もうね。"),
        ("繰り返して、空は青い。", "空は青い。"),
        ("「おはよう」と言ってください。", "おはよう。"),
        ("ありがとうございます。", "どういたしまして。"),
        ("何ができますか？", SKILLS),
        ("聞こえますか？", "うん、よく聞こえるよ。"),
        ("さようなら。", "またね。話せて楽しかったよ。"),
        ("こんにちは。", "こんにちは。何をしようか？"),
        ("元気ですか？", "元気だよ、ありがとう。あなたは？"),
        ("フランスの首都はどこですか？", f"「フランスの首都はどこですか？」って聞こえたよ。{NO_MODEL}"),
    ],
)
def test_it_answers(companion: JapaneseCompanion, said: str, answer: str) -> None:
    assert companion.answer(said) == answer


def test_it_remembers_the_name(companion: JapaneseCompanion) -> None:
    assert companion.answer("私の名前は何ですか？") == "まだ名前を聞いていないよ。"
    assert "花子さん" in companion.answer("私の名前は花子です。")
    assert companion.answer("わたしの名前を覚えてる？") == "あなたの名前は花子さんだよ。"
    assert companion.answer("こんばんは。") == "こんばんは、花子さん。何をしようか？"


NAMES = """
花子 田中 健人 弥生 土屋 中村 宮崎 夏目 千代 あおい めい けい けいた のぞみ ともこ もも はな マリア トム 一郎
雨宮 翼 勇気
"""
NO_NAMES = """
元気です 学生です 日本人です 大丈夫です 眠いです 疲れました 疲れたです 忙しいです 会社員です 先生です
大学生です 高校三年生です 二十歳です 東京です 大阪出身です 東京からです アメリカ人です 悲しいです うれしいです
行きたいです 知らないです 犬好きです 猫派です 勉強中です パン屋です 社長です 看護師です 月曜日です
明日は休みです とても元気です 一人です うなぎです 初めてです 大学の学生です 賛成です 風邪気味です 音楽家だよ
主婦だよ
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_who_says_who_they_are_is_called_so(companion: JapaneseCompanion, name: str) -> None:
    assert f"{name}さんだね" in companion.answer(f"私は{name}です。")
    assert f"{name}さんだね" in companion.answer(f"はじめまして、わたしの名前は{name}といいます。")


@pytest.mark.parametrize("said", NO_NAMES.split())
def test_how_what_and_where_from_somebody_is_is_no_name(companion: JapaneseCompanion, said: str) -> None:
    companion.answer(f"私は{said}。")
    companion.answer(f"こんにちは、僕は{said}。")
    assert companion.user_name is None


@pytest.mark.parametrize(
    "said",
    [
        "何時間寝ましたか？",
        "時間は大切です。",
        "昨日ゲームを買った。",
        "それは冗談じゃない。",
        "もう一度京都に行きたい。",
        "母は来ると言っていました。",
        "明日テストがあります。",
        "誕生日は何日ですか？",
        "私の誕生日は五月です。",
        "私の好きな色は赤です。",
        "名前は秘密です。",
        "24/7で働く。",
        "2026-03-01に生まれた。",
    ],
)
def test_what_only_looks_like_a_rules_words_is_left_alone(companion: JapaneseCompanion, said: str) -> None:
    assert companion.answer(said) == f"「{said.rstrip('。')}」って聞こえたよ。{NO_MODEL}"


def test_it_plays(companion: JapaneseCompanion) -> None:
    assert "1から100まで" in companion.answer("数当てゲームをしよう。")
    companion.secret = 42
    assert companion.answer("五十！") == "50は大きすぎるよ。"
    assert companion.answer("３０かな") == "30は小さすぎるよ。"
    assert companion.answer("42です。") == "当たり！答えは42だよ。"
    companion.answer("ゲームしよう")
    assert companion.answer("もうやめる。").startswith("わかった。答えは")


def test_jokes_and_once_more(companion: JapaneseCompanion) -> None:
    told = {next(iter(companion.reply(Request("r", (Message("user", "ジョークを言って。"),))))) for _ in JOKES}
    assert told == set(JOKES)
    last = companion.last_answer
    assert companion.answer("もう一度言ってください。") == last
    assert list(companion.reply(Request("r", (), idle=True))) == [IDLE_CHECK]


def test_a_session_that_goes_on_with_an_earlier_talk_knows_the_name(companion: JapaneseCompanion) -> None:
    earlier = (Message("user", "私の名前は花子です。"), Message("assistant", "花子さんだね。"))
    request = Request("r", (*earlier, Message("user", "私の名前は何？")))
    assert list(companion.reply(request)) == ["あなたの名前は花子さんだよ。"]
