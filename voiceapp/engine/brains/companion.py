"""The English companion. It answers by rules, says what it is, and never pretends to be a language model."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from . import app_tools, arithmetic
from .guessing import MAX_NUMBER, GuessingGame
from .person_names import is_name, is_written_as_name
from .request import Message, ToolCall
from .rule_based import RuleBasedBrain, excerpt, in_words, words_of

JOKES = (
    "Why did the scarecrow win a prize? Because he was outstanding in his field.",
    "I told my computer I needed a break. It said: no problem, I will go to sleep.",
    "Why do bees have sticky hair? Because they use honeycombs.",
    "What do you call a fish with no eyes? A fsh.",
    "I would tell you a joke about the network, but you might not get it.",
    "Parallel lines have so much in common. It is a shame they will never meet.",
)
DICTATIONS = (
    "The train to the coast leaves at half past nine.",
    "She put the green umbrella beside the kitchen door.",
    "Every morning he walks three miles along the river.",
    "My neighbour bought seven oranges and a loaf of bread.",
    "It rained all night, but the sky is clear now.",
)
SKILLS = (
    "I can tell you the time and the date, do sums, repeat what you say, remember your name, tell a joke, "
    "play a guessing game, or read you a sentence for dictation."
)
ABOUT = (
    "I am the small built-in companion of this app. "
    "I run on this computer, without a language model: I answer by rules."
)
NO_MODEL = "Without a language model I have no answer to that. Say help to hear what I can do."
IDLE_CHECK = "Are you still there? Say help if you want to know what I can do."

# None if the text only looked like what the rule is for.
RuleAnswer = Callable[["Companion", str, "re.Match[str]"], str | None]


@dataclass
class Companion(RuleBasedBrain):
    """One caller's companion and what it remembers of the call."""

    game: GuessingGame | None = None
    dictation: str | None = None
    _has_explained: bool = False

    def greeting(self) -> str:
        return f"Hello. {ABOUT} Say help to hear what I can do."

    def idle_check(self) -> str:
        return IDLE_CHECK

    def nothing_said(self) -> str:
        return "I did not hear any words."

    def wanted_call(self, text: str, offered: Set[str]) -> ToolCall | None:
        return app_tools.wanted(text, offered)

    def tell_output(self, name: str, message: Message) -> str:
        own = app_tools.told(name, message.text)
        return own or (f"The answer is: {in_words(message.text)}" if message.text else "That is done.")

    def remember(self, text: str) -> None:
        for pattern, rule_answer in RULES:
            found = pattern.search(text)
            if found and (rule_answer not in INTRODUCTIONS or rule_answer(self, text, found)):
                return

    def answer(self, text: str) -> str:
        for playing in (self._play, self._check_dictation):
            answer = playing(text)
            if answer is not None:
                return answer
        return self._by_rule(text)

    def _play(self, text: str) -> str | None:
        if self.game is None:
            return None
        answer = self.game.answer(text)
        if self.game.over:
            self.game = None
        return answer

    def _check_dictation(self, text: str) -> str | None:
        wanted, self.dictation = self.dictation, None
        if wanted is None or REPEAT.search(text):
            self.dictation = wanted if wanted is not None else None
            return f"Again: {wanted}" if wanted is not None else None
        missed = [word for word in words_of(wanted) if word not in words_of(text)]
        if len(missed) == len(words_of(wanted)):
            return None
        if not missed:
            return "Very good, I heard every word."
        return f"I heard all but: {', '.join(missed)}. The sentence was: {wanted}"

    def _by_rule(self, text: str) -> str:
        for pattern, rule_answer in RULES:
            found = pattern.search(text)
            if found and (answer := rule_answer(self, text, found)) is not None:
                return answer
        return arithmetic.answer(text) or self._without_model(text)

    def _without_model(self, text: str) -> str:
        first, self._has_explained = not self._has_explained, True
        heard = excerpt(text)
        heard = heard if heard.endswith((".", "?", "!", "…")) else f"{heard}."
        excuse = f"No language model is configured, so I cannot answer that. {SKILLS}" if first else NO_MODEL
        return f"I heard: {heard} {excuse}"

    # Rules

    def _repeat(self, text: str, found: "re.Match[str]") -> str:
        return found.group("what").strip(" :,").capitalize()

    def _again(self, text: str, found: "re.Match[str]") -> str:
        return self.last_answer or "I have not said anything yet."

    def _take_name(self, text: str, found: "re.Match[str]") -> str | None:
        name: str = found.group("name")
        return self._remembered(name) if is_written_as_name(name) or is_name(name) else None

    def _introduced(self, text: str, found: "re.Match[str]") -> str | None:
        """“I am …” mostly says how somebody is, what they do or where they are from."""
        name: str = found.group("name")
        return self._remembered(name) if is_written_as_name(name) and is_name(name) else None

    def _remembered(self, name: str) -> str:
        self.user_name = name.title() if name.islower() or name.isupper() else name
        return f"Nice to meet you, {self.user_name}. I will remember your name for this call."

    def _tell_name(self, text: str, found: "re.Match[str]") -> str:
        if self.user_name is None:
            return "You have not told me your name. Say: my name is."
        return f"Your name is {self.user_name}."

    def _time(self, text: str, found: "re.Match[str]") -> str:
        now = self.clock()
        told = f"{now.hour % 12 or 12}:{now.minute:02d} {'am' if now.hour < 12 else 'pm'}."
        # Without the tool that knows it there.
        return f"I only know the time here: {told}" if app_tools.zone_in(text) else f"It is {told}"

    def _date(self, text: str, found: "re.Match[str]") -> str:
        now = self.clock()
        return f"Today is {now:%A}, {now:%B} {now.day}, {now.year}."

    def _joke(self, text: str, found: "re.Match[str]") -> str:
        return self.next_joke(JOKES)

    def _begin_game(self, text: str, found: "re.Match[str]") -> str:
        self.game = GuessingGame.begin(self.rng)
        return f"I am thinking of a number from 1 to {MAX_NUMBER}. What is your guess?"

    def _dictate(self, text: str, found: "re.Match[str]") -> str:
        self.dictation = self.rng.choice(DICTATIONS)
        return f"Say this after me, and I will tell you what I heard. {self.dictation}"

    def _hello(self, text: str, found: "re.Match[str]") -> str:
        named = f", {self.user_name}" if self.user_name else ""
        return f"Hello{named}! I am well, thank you. What can I do for you?"

    def _goodbye(self, text: str, found: "re.Match[str]") -> str:
        return f"Goodbye{f', {self.user_name}' if self.user_name else ''}. It was nice talking to you."

    def _thanks(self, text: str, found: "re.Match[str]") -> str:
        return "You are welcome."

    def _who(self, text: str, found: "re.Match[str]") -> str:
        return f"{ABOUT} {SKILLS}"

    def _skills(self, text: str, found: "re.Match[str]") -> str:
        return SKILLS

    def _sound_check(self, text: str, found: "re.Match[str]") -> str:
        return "Yes, I hear you well."

    def _count(self, text: str, found: "re.Match[str]") -> str:
        return ", ".join(str(number) for number in range(1, 11)) + "."


