"""The Japanese companion. It answers by rules, as a friend would, and can do what the English one can but dictate."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from . import app_tools, app_tools_ja
from .arithmetic_ja import calculate
from .guessing import MAX_NUMBER
from .numbers_ja import digits
from .person_names import is_japanese_name
from .request import Message, ToolCall
from .rule_based import RuleBasedBrain, excerpt, in_words

JOKES = (
    "ふとんがふっとんだ。",
    "アルミ缶の上にあるみかん。",
    "電話に出んわ。",
    "ねこが寝込んだ。",
    "いくらはいくら？",
)
SKILLS = "時間や日付を言うこと、計算、まねをして言うこと、名前を覚えること、だじゃれ、数当てゲームができるよ。"
ABOUT = "わたしは、このアプリに入っている小さな友だちだよ。言語モデルは使わずに、決まりで答えているんだ。"
NO_MODEL = "でも、言語モデルがないから、それには答えられないんだ。何ができるか知りたいときは、ヘルプと言ってね。"
IDLE_CHECK = "まだそこにいる？困ったら、ヘルプと言ってね。"
WEEKDAYS = "月火水木金土日"

# None if the text only looked like what the rule is for.
RuleAnswer = Callable[["JapaneseCompanion", "re.Match[str]"], str | None]


@dataclass
class JapaneseCompanion(RuleBasedBrain):
    """One caller's companion and what it remembers of the call."""

    # The number that the user is guessing.
    secret: int | None = None

    def greeting(self) -> str:
        return f"やっほー。{ABOUT}ヘルプと言ってくれたら、できることを教えるね。"

    def idle_check(self) -> str:
        return IDLE_CHECK

    def nothing_said(self) -> str:
        return "何も聞こえなかったよ。"

    def wanted_call(self, text: str, offered: Set[str]) -> ToolCall | None:
        return app_tools_ja.wanted("".join(digits(text).split()), offered)

    def tell_output(self, name: str, message: Message) -> str:
        own = app_tools_ja.told(name, message.text)
        return own or (f"答えはこれだよ。{in_words(message.text)}" if message.text else "できたよ。")

    def remember(self, text: str) -> None:
        plain = "".join(digits(text).split())
        for pattern, rule_answer in RULES:
            found = pattern.search(plain)
            if found and (rule_answer is not JapaneseCompanion._take_name or rule_answer(self, found)):
                return

    def answer(self, text: str) -> str:
        plain = "".join(digits(text).split())
        return (
            self._play(plain) or self._by_rule(plain) or calculate(plain) or f"{quoted(text)}って聞こえたよ。{NO_MODEL}"
        )

    def _by_rule(self, text: str) -> str | None:
        for pattern, rule_answer in RULES:
            found = pattern.search(text)
            if found and (answer := rule_answer(self, found)) is not None:
                return answer
        return None

    def _play(self, text: str) -> str | None:
        if self.secret is None:
            return None
        wanted, guess = self.secret, re.search(r"(?<!\d)\d{1,9}(?!\d)", text)
        if re.search("やめ|降参|こうさん|終わり|ギブアップ", text):
            self.secret = None
            return f"わかった。答えは{wanted}だったよ。"
        if guess is None or calculate(text):
            return None
        if int(guess.group()) == wanted:
            self.secret = None
            return f"当たり！答えは{wanted}だよ。"
        return f"{guess.group()}は{'小さ' if int(guess.group()) < wanted else '大き'}すぎるよ。"

    # Rules

    def _again(self, found: "re.Match[str]") -> str:
        return self.last_answer or "まだ何も言っていないよ。"

    def _repeat(self, found: "re.Match[str]") -> str:
        return f"{found.group('what').strip('、。「」')}。"

    def _take_name(self, found: "re.Match[str]") -> str | None:
        if not is_japanese_name(found.group("name")):
            return None
        self.user_name = found.group("name")
        return f"{self.user_name}さんだね。よろしくね。この通話のあいだ、覚えておくよ。"

    def _tell_name(self, found: "re.Match[str]") -> str:
        return f"あなたの名前は{self.user_name}さんだよ。" if self.user_name else "まだ名前を聞いていないよ。"

    def _time(self, found: "re.Match[str]") -> str:
        now = self.clock()
        told = f"{'午前' if now.hour < 12 else '午後'}{now.hour % 12}時{now.minute}分だよ。"
        # Without the tool that knows it there.
        return (
            f"ここの時間しかわからないんだ。今は{told}"
            if app_tools.zone_in(found.string, app_tools_ja.PLACE)
            else f"今は{told}"
        )

    def _date(self, found: "re.Match[str]") -> str:
        now = self.clock()
        return f"今日は{now.year}年{now.month}月{now.day}日、{WEEKDAYS[now.weekday()]}曜日だよ。"

    def _joke(self, found: "re.Match[str]") -> str:
        return self.next_joke(JOKES)

    def _begin_game(self, found: "re.Match[str]") -> str:
        self.secret = self.rng.randint(1, MAX_NUMBER)
        return f"1から{MAX_NUMBER}までの数を一つ考えたよ。何だと思う？"

    def _who(self, found: "re.Match[str]") -> str:
        return f"{ABOUT}{SKILLS}"

    def _skills(self, found: "re.Match[str]") -> str:
        return SKILLS

    def _goodbye(self, found: "re.Match[str]") -> str:
        return f"またね{f'、{self.user_name}さん' if self.user_name else ''}。話せて楽しかったよ。"

    def _thanks(self, found: "re.Match[str]") -> str:
        return "どういたしまして。"

    def _sound_check(self, found: "re.Match[str]") -> str:
        return "うん、よく聞こえるよ。"

    def _how(self, found: "re.Match[str]") -> str:
        return "元気だよ、ありがとう。あなたは？"

    def _well(self, found: "re.Match[str]") -> str:
        return "それはよかった。"

    def _hello(self, found: "re.Match[str]") -> str:
        return f"{found.group()}{f'、{self.user_name}さん' if self.user_name else ''}。何をしようか？"

    def _weather(self, found: "re.Match[str]") -> str:
        return "窓の外は見えないけれど、いい一日になるといいね。"

    def _tired(self, found: "re.Match[str]") -> str:
        return "お疲れさま。少し休もうね。"


