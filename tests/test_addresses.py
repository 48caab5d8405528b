"""Who is counted: behind no proxy, behind ours, and behind what a client made up."""

import pytest

from voiceapp import addresses


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, "10.0.0.1"),
        ("203.0.113.7", 0, "10.0.0.1"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("9.9.9.9, 203.0.113.7", 1, "203.0.113.7"),
        ("9.9.9.9, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"),
        ("203.0.113.7", 2, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
        ("nonsense", 1, "10.0.0.1"),
        ("203.0.113.7:4711", 1, "203.0.113.7"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
    ],
)
def test_the_client_is_whom_our_outermost_proxy_saw(forwarded: str, proxies: int, expected: str) -> None:
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert addresses.client(environ, proxies) == expected


@pytest.mark.parametrize(
    ("address", "household"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, household: str) -> None:
    assert addresses.household(address) == household
