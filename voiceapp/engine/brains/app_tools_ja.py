"""What the Japanese companion asks of the tools that come with the app, and how it says what they answered."""

import re
from collections.abc import Set
from typing import Any

from . import arithmetic_ja
from .app_tools import asked_for, notes_in, parsed
from .request import ToolCall
from .zones import JAPANESE

PLACE = re.compile(r"(?P<place>[^\W\d]{2,12}?)(?:は|では|の時間は|って)?(?:今|いま)?(?:、)?(?:何時|なんじ|何曜日|何日)")
RECALL = re.compile("(?:何|なに)を?(?:覚え|おぼえ|メモし)|メモ(?:を(?:見|み|教え|読)|は(?:$|[?？]|何|ある|あり))")
# Not names, which the companion keeps itself.
REMEMBER = re.compile(
    "^(?P<what>(?:(?!名前).)+?)(?:を|と|って|、)(?:覚えて|おぼえて|メモして)(?:おいて|ね|ほしい|ください|くれ|$|[。!])"
)
GOODBYE = re.compile("電話を?切って|通話を?(?:終わ|終え|切)")


def wanted(text: str, offered: Set[str]) -> ToolCall | None:
    """The call that the user's words ask for; digits must be narrow ones."""
    return asked_for(text, offered, RECALL, REMEMBER, GOODBYE, PLACE, arithmetic_ja.formula, "「」、")


def told(name: str, output: str) -> str | None:
    """A sentence of what the tool answered; None of a tool that is another's."""
    match name:
        case "clock":
            return _time(parsed(output))
        case "calculator":
            return "それは計算できないよ。" if output.startswith("Error") else f"答えは{output}だよ。"
        case "remember" | "forget":
            return "うん、覚えておくね。" if output == "Noted." else "うまくいかなかったよ。"
        case "recall":
            notes = notes_in(output)
            return f"覚えているのは、{'、'.join(notes)}、だよ。" if notes else "まだ何も覚えていないよ。"
        case "hang_up":
            return "またね。話せて楽しかったよ。"
    return None


def _time(answer: Any) -> str:
    names = {zone: place for place, zone in reversed(list(JAPANESE.items()))}
    try:
        hour, minute = map(int, answer["time"].split(":")[:2])
        place = names.get(answer["timezone"], "そこ")
    except (KeyError, TypeError, ValueError):
        return "そこの時間はわからないよ。"
    return f"{place}は今、{'午前' if hour < 12 else '午後'}{hour % 12}時{minute}分だよ。"
