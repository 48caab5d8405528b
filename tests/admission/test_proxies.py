"""Who is counted, behind no proxy, behind ours, and behind what a client made up; and what proxies say beside."""

import pytest

from voiceapp.admission.proxies import Proxies
from voiceapp.config.environment import Reader
from voiceapp.config.rules import Rules


def proxies(**env: str) -> Proxies:
    return Proxies(Rules.read(Reader(env), host="127.0.0.1", port=8000, paid=False))


@pytest.mark.parametrize(
    ("forwarded", "declared", "expected"),
    [
        ("", "0", "10.0.0.1"),
        ("203.0.113.7", "0", "10.0.0.1"),
        ("203.0.113.7", "1", "203.0.113.7"),
        ("9.9.9.9, 203.0.113.7", "1", "203.0.113.7"),
        ("9.9.9.9, 203.0.113.7, 10.0.0.2", "2", "203.0.113.7"),
        ("203.0.113.7", "2", "10.0.0.1"),
        ("", "1", "10.0.0.1"),
        ("nonsense", "1", "10.0.0.1"),
        ('9.9.9.9", 203.0.113.7', "1", "203.0.113.7"),
        ("203.0.113.7:4711", "1", "203.0.113.7"),
        ("[2001:db8::1]:4711", "1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "1", "203.0.113.7"),
    ],
)
def test_the_client_is_whom_our_outermost_proxy_saw(forwarded: str, declared: str, expected: str) -> None:
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert proxies(VOICEAPP_PROXIES=declared).client(environ) == expected


@pytest.mark.parametrize(
    ("peer", "forwarded", "unverified_client"),
    [
        ("10.0.0.1", "9.9.9.9, 203.0.113.7", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("8.8.8.8", "203.0.113.7", ""),
        ("", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "", ""),
    ],
)
def test_an_undeclared_proxy_only_claims(peer: str, forwarded: str, unverified_client: str) -> None:
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    assert proxies().unverified_client(environ) == unverified_client
    assert proxies(VOICEAPP_PROXIES="1").unverified_client(environ) == ""


@pytest.mark.parametrize(
    ("proto", "declared", "https"),
    [
        ("https", "1", True),
        ("https", "0", False),
        ("http", "1", False),
        ("https, http", "1", False),
        ("HTTPS", "2", True),
    ],
)
def test_a_declared_proxy_says_whether_the_browser_speaks_tls(proto: str, declared: str, https: bool) -> None:
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": proto, "wsgi.url_scheme": "http"}
    assert proxies(VOICEAPP_PROXIES=declared).is_https(environ) is https