def rule(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.IGNORECASE)


REPEAT = rule(
    r"\b(say (that|it) (again|once more)|repeat (that|it|the sentence|your (answer|last|words))|once (more|again)"
    r"|one more time|pardon|what (did you say|was that)|come again"
    r"|(didn't|did not) (catch|hear|get|understand) (that|it|you))\b"
)

NAME = r"(?P<name>[^\W\d_]+(?:['’-][^\W\d_]+)*)"

RULES: "tuple[tuple[re.Pattern[str], RuleAnswer], ...]" = (
    (REPEAT, Companion._again),
    (
        rule(
            r"\b(what|how|who|do you|can you|still|say|tell me|remember|know)\b.{0,60}(?<!what is your )(?<!called )"
            r"\b(my name\b(?! is)|who i am|am i called|i am called)|\bwho am i\b(?! talking| speaking)"
        ),
        Companion._tell_name,
    ),
    (
        rule(
            # At the beginning: what “they say” or “he said” is no order.
            r"^\W*(?:(?:please|now|then|so|and|well|hey|hello|okay|ok|just|let's|let us|can you|could you|would you"
            r"|will you|i want you to|i would like you to|i'd like you to|try to)[\s,.:]+)*"
            r"(?:repeat|say)(?: after me| the following| these words| the words?| what i say| after)*"
            r"(?: after me)?[\s:,.]+(?P<what>(?!something|anything|some words|a joke)\S.*)"
        ),
        Companion._repeat,
    ),
    (
        rule(
            r"\b(?:my (?:first )?name is|my name's|the name is|(?:you |people |friends |everyone )?(?:can |may )?"
            r"(?:just )?call(?:s)? me|i am called)[\s,]+" + NAME
        ),
        Companion._take_name,
    ),
    (
        rule(
            r"\bwhat(?:'s| is)?(?: the)? (current )?time\b(?! (do|does|did|will|shall|should|of|was))|\btime is it\b"
            r"|\b(tell|give|show|read|say|know|have|got|check)\b.{0,20}\bthe (current |exact )?time\b"
            r"(?! (table|of|to|when|was|i|we|you|they|he|she|it))"
            r"|\bwhat hour\b|\bo'clock is it\b|\bhow (late|early) (is it|it is)\b|\bthe clock\b"
            r"|\bpast (noon|midnight|midday)\b|\bknow the hour\b"
        ),
        Companion._time,
    ),
    (
        rule(
            r"\b(what|which|tell me)\b.{0,30}\b(date(?! (of (?!today)|was|did))|day (is (?!the )|are|do|it)"
            r"|day of the (week|month)|day today|(month|year) (is it|is this|are we|do we))\b"
            r"|\bwhat('s| is) the day\b|\btoday's date\b"
            r"|\bis (it|today) (mon|tues|wednes|thurs|fri|satur|sun)day\b|\btoday is what\b|\bweekday is\b"
        ),
        Companion._date,
    ),
    (
        rule(
            r"(?<!no )(?<!not a )(?<!not )\bjokes?\b(?! (about me|on me|was|were))"
            r"|\bmake me (laugh|smile)\b|\b(something|anything) funny\b|\ba (good )?laugh\b|\bcheer me up\b"
            r"|\blaugh about\b|\byou be funny\b"
        ),
        Companion._joke,
    ),
    (
        rule(
            r"\bguess\w*\b.{0,20}\b(game|number)\b|\bthink of (a|some|any) number\b|\blet's play\b"
            r"|^(?!.*\b(he|she|they|people|children|kids|yesterday|always|often|every)\b)"
            r".*\bplay (a|the|some|your) (\w+ )?game\b"
            r"|\b(can|may|shall|could) (i|we) play\b|\b(number|any|some) games?\b"
        ),
        Companion._begin_game,
    ),
    (
        rule(
            r"\b(dictation|dictate)\b"
            r"|\b(let me|let's|want to|like to|can i|can we|could we|help me) (practice|practise)\b"
            r"|\b(practice|practise) (my|speaking|listening|english)\b|\btrain my\b|\b(give|read) me a sentence\b"
            r"|\bexercise\b|\bpronunciation\b"
        ),
        Companion._dictate,
    ),
    (rule(r"\bcount to (ten|10)\b"), Companion._count),
    (
        rule(
            r"\bwhat (are|were) you (good|able|capable)\b|(?<!for your )(?<!great )(?<!big )\bhelp\b(?!ful)"
            r"|\bwhat (else )?(can|could|do) you do\b"
            r"|\b(can|could) you do\b|\bwhat you (can|could) do\b"
            r"|\b(what|which things?) (can|could|may|should) i (ask|say)\b"
            r"|\bdon't know what to (say|ask)\b|\bmy options\b|\bknow how to do\b|\bshow me what you can\b"
        ),
        Companion._skills,
    ),
    (
        rule(
            r"\b(who|what) are you\b|\bwhat('s| is) your name\b|\byour name\b|\bare you (a|an|real|human)\b"
            r"|\bam i (talking|speaking) (to|with)\b|\b(introduce|about) yourself\b"
            r"|\bwhat exactly are you\b|\byou have a name\b"
            r"|\bwhat (sort|kind|type) of (program|thing|app|machine)\b"
        ),
        Companion._who,
    ),
    (
        rule(
            r"\b(good ?bye|bye|(?<!can )(?<!to )(?<!did )(?<!never )(?<!could )see you(?! (are|were|have|had|as|do))"
            r"|(?<!a )good night(?! of)|farewell|hang up|(talk|speak) to you (later|soon|tomorrow))\b"
            r"|\bi (have to|must|need to|should|got to) (go|leave|run)( now)?\W*$|\bthat's all for (today|now)\b"
            r"|\b(let's stop|i'm off|take care(?! of))\b"
        ),
        Companion._goodbye,
    ),
    (
        rule(
            r"\bthank(s| you)\b|\bappreciate\b|\b(very|so) (kind|helpful)\b"
            r"|\b(kind|nice|helpful) of you\b|\bwas helpful\b"
        ),
        Companion._thanks,
    ),
    (
        rule(
            r"\b(can|do) you (still )?hear\b|^\W*testing\b|\bare you (still )?there\b|\bmicrophone\b|\bmic\b"
            r"|\bis (this|it) (thing )?(on|working)\b|\b(anybody|anyone|somebody) there\b|\bsound check\b"
        ),
        Companion._sound_check,
    ),
    (
        rule(
            r"^\W*(hello|hi|hey|good (morning|afternoon|evening))\b(?!.*\bI heard\b)|\bhow are you\b|\bhow do you do\b"
            r"|\bhow('s| is) it going\b|\bwhat's up\b|\bnice to meet you\b|^greetings\b"
        ),
        Companion._hello,
    ),
    (rule(r"^\W*(?:hello,? |hi,? )?(?:i'm|i am) " + NAME + r"\W*$"), Companion._introduced),
)
INTRODUCTIONS = (Companion._take_name, Companion._introduced)
