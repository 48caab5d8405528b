"""Whether somebody may come in, and who that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.admission.access import COOKIE, WRONG_TRIES_A_MINUTE, Access, Visitor
from voiceapp.admission.proxies import Proxies
from voiceapp.admission.quota_store import QuotaStore
from voiceapp.config.environment import Reader
from voiceapp.config.rules import Rules
from voiceapp.secret import Secret

CODE = "open sesame が"
HERE = {"REMOTE_ADDR": "192.0.2.1"}
TRUSTED = Reader({"NAME": "10.0.0.0/8"}).networks("NAME")


def made(key: str = "key", **rules: object) -> Access:
    every = Rules(**rules)  # type: ignore[arg-type]
    return Access(every, Proxies(every), Secret(key), QuotaStore())


def locked(code: str = CODE, key: str = "key") -> Access:
    return made(key, access_code=Secret(code))


def carrying(cookie: str) -> dict[str, str]:
    return {**HERE, "HTTP_COOKIE": f"{COOKIE}={cookie}"}


def test_without_a_rule_everybody_may_and_is_their_address() -> None:
    assert made().visitor(HERE) == Visitor("address:192.0.2.1", "192.0.2.1")


def test_with_a_code_only_whoever_has_its_cookie() -> None:
    access = locked()
    assert access.visitor(HERE) is None
    visitor = access.visitor(carrying(access.new_cookie("somebody")))
    assert visitor == Visitor("login:somebody", "192.0.2.1", lasting=False)


@pytest.mark.parametrize("other", [locked("another"), locked(key="another")])
def test_a_cookie_of_another_code_or_key_is_worth_nothing(other: Access) -> None:
    assert locked().visitor(carrying(other.new_cookie("somebody"))) is None


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';"\\,'), max_size=80))
def test_nor_is_one_that_was_made_up(cookie: str) -> None:
    assert locked().visitor(carrying(cookie)) is None


@pytest.mark.parametrize("typed", [CODE, f"  {CODE} ", "ｏｐｅｎ　ｓｅｓａｍｅ が", "open sesame か\u3099"])
def test_a_code_is_the_same_however_a_keyboard_writes_it(typed: str) -> None:
    assert locked().is_code(typed, HERE)


def test_of_wrong_codes_an_address_has_a_few_tries_and_another_its_own() -> None:
    access, other = locked(), {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(WRONG_TRIES_A_MINUTE):
        assert access.may_try(HERE)
        assert not access.is_code("wrong", HERE)
    assert not access.may_try(HERE)
    assert access.may_try(other)


def test_whom_a_trusted_proxy_names_is_that_and_whom_another_names_is_not() -> None:
    access = made(trusted_proxies=TRUSTED)
    named = {"HTTP_X_FORWARDED_USER": " ann "}
    assert access.visitor({"REMOTE_ADDR": "10.1.2.3", **named}) == Visitor("proxy:ann", "10.1.2.3")
    assert access.visitor({**HERE, **named}) is None


def test_an_alias_does_not_tell_who_it_is() -> None:
    visitor = Visitor("proxy:ann@voice.example", "192.0.2.1")
    assert visitor.alias == Visitor("proxy:ann@voice.example", "198.51.100.7").alias
    assert "ann" not in visitor.alias
    assert len(visitor.alias) == 8