NAME = r"(?P<name>[^、。を][^、。はがを]{0,11}?)"

RULES: "tuple[tuple[re.Pattern[str], RuleAnswer], ...]" = (
    (
        re.compile(
            "(?:もう一度|もう1度|もう一回|もう1回)(?:$|[、。!?]|お願い|おねがい|言って|いって|聞かせ|話して)"
            "|聞こえなかった|何て言った|なんて言った"
        ),
        JapaneseCompanion._again,
    ),
    (re.compile("(?:まねして|真似して|繰り返して|くり返して|リピート)[、。:]*(?P<what>.+)"), JapaneseCompanion._repeat),
    (
        re.compile(
            "^(?P<what>.+?)[」、]?と(?:言って|いって|繰り返して|くり返して)(?:$|[、。!?]|ください|くださ|下さ|くれ|みて|ほしい|ね|よ)"
        ),
        JapaneseCompanion._repeat,
    ),
    (
        re.compile("名前(?:を|は)?(?:何|なん|覚えて|知って|わかる|分かる)|(?:私|わたし|僕|ぼく|俺)は(?:誰|だれ)"),
        JapaneseCompanion._tell_name,
    ),
    (
        re.compile(
            f"(?:名前は|(?:^|[。、!])(?:私|わたし|僕|ぼく|俺|おれ)は){NAME}"
            "(?:です|だよ|だ(?=$|[。!])|といい|と言い|と申し|っていう|と呼んで|って呼んで)(?!か)"
        ),
        JapaneseCompanion._take_name,
    ),
    (
        re.compile("何時(?!間)|なんじ|時間(?:を(?:教え|知り)|は(?:$|[?。]|何|わか|分か|いつ)|わか|分か)"),
        JapaneseCompanion._time,
    ),
    (
        re.compile(
            "^(?!.*(?:誕生日|記念日|クリスマス))(?:.*(?:何日(?!間)|なんにち|何曜日|なんようび|何月)|.*今日.*日付|日付)"
        ),
        JapaneseCompanion._date,
    ),
    (
        re.compile(
            "ジョーク|冗談(?!じゃ|では|でしょ|きつ)|だじゃれ|ダジャレ|駄洒落|笑わせて"
            "|(?:面白い|おもしろい)(?:こと|話)(?:$|[、。]|を?(?:言|いっ|して|しよ|聞かせ|教え|話し))"
        ),
        JapaneseCompanion._joke,
    ),
    (
        re.compile(
            "ゲーム(?:$|[。!]|を?(?:し(?!た|て[いた])|やろ|やりたい|始め|スタート)|がしたい)|数当て|数あて|遊ぼう|あそぼう"
        ),
        JapaneseCompanion._begin_game,
    ),
    (
        re.compile("(?:あなた|君|きみ)(?:は|って)?(?:誰|だれ|何|なに|ロボット|人間)|あなたの名前|自己紹介"),
        JapaneseCompanion._who,
    ),
    (re.compile("ヘルプ|助けて|何ができ|なにができ|できること"), JapaneseCompanion._skills),
    (
        re.compile("さようなら|さよなら|バイバイ|またね|おやすみ(?:$|[、。!]|なさい)|また明日"),
        JapaneseCompanion._goodbye,
    ),
    (re.compile("ありがと|感謝|サンキュー"), JapaneseCompanion._thanks),
    (
        re.compile("聞こえ(?:る|ます|て)|^(?:マイクの?)?テスト(?:中|です|$|[、。!])|マイク(?:は|が|の調子)"),
        JapaneseCompanion._sound_check,
    ),
    (
        re.compile("(?:元気|調子(?:は|が)?(?:いい|良い|よい))(?:です|だよ|だ|だった|でした)?(?:よ|ね)?(?:$|[。!])"),
        JapaneseCompanion._well,
    ),
    (re.compile("元気|調子(?:は|どう)"), JapaneseCompanion._how),
    (re.compile("こんにちは|こんばんは|おはよう(?:ございます)?|はじめまして|もしもし|やあ"), JapaneseCompanion._hello),
    (re.compile("天気|晴れ|雨(?!宮)"), JapaneseCompanion._weather),
    (re.compile("疲れ|つかれ|眠い|ねむい"), JapaneseCompanion._tired),
)


def quoted(text: str) -> str:
    return f"「{excerpt(text.strip(' 。.'))}」"
