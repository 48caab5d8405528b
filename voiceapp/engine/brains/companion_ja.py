"""The Japanese companion: a friend who answers by rules, with the abilities of the English one."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .arithmetic_ja import calculated
from .guessing import MOST
from .numbers_ja import digits
from .person_names import is_japanese_name
from .request import Message
from .rule_based import Ruled, excerpt

JOKES = (
    "ふとんがふっとんだ。",
    "アルミ缶の上にあるみかん。",
    "電話に出んわ。",
    "ねこが寝込んだ。",
    "いくらはいくら？",
)
SKILLS = "時間や日付を言うこと、計算、まねをして言うこと、名前を覚えること、だじゃれ、数当てゲームができるよ。"
WHO = "わたしは、このアプリに入っている小さな友だちだよ。言語モデルは使わずに、決まりで答えているんだ。"
MODELLESS = "でも、言語モデルがないから、それには答えられないんだ。何ができるか知りたいときは、ヘルプと言ってね。"
IDLE = "まだそこにいる？困ったら、ヘルプと言ってね。"
WEEKDAYS = "月火水木金土日"

Answering = Callable[["Friend", "re.Match[str]"], str | None]
"""None: it only looked like what the rule is for."""


@dataclass
class Friend(Ruled):
    """One caller's friend, with what it remembers of the call."""

    number: int | None = None
    """That the user is guessing."""

    def hello(self) -> str:
        return f"やっほー。{WHO}ヘルプと言ってくれたら、できることを教えるね。"

    def are_you_there(self) -> str:
        return IDLE

    def nothing_heard(self) -> str:
        return "何も聞こえなかったよ。"

    def told_output(self, message: Message) -> str:
        return f"答えはこれだよ。{message.text}" if message.text else "できたよ。"

    def recall(self, text: str) -> None:
        plain = "".join(digits(text).split())
        for pattern, answering in RULES:
            found = pattern.search(plain)
            if found and (answering is not Friend._take_name or answering(self, found)):
                return

    def answer(self, text: str) -> str:
        plain = "".join(digits(text).split())
        return (
            self._play(plain)
            or self._by_rule(plain)
            or calculated(plain)
            or f"{quoted(text)}って聞こえたよ。{MODELLESS}"
        )

    def _by_rule(self, text: str) -> str | None:
        for pattern, answering in RULES:
            found = pattern.search(text)
            if found and (answer := answering(self, found)) is not None:
                return answer
        return None

    def _play(self, text: str) -> str | None:
        if self.number is None:
            return None
        wanted, guess = self.number, re.search(r"(?<!\d)\d{1,9}(?!\d)", text)
        if re.search("やめ|降参|こうさん|終わり|ギブアップ", text):
            self.number = None
            return f"わかった。答えは{wanted}だったよ。"
        if guess is None or calculated(text):
            return None
        if int(guess.group()) == wanted:
            self.number = None
            return f"当たり！答えは{wanted}だよ。"
        return f"{guess.group()}は{'小さ' if int(guess.group()) < wanted else '大き'}すぎるよ。"

    # Rules

    def _again(self, found: "re.Match[str]") -> str:
        return self.said or "まだ何も言っていないよ。"

    def _repeat(self, found: "re.Match[str]") -> str:
        return f"{found.group('what').strip('、。「」')}。"

    def _take_name(self, found: "re.Match[str]") -> str | None:
        if not is_japanese_name(found.group("name")):
            return None
        self.name = found.group("name")
        return f"{self.name}さんだね。よろしくね。この通話のあいだ、覚えておくよ。"

    def _tell_name(self, found: "re.Match[str]") -> str:
        return f"あなたの名前は{self.name}さんだよ。" if self.name else "まだ名前を聞いていないよ。"

    def _time(self, found: "re.Match[str]") -> str:
        now = self.clock()
        return f"今は{'午前' if now.hour < 12 else '午後'}{now.hour % 12}時{now.minute}分だよ。"

    def _date(self, found: "re.Match[str]") -> str:
        now = self.clock()
        return f"今日は{now.year}年{now.month}月{now.day}日、{WEEKDAYS[now.weekday()]}曜日だよ。"

    def _joke(self, found: "re.Match[str]") -> str:
        return self.next_joke(JOKES)

    def _begin_game(self, found: "re.Match[str]") -> str:
        self.number = self.rng.randint(1, MOST)
        return f"1から{MOST}までの数を一つ考えたよ。何だと思う？"

    def _who(self, found: "re.Match[str]") -> str:
        return f"{WHO}{SKILLS}"

    def _skills(self, found: "re.Match[str]") -> str:
        return SKILLS

    def _goodbye(self, found: "re.Match[str]") -> str:
        return f"またね{f'、{self.name}さん' if self.name else ''}。話せて楽しかったよ。"

    def _thanks(self, found: "re.Match[str]") -> str:
        return "どういたしまして。"

    def _test(self, found: "re.Match[str]") -> str:
        return "うん、よく聞こえるよ。"

    def _how(self, found: "re.Match[str]") -> str:
        return "元気だよ、ありがとう。あなたは？"

    def _well(self, found: "re.Match[str]") -> str:
        return "それはよかった。"

    def _hello(self, found: "re.Match[str]") -> str:
        return f"{found.group()}{f'、{self.name}さん' if self.name else ''}。何をしようか？"

    def _weather(self, found: "re.Match[str]") -> str:
        return "窓の外は見えないけれど、いい一日になるといいね。"

    def _tired(self, found: "re.Match[str]") -> str:
        return "お疲れさま。少し休もうね。"


