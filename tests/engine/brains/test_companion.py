"""The companion's answers: one line for each thing that is said to it."""

import random
from datetime import datetime

import pytest

from tests.engine.tools import WEATHER
from voiceapp.engine.brains.companion import DICTATIONS, IDLE_CHECK, JOKES, RULES, SKILLS, Companion
from voiceapp.engine.brains.request import Message, Request
from voiceapp.engine.brains.rule_based import MAX_EXAMINED

NOON = datetime(2026, 3, 1, 12, 5)


@pytest.fixture
def companion() -> Companion:
    return Companion(clock=lambda: NOON, rng=random.Random(1))


def asked(text: str, **options: object) -> Request:
    return Request("r", (Message("user", text),), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("What time is it?", "It is 12:05 pm."),
        ("Could you tell me the time, please?", "It is 12:05 pm."),
        ("What time is it in Tokyo?", "I only know the time here: 12:05 pm."),
        ("What's today's date?", "Today is Sunday, March 1, 2026."),
        ("What day is it today?", "Today is Sunday, March 1, 2026."),
        ("Repeat after me: the sky is blue.", "The sky is blue."),
        ("Say good morning.", "Good morning."),
        ("What is 17 plus 25?", "17 plus 25 is 42."),
        ("How much is twelve times eight?", "12 times 8 is 96."),
        ("Thank you very much.", "You are welcome."),
        ("What can you do?", SKILLS),
        ("Can you hear me?", "Yes, I hear you well."),
        ("Goodbye.", "Goodbye. It was nice talking to you."),
        ("Hello, how are you today?", "Hello! I am well, thank you. What can I do for you?"),
        ("Count to ten.", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10."),
    ],
)
def test_it_answers(companion: Companion, said: str, answer: str) -> None:
    assert companion.answer(said) == answer


@pytest.mark.parametrize(
    "said", ["Tell me a joke.", "Do you know any good jokes?", "Make me laugh.", "Tell me a joke about cats."]
)
def test_it_jokes(companion: Companion, said: str) -> None:
    assert companion.answer(said) in JOKES


def test_jokes_do_not_repeat_until_all_are_told(companion: Companion) -> None:
    assert {companion.answer("A joke, please.") for _ in JOKES} == set(JOKES)


def test_it_remembers_the_name(companion: Companion) -> None:
    assert "have not told" in companion.answer("What is my name?")
    assert companion.answer("My name is Ada.").startswith("Nice to meet you, Ada.")
    assert companion.answer("Do you remember my name?") == "Your name is Ada."
    assert companion.answer("Bye.") == "Goodbye, Ada. It was nice talking to you."


def test_it_says_it_again(companion: Companion) -> None:
    for text in ("What is two plus two?", "Can you repeat that, please?"):
        answers = list(companion.reply(asked(text)))
    assert answers == ["2 plus 2 is 4."]


def test_the_guessing_game(companion: Companion) -> None:
    assert "from 1 to 100" in companion.answer("Let's play a guessing game.")
    assert companion.game is not None
    companion.game.number = 42
    assert companion.answer("Fifty.") == "50 is too high."
    assert companion.answer("Is it twenty five?") == "25 is too low."
    assert companion.answer("What time is it?") == "It is 12:05 pm."
    assert companion.answer("42!") == "Yes, it is 42! You needed 3 guesses."
    assert companion.game is None


def test_giving_up_the_game(companion: Companion) -> None:
    companion.answer("Play a game.")
    assert companion.answer("I give up.").startswith("All right. It was ")
    assert companion.game is None


def test_dictation_tells_what_was_missed(companion: Companion) -> None:
    wanted = companion.answer("Give me a dictation.").partition("heard. ")[2]
    assert wanted in DICTATIONS
    assert companion.answer("Pardon?") == f"Again: {wanted}"
    *begin, last = wanted.split()
    missed = f"I heard all but: {last.strip('.').lower()}. The sentence was: {wanted}"
    assert companion.answer(" ".join(begin)) == missed
    companion.dictation = wanted
    assert companion.answer(wanted) == "Very good, I heard every word."


def test_it_is_honest_about_what_it_is(companion: Companion) -> None:
    assert "without a language model" in companion.answer("Who are you?")
    first = companion.answer("What is the capital of France?")
    assert first.startswith("I heard: What is the capital of France? No language model is configured")
    assert companion.answer("Why is the sky blue").startswith("I heard: Why is the sky blue. Without a language model")


class Watched:
    """A rule's pattern that counts the letters it is shown."""

    letters = 0

    def search(self, text: str) -> None:
        Watched.letters += len(text)


@pytest.mark.parametrize("letter", ["1", "what ", "1 + ", "in ", "( "])
def test_of_a_long_text_only_the_beginning_is_looked_through_and_little_told_again(
    companion: Companion, monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    said = next(companion.reply(asked(letter * 8000, tools=({**WEATHER, "name": "zzz"},))))
    assert isinstance(said, str)
    assert len(said) < 600
    watched = tuple((Watched(), rule_answer) for _, rule_answer in RULES)
    monkeypatch.setattr("voiceapp.engine.brains.companion.RULES", watched)
    for times in (8000, 16000):
        Watched.letters = 0
        list(companion.reply(asked(letter * times)))
        assert Watched.letters == MAX_EXAMINED * len(RULES)


def test_silence_and_nothing_said(companion: Companion) -> None:
    assert list(companion.reply(asked("x", idle=True))) == [IDLE_CHECK]
    assert next(companion.reply(Request("r", ()))) != ""
    assert list(companion.reply(asked(""))) == ["I did not hear any words."]


def test_a_session_that_goes_on_with_an_earlier_talk_knows_the_name(companion: Companion) -> None:
    earlier = (Message("user", "My name is Ada."), Message("assistant", "Nice to meet you, Ada."))
    request = Request("r", (*earlier, Message("user", "What is my name?")))
    assert list(companion.reply(request)) == ["Your name is Ada."]
