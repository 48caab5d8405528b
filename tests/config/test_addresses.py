"""Addresses have one form, in which they are compared and counted."""

import pytest

from voiceapp.config import addresses


@pytest.mark.parametrize(
    ("address", "rate_limit_key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, rate_limit_key: str) -> None:
    assert addresses.rate_limit_key(address) == rate_limit_key


@pytest.mark.parametrize(
    ("hop", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_an_entry_of_a_proxy_holds_an_address(hop: str, address: str) -> None:
    assert addresses.parse_forwarded(hop) == address


@pytest.mark.parametrize(
    ("netloc", "host"),
    [
        ("Voice.example:8443", "voice.example"),
        ("voice.example.", "voice.example"),
        ("[2001:DB8:0::1]:80", "[2001:db8::1]"),
        ("2001:db8::1", "[2001:db8::1]"),
        ("[::ffff:10.0.0.1]:80", "10.0.0.1"),
        ("10.0.0.1:80", "10.0.0.1"),
        ("", ""),
    ],
)
def test_a_host_is_a_name_without_a_port(netloc: str, host: str) -> None:
    assert addresses.host(netloc) == host


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Voice.example:443", ("https", "voice.example")),
        ("http://[::1]:8000", ("http", "[::1]:8000")),
        ("null", None),
        ("file://", None),
        ("http://[", None),
        ("https://voice.example:0", None),
        ("https://voice.example:x", None),
        ("https://sam@voice.example", None),
        ("chrome-extension://voice.example", None),
    ],
)
def test_an_origin_is_a_scheme_and_a_place(text: str, origin: tuple[str, str] | None) -> None:
    assert addresses.origin(text) == origin


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/voice", "/voice"),
        ("/voice/", "/voice"),
        ("/apps/voice-1.0_~", "/apps/voice-1.0_~"),
        ("/", ""),
        ("", ""),
        ("voice", ""),
        ("//evil.example", ""),
        ("/voice//x", ""),
        ("/../x", ""),
        ("/voice/..", ""),
        ('/"><script>', ""),
        ("/a;path=x", ""),
        ("/a\r\nSet-Cookie: x", ""),
        ("/voice\n", ""),
        ("https://evil.example/", ""),
        ("/static", ""),
        ("/login/x", ""),
        ("/" + "x" * 300, ""),
    ],
)
def test_a_prefix_is_a_plain_path_or_nothing(path: str, prefix: str) -> None:
    assert addresses.prefix(path) == prefix