NAME = r"(?P<name>[^、。を][^、。はがを]{0,11}?)"

RULES: "tuple[tuple[re.Pattern[str], Answering], ...]" = (
    (
        re.compile(
            "(?:もう一度|もう1度|もう一回|もう1回)(?:$|[、。!?]|お願い|おねがい|言って|いって|聞かせ|話して)"
            "|聞こえなかった|何て言った|なんて言った"
        ),
        Friend._again,
    ),
    (re.compile("(?:まねして|真似して|繰り返して|くり返して|リピート)[、。:]*(?P<what>.+)"), Friend._repeat),
    (
        re.compile(
            "^(?P<what>.+?)[」、]?と(?:言って|いって|繰り返して|くり返して)(?:$|[、。!?]|ください|くださ|下さ|くれ|みて|ほしい|ね|よ)"
        ),
        Friend._repeat,
    ),
    (
        re.compile("名前(?:を|は)?(?:何|なん|覚えて|知って|わかる|分かる)|(?:私|わたし|僕|ぼく|俺)は(?:誰|だれ)"),
        Friend._tell_name,
    ),
    (
        re.compile(
            f"(?:名前は|(?:^|[。、!])(?:私|わたし|僕|ぼく|俺|おれ)は){NAME}"
            "(?:です|だよ|だ(?=$|[。!])|といい|と言い|と申し|っていう|と呼んで|って呼んで)(?!か)"
        ),
        Friend._take_name,
    ),
    (re.compile("何時(?!間)|なんじ|時間(?:を(?:教え|知り)|は(?:$|[?。]|何|わか|分か|いつ)|わか|分か)"), Friend._time),
    (
        re.compile(
            "^(?!.*(?:誕生日|記念日|クリスマス))(?:.*(?:何日(?!間)|なんにち|何曜日|なんようび|何月)|.*今日.*日付|日付)"
        ),
        Friend._date,
    ),
    (
        re.compile(
            "ジョーク|冗談(?!じゃ|では|でしょ|きつ)|だじゃれ|ダジャレ|駄洒落|笑わせて"
            "|(?:面白い|おもしろい)(?:こと|話)(?:$|[、。]|を?(?:言|いっ|して|しよ|聞かせ|教え|話し))"
        ),
        Friend._joke,
    ),
    (
        re.compile(
            "ゲーム(?:$|[。!]|を?(?:し(?!た|て[いた])|やろ|やりたい|始め|スタート)|がしたい)|数当て|数あて|遊ぼう|あそぼう"
        ),
        Friend._begin_game,
    ),
    (re.compile("(?:あなた|君|きみ)(?:は|って)?(?:誰|だれ|何|なに|ロボット|人間)|あなたの名前|自己紹介"), Friend._who),
    (re.compile("ヘルプ|助けて|何ができ|なにができ|できること"), Friend._skills),
    (re.compile("さようなら|さよなら|バイバイ|またね|おやすみ(?:$|[、。!]|なさい)|また明日"), Friend._goodbye),
    (re.compile("ありがと|感謝|サンキュー"), Friend._thanks),
    (
        re.compile("聞こえ(?:る|ます|て)|^(?:マイクの?)?テスト(?:中|です|$|[、。!])|マイク(?:は|が|の調子)"),
        Friend._test,
    ),
    (
        re.compile("(?:元気|調子(?:は|が)?(?:いい|良い|よい))(?:です|だよ|だ|だった|でした)?(?:よ|ね)?(?:$|[。!])"),
        Friend._well,
    ),
    (re.compile("元気|調子(?:は|どう)"), Friend._how),
    (re.compile("こんにちは|こんばんは|おはよう(?:ございます)?|はじめまして|もしもし|やあ"), Friend._hello),
    (re.compile("天気|晴れ|雨(?!宮)"), Friend._weather),
    (re.compile("疲れ|つかれ|眠い|ねむい"), Friend._tired),
)


def quoted(text: str) -> str:
    return f"「{excerpt(text.strip(' 。.'))}」"
