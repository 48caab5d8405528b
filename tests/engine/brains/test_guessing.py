"""The guessing game, to its end."""

import random

from voiceapp.engine.brains.guessing import MAX_NUMBER, GuessingGame


def test_guesses_are_compared_and_counted() -> None:
    game = GuessingGame(42)
    assert game.answer("fifty") == "50 is too high."
    assert game.answer("Is it 25?") == "25 is too low."
    assert not game.over
    assert game.answer("42!") == "Yes, it is 42! You needed 3 guesses."
    assert game.over


def test_at_once() -> None:
    assert GuessingGame(7).answer("seven") == "Yes, it is 7! You needed 1 guess."


def test_giving_up_tells_the_number() -> None:
    game = GuessingGame(7)
    assert game.answer("I give up.") == "All right. It was 7."
    assert game.over


def test_what_is_no_guess_is_none() -> None:
    assert GuessingGame(7).answer("What time is it?") is None


def test_the_number_is_one_of_a_hundred() -> None:
    numbers = {GuessingGame.begin(random.Random(seed)).number for seed in range(2000)}
    assert (min(numbers), max(numbers)) == (1, MAX_NUMBER)
