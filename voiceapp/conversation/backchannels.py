"""What a listener says to be told more, in English, Japanese and Spanish; and sounds that a transcription brackets.

Whatever is not listed interrupts: a word too few is a pause too many, and a word too many is a person nobody hears.
"""

import re
import unicodedata
from types import MappingProxyType

# As people say them, in any number and order. Not "thank you" or わかった: they say as often that it is enough.
_ENGLISH = """
ah, aha, absolutely, all right, alright, amazing, awesome, cool, exactly, fair enough, fine, fun, gosh, got it, gotcha,
good, great, ha, haha, hm, hmm, ho, huh, i know, i see, indeed, interesting, makes sense, mhm, mkay, mm, mmhm, my god,
nice, of course, oh, oh my, okay, ok, ooh, really, right, sure, that makes sense, totally, true, uh huh, uhhuh, um, uh,
very good, very nice, well, whoa, wow, ya, yay, yeah, yep, yes, yup
"""
_JAPANESE = """
あ, あはは, ああそう, あん, あっ, あら, いいですね, いいね, いいなあ, うむ, うん, え, えっ, お, おっ, おもしろい,
面白い, ね, は, はあ, はい, はいはい, ははは, ふうん, ふん, ふむ, へ, へえ, ほ, ほう, ほんと, ほんとう,
ほんとうに, ほんとに, 本当, 本当に, 本当ですか, ほんとですか, まあ, まじ, まじで, まじか, なるほど, なるほどね,
なるほどなあ, なるほどですね, そう, そうか, そっか, そうかあ, そうだね, そうだよね, そうですか, そうですね,
そうですよね, そうそう, そうなの, そうなのか, そうなのね,
そうなんだ, そうなんですか, そうなんですね, そうね, すごい, すごいね, すごいなあ, すごいですね, さすが, たしかに,
確かに, だよね, ですね, ですよね, やっぱり, やばい, よかった, わあ, わお, わかる, わかります, 分かる, 分かります,
オッケー, オーケー, ん
"""
# Not "qué bien" or "no me digas": "qué" and "no" interrupt at once. Many leave the accents out, and so do recognisers.
_SPANISH = """
ah, ajá, aja, bien, buenísimo, bueno, cierto, claro, claro que sí, claro que si, correcto, de acuerdo, de verdad,
desde luego, en serio, entendido, entiendo, eso es, estupendo, exacto, fantástico, genial, increíble, interesante, ja,
jaja, jajaja, ya entiendo, madre mía, muy bien, okey, perfecto, por supuesto, sí, si, sip, tiene sentido, totalmente,
vale, vaya, verdad, ya, ya veo
"""
# They look like some of these, and say no, or ask for it once more.
_OBJECTING = re.compile(r"(?<!\w)(?:n?uh-uh|うう+ん)(?!\w)|^\W*(?:huh|えっ?|ん|は[あー]?|へ)\W*\?\W*$")
# As a recogniser writes it that spells what it hears: "M-H-M-M", "HNN".
_HUM = re.compile(r"[hmn](?: ?[hmn])+")
# [coughing], (laughs), *sighs*, ♪
_SOUND = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|\*[^*]*\*|♪+")
_OPEN_SOUND = re.compile(r"[\[(（【*][^\])）】*]*$")
_NO_LETTER, _DRAWN = re.compile(r"[\W_]+"), re.compile("[ー〜~]+")
_ONE_LETTER_OFTEN = re.compile(r"(.)\1+")
_HIRAGANA = MappingProxyType({ord("ァ") + at: ord("ぁ") + at for at in range(ord("ヶ") - ord("ァ") + 1)})
_LAST_LATIN = "\u024f"
_LARGE = MappingProxyType(str.maketrans("ぁぃぅぇぉ", "あいうえお"))


def is_backchannel(text: str) -> bool:
    """Whether nothing more is said than that one listens; of nothing at all, too."""
    words = _SOUND.sub(" ", text)
    said = _plain(words)
    if _HUM.fullmatch(said):
        return True
    return len(said) in _ends(said) and not _OBJECTING.search(_spoken(words))


def is_noise(text: str) -> bool:
    """Whether nothing is said at all."""
    return not _plain(_SOUND.sub(" ", text))


def may_become_one(text: str) -> bool:
    """Whether that may still be so when the rest of a transcription has come."""
    said = _plain(_OPEN_SOUND.sub(" ", _SOUND.sub(" ", text)))
    return bool(_HUM.fullmatch(said)) or any(
        phrase.startswith(said[end:]) for end in _ends(said) for phrase in _PHRASES
    )


def _plain(text: str) -> str:
    """As spoken, one space between words that have any; sounds that are drawn are short."""
    spoken = _DRAWN.sub("", _spoken(text).replace("'", ""))
    return _ONE_LETTER_OFTEN.sub(r"\1", _NO_LETTER.sub(" ", spoken)).strip()


def _spoken(text: str) -> str:
    """In small letters and hiragana."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA).translate(_LARGE)


def _ends(said: str) -> set[int]:
    """Where in `said` listed phrases alone may end."""
    ends, new = set[int](), {0}
    while new:
        ends |= new
        new = {end for begin in new for end in _next(said, begin)} - ends
    return ends


def _next(said: str, begin: int) -> list[int]:
    """Behind each phrase that stands there, and the space after it; no phrase is half a word."""
    found = [begin + len(phrase) for phrase in _PHRASES if said.startswith(phrase, begin)]
    return [end + said.startswith(" ", end) for end in found if not _in_word(said[end - 1 : end + 1])]


def _in_word(pair: str) -> bool:
    """Whether two letters that follow one another are of the same word, where words have spaces between them."""
    return len(pair) == 2 and pair.isalnum() and max(pair) <= _LAST_LATIN


_PHRASES = frozenset(_plain(phrase) for phrase in f"{_ENGLISH},{_JAPANESE},{_SPANISH}".split(","))
