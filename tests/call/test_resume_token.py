"""A token is good for one call, for whoever it was given to, and for nothing else."""

import time

import pytest
from itsdangerous import URLSafeTimedSerializer

from voiceapp.admission.access import Visitor
from voiceapp.call import resume_token
from voiceapp.call.resume_token import ResumeTokens, Ticket
from voiceapp.errors import ResumeError
from voiceapp.secret import Secret

KEY = Secret("a key of the server's own")
HOME, TRAIN = Visitor("address:192.0.2.1", "192.0.2.1"), Visitor("address:198.51.100.7", "198.51.100.7")
ANNA, BEN = Visitor("login:anna", "192.0.2.1", lasting=False), Visitor("login:ben", "192.0.2.1", lasting=False)


def refused(tokens: ResumeTokens, token: str, visitor: Visitor) -> str:
    with pytest.raises(ResumeError) as caught:
        tokens.read(token, visitor)
    return caught.value.fault.code


def test_what_was_issued_is_read_by_every_process_with_the_key() -> None:
    token = ResumeTokens(KEY, "w1").issue("c1", 3, ANNA)
    assert ResumeTokens(KEY, "w2").read(token, ANNA) == Ticket("c1", 3, "w1")


def test_whoever_has_no_name_may_come_from_another_network() -> None:
    tokens = ResumeTokens(KEY, "w1")
    assert tokens.read(tokens.issue("c1", 0, HOME), TRAIN).call == "c1"


@pytest.mark.parametrize(("owner", "other"), [(ANNA, BEN), (ANNA, HOME), (HOME, ANNA)])
def test_without_the_login_it_was_made_under_it_is_useless(owner: Visitor, other: Visitor) -> None:
    tokens = ResumeTokens(KEY, "w1")
    assert refused(tokens, tokens.issue("c1", 0, owner), other) == "resume_refused"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "..", "日本語", "x" * 1000])
def test_nonsense_is_refused(token: str) -> None:
    assert refused(ResumeTokens(KEY, "w1"), token, ANNA) == "resume_refused"


def test_one_that_was_changed_or_signed_with_another_key_is_refused() -> None:
    tokens = ResumeTokens(KEY, "w1")
    token = tokens.issue("c1", 0, ANNA)
    assert refused(tokens, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), ANNA) == "resume_refused"
    assert refused(ResumeTokens(Secret("another key"), "w1"), token, ANNA) == "resume_refused"


def test_one_that_says_something_else_is_refused() -> None:
    signed = URLSafeTimedSerializer(KEY.reveal(), salt=resume_token.SALT).dumps({"call": "c1"})
    assert refused(ResumeTokens(KEY, "w1"), str(signed), ANNA) == "resume_refused"


def test_one_of_a_machine_whose_clock_is_ahead_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    token, now = ResumeTokens(KEY, "w1").issue("c1", 3, ANNA), time.time()
    monkeypatch.setattr(time, "time", lambda: now - 90)
    assert ResumeTokens(KEY, "w2").read(token, ANNA) == Ticket("c1", 3, "w1")


def test_an_old_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = ResumeTokens(KEY, "w1")
    token = tokens.issue("c1", 0, ANNA)
    monkeypatch.setattr(resume_token, "TOKEN_S", -1)
    assert refused(tokens, token, ANNA) == "resume_refused"
