"""Whether the person says yes or no, in English, Japanese and Spanish: only what can mean nothing else.

大丈夫です and いいです are left out, since they decline as often as they agree; so is "wait", which is neither.
"""

import re
import unicodedata
from collections.abc import Iterator

_YES = """
yes, yes please, yes go ahead, yes do it, yes do that, yeah, yep, yup, sure, ok, okay, all right, alright, go ahead,
go for it, do it, do that, please do, of course, absolutely, certainly, i confirm, confirmed, you may, i agree,
はい, はいお願いします, お願いします, お願い, 頼みます, 頼む, うん, ええ, いいよ, いいですよ, どうぞ, オッケー,
オーケー, やって, やってください, してください, そうしてください, もちろん, もちろんです,
sí, si, sí por favor, sí claro, claro, claro que sí, vale, de acuerdo, adelante, hazlo, hágalo, por supuesto, confirmo
"""
_NO = """
no, no thanks, no thank you, no do not, no don't, nope, don't, do not, don't do it, don't do that, do not do it,
please don't, stop, cancel, cancel it, cancel that, never mind, not now, better not,
いいえ, いえ, いや, ううん, だめ, だめです, ダメ, やめて, やめてください, やめておきます,
やっぱりやめて, しないで, しないでください, 結構です, キャンセル, キャンセルして, キャンセルしてください,
ストップ, いらない, いりません, 必要ありません,
no gracias, no por favor, para, cancela, cancélalo, no lo hagas, no lo haga, mejor no, ahora no, de ninguna manera
"""
# They change nothing of either.
_BESIDE = """
please, thanks, thank you, uh, um, well, then,
えっと, えーと, あの, じゃあ, では, それで, ありがとう, ありがとうございます,
por favor, gracias, pues, bueno
"""
_BETWEEN = re.compile(r"[^\w'\s]+|_+")


def _listed(words: str) -> Iterator[str]:
    return (" ".join(each.split()) for each in words.split(",") if each.strip())


_AGREES, _DECLINES, _PASSES = frozenset(_listed(_YES)), frozenset(_listed(_NO)), frozenset(_listed(_BESIDE))


def consent(text: str) -> bool | None:
    """True for a yes, False for a no, None for anything else, which includes both."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    phrases = [" ".join(each.split()) for each in _BETWEEN.split(plain)]
    said = {each for each in phrases if each} - _PASSES
    if not said:
        return None
    if said <= _AGREES:
        return True
    return False if said <= _DECLINES else None


def asks(text: str) -> bool:
    """Whether the last sentence is a question."""
    return re.search(r"(?:[?？]|か[。．]?)[\s\"'”」』)）]*$", text) is not None
