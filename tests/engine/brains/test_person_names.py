"""Who says a name, and who says how they are."""

import random
from datetime import datetime

import pytest

from voiceapp.engine.brains.companion import Companion


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I'm Laura.", "Laura"),
        ("My name is ada", "Ada"),
        ("My name is José.", "José"),
        ("My name is O'Neil.", "O'Neil"),
        ("Call me McAdam", "McAdam"),
        ("MY NAME IS BOB", "Bob"),
        ("I am called Anne-Marie.", "Anne-Marie"),
        ("My name is Baker.", "Baker"),
    ],
)
def test_names_are_taken(said: str, name: str) -> None:
    companion = Companion(datetime.now, random.Random(1))
    companion.answer(said)
    assert companion.user_name == name


NO_NAMES = """
I am fine.
I'm tired.
I am from Tokyo.
I am a teacher.
I'm Fine
I AM TIRED
I'M OKAY
I am American.
I am Japanese.
I'm happy.
I am here.
I am nobody.
my name is not important
My name is a secret.
call me later
Call me back.
Call me when you are ready.
Please call me a taxi.
I'm Monday.
I'm sorry.
I am Ready.
I am 42.
"""


@pytest.mark.parametrize("said", NO_NAMES.strip().split("\n"))
def test_states_trades_and_origins_are_no_names(said: str) -> None:
    companion = Companion(datetime.now, random.Random(1))
    companion.answer(said.strip())
    companion.remember(said.strip())
    assert companion.user_name is None
